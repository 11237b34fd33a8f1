"""Where exactly cards, frames and lines of small drawings stand: as somebody saw them, and to stay so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support.graph_cases import a_pipeline

from dash_app.views.graph.layout import Arrangement, Box, arrange
from dash_app.views.graph.routes import route_edges

Places = Sequence[tuple[float, float]]
ROW = [(0, 0), (1, 0), (2, 0)]
"""Three columns of one card."""


def arranged(places: Places, groups: Sequence[int | None] = ()) -> Arrangement:
    return arrange(a_pipeline(places, [], groups), "flow")


def strips(places: Places, groups: Sequence[int | None] = ()) -> list[tuple[float, float]]:
    """Left and right end of each card, in the order of the stages."""
    cards = arranged(places, groups).cards
    return [(cards[f"s{n}"].left, cards[f"s{n}"].right) for n in range(len(places))]


def tops(places: Places, groups: Sequence[int | None] = ()) -> list[tuple[float, float]]:
    """Top and bottom of each card."""
    cards = arranged(places, groups).cards
    return [(cards[f"s{n}"].top, cards[f"s{n}"].bottom) for n in range(len(places))]


def way(places: Places, *edges: tuple[int, int]) -> list[tuple[float, float]]:
    """Start, controls and end of the last of these edges."""
    pipeline = a_pipeline(places, edges)
    first, last = edges[-1]
    route = route_edges(arrange(pipeline, "flow"), pipeline.edges)[f"s{first}", f"s{last}"]
    return [tuple(point) for point in (route.start, *route.controls, route.end)]


def test_few_columns_have_wide_cards_many_have_narrow_ones_and_some_share_the_width() -> None:
    assert strips(ROW) == [(0, 208), (238, 446), (476, 684)]
    assert strips([(n, 0) for n in range(5)])[:2] == [(0, 162), (192, 354)]
    assert strips([(n, 0) for n in range(8)])[-1] == (1078, 1202)
    assert strips([(n, 0) for n in range(5)], [0, None, None, None, 1])[:2] == [(0, 156), (188, 344)]


@pytest.mark.parametrize(
    ("groups", "gap"), [((None, None), 30), ((0, None), 32), ((None, 0), 32), ((0, 1), 44), ((0, 0), 30)]
)
def test_between_columns_there_is_room_for_each_frame_that_ends(
    groups: tuple[int | None, int | None], gap: int
) -> None:
    (_, left), (right, _) = strips([(0, 0), (1, 0)], groups)

    assert right - left == gap


def test_cards_are_tall_where_their_rows_fit_and_flat_where_they_do_not() -> None:
    assert tops([(0, 0), (0, 1)]) == [(0, 104), (146, 250)]
    assert tops([(0, 0), (0, 2)]) == [(0, 104), (158, 262)]
    assert tops([(0, 0), (0, 1), (0, 2)]) == [(0, 76), (93, 169), (186, 262)]
    assert tops([(0, n) for n in range(4)]) == [(0, 76), (90, 166), (180, 256), (270, 346)]


def test_a_card_less_than_half_a_row_below_is_pushed_down_and_stretches_nobody_else() -> None:
    assert tops([(0, 0), (0, 0.25)]) == [(0, 104), (118, 222)]
    crowded = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 0.25)]
    assert [top for top, _ in tops(crowded)] == [0, 93, 186, 0, 90]
    assert [top for top, _ in tops([(0, 0), (0, 0.5), (0, 1)])] == [0, 90, 180]


def test_below_a_card_of_another_group_there_is_room_for_a_frames_end_and_the_next_ones_label() -> None:
    assert [top for top, _ in tops([(0, 0), (0, 0.5)], [0, 1])] == [0, 149]
    assert [top for top, _ in tops([(0, 0), (0, 0.5)], [0, None])] == [0, 149]
    assert [top for top, _ in tops([(0, 0), (0, 1), (0, 2)], [0, None, 0])] == [0, 121, 242]


def test_a_group_is_one_frame_unless_it_would_take_in_somebody_else() -> None:
    def frames(places: Places, groups: Sequence[int | None]) -> list[tuple[str, Box]]:
        return [(frame.label, frame.box) for frame in arranged(places, groups).frames]

    assert frames([(0, 0), (1, 0)], [0, 0]) == [("g0", Box(-12, -26, 458, 116))]
    assert frames([(0, 0), (0, 1), (0, 2)], [0, None, 0]) == [
        ("g0", Box(-12, -26, 220, 88)), ("g0", Box(-12, 216, 220, 330)),
    ]  # fmt: skip
    assert frames([*ROW, (2, 1)], [0, 1, None, 1]) == [
        ("g0", Box(-12, -26, 220, 116)), ("g1", Box(240, -26, 472, 116)), ("g1", Box(478, 123, 710, 265)),
    ]  # fmt: skip


def test_neighbours_are_joined_by_a_straight_line_or_by_an_s() -> None:
    assert way(ROW, (0, 1)) == [(208, 52), (238, 52)]
    assert way(ROW, (1, 0)) == [(238, 52), (208, 52)]
    assert way([(0, 0), (1, 0), (1, 1)], (0, 2)) == [(208, 52), (223, 52), (223, 198), (238, 198)]


def test_in_a_column_a_line_goes_down_or_up_and_past_others_in_a_bow() -> None:
    column = [(0, 0), (0, 1), (0, 2)]

    assert way(column, (0, 1)) == [(104, 76), (104, 93)]
    assert way(column, (1, 0)) == [(104, 93), (104, 76)]
    assert way(column, (0, 2)) == [(208, 38), pytest.approx((233.2, 38)), pytest.approx((233.2, 224)), (208, 224)]
    beside = [*column, (1, 0)]
    assert way(beside, (2, 0)) == [(208, 224), pytest.approx((229, 224)), pytest.approx((229, 38)), (208, 38)]


def test_past_a_card_a_line_goes_around_it_nine_units_away() -> None:
    around = [(208, 52), (223, 52), (223, -9), (253, -9), (431, -9), (461, -9), (461, 52), (476, 52)]

    assert way(ROW, (0, 2)) == around
    assert way(ROW, (2, 0)) == around[::-1]
    further = [(0, 0), (1, 0), (1, 2), (2, 0), (3, 0)]
    assert way(further, (0, 4))[3:5] == [(253, -9), (669, -9)]


def test_between_two_cards_a_line_goes_through_their_middle_and_the_next_one_a_lane_beside() -> None:
    places = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]

    def height(*edges: tuple[int, int]) -> float:
        return way(places, *edges)[3][1]

    assert height((0, 5)) == height((3, 2)) == 118
    assert height((0, 5), (3, 2)) == 125
    assert height((0, 2), (0, 5)) == 118
    assert (height((0, 2)), height((3, 5))) == (-9, 259)
    assert (height((0, 2), (3, 2)), height((0, 5), (3, 5))) == (118, 259)
