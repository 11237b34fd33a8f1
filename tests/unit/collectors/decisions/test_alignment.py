"""Which windows were paired, and which nobody judged: by the report, by their numbers, by their times."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.scorings import rules, scoring, table

from collectors.decisions.alignment import Alignment, Missing, together
from collectors.decisions.analysis import Analysis
from collectors.evidence.files import FileFacts
from collectors.evidence.scores import DecisionReportEvidence


def reported(rows: Any, report: dict[str, Any], **more: Any) -> Analysis:
    its = rules(report={"path": "r.json"}, **more)
    evidence = DecisionReportEvidence((), data=report)
    return scoring(rows, its=its, report=FileFacts("r.json", True), report_evidence=evidence)


def pairs(count: int = 7, **more: Any) -> Any:
    columns = {"score": [0.1] * count, "series__patchtst": [0.1] * count, "series__swinmae": [0.1] * count}
    return table(stream="dual", **{**columns, **more})


BY_POSITION = {"columns": {"series": {"patchtst": "p", "swinmae": "s"}}}


def test_windows_that_the_report_counts_beyond_the_rows_were_not_judged() -> None:
    found = reported(
        pairs(), {"metadata": {"patchtst": {"scored_windows": 32}, "swinmae": {"scored_windows": 7}}}, **BY_POSITION
    )

    assert found.alignment == Alignment("position", 7, {"patchtst": Missing(25, "windows 7 to 31")})


def test_what_is_left_over_in_pairing_was_not_judged() -> None:
    found = reported(
        pairs(), {"metadata": {"dual_alignment": {"unpaired_patchtst": 2, "unpaired_swinmae": True}}}, **BY_POSITION
    )

    assert found.alignment.missing == {"patchtst": Missing(2, "windows 7 to 8")}


def test_pairs_in_time_say_how_far_they_lie_apart_and_how_many_are_allowed() -> None:
    at = np.arange(7.0)
    gaps = np.array([0, 0, 0.25, 0.75, 0, np.nan, 0])
    found = reported(
        pairs(time=at, time__patchtst=at, time__swinmae=at + gaps), {"metadata": {"patchtst": {"scored_windows": 9}}}
    )

    assert found.alignment == Alignment("time", 7, {"patchtst": Missing(2, "2 of 9 windows")}, 0.75, 3, 1.0)


def test_a_window_in_two_pairs_is_one_window() -> None:
    at = [0.0, 0, 1, 1, 2, 2, 3]
    found = reported(
        pairs(time=range(7), time__patchtst=at, time__swinmae=range(7)),
        {"metadata": {"patchtst": {"scored_windows": 7}}},
    )

    assert found.alignment.missing["patchtst"] == Missing(3, "3 of 7 windows")


@pytest.mark.parametrize(
    ("index", "missing"),
    [
        ([0, 1, 2, 3], None),
        ([0, 1, 4, 5], Missing(2, "windows 2 to 3")),
        ([0, 2, 5, 6], Missing(3, "windows 3 to 4 and 1 more")),
        ([0, 0.5, 1.5], None),
        ([0, 1, np.nan, 9], None),
        ([5], None),
        ([5, 5], None),
    ],
)
def test_holes_in_the_numbers_of_windows_are_windows_that_nobody_judged(
    index: list[float], missing: Missing | None
) -> None:
    rows = table("swinmae.csv", score=[0.1] * len(index), index=index)

    assert scoring(rows, its=rules(fused=None, columns={})).alignment.missing.get("swinmae") == missing


def test_each_time_gets_the_nearest_value_within_a_stride() -> None:
    time, other = np.array([3.0, 0.0, 9.0]), (np.array([0.4, 1.4, 2.4, 3.4]), np.array([1.0, 2, 3, 4]))

    np.testing.assert_array_equal(together(time, {"s": other})["s"], [4.0, 1.0, np.nan])


def test_a_time_has_no_value_where_a_single_other_window_lies_beside_it() -> None:
    """One window has no stride: only its own time is near it."""
    found = together(np.array([1.0, 1.5]), {"s": (np.array([1.0]), np.array([7.0]))})

    np.testing.assert_array_equal(found["s"], [7.0, np.nan])


@pytest.mark.parametrize(
    "times",
    [{}, {"time__patchtst": range(7)}, {"time__patchtst": [np.nan] * 7, "time__swinmae": range(7)}],
    ids=["none", "of one stream", "never both known"],
)
def test_without_two_times_in_a_row_windows_are_paired_by_position(times: dict[str, Any]) -> None:
    assert scoring(pairs(time=range(7), **times)).alignment == Alignment("position", 7)


def test_the_largest_gap_is_looked_for_where_both_times_are_known() -> None:
    at = np.array([np.nan, 0, 1, 2, 3, 4, 5])
    found = scoring(pairs(time__patchtst=at, time__swinmae=at))

    assert (found.alignment.largest_gap_seconds, found.alignment.farthest_row) == (0.0, 1)


@pytest.mark.parametrize(
    ("windows", "allowed"),
    [
        ({"patchtst": {"seconds": 2}, "swinmae": {"seconds": 3}, "third": {"seconds": 10}}, 1.5),
        ({"patchtst": {"seconds": "data.rows / 50"}, "swinmae": {"seconds": 3}}, 1.5),
        ({}, None),
    ],
)
def test_half_the_longest_window_of_the_paired_streams_is_allowed(windows: Any, allowed: float | None) -> None:
    found = scoring(pairs(time__patchtst=range(7), time__swinmae=range(7)), its=rules(windows=windows))

    assert found.alignment.allowed_gap_seconds == allowed


@pytest.mark.parametrize("scored", [True, "9", None])
def test_a_count_that_is_no_number_leaves_it_to_what_is_left_over(scored: Any) -> None:
    metadata = {"patchtst": {"scored_windows": scored}, "dual_alignment": {"unpaired_patchtst": 1}}

    found = reported(pairs(), {"metadata": metadata}, **BY_POSITION)

    assert found.alignment.missing == {"patchtst": Missing(1, "windows 7 to 7")}


def test_of_a_stream_by_itself_the_report_says_how_many_windows_there_were() -> None:
    rows = table("swinmae.csv", score=[0.1] * 4)
    found = reported(rows, {"metadata": {"swinmae": {"scored_windows": 1200}}}, fused=None, columns={})

    assert found.alignment == Alignment("unknown", 0, {"swinmae": Missing(1196, "1,196 of 1,200 windows")})
