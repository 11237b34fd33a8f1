"""Lines, strides and counts of a scoring: what is described comes before what is measured."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from support.scorings import LINES, noisy, rules, scoring, table

from collectors.decisions.document import document_of
from collectors.decisions.listed_alarms import dominant_at
from collectors.decisions.summary import notices_of
from collectors.decisions.thresholds import Lines
from collectors.decisions.what_if import LINES as GRID
from collectors.decisions.what_if import what_if
from collectors.evidence.scores import DecisionReportEvidence

ALONE = rules(fused=None, columns={})


@pytest.mark.parametrize(("warn", "known"), [(0.5, 0.5), (math.nan, None)])
def test_without_a_file_the_lines_are_those_of_the_first_row_that_has_them(warn: float, known: float | None) -> None:
    rows = table("swinmae.csv", score=[0.1] * 3, warn=[math.nan, warn, 0.6], anomaly=[math.nan, 0.8, 0.9])

    assert scoring(rows, lines={}, its=ALONE).lines_of("swinmae") == Lines(known, 0.8)


def test_a_described_stride_comes_before_the_measured_one() -> None:
    rows = table("swinmae.csv", score=[0.1, 0.2, 0.3], time=[0.0, 5.0, 10.0])
    untold = rules(fused=None, columns={}, windows={})

    assert scoring(rows, its=ALONE).stride_seconds("swinmae") == 1.0
    assert scoring(rows, its=untold).stride_seconds("swinmae") == 5.0


def test_without_normal_windows_none_are_counted() -> None:
    told = what_if(scoring(table("swinmae.csv", score=[0.1, 0.2]), its=ALONE), "swinmae")

    assert told is not None
    assert (told.windows, told.normal_windows, told.calibration_windows, told.normal_over) == (2, 0, 0, None)


def test_a_stream_over_its_upper_line_that_is_fused_to_normal_is_told() -> None:
    columns = {"score": [0.65, 0.3], "series__patchtst": [0.2, 0.3], "series__swinmae": [0.95, 0.1]}

    (text,) = notices_of(scoring(table(stream="dual", **columns)))
    assert "swinmae is over its own line in 1 window that the fused series calls normal" in text


def test_a_rate_counts_stretches_of_one_window_and_windows_where_nothing_tells_their_length() -> None:
    at = [n * 0.1 for n in range(40)]
    scores = [0.9 if n in {10, 11, 12, 30} else 0.1 for n in range(39)] + [math.nan]
    normal = table("n.csv", stream="swinmae", score=scores, time=at)
    its = rules(fused=None, columns={}, alarm_rate={"normal": "n.csv"}, windows={"swinmae": {"seconds": 0.5}})
    (rate,) = scoring(table("swinmae.csv", score=[0.1]), its=its, normal=normal).rates

    assert (rate.windows, rate.independent, rate.over, rate.over_apart) == (40, 8, 5, 3)
    untold = rules(fused=None, columns={}, alarm_rate={"normal": "n.csv"}, windows={})
    (rate,) = scoring(table("swinmae.csv", score=[0.1]), its=untold, normal=normal).rates
    assert (rate.windows, rate.independent, rate.over, rate.over_apart) == (40, None, 5, 5)


def test_it_was_scored_when_its_last_table_was_written_that_has_a_time() -> None:
    rows = table("swinmae.csv", score=[0.1])
    none = replace(rows, facts=replace(rows.facts, modified_at=None))
    late = replace(rows, facts=replace(rows.facts, modified_at=2000.0))

    assert scoring(rows, none, late, its=ALONE).scored_at == 2000.0
    assert scoring(none, its=ALONE).scored_at is None


def test_a_series_without_a_line_or_without_a_row_is_drawn_without() -> None:
    (one,) = document_of(scoring(table("swinmae.csv", score=[0.1, 0.2]), lines={}, its=ALONE), "r", {}).series

    assert (one.warn, one.anomaly, one.what_if) == (None, None, None)
    assert [(span.start, span.end, span.state) for span in one.spans] == [(-1, 1, "no_line")]


def test_the_worst_stream_of_a_window_is_the_one_whose_own_scale_says_so() -> None:
    columns = {"score": [2.0, 2.0, 2.0], "series__patchtst": [0.9, 0.4, math.nan], "series__swinmae": [0.5, 0.7, 0.6]}
    medians = {"split": "calibration", "normal_only": True, "medians": {"patchtst": 0.3, "swinmae": 0.3}}
    its = rules(fused={"called": "dual", "rule": "severity"})
    found = scoring(table(stream="dual", **columns), lines={**LINES, "calibration": medians}, its=its)
    fused = found.series["fused"]

    assert [dominant_at(found, fused, row) for row in range(3)] == ["patchtst", "swinmae", "swinmae"]


def test_the_table_of_lines_is_bounded() -> None:
    told = what_if(scoring(table("swinmae.csv", score=noisy(5000, faults=(40,))), its=ALONE), "swinmae")

    assert told is not None
    assert GRID // 2 < len(told.line) <= GRID + 2


def test_a_table_of_nobody_has_the_lines_of_the_section_that_is_described_for_it() -> None:
    its = rules(fused=None, columns={}, thresholds={"path": "t.json", "sections": {"scores": "lone"}})
    lines = {"lone": {"warn": 1.0, "anomaly": 2.0}, "scores": {"warn": 3.0, "anomaly": 4.0}}

    assert scoring(its=its, lines=lines).thresholds.lines == {"scores": Lines(1.0, 2.0)}
    assert scoring(its=ALONE, lines=lines).thresholds.lines == {}


def test_the_series_that_record_words_decide_and_all_where_none_does() -> None:
    silent = table("patchtst.csv", score=[0.1, 0.2])
    judging = table("swinmae.csv", score=[0.1, 0.2], word=[0, 1])

    assert scoring(silent, judging, its=ALONE).deciding == ("swinmae",)
    assert scoring(silent, table("swinmae.csv", score=[0.1]), its=ALONE).deciding == ("patchtst", "swinmae")


@pytest.mark.parametrize(
    ("recorded", "described", "rule"),
    [("mean", "min", "mean"), ("sum", "min", "min"), (None, "min", "min"), ("mean", None, "mean"), ("sum", None, None)],
)
def test_scores_were_fused_as_the_report_records_it_or_else_as_described(
    recorded: str | None, described: str | None, rule: str | None
) -> None:
    its = rules(report={"path": "r.json"}, fused={"called": "dual", "rule": described})
    told = DecisionReportEvidence((), data={"metadata": {"dual_alignment": {"fusion_rule": recorded}}})

    assert scoring(table(score=[0.1]), its=its, report_evidence=told).rule == rule


def test_a_fused_window_is_as_long_as_the_longest_of_its_streams() -> None:
    windows = {"patchtst": {"seconds": 3}, "swinmae": {"seconds": 2}, "third": {"seconds": 10}}
    rows = table(stream="dual", score=[0.1], series__patchtst=[0.1], series__swinmae=[0.1])

    assert scoring(rows, its=rules(windows=windows)).window_seconds("fused") == 3
    assert scoring(its=rules(windows=windows)).window_seconds("fused") == 10
    assert scoring(rows, its=rules(windows={})).window_seconds("fused") is None


def test_times_of_several_clocks_are_mixed() -> None:
    utc = table("patchtst.csv", score=[0.1], time=[0.0], clock="utc")
    relative = table("swinmae.csv", score=[0.1], time=[0.0])

    assert scoring(utc, relative, its=ALONE).clock == "mixed"
    assert scoring(utc, its=ALONE).clock == "utc"
    assert scoring(table("swinmae.csv", score=[0.1]), its=ALONE).clock == "none"


def test_windows_in_no_row_count_among_those_that_nobody_judged() -> None:
    counts = scoring(table("swinmae.csv", score=[0.1, math.nan, 0.9], index=[0, 1, 5]), its=ALONE).counts["swinmae"]

    assert {state.name: count for state, count in counts.items() if count} == {
        "NORMAL": 1, "ANOMALY": 1, "NOT_JUDGED": 4,
    }  # fmt: skip


def test_a_median_is_the_calibrations_else_that_of_normal_windows_else_that_of_the_scoring() -> None:
    rows = table("swinmae.csv", score=[0.1, 0.4, math.inf])
    normal = table("n.csv", stream="swinmae", score=[0.2, math.nan, 0.3])
    block = {**LINES, "calibration": {"medians": {"swinmae": 0.45}}}

    def median(**more: Any) -> float:
        return scoring(rows, its=ALONE, **more).scales["swinmae"].median

    assert median(normal=normal, lines=block) == 0.45
    assert median(normal=normal) == 0.25
    assert median(normal=normal, calibration=table("c.csv", stream="swinmae", score=[0.05])) == 0.05
    assert median(normal=table("n.csv", stream="swinmae", score=[math.nan])) == 0.25
    assert median() == 0.25
    nothing = table("patchtst.csv", score=[0.1])
    assert scoring(nothing, its=ALONE).scales.keys() == {"patchtst"}
