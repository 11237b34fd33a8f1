"""Broken copies of the recorded scoring: what was done to it, which check fails, and the words of the true cause."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.decisions import EVENTS, REPORT, SCORED, THRESHOLDS, edit_json, edit_text
from support.workspaces import Stream, write_scaler, write_stream

RECORDED = "11 skip, 12 pass, 13 skip, 14 fail"
"""What the scoring says as it was recorded."""


@dataclass(frozen=True)
class Decided:
    """One broken copy."""

    name: str
    edit: Callable[[Path], object]
    expected: str
    """Checks that differ from the recorded scoring."""
    words: str
    """What the failing check must say; pieces are divided by ` | `."""


def dual(**changes: Any) -> Callable[[Path], object]:
    """Other thresholds of the fused series."""
    return edit_json(THRESHOLDS, lambda d: d["dual"].update(changes))


def swap(old: str, new: str, path: str = EVENTS) -> Callable[[Path], object]:
    """Another text at the first place."""
    return edit_text(path, lambda text: text.replace(old, new, 1))


def without_row(number: int) -> Callable[[Path], object]:
    """A table without one of its rows."""
    return edit_text(EVENTS, lambda text: "".join(line for n, line in enumerate(text.splitlines(True)) if n != number))


def newer(path: str) -> Callable[[Path], object]:
    """A file that was written a minute after the scoring."""
    return lambda root: os.utime(root / path, (SCORED + 60, SCORED + 60))


def retrained(root: Path) -> None:
    """PatchTST is trained again after the scoring: event file, checkpoint and table are all of the new run."""
    write_stream(root, Stream("patchtst", [0.9, 0.8], 2, SCORED + 60, seed=9))


def rescaled(root: Path) -> None:
    """Only the scaler of the second training is left beside the old scoring."""
    write_scaler(root, SCORED + 60)


FIRST = "0.4780347645,0.6800000000"
ROWS = [
    Decided("NaN", swap(FIRST, "nan,0.6800000000"), "12 fail", "window 0 is not finite (NaN), called normal"),
    Decided(
        "NaN that the report has not",
        swap(FIRST, "nan,0.6800000000"),
        "12 fail",
        "0.478 in the report, NaN in the table",
    ),
    Decided("infinite", swap(FIRST, "inf,0.6800000000"), "12 fail", "window 0 is not finite (infinite), called normal"),
    Decided(
        "warn above anomaly",
        dual(warn=0.9),
        "11 fail",
        "11: the fused series: warn 0.9, anomaly 0.88: expected 0 < warn < anomaly",
    ),
    Decided(
        "a threshold is true",
        dual(anomaly=True),
        "11 fail",
        "11: the fused series: `anomaly` is true: expected a finite number",
    ),
    Decided(
        "a threshold is NaN",
        swap("0.88", "NaN", THRESHOLDS),
        "11 fail",
        "11: the fused series: `anomaly` is NaN: expected a finite number",
    ),
    Decided("thresholds edited", dual(warn=0.5), "12 fail", "window 0 and 6 more was judged by warn 0.68, | says 0.5"),
    Decided(
        "a word edited",
        swap(",5,normal,", ",5,anomaly,"),
        "12 fail",
        "window 5 is called anomaly, its own numbers say normal (score 0.5863, warn 0.68, anomaly 0.88)",
    ),
    Decided(
        "a row lost", without_row(4), "12 fail", "the report counts, lists and draws 7 windows, the table has 6 rows"
    ),
    Decided(
        "fused is not the max",
        swap(FIRST, "0.3780347645,0.6800000000"),
        "12 fail",
        "the fused score of window 0 is 0.378, the max of patchtst, swinmae is 0.478",
    ),
    Decided(
        "checkpoint keys missing",
        edit_json(REPORT, lambda d: d["metadata"]["patchtst"].update(missing_keys=3)),
        "12 fail",
        "patchtst: 3 checkpoint keys missing",
    ),
    Decided(
        "a newer checkpoint",
        newer("checkpoints/swinmae_ssl.pt"),
        "12 fail",
        "scored before swinmae's checkpoint checkpoints/swinmae_ssl.pt was written",
    ),
    Decided("newer thresholds", newer(THRESHOLDS), "12 fail", "scored before the thresholds"),
    Decided("trained again", retrained, "12 fail", "scored before patchtst's checkpoint"),
    Decided("another scaler", rescaled, "12 fail", "scored before the scaler artifacts/scaler_fdc.json was written"),
    Decided(
        "report counts other words",
        edit_json(REPORT, lambda d: d["summary"].update(decision_counts={"normal": 6, "warn": 1})),
        "12 fail",
        "the report counts 6 normal, the table has 7",
    ),
    Decided(
        "report lists other scores",
        edit_json(REPORT, lambda d: d["events"][2].update(fused_score=0.4)),
        "12 fail",
        "the score of row 3 differs: 0.4 in the report, 0.5158 in the table",
    ),
    Decided(
        "chart draws fewer",
        edit_json(REPORT, lambda d: d["chart_payload"]["decision"].pop()),
        "12 fail",
        "the report draws 6 windows, the table has 7 rows",
    ),
    Decided(
        "events without a report",
        lambda root: (root / REPORT).unlink(),
        "12 skip, 14 skip",
        "12: no report beside the scores",
    ),
    Decided(
        "a report without events",
        lambda root: (root / EVENTS).unlink(),
        "12 skip, 14 skip",
        "12: no scores yet: nothing matches",
    ),
    Decided(
        "a report that is no JSON",
        swap("{", "[", REPORT),
        "12 fail, 14 skip",
        "12: artifacts/batch_decision/decision_report.json: is no JSON",
    ),
    Decided(
        "no thresholds",
        lambda root: (root / THRESHOLDS).unlink(),
        "11 fail",
        "11: artifacts/thresholds/batch_decision_thresholds.json is missing",
    ),
    Decided(
        "wrong columns",
        edit_text(EVENTS, lambda text: text.replace("score", "points")),
        "12 fail, 14 skip",
        "12: | has no column of scores: expected `fused_score` or `score`",
    ),
    Decided(
        "a foreign stream",
        edit_text(EVENTS, lambda text: text.replace(",dual,", ",quad,")),
        "11 fail, 12 fail",
        "12: rows judge `quad`, which is no stream of this pipeline; there are patchtst, swinmae",
    ),
    Decided(
        "a foreign word", swap(",5,normal,", ",5,fine,"), "12 fail", "1 window with a word that is none of `words`"
    ),
    Decided(
        "a word missing",
        swap(",5,normal,", ",5,,"),
        "12 fail",
        "12: the report counts, lists and draws 7 normal, the table has 6 | the fused series: 6 words made again | "
        "the fused series: 1 row without a score or a word",
    ),
    Decided(
        "mixed clocks",
        swap("2026-01-01 00:00:03.180000", "3.18"),
        "14 fail",
        "times are of several clocks: seconds from a start, dates without a zone",
    ),
    Decided("a time that is none", swap("2026-01-01 00:00:03.180000", "soon"), "14 fail", "1 time cannot be read"),
    Decided(
        "times go back",
        swap("2026-01-01 00:00:03.180000", "2026-01-02 00:00:03.180000"),
        "14 fail",
        "times of the fused series go back",
    ),
    Decided(
        "a score that is a word",
        swap(FIRST, "high,0.6800000000"),
        "12 fail",
        "`score` holds `high`, which is no number (row 1)",
    ),
    Decided(
        "cut in the middle of a row",
        edit_text(EVENTS, lambda text: text[: len(text) - 900]),
        "12 fail",
        "12: the report counts, lists and draws 7 windows, the table has 5 rows; the fused series: 5 words made again",
    ),
    Decided(
        "not calibration windows",
        edit_json(THRESHOLDS, lambda d: d.update(calibration={"split": "train", "normal_only": True})),
        "11 fail",
        "11: calibrated on the split `train`, not on calibration windows",
    ),
    Decided(
        "windows that are not normal",
        edit_json(THRESHOLDS, lambda d: d.update(calibration={"split": "calibration", "normal_only": False})),
        "11 fail",
        "11: calibrated on windows that are not all normal",
    ),
    Decided(
        "another checkpoint calibrated",
        edit_json(
            THRESHOLDS,
            lambda d: d.update(
                calibration={"split": "calibration", "normal_only": True, "checkpoint_sha256": {"patchtst": "0" * 64}}
            ),
        ),
        "11 fail",
        "11: patchtst: calibrated with the checkpoint 000000000000…",
    ),
    Decided(
        "no checkpoint named",
        edit_json(THRESHOLDS, lambda d: d.update(calibration={"split": "calibration", "normal_only": True})),
        "11 skip",
        "11: the calibration block names no checkpoint of patchtst",
    ),
]
