"""A START record is a resume only where the training goes back, or where nothing follows a step long passed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from collectors.evidence.events import ScalarSeries, SessionStart
from collectors.training.resumes import cuts_at_starts
from collectors.training.run_files import Cut


def part(steps: Sequence[int], start: float) -> ScalarSeries:
    """A series, a step a second."""
    time = start + np.arange(len(steps), dtype=float)
    return ScalarSeries("loss", np.array(steps, np.int64), time, np.ones(len(steps)))


BEFORE = part([10, 20, 30, 40, 50], 100.0)


@pytest.mark.parametrize(
    ("said", "after", "void_from"),
    [
        (40, [40], 40),  # one stride, one point
        (41, [50, 60], 41),
        (20, [30, 40], 20),
        (0, [30, 40], 30),  # a record that names no step
        (45, [30, 40], 30),  # a step that the training itself contradicts
        (51, [60], None),
        (0, [60], None),
        (20, [], 20),
        (40, [], None),  # one stride: an evaluation of the last checkpoint opens its writer there
        (0, [], None),
    ],
)
def test_where_older_points_are_void(said: int, after: list[int], void_from: int | None) -> None:
    parts = [BEFORE, part(after, 200.0)] if after else [BEFORE]

    found = cuts_at_starts([parts], [SessionStart(said, 199.0)])

    assert found == ([] if void_from is None else [Cut(199.0, void_from)])


def test_a_start_before_all_points_or_without_a_moment_cuts_nothing() -> None:
    assert (
        cuts_at_starts([[BEFORE]], [SessionStart(20, 99.0), SessionStart(20, -1.0), SessionStart(20, float("nan"))])
        == []
    )
    assert cuts_at_starts([], [SessionStart(20, 199.0)]) == []


def test_the_series_that_goes_back_decides_beside_one_that_goes_on() -> None:
    beside = [part([10, 50], 100.0), part([60], 200.0)]

    assert cuts_at_starts([beside, [BEFORE, part([30], 201.0)]], [SessionStart(25, 199.0)]) == [Cut(199.0, 25)]


def test_what_was_written_in_the_moment_of_a_start_is_behind_it() -> None:
    start = SessionStart(20, 104.0)

    assert cuts_at_starts([[part([10, 20, 30, 40, 20, 30], 100.0)]], [start]) == [Cut(104.0, 20)]
    assert cuts_at_starts([[part([10, 20, 30, 40, 50, 60], 100.0)]], [start]) == []
    alone = cuts_at_starts([[part([10, 20, 30, 40, 20], 100.0)]], [SessionStart(0, 104.0)])
    assert alone == [Cut(104.0, 20)]


def test_the_series_that_reached_farthest_says_what_was_reached() -> None:
    """One series alone reached step 50: a START at step 20 goes back behind it."""
    short, long_ = [part([10, 20], 100.0)], [BEFORE]

    for every in ([short, long_], [long_, short]):
        assert cuts_at_starts(every, [SessionStart(20, 200.0)]) == [Cut(200.0, 20)]
