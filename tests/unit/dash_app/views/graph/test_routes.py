"""Which way a line takes where it has a choice: cards stand where a test puts them, costs differ by a hair."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from collectors.contract.graph import EdgeInfo
from dash_app.views.graph.layout import Arrangement, Box, Frame
from dash_app.views.graph.routes import Route, route_edges

Heights = Sequence[tuple[float, float]]
"""Top and bottom of each card of a column, from above."""
END = (-10.0, 10.0)
"""A card whose lines leave at height 0."""
ROOM = 130.0
"""From a column to the next one: cards are 100 wide."""


def drawn(*columns: Heights, frames: Sequence[Box] = ()) -> Arrangement:
    """Cards `<column>-<place>`: "0-0" is the first of the first column."""
    boxes = {
        f"{column}-{place}": Box(column * ROOM, top, column * ROOM + 100, bottom)
        for column, heights in enumerate(columns)
        for place, (top, bottom) in enumerate(heights)
    }
    ids = tuple(tuple(f"{column}-{place}" for place in range(len(heights))) for column, heights in enumerate(columns))
    return Arrangement(ids, boxes, tuple(Frame("g", "g", box) for box in frames))


def routes(arrangement: Arrangement, *edges: tuple[str, str]) -> list[Route]:
    """The ways of these edges, in their order."""
    found = route_edges(arrangement, [EdgeInfo(source=source, target=target) for source, target in edges])
    return [found[edge] for edge in edges]


def lanes(arrangement: Arrangement, *edges: tuple[str, str]) -> list[list[float]]:
    """Of each edge the heights at which it passes the columns on its way."""
    passed = []
    for (source, target), route in zip(edges, routes(arrangement, *edges), strict=True):
        corners = [route.start, *route.controls, route.end]
        first, last = int(source[0]), int(target[0])
        middles = [column * ROOM + 50 for column in range(first + 1, last)]
        passed.append([next(a.y for a, b in pairwise(corners) if a.x <= x <= b.x) for x in middles])
    return passed


def narrow(*gaps: float) -> list[tuple[float, float]]:
    """A column without a way but at these heights: each gap between its cards leaves room for one line."""
    edges = [-1000.0, *(edge for gap in gaps for edge in (gap - 9.5, gap + 9.5)), 1000.0]
    return list(zip(edges[::2], edges[1::2], strict=True))


def open_above(height: float, *gaps: float) -> list[tuple[float, float]]:
    """The same, and what is above `height` is free."""
    (_, bottom), *rest = narrow(*gaps)
    return [(height + 9, bottom), *rest]


@pytest.mark.parametrize(("above", "chosen"), [(-59.75, [-59.75, -59.75]), (-60.25, [50, 40])])
def test_one_bend_less_is_worth_twenty_units_of_way(above: float, chosen: list[float]) -> None:
    detour = drawn([END], open_above(above, 50), open_above(above, 40), [END])

    assert lanes(detour, ("0-0", "3-0")) == [chosen]


@pytest.mark.parametrize(("detour", "chosen"), [(79.75, 179.75), (80.25, 50)])
def test_a_way_of_its_own_is_worth_sixty_units_of_way(detour: float, chosen: float) -> None:
    """Both could pass at 50; the second one goes around below where that is not too far."""
    ends = [END, (90.0, 110.0)]
    between = [*narrow(50)[:1], (59.5, 100 + detour - 9)]

    assert lanes(drawn(ends, between, ends), ("0-0", "2-0"), ("0-1", "2-1")) == [[50], [chosen]]


@pytest.mark.parametrize(("beside", "chosen"), [(6, 106), (5.75, 107), (-6, 94), (-5.75, 93)])
def test_lines_six_units_apart_do_not_crowd_each_other(beside: float, chosen: float) -> None:
    ends = [(90.0, 110.0), (90.0 + beside, 110.0 + beside)]
    between = [(-100.0, 0.0), (200.0, 300.0)]

    assert lanes(drawn(ends, between, ends), ("0-0", "2-0"), ("0-1", "2-1")) == [[100], [chosen]]


def test_lines_with_a_common_end_may_lie_on_each_other_and_only_those() -> None:
    ends, between = [END, END], narrow(50)[:1]
    between = [(-1000.0, between[0][1]), (59.5, 70.0)]

    def second(first: tuple[str, str], then: tuple[str, str]) -> list[float]:
        return lanes(drawn(ends, between, ends), first, then)[1]

    assert second(("0-0", "2-0"), ("0-0", "2-1")) == second(("0-0", "2-0"), ("0-1", "2-0")) == [50]
    assert second(("0-0", "2-0"), ("0-1", "2-1")) == [79]


def test_shorter_lines_choose_first() -> None:
    """The long one is given first, and has to go around."""
    columns = [END], [END], [(-1000.0, 40.5), (59.5, 70.0)], [END, END]

    assert lanes(drawn(*columns), ("0-0", "3-0"), ("1-0", "3-1")) == [[19, 79], [50]]


def test_along_an_open_side_there_are_four_lanes() -> None:
    """The fifth stranger shares the nearest one: further out is no gain."""
    five = [END] * 5
    edges = [(f"0-{n}", f"2-{n}") for n in range(5)]

    assert lanes(drawn(five, [(0.0, 2000.0)], five), *edges) == [[-9], [-16], [-23], [-30], [-9]]
    assert lanes(drawn(five, [(-2000.0, 0.0)], five), *edges) == [[9], [16], [23], [30], [9]]


@pytest.mark.parametrize(
    ("height", "half", "lane"), [(-100, 30, -21), (100, 30, 21), (-100, 14, -14), (100, 14, 14), (-100, 13, -7)]
)
def test_between_two_cards_there_are_three_lanes_on_either_side_of_the_middle(
    height: float, half: float, lane: float
) -> None:
    """As far as the gap reaches, its borders included."""
    end = [(height - 10, height + 10)]
    between = [(-1000.0, -half - 9), (half + 9, 1000.0)]

    assert lanes(drawn(end, between, end), ("0-0", "2-0")) == [[lane]]


@pytest.mark.parametrize("height", [-30, -12, 30])
def test_a_line_goes_straight_on_wherever_the_gap_lets_it(height: float) -> None:
    end = [(height - 10, height + 10)]
    (route,) = routes(drawn(end, [(-1000.0, -39.0), (39.0, 1000.0)], end), ("0-0", "2-0"))

    assert route == Route((100, height), (260, height), ())


def test_no_line_passes_cards_that_stand_eighteen_units_apart() -> None:
    """Nine on either side leave no way between."""

    def lane(apart: float) -> float:
        return lanes(drawn([END], [(-500.0, -9.0), (apart - 9, 300.0)], [END]), ("0-0", "2-0"))[0][0]

    assert (lane(18), lane(18.5)) == (309, 0)


TWENTIES = narrow(*(20.0 * n for n in range(-8, 15)))


@pytest.mark.parametrize(("only", "is_looked_at"), [(20, True), (200, True), (220, False)])
def test_ten_lanes_of_a_column_are_looked_at_the_nearest_first(only: float, is_looked_at: bool) -> None:
    """A line that must pass the second column at one height takes it in the first one too, where it looks so far."""
    below = [(-1000.0, 10.5), *TWENTIES[9 + 1 :]]
    first, second = lanes(drawn([END], below, narrow(only), [END]), ("0-0", "3-0"))[0]

    assert second == only
    assert (first == only) is is_looked_at


@pytest.mark.parametrize(("only", "is_looked_at"), [(40, True), (-40, True), (140, True), (-60, False), (160, False)])
def test_near_is_what_lies_between_the_two_ends_and_then_what_is_a_little_beyond(
    only: float, is_looked_at: bool
) -> None:
    """From height 10 to 90, where lanes are twenty apart."""
    for begin, goal in ((10.0, 90.0), (90.0, 10.0)):
        ends = [(begin - 10, begin + 10)], [(goal - 10, goal + 10)]
        passed = lanes(drawn(ends[0], TWENTIES, narrow(only), ends[1]), ("0-0", "3-0"))[0]

        assert passed[1] == only
        assert (passed[0] == only) is is_looked_at


def test_a_line_keeps_off_the_label_of_a_frame_that_begins_above_a_card() -> None:
    """Frames of another column, and those that began further up, have no label there."""
    past = [END], [(0.0, 1000.0)], [END]
    label = Box(118, -26, 242, 1012)
    elsewhere = Box(-12, -26, 112, 1012)
    further_up = Box(118, -60, 242, 1012)

    def lane(*frames: Box) -> list[list[float]]:
        return lanes(drawn(*past, frames=frames), ("0-0", "2-0"))

    assert lane(label) == lane(elsewhere, label) == [[-35]]
    assert lane(elsewhere, further_up) == lane() == [[-9]]


def test_a_line_turns_in_the_strip_that_no_card_of_either_column_reaches() -> None:
    """The widest card of a column is where the strip begins, the next column's widest where it ends."""
    cards = {"a": Box(0, 0, 60, 20), "b": Box(0, 50, 100, 70), "c": Box(120, 60, 200, 80), "d": Box(140, 90, 200, 110)}
    placed = Arrangement((("a", "b"), ("c", "d")), cards, ())

    (route,) = routes(placed, ("a", "d"))

    assert [control.x for control in route.controls] == [110, 110]


def test_a_stage_is_not_joined_with_itself() -> None:
    assert route_edges(drawn([END]), [EdgeInfo(source="0-0", target="0-0")]) == {}
