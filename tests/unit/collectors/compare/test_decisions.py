"""Two scorings: what differs is one sentence among the notes, and nothing is said where nothing does."""

from __future__ import annotations

from support.scorings import LINES, noisy, rules, scoring, table
from support.states import ready_state

from collectors.compare.compare import compare
from collectors.compare.decisions import decisions_differ
from collectors.contract.decisions import DecisionSummary
from collectors.decisions.summary import summary_of


def summary(*faults: int, anomaly: float = 0.8) -> DecisionSummary:
    lines = {**LINES, "swinmae": {"warn": 0.5, "anomaly": anomaly}}
    scores = table("swinmae.csv", score=noisy(200, faults=faults), time=range(200))
    return summary_of(scoring(scores, lines=lines, its=rules(fused=None, columns={})), belongs=None)


def test_alarms_and_windows_are_told_of_both_sides() -> None:
    assert decisions_differ(summary(20, 90), summary(20)) == (
        "Decisions of 200 windows against 200: 2 alarms against 1; 12 windows over anomaly against 6;"
        " new: 1 alarm, swinmae at 88 s; the baseline's alarm found again."
    )
    assert decisions_differ(summary(20), summary(20, anomaly=0.9)) == (
        "Decisions of 200 windows against 200: anomaly of swinmae at 0.8 against 0.9; the baseline's alarm found again."
    )


def test_alarms_of_the_baseline_are_found_again_at_the_same_time_or_named() -> None:
    """Of alarms beyond those that the states list nothing is claimed."""
    fewer = decisions_differ(summary(22), summary(20, 90, 150))
    assert str(fewer).endswith(
        "; 1 of the baseline's 3 alarms found again, not swinmae at 88 s, swinmae at 2 min 28 s."
    )
    assert decisions_differ(summary(20), summary(90)) == (
        "Decisions of 200 windows against 200: none of the baseline's 1 alarm found again, not swinmae at 88 s;"
        " new: 1 alarm, swinmae at 18 s."
    )
    assert "; each of the baseline's 2 alarms found again." in str(
        decisions_differ(summary(20, 90, 150), summary(22, 92))
    )
    many = summary(*range(5, 195, 15))
    assert many.alarms.total > len(many.alarms.listed)
    assert "1 of the baseline's 8 worst alarms found again, not swinmae at 18 s" in str(
        decisions_differ(summary(5), many)
    )
    assert "new: 7 worst alarms, swinmae at 18 s" in str(decisions_differ(many, summary(5)))
    assert "found again" not in str(decisions_differ(many, summary(185)))  # it may be among the run's less bad ones


def test_times_of_two_clocks_are_not_compared() -> None:
    assert decisions_differ(summary(20), summary(90).model_copy(update={"clock": "utc"})) is None


def test_nothing_is_told_where_nothing_differs_or_one_side_was_not_scored() -> None:
    assert decisions_differ(summary(20), summary(20)) is None
    assert decisions_differ(summary(20), None) is None


def test_it_stands_among_the_notes_of_the_comparison() -> None:
    run, baseline = (ready_state().model_copy(update={"decisions": summary(*at)}) for at in ((20, 90), (20,)))

    assert compare(run, baseline).notes[-1].startswith("Decisions of 200 windows against 200: 2 alarms against 1")
