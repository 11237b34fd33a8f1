"""Checks 11 to 14 where they cannot tell, or what they look at is not whole: a skip or a fail, never a pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.evidence_parts import checkpoint, default_config, scaler, stream, workspace
from support.scorings import LINES, noisy, rules, scoring, table

from collectors.contract.decision_rules import Decisions
from collectors.decisions.analysis import Analysis
from collectors.evidence.files import FileFacts, Finding
from collectors.evidence.scores import DecisionReportEvidence, ScoreTable
from collectors.judge.checklist import specs_by_id
from collectors.training.evidence import StreamEvidence

PAIRS = {"fused": {"called": "dual", "rule": "max"}}
LONE = {"fused": None, "columns": {}}
CALIBRATED = {"split": "calibration", "normal_only": True, "checkpoint_sha256": {"swinmae": "c" * 64}}


def told(check: str, found: Analysis, *streams: StreamEvidence) -> tuple[str, str]:
    """Outcome and detail of one check."""
    config = default_config().model_copy(update={"decisions": found.rules})
    seen = workspace(*(streams or (trained("swinmae"),)), config=config, decisions=found, scaler=scaler(at=1.0))
    judged = specs_by_id()[check].judge(seen)
    return judged.outcome.value, judged.detail


def trained(name: str, **more: Any) -> StreamEvidence:
    """A stream whose checkpoint is older than the scores."""
    return stream(name, **{"checkpoint": checkpoint(f"checkpoints/{name}_ssl.pt", at=1.0), **more})


def lone(*, its: Decisions | None = None, count: int = 20, word: bool = True, **more: Any) -> Analysis:
    """Scores of SwinMAE, each judged by itself."""
    scores = noisy(count)
    words = {"word": [0] * count} if word else {}
    one = table("swinmae.csv", score=scores, time=range(count), **words)
    return scoring(one, its=its or rules(**LONE), **more)


def paired(its: Decisions, p: float = 0.2, **more: Any) -> Analysis:
    """Two rows that judge both streams."""
    columns = {"score": [0.3, 0.4], "word": [0, 0], "series__patchtst": [p, 0.2], "series__swinmae": [0.3, 0.4]}
    return scoring(table(**columns | more, time=[2, 4]), its=its)


def cut(one: ScoreTable) -> ScoreTable:
    """A table of which more rows lie in its file."""
    return replace(one, is_cut=True)


def report(**data: Any) -> dict[str, Any]:
    """A report with the scores."""
    return {"report": FileFacts("report.json", True, 1, 1000.0), "report_evidence": DecisionReportEvidence((), data)}


def test_of_a_table_that_is_read_in_part_no_row_is_missed_and_nothing_passes() -> None:
    """Ten million rows that their report counts: half of them were read, all of them were judged."""
    its = rules(**LONE, report={"path": "report.json"})
    counted = report(
        summary={"total_events": 40, "decision_counts": {"normal": 40}}, metadata={"swinmae": {"scored_windows": 40}}
    )
    one = table("swinmae.csv", score=noisy(20), time=range(20), word=[0] * 20)
    found = scoring(cut(one), its=its, **counted)

    said = {check: told(check, found) for check in ("scores", "alignment")}
    assert {outcome for outcome, _ in said.values()} == {"skip"}, said
    assert all(detail.startswith("swinmae.csv: only its first 20 rows were read") for _, detail in said.values())
    assert told("scores", scoring(one, its=its, **counted))[0] == "fail"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (lone(lines={}), "swinmae: no threshold is known of 20 windows: no word follows from their scores"),
        (lone(lines={}, word=False), "swinmae: no threshold is known of 20 windows: no word follows from their scores"),
        (paired(rules(fused={"called": "dual"})), "nothing says by which rule scores were fused"),
        (paired(rules(**PAIRS), p=float("nan")), "the fused score of window 0 cannot be made again: a stream's own"),
        (
            scoring(table(score=[0.3], stream="dual", word=[0], time=[1]), its=rules(**PAIRS, columns={"series": {}})),
            "fused scores cannot be made again: no row holds the scores of its streams",
        ),
        (
            paired(rules(fused={"called": "dual", "rule": "severity"})),
            "fused scores cannot be made again: no calibrated median and two rising thresholds are known of patchtst",
        ),
    ],
)
def test_what_cannot_be_made_again_is_no_pass(found: Analysis, words: str) -> None:
    outcome, detail = told("scores", found)

    assert outcome == "skip", detail
    assert detail.startswith(words)


def test_times_that_were_lost_say_nothing_of_what_was_scored_with() -> None:
    outcome, detail = told("scores", lone(), trained("swinmae", times_trusted=False))

    assert (outcome, detail.partition(":")[0]) == ("skip", "times were lost")


@pytest.mark.parametrize(
    ("lines", "evidence", "expected"),
    [
        ({"patchtst": LINES["patchtst"]}, {}, ("fail", "t.json has no thresholds of swinmae")),
        ({}, {}, ("fail", "t.json has no thresholds of swinmae")),
        ({"calibration": CALIBRATED}, {}, ("pass", "t.json: swinmae warn 0.5, anomaly 0.8")),
        ({"calibration": {"normal_only": True}}, {}, ("skip", "the calibration block does not say the split")),
        ({"calibration": {"split": "calib"}}, {}, ("skip", "the calibration block does not say whether its windows")),
        ({"calibration": CALIBRATED}, {"sha256": None}, ("skip", "swinmae: today's checkpoint was not read whole")),
        ({"calibration": CALIBRATED | {"checkpoint_sha256": {}}}, {}, ("skip", "the calibration block names no check")),
    ],
)
def test_thresholds_are_calibrated_where_their_file_says_all_of_it(
    lines: dict[str, Any], evidence: dict[str, Any], expected: tuple[str, str]
) -> None:
    whole = {**({} if "calibration" not in lines else LINES), **lines}
    one = trained("swinmae", checkpoint=checkpoint("checkpoints/swinmae_ssl.pt", at=1.0, **evidence))

    outcome, detail = told("thresholds", lone(lines=whole), one)

    assert (outcome, detail[: len(expected[1])]) == expected


def test_a_described_file_that_judges_nothing_known_fails() -> None:
    found = scoring(lines={"a": 1}, its=rules())

    assert told("thresholds", found) == (
        "fail",
        "t.json has no section of a known series; not recorded what they were calibrated on",
    )


@pytest.mark.parametrize(
    ("normal", "expected"),
    [
        (
            replace(table("normal.csv", score=[]), findings=(Finding("error", "has no column of scores"),)),
            ("fail", "normal.csv: has no column of scores"),
        ),
        (
            None,
            (
                "skip",
                "normal.csv, which would say which windows are normal, is missing; were all that were scored, 0 of 20",
            ),
        ),
        (
            table("normal.csv", stream="patchtst", score=[0.2], time=[0]),
            ("skip", "normal.csv holds no window of swinmae; were all"),
        ),
        (
            table("normal.csv", stream="swinmae", score=[0.2], time=[0]),
            ("skip", "swinmae: 0 of 1 normal window over `anomaly`, 0 of 1 that do not overlap: at most 95 %"),
        ),
        (
            table("normal.csv", stream="swinmae", score=[0.2]),
            ("skip", "swinmae: 0 of 1 normal window over `anomaly`; nothing says how far windows overlap"),
        ),
        (
            cut(table("normal.csv", stream="swinmae", score=[0.2] * 300, time=range(0, 1200, 4))),
            ("skip", "normal.csv: only its first 300 rows were read"),
        ),
    ],
)
def test_a_rate_is_known_where_normal_windows_say_it(normal: ScoreTable | None, expected: tuple[str, str]) -> None:
    its = rules(**LONE, alarm_rate={"normal": "normal.csv"})

    outcome, detail = told("alarm_rate", lone(its=its, normal=normal))

    assert (outcome, detail[: len(expected[1])]) == expected


def test_pairs_without_a_known_length_of_windows_are_not_called_near() -> None:
    its = rules(**PAIRS, windows={})
    found = paired(its, time__patchtst=[2, 4], time__swinmae=[2.5, 4])

    assert told("alignment", found, trained("patchtst"), trained("swinmae")) == (
        "skip", "pairs lie up to 0.5 s apart; nothing says how long windows are",
    )  # fmt: skip


def test_a_stream_of_which_no_window_was_scored_is_named() -> None:
    outcome, detail = told("alignment", lone(), trained("patchtst"), trained("swinmae"))

    assert (outcome, detail.partition(";")[0]) == ("fail", "no scores of patchtst")


def test_of_windows_without_times_nobody_says_that_all_were_judged() -> None:
    timeless = scoring(table("swinmae.csv", score=noisy(20), word=[0] * 20), its=rules(**LONE))

    assert told("alignment", timeless, trained("swinmae")) == ("skip", "no window has a time")
    assert told("alignment", lone(), trained("swinmae")) == ("pass", "all 20 windows judged, each by itself")
