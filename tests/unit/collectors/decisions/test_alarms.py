"""Alarms: the quick way finds what a slow recount finds, and each rule does what it says."""

from __future__ import annotations

import numpy as np
import pytest

from collectors.contract.decision_rules import AlarmRules
from collectors.decisions.alarms import alarms_of, stretches_of, stride_of
from collectors.decisions.series import Series, Word
from collectors.decisions.thresholds import Lines
from collectors.decisions.words import Judged, judged

LINES = Lines(0.5, 0.8)
Found = tuple[int, int, int]


def series(scores: list[float], time: list[float] | None = None) -> Judged:
    blank = np.full(len(scores), np.nan)
    word = np.full(len(scores), Word.NONE, np.int8)
    at = None if time is None else np.array(time, float)
    return judged(Series("a", np.array(scores, float), word, "a.csv", blank, blank, at), LINES, 1)


def alarms(scores: list[float], time: list[float] | None = None, **rules: int) -> list[Found]:
    """First, last and worst window of each alarm."""
    found = alarms_of(series(scores, time), AlarmRules(**rules))
    s = found.stretches
    return [(int(s.first[n]), int(s.last[n]), int(s.peak[n])) for n in found.fired]


def recounted(scores: list[float], least: int, gap: int) -> list[Found]:
    """The same, window by window."""
    stretches: list[list[int]] = []
    for n, score in enumerate(scores):
        if score >= LINES.warn:
            if stretches and n - stretches[-1][-1] <= gap + 1:
                stretches[-1].append(n)
            else:
                stretches.append([n])
    fired = []
    for places in stretches:
        run = longest = 0
        for n in range(places[0], places[-1] + 1):
            run = run + 1 if scores[n] >= LINES.anomaly else 0
            longest = max(longest, run)
        if longest >= least:
            worst = max(places, key=lambda n: (scores[n], -n))
            fired.append((places[0], places[-1], worst))
    return fired


@pytest.mark.parametrize("seed", range(12))
def test_the_quick_way_finds_what_a_slow_recount_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = np.convolve(rng.random(500), np.ones(3) / 3, "same") + 0.15 * rng.random(500)
    scores[rng.integers(0, 500, 5)] = np.nan
    least, gap = 1 + seed % 3, seed % 4

    found = alarms(scores.tolist(), least_windows=least, gap_windows=gap)

    assert found == recounted(scores.tolist(), least, gap)
    assert found


def test_it_goes_on_while_the_score_stays_over_warn() -> None:
    assert alarms([0.1, 0.6, 0.9, 0.9, 0.6, 0.6, 0.1]) == [(1, 5, 2)]


def test_a_single_window_over_the_line_does_not_fire() -> None:
    assert alarms([0.1, 0.9, 0.1, 0.1, 0.1, 0.9, 0.9, 0.1]) == [(5, 6, 5)]
    assert alarms([0.1, 0.9, 0.1, 0.1], least_windows=1) == [(1, 1, 1)]


def test_a_gap_is_bridged_up_to_its_length() -> None:
    scores = [0.9, 0.9, 0.1, 0.9, 0.9]

    assert alarms(scores, gap_windows=1) == [(0, 4, 0)]
    assert alarms(scores, gap_windows=0) == [(0, 1, 0), (3, 4, 3)]


def test_windows_that_were_not_scored_for_long_end_an_alarm() -> None:
    assert alarms([0.9, 0.9, 0.9, 0.9], [0, 1, 2, 3]) == [(0, 3, 0)]
    assert alarms([0.9, 0.9, 0.9, 0.9], [0, 1, 60, 61]) == [(0, 1, 0), (2, 3, 2)]


def test_one_that_has_not_fired_at_the_end_is_pending() -> None:
    assert alarms_of(series([0.1, 0.1, 0.9]), AlarmRules()).pending
    assert not alarms_of(series([0.1, 0.9, 0.9]), AlarmRules()).pending
    assert not alarms_of(series([0.1, 0.9, 0.1, 0.1]), AlarmRules()).pending


def test_what_is_not_finite_is_no_alarm_and_no_normal_window_either() -> None:
    found = series([0.9, np.inf, -np.inf, np.nan, 0.9])

    assert found.states.tolist() == [2, 4, 4, 3, 2]
    assert len(stretches_of(found, AlarmRules(gap_windows=3))) == 1
    assert alarms([0.9, np.inf, 0.9, 0.1]) == []


@pytest.mark.parametrize(
    ("time", "stride"),
    [
        ([0.0, 5.0], 5.0),
        ([0.0, 3.0, 4.0, 5.0], 1.0),
        ([5.0, 5.0, 4.0, 3.0, 4.0, 5.0], 1.0),
        ([0.0, 0.0, 0.0, 1.0, 2.0], 1.0),
        ([0.0, np.inf, np.nan, 2.0, 4.0], 2.0),
        ([0.0, 0.1234567], 0.123457),
        ([7.0, *range(100, 30_000)], 1.0),
        ([2.0, 2.0], None),
        ([1.0], None),
        ([], None),
        (None, None),
    ],
)
def test_a_stride_is_the_usual_step_forward(time: list[float] | None, stride: float | None) -> None:
    assert stride_of(None if time is None else np.array(time, float)) == stride


@pytest.mark.parametrize(("gap", "late", "ends"), [(0, 1.5, 0), (0, 1.51, 1), (1, 2.5, 0), (1, 2.51, 1)])
def test_a_window_that_comes_half_a_stride_late_is_still_the_next_one(gap: int, late: float, ends: int) -> None:
    at = [0.0, 1.0, 2.0, 3.0, 3.0 + late, 4.0 + late]

    assert len(alarms([0.9] * 6, at, gap_windows=gap)) == 1 + ends


def test_the_lines_themselves_are_over_them() -> None:
    assert alarms([0.1, 0.5, 0.8, 0.8, 0.5, 0.1]) == [(1, 4, 2)]


def test_the_first_windows_of_all_are_in_a_row_only_from_where_there_are_so_many() -> None:
    assert alarms([0.9, 0.9, 0.1], least_windows=3) == []
    assert alarms([0.9, 0.9, 0.9, 0.1], least_windows=3) == [(0, 2, 0)]


def test_without_a_lower_line_an_alarm_is_what_lies_over_the_upper_one() -> None:
    blank, word = np.full(5, np.nan), np.full(5, Word.NONE, np.int8)
    scores = np.array([0.6, 0.9, 0.9, 0.6, 0.6])
    found = alarms_of(judged(Series("a", scores, word, "a.csv", blank, blank), Lines(None, 0.8), 1), AlarmRules())

    assert (found.stretches.first.tolist(), found.stretches.last.tolist()) == ([1], [2])


def test_only_the_last_stretch_can_be_pending_and_only_where_its_last_window_is_over_the_upper_line() -> None:
    before = [0.9, 0.9, 0.1, 0.1, 0.1]

    assert alarms_of(series([*before, 0.8]), AlarmRules()).pending
    assert not alarms_of(series([*before, 0.9, 0.6]), AlarmRules()).pending
    assert not alarms_of(series([0.9, 0.1, 0.1, 0.1, 0.9, 0.9]), AlarmRules()).pending
    assert not alarms_of(series([0.9, *before]), AlarmRules()).pending
