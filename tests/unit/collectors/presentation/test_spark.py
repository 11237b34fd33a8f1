"""A tiny line: between its edges, with gaps, and nothing where there is none to draw."""

from __future__ import annotations

import re

from collectors.presentation.markup import Element
from collectors.presentation.spark import EDGE, HEIGHT, MOST_POINTS, WIDTH, spark


def path_of(values: list[float | None]) -> str:
    """The strokes of a line."""
    drawn = spark(values, "val")
    assert drawn is not None
    (path,) = drawn.children
    assert isinstance(path, Element)
    return str(path.attributes["d"])


def places(drawn: str) -> list[tuple[float, float]]:
    """Every point of the strokes."""
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", drawn)]


def test_the_line_goes_from_edge_to_edge_and_higher_is_up() -> None:
    found = places(path_of([1.0, 3.0, 2.0]))

    assert [x for x, _ in found] == [EDGE, WIDTH / 2, WIDTH - EDGE]
    assert found[1][1] < found[2][1] < found[0][1]
    assert all(0 <= y <= HEIGHT for _, y in found)


def test_a_value_that_is_not_finite_is_a_gap_and_a_lone_one_a_dot() -> None:
    assert path_of([1.0, 2.0, None, 3.0]).count("M") == 2
    assert len(set(places(path_of([1.0, 2.0, None, 3.0]).rpartition("M")[2]))) == 1


def test_a_long_one_is_reduced_and_keeps_its_extremes() -> None:
    values: list[float | None] = [float(n % 7) for n in range(5000)]
    values[2500] = 100.0

    found = places(path_of(values))

    assert len(found) <= MOST_POINTS
    assert min(found, key=lambda place: place[1])[0] == round(EDGE + 2500 / 4999 * (WIDTH - 2 * EDGE), 1)


def test_one_number_is_no_line_and_equal_or_huge_ones_are() -> None:
    assert spark([1.0, None], "val") is None
    assert spark([], "val") is None
    assert len({y for _, y in places(path_of([5.0, 5.0]))}) == 1
    assert all(0 <= y <= HEIGHT for _, y in places(path_of([-1e308, 1e308])))
