"""Each row of the what-if table is what scoring with that threshold gives, counted anew."""

from __future__ import annotations

import numpy as np
import pytest
from support.scorings import noisy, rules, scoring, table

from collectors.decisions.analysis import Analysis
from collectors.decisions.bounds import upper_bound
from collectors.decisions.what_if import what_if

FAULTS = (40, 120, 131)


def with_line(scores: list[float], anomaly: float) -> Analysis:
    """The same scores judged by another upper line."""
    at = [float(n) for n in range(len(scores))]
    lines = {"swinmae": {"warn": 0.5, "anomaly": anomaly}}
    return scoring(table("swinmae.csv", score=scores, time=at), lines=lines, its=rules(fused=None, columns={}))


def test_windows_and_alarms_at_each_line_are_those_of_a_scoring_with_it() -> None:
    scores = noisy(300, faults=FAULTS)
    told = what_if(with_line(scores, 0.8), "swinmae")
    assert told is not None

    for line, over, alarms in zip(told.line, told.over, told.alarms, strict=True):
        assert over == sum(score >= line for score in scores)
        if line > 0.5:
            assert alarms == len(with_line(scores, line).alarms["swinmae"].fired), line
        elif line < 0.5:
            assert alarms is None
    assert 0.5 in told.line
    assert 0.8 in told.line
    assert max(n for n in told.alarms if n is not None) >= 2


def test_the_table_counts_false_alarms_of_normal_windows_without_their_overlap() -> None:
    at = [float(n) for n in range(200)]
    normal = table("n.csv", stream="swinmae", score=noisy(200, seed=1), time=at)
    its = rules(fused=None, columns={}, alarm_rate={"normal": "n.csv"})
    found = scoring(table("swinmae.csv", score=[0.1, 0.2]), its=its, normal=normal)
    told = what_if(found, "swinmae")
    assert told is not None and told.normal_over is not None and told.normal_bound is not None

    scores = normal.columns["score"]
    for line, over, bound in zip(told.line, told.normal_over, told.normal_bound, strict=True):
        apart = {n // 2 for n in np.flatnonzero(scores >= line)}
        assert (over, bound) == (int((scores >= line).sum()), pytest.approx(upper_bound(len(apart), 100), abs=1e-6))
    assert (told.normal_windows, told.calibration_over) == (200, None)


def test_where_lower_is_worse_lines_still_rise_and_count_what_lies_below() -> None:
    its = rules(fused=None, worse="lower", columns={})
    scores = [0.9, 0.8, 0.1, 0.15, 0.7]
    found = scoring(table("swinmae.csv", score=scores), lines={"swinmae": {"warn": 0.5, "anomaly": 0.2}}, its=its)
    told = what_if(found, "swinmae")
    assert told is not None

    assert list(told.line) == sorted(told.line)
    assert list(told.over) == [sum(score <= line for score in scores) for line in told.line]
    assert told.alarms[told.line.index(0.2)] == 1
    assert all(alarms is None for line, alarms in zip(told.line, told.alarms, strict=True) if line > 0.5)


def test_without_a_score_or_a_line_there_is_no_table() -> None:
    its = rules(fused=None, columns={})

    assert what_if(scoring(table("swinmae.csv", score=[0.1]), lines={}, its=its), "swinmae") is None
    assert what_if(scoring(table("swinmae.csv", score=[np.inf, np.inf]), its=its), "swinmae") is None


def test_windows_that_set_the_thresholds_are_counted_beside_those_of_the_scoring() -> None:
    set_by = table("c.csv", stream="swinmae", score=[0.1, 0.6, 0.9, np.nan])
    found = scoring(table("swinmae.csv", score=[0.2, 0.3]), its=rules(fused=None, columns={}), calibration=set_by)
    told = what_if(found, "swinmae")
    assert told is not None and told.calibration_over is not None

    assert [told.calibration_over[told.line.index(line)] for line in (0.5, 0.8)] == [2, 1]
    assert (told.calibration_windows, told.normal_windows, told.normal_bound) == (3, 0, None)


@pytest.mark.parametrize("scores", [[0.1, 0.9], [0.8, 0.8], [0.1, 0.2], [0.6]])
def test_the_table_reaches_from_the_best_score_to_beyond_the_worst(scores: list[float]) -> None:
    told = what_if(with_line(scores, 0.8), "swinmae")
    assert told is not None

    assert told.line[0] <= min(scores) and told.over[0] == len(scores)
    assert told.line[-1] > max(scores) and told.over[-1] == 0


@pytest.mark.parametrize(("size", "digits"), [(1.0, 6), (1e3, 3), (1e8, 0)])
def test_lines_are_as_long_as_a_person_reads_and_copies(size: float, digits: int) -> None:
    lines = {"swinmae": {"warn": 0.5 * size, "anomaly": 0.8 * size}}
    found = scoring(
        table("swinmae.csv", score=np.array(noisy(300)) * size), lines=lines, its=rules(fused=None, columns={})
    )
    told = what_if(found, "swinmae")
    assert told is not None

    assert all(line == round(line, digits) for line in told.line)
    assert any(line != round(line, digits - 1) for line in told.line)
