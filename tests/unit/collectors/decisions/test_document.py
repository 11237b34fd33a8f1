"""What is drawn: bounded curves, states with what nobody judged, one scale for all streams, the worst alarms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.scorings import LINES, noisy, rules, scoring, table

from collectors.contract.decisions import DecisionDocument
from collectors.decisions.analysis import Analysis
from collectors.decisions.document import document_of
from collectors.decisions.listed_alarms import listed_alarms
from collectors.decisions.summary import notices_of, summary_of
from collectors.evidence.files import FileFacts, Finding
from collectors.evidence.scores import DecisionFiles, DecisionReportEvidence, ScoreTable

MEDIANS = {"calibration": {"split": "calibration", "normal_only": True, "medians": {"patchtst": 0.3, "swinmae": 0.3}}}


def fused(count: int = 60, **more: Any) -> Analysis:
    """Pairs in time, fused by severity, with one fault that PatchTST alone sees."""
    at = np.arange(count, dtype=float)
    p, s = np.array(noisy(count, 1, faults=(20,))), np.array(noisy(count, 2))
    score = np.maximum(_severity(p), _severity(s))
    word = (score >= 1).astype(float) + (score >= 2)
    columns = {"score": score, "word": word, "time": at, "series__patchtst": p, "series__swinmae": s}
    columns |= {"time__patchtst": at, "time__swinmae": at + 0.25}
    its = rules(fused={"called": "dual", "rule": "severity"})
    return scoring(table(stream="dual", **columns), lines={**LINES, **MEDIANS}, its=its, **more)


def _severity(score: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.where(score < 0.5, (score - 0.3) / 0.2, 1 + (score - 0.5) / 0.3)


def drawn(found: Analysis) -> DecisionDocument:
    return document_of(found, "run-1", {"patchtst": "PatchTST"})


def test_all_streams_stand_on_one_scale_and_the_fused_series_is_last() -> None:
    found = fused()
    document = drawn(found)

    assert [(one.id, one.label, one.decides) for one in document.series] == [
        ("patchtst", "PatchTST", False), ("swinmae", "swinmae", False), ("fused", "Fused", True),
    ]  # fmt: skip
    assert document.severity is not None
    assert document.severity.streams == ("patchtst", "swinmae")
    assert document.severity.curve.value == pytest.approx(found.series["fused"].score, rel=1e-5)


def test_an_alarm_says_when_how_bad_and_which_stream_it_was() -> None:
    (alarm,) = drawn(fused()).alarms

    assert (alarm.series, alarm.start, alarm.end, alarm.windows) == ("fused", 18.0, 25.0, 6)
    assert (alarm.peak, alarm.peak_at, alarm.dominant) == (pytest.approx(2.5), 20.0, "patchtst")


def test_without_times_an_alarm_begins_with_its_first_window() -> None:
    scores = [0.1] * 5 + [0.9] * 3 + [0.1] * 5
    found = scoring(table("swinmae.csv", score=scores), its=rules(fused=None, columns={}))
    (alarm,) = drawn(found).alarms

    assert (alarm.start, alarm.end, alarm.peak_at, alarm.windows) == (5.0, 7.0, 5.0, 3)


def test_windows_that_nobody_judged_stand_behind_the_others_and_are_never_normal() -> None:
    report = {"metadata": {"patchtst": {"scored_windows": 32}}}
    evidence = DecisionReportEvidence((), data=report)
    its = rules(report={"path": "r.json"}, columns={"series": {"patchtst": "p", "swinmae": "s"}})
    columns = {"score": [0.1] * 7, "series__patchtst": [0.1] * 7, "series__swinmae": [0.1] * 7}
    found = scoring(
        table(stream="dual", time=range(7), **columns),
        its=its,
        report=FileFacts("r.json", True),
        report_evidence=evidence,
    )

    spans = {one.id: [(s.start, s.end, s.state) for s in one.spans] for one in drawn(found).series}

    assert spans["patchtst"] == [(-1.0, 6.0, "normal"), (6.0, 31.0, "not_judged")]
    assert spans["swinmae"] == [(-1.0, 6.0, "normal")]
    assert summary_of(found, None).counts["patchtst"].not_judged == 25


def test_not_finite_and_no_score_are_states_of_their_own_and_a_hole_in_time_is_none() -> None:
    its = rules(fused=None, columns={})
    scores, at = [0.1, np.inf, 0.1, np.nan, 0.6, 0.6], [0.0, 1, 2, 3, 4, 60]
    found = scoring(table("swinmae.csv", score=scores, time=at), its=its)
    (one,) = drawn(found).series

    assert [(s.start, s.end, s.state) for s in one.spans] == [
        (-1, 0, "normal"), (0, 1, "not_finite"), (1, 2, "normal"), (2, 3, "not_judged"), (3, 4, "warn"),
        (59, 60, "warn"),
    ]  # fmt: skip
    assert one.curve.value == (0.1, None, 0.1, None, 0.6, 0.6)


def test_a_million_windows_are_few_points_and_no_fault_is_lost() -> None:
    rng = np.random.default_rng(0)
    scores = 0.3 + 0.05 * rng.standard_normal(200_000)
    scores[123_456:123_460] = 0.99
    found = scoring(table("swinmae.csv", score=scores, time=np.arange(200_000.0)), its=rules(fused=None, columns={}))
    document = drawn(found)
    (one,) = document.series

    assert len(document.model_dump_json()) < 150_000
    assert len(one.curve.index) <= 2000
    assert 0.99 in one.curve.value
    assert [a.peak_at for a in document.alarms] == [123_456.0]
    assert any(s.state == "anomaly" and s.start <= 123_456 <= s.end for s in one.spans)
    assert len(one.spans) <= 601


def test_of_many_states_in_one_place_the_worst_is_drawn() -> None:
    worst = {0.1: "normal", 0.6: "warn", 0.9: "anomaly", np.inf: "not_finite", np.nan: "not_judged"}
    for mild, bad in ((0.1, np.nan), (0.1, 0.6), (np.nan, 0.6), (0.6, np.inf), (np.inf, 0.9), (0.6, 0.9)):
        found = scoring(table("swinmae.csv", score=[mild, bad] * 2000), its=rules(fused=None, columns={}))
        (one,) = drawn(found).series
        assert {span.state for span in one.spans} == {worst[bad]}, (mild, bad)


def test_the_summary_is_small_and_says_what_counts() -> None:
    first = summary_of(fused(), belongs=True)

    assert len(first.model_dump_json()) < 4096
    assert (first.mode, first.alarms.total, first.alignment.method) == ("fused", 1, "time")
    assert first.thresholds["fused"].origin == "calibrated"
    assert first.alarms.longest_seconds == 7.0


def test_a_stream_over_its_own_line_that_is_fused_to_normal_is_told() -> None:
    columns = {"score": [0.65, 0.3], "series__patchtst": [0.2, 0.3], "series__swinmae": [0.65, 0.1]}
    found = scoring(table(stream="dual", **columns))

    assert notices_of(found) == (
        "Decisions: swinmae is over its own line in 1 window that the fused series calls normal.",
    )
    assert notices_of(None) == ()


def test_the_files_of_a_scoring_say_what_they_are_and_how_far_they_can_be_trusted() -> None:
    problem = Finding("error", "is no JSON", "t.json")
    broken = replace(table("swinmae.csv", score=[0.1]), facts=FileFacts("x.csv", True, 1, 1.0, problem="cut off"))
    its = rules(fused=None, columns={})

    def files(*tables: ScoreTable, **more: Any) -> list[tuple[str, str, str]]:
        told = summary_of(scoring(*tables, its=its, **more), True).files
        return [(one.path, one.level.value, one.detail) for one in told]

    good = table("swinmae.csv", score=[0.1, 0.2])
    untold = "thresholds, not recorded what they were calibrated on"
    assert files(good) == [("swinmae.csv", "readable", "2 windows"), ("t.json", "readable", untold)]
    assert files(good, lines={**LINES, **MEDIANS})[-1] == ("t.json", "readable", "thresholds, calibrated")
    assert files(broken)[0] == ("x.csv", "present", "cut off")
    cut = replace(good, is_cut=True)
    assert files(cut)[0] == ("swinmae.csv", "present", "only its first 2 rows were read")
    unsound = files(good, lines={"swinmae": {"warn": 0.5, "anomaly": True}})[-1]
    assert unsound == ("t.json", "present", "swinmae: `anomaly` is true: expected a finite number")
    assert files(good, thresholds_findings=(problem,))[-1] == ("t.json", "present", str(problem))
    gone = FileFacts("r.json", False)
    assert files(good, report=gone)[1] == ("r.json", "missing", "missing")


def test_lines_are_calibrated_only_where_the_file_that_has_them_says_so() -> None:
    block = {"split": "calibration", "windows": 12, "quantiles": {"warn": 0.95, "anomaly": 0.99}}
    its, rows = rules(fused=None, columns={}), table("swinmae.csv", score=[0.1])

    told = summary_of(scoring(rows, lines={**LINES, "calibration": block}, its=its), None).thresholds["swinmae"]
    assert (told.origin, told.quantiles, told.windows) == ("calibrated", (0.95, 0.99), 12)
    told = summary_of(scoring(rows, its=its), None).thresholds["swinmae"]
    assert (told.origin, told.quantiles, told.windows) == ("unknown", None, None)
    own = table("swinmae.csv", score=[0.1], warn=[0.5], anomaly=[0.8])
    told = summary_of(scoring(own, lines={"calibration": block}, its=its), None).thresholds["swinmae"]
    assert (told.origin, told.quantiles, told.windows, told.anomaly) == ("unknown", None, None, 0.8)


def test_a_table_of_no_stream_is_that_of_the_only_one_or_of_nobody() -> None:
    rows = table("scores.csv", score=[0.1])
    files = DecisionFiles((rows,), None, {})

    assert list(Analysis(rules(fused=None, columns={}), ("only",), files).series) == ["only"]
    assert list(Analysis(rules(fused=None, columns={}), ("a", "b"), files).series) == ["scores"]


ALONE = rules(fused=None, columns={})


def test_a_window_reaches_back_by_one_stride_and_its_point_stands_at_its_time() -> None:
    at = [10.0, 10.5, 11.0004, 11.5]
    its = rules(fused=None, columns={}, windows={})
    (one,) = drawn(scoring(table("swinmae.csv", score=[0.1, 0.1, 0.9, 0.9], time=at), its=its)).series

    assert [(s.start, s.end, s.state) for s in one.spans] == [(9.5, 10.5, "normal"), (10.5, 11.5, "anomaly")]
    assert one.curve.time == (10.0, 10.5, 11.0, 11.5)
    (one,) = drawn(scoring(table("swinmae.csv", score=[0.1, 0.12345678]), its=ALONE)).series
    assert (one.curve.time, one.curve.value) == ((None, None), (0.1, 0.123457))


def test_a_span_ends_where_more_than_two_and_a_half_strides_lie_between_windows() -> None:
    def spans(*at: float) -> int:
        (one,) = drawn(scoring(table("swinmae.csv", score=[0.1] * len(at), time=at), its=ALONE)).series
        return len(one.spans)

    assert spans(0, 1, 2, 4.5, 5.5) == 1
    assert spans(0, 1, 2, 4.6, 5.6) == 2
    its = rules(fused=None, columns={}, windows={})
    (one,) = drawn(scoring(table("swinmae.csv", score=[0.1], time=[7.0]), its=its)).series
    assert [(s.start, s.end) for s in one.spans] == [(7.0, 7.0)]


def test_spans_that_are_too_many_to_draw_still_cover_every_window() -> None:
    (one,) = drawn(scoring(table("swinmae.csv", score=[0.1, 0.6] * 2000), its=ALONE)).series

    assert len(one.spans) == 600
    assert (one.spans[0].start, one.spans[-1].end) == (-1.0, 3999.0)
    assert all(a.end == b.start for a, b in zip(one.spans[:-1], one.spans[1:], strict=True))
    (one,) = drawn(scoring(table("swinmae.csv", score=[0.1, 0.6] * 300), its=ALONE)).series
    assert [span.state for span in one.spans] == ["normal", "warn"] * 300


def test_the_points_of_all_series_are_shared_out_among_them_and_the_common_scale() -> None:
    score = np.random.default_rng(0).random(20_000)
    names = [f"s{n}" for n in range(7)]
    found = scoring(*(table(f"{name}.csv", stream=name, score=score) for name in names), its=ALONE)

    longest = max(len(one.curve.index) for one in drawn(found).series)
    assert 8000 / 9 < longest <= 8000 / 8


def apart(clock: str = "relative", **other: Any) -> Analysis:
    """Two streams with tables and times of their own, which nothing fuses."""
    lines = {**LINES, **MEDIANS}
    p = table("p.csv", stream="patchtst", score=[0.3, 0.5, 0.8, np.nan, 0.3], time=[0, 1, 2, 3, 4])
    s = table("s.csv", stream="swinmae", clock=clock, **{"score": [0.5, 0.4, 0.6], "time": [0.4, 1.4, 2.4], **other})
    return scoring(p, s, lines=lines, its=ALONE)


def test_streams_that_nothing_fuses_stand_on_one_scale_where_their_times_are_near() -> None:
    severity = drawn(apart()).severity

    assert severity is not None
    assert severity.streams == ("patchtst", "swinmae")
    assert severity.curve.time == (0, 1, 2, 3, 4)
    assert severity.curve.value == pytest.approx([1, 1, 2, 1.333333, 0], abs=1e-5)


def test_streams_without_times_of_one_clock_have_no_common_scale() -> None:
    assert drawn(apart(clock="utc")).severity is None
    assert drawn(apart(time=[0.4, np.nan, 2.4])).severity is None


def test_where_no_stream_has_a_finite_score_the_common_scale_has_a_hole() -> None:
    scores, time = [0.3, np.nan, np.nan, np.nan, 0.8], range(5)
    both = [table(f"{stream}.csv", stream=stream, score=scores, time=time) for stream in ("patchtst", "swinmae")]
    severity = drawn(scoring(*both, lines={**LINES, **MEDIANS}, its=ALONE)).severity

    assert severity is not None
    assert severity.curve.value == (0.0, 0.0, None, 2.0, 2.0)  # what lies within a stride counts
    assert drawn(scoring(both[0], lines={**LINES, **MEDIANS}, its=ALONE)).severity is None


def test_the_worst_alarm_of_all_series_is_listed_first() -> None:
    scores = [0.1, 0.85, 0.85, 0.1, 0.1, 0.95, 0.95, 0.1]
    first, second = table("p.csv", stream="patchtst", score=scores), table("s.csv", stream="swinmae", score=[0.9] * 3)

    found = scoring(first, second, its=ALONE)
    assert [(a.series, a.peak) for a in drawn(found).alarms] == [
        ("patchtst", 0.95), ("swinmae", 0.9), ("patchtst", 0.85),
    ]  # fmt: skip
    assert [a.peak for a in listed_alarms(found, 1)] == [0.95]
