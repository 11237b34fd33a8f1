"""A scoring with its thresholds, broken in one way, and the step that mends each."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

from step_rows import Row
from step_rows_described import described
from support.breakages import CKPT2, Broken, Edit, also, gone
from support.decisions import EVENTS, REPORT, SCORED, THRESHOLDS, edit_json, edit_text, table
from support.fused_scoring import HEADS, HELD_OUT, rows, write_fused
from support.workspaces import write


@cache
def scored() -> TemporaryDirectory[str]:
    """The scoring, written once: thousands of rows take a second."""
    kept = TemporaryDirectory()
    write_fused(Path(kept.name))
    return kept


def fused(w: Broken) -> None:
    """The scoring in a workspace of its own, and a description that asks for checks 11 to 14."""
    gone(*(path.name for path in w.root.iterdir()))(w)
    again(w)
    asking(enabled=True)(w)


def again(w: Broken) -> None:
    """Calibrated and scored again, into the same files."""
    copytree(scored().name, w.root, dirs_exist_ok=True)


def asking(**rules: Any) -> Edit:
    """Other keys in the section of decisions."""
    return described(lambda data: data["decisions"].update(rules))


def change_text(path: str, change: Callable[[str], str]) -> Edit:
    """Another text, under the time that it had."""
    return lambda w: edit_text(path, change)(w.root)


def change_json(path: str, change: Callable[[Any], object]) -> Edit:
    """Another value, under the time that it had."""
    return lambda w: edit_json(path, change)(w.root)


def newer(path: str) -> Edit:
    """A file that was written a minute after the scoring."""
    return lambda w: os.utime(w.root / path, (SCORED + 60, SCORED + 60))


def bad(path: str, old: str, new: str, count: int = 1) -> Edit:
    """The scoring, with another text at so many places of a file, -1 for all."""
    return also(fused, change_text(path, lambda text: text.replace(old, new, count)))


def judged_by(change: Callable[[Any], object]) -> Edit:
    """The scoring, with other thresholds."""
    return also(fused, change_json(THRESHOLDS, change))


def row(number: int, change: Callable[[list[str]], list[str] | None]) -> Edit:
    """The scoring, with one row of its table changed, or left out."""

    def edit(text: str) -> str:
        lines = text.splitlines()
        cells = change(lines[number].split(","))
        return "\n".join([*lines[:number], *([",".join(cells)] if cells else []), *lines[number + 1 :], ""])

    return also(fused, change_text(EVENTS, edit))


def cell(number: int, column: int, value: str) -> Edit:
    """The scoring, with another value in one cell."""
    return row(number, lambda cells: [*cells[:column], value, *cells[column + 1 :]])


def called_fine(text: str) -> str:
    """Normal windows by another word."""
    return text.replace("normal", "fine")


def held_out_alarms(w: Broken) -> None:
    """Many of the windows that are known to be normal lie over the line."""
    write(w.root / HELD_OUT, table(HEADS, rows(3000, 9, ((10, 900, "patchtst"),))), SCORED - 20)


WINDOWS = {"patchtst": {"seconds": 2.56, "stride_seconds": 0.64}, "swinmae": {"seconds": 4, "stride_seconds": 0.64}}
SERIES = {"patchtst": "patchtst_score", "swinmae": "swinmae_score"}
TIMES = {"patchtst": "patchtst_timestamp", "swinmae": "swinmae_timestamp"}
CALIBRATE = "Calibrate on normal windows of the calibration split, and write a `calibration` block"
SCORE, TOGETHER = (
    "Score the operation data with today's checkpoint.",
    "Score again: table and report are written together",
)
RULE = "Record each stream's own score in the row, and say the rule"
ROWS = (
    Row("no thresholds", also(fused, gone(THRESHOLDS)), CALIBRATE, "thresholds", None, again),
    Row("thresholds of another split", judged_by(lambda d: d["calibration"].update(split="train")), CALIBRATE,
        "thresholds", None, again),
    Row("no calibration block", judged_by(lambda d: d.pop("calibration")), RULE, "scores", None, again),
    Row("no checkpoint named", judged_by(lambda d: d["calibration"].pop("checkpoint_sha256")), "Write its sha256 under",
        "thresholds", None, again),
    Row("calibrated with another checkpoint",
        judged_by(lambda d: d["calibration"]["checkpoint_sha256"].update(patchtst="0" * 64)),
        "Calibrate again with today's checkpoint.", "thresholds", None, again),
    Row("warn above anomaly", judged_by(lambda d: d["dual"].update(warn=3.0)), "Write two finite numbers, the lower",
        "thresholds", None, again),
    Row("thresholds not described", also(fused, asking(thresholds=None)), "Name it: `decisions: {thresholds: {path",
        "thresholds", None, asking(thresholds={"path": THRESHOLDS})),
    Row("nothing scored", also(fused, gone(EVENTS)), SCORE, "scores alarm_rate alignment", None, again),
    Row("scores in another column", bad(EVENTS, "score", "points", -1), "Write the table again, or name its columns",
        "scores alarm_rate alignment", None, again),
    Row("a score is NaN", cell(3, 5, "nan"), "Find why the model gives no number there", "scores", None, again),
    Row("a word edited", cell(3, 4, "anomaly"), "Score again; do not edit what was written.", "scores", None, again),
    Row("a row lost", row(4, lambda _: None), TOGETHER, "scores", None, again),
    Row("no report", also(fused, gone(REPORT)), TOGETHER, "scores", None, again),
    Row("checkpoint keys missing",
        also(fused, change_json(REPORT, lambda d: d["metadata"]["patchtst"].update(missing_keys=3))),
        "Score with the config that the checkpoint was trained with.", "scores", None, again),
    Row("scored before the checkpoint", also(fused, newer(CKPT2)), "Score again: what was scored with is not what",
        "scores", None, again),
    Row("words that nobody described",
        also(fused, change_text(EVENTS, called_fine), change_text(REPORT, called_fine)),
        "Name it under `decisions: {words", "scores",
        None, asking(words={"normal": ["normal", "fine"]})),
    Row("rows of no stream", bad(EVENTS, ",dual,", ",quad,", -1), "Name the stream in dashboard.yaml", "scores", None,
        asking(fused={"called": "quad"}), then=""),
    Row("judged by other thresholds", cell(3, 6, "0.9"), "Score again with today's thresholds.", "scores", None, again),
    Row("no stream's own score", also(fused, asking(columns={"times": TIMES})), RULE, "scores", None,
        asking(columns={"series": SERIES, "times": TIMES})),
    Row("no normal windows", also(fused, gone(HELD_OUT)), "Score windows that are known to be normal, and name",
        "alarm_rate", None, again),
    Row("too few normal windows", also(fused, asking(alarm_rate={"normal": HELD_OUT, "target": 0.0001})),
        "Score more normal windows, or ask for less", "alarm_rate", None,
        asking(alarm_rate={"normal": HELD_OUT, "target": 0.01})),
    Row("too many alarms", also(fused, held_out_alarms), "Calibrate on more normal windows, or raise `anomaly`",
        "alarm_rate", None, again),
    Row("no length of windows", also(fused, asking(windows={})), "Say how long windows are: `decisions: {windows",
        "alarm_rate alignment", None, asking(windows=WINDOWS)),
    Row("two clocks", cell(3, 2, "3.18"), "Write all times on one clock, with its zone.", "alignment", None, again),
    Row("a time that is none", cell(3, 2, "soon"), "Write ISO 8601 times, or seconds.", "alignment", None, again),
    Row("times go back", cell(3, 2, "2039-01-01T00:00:00+00:00"), "Write windows in the order of their times.",
        "alignment", None, again),
    Row("a pair far apart", cell(3, 11, "2026-01-01T00:00:00+00:00"), "Pair windows by time, and judge what has no",
        "alignment", None, again),
    Row("a word missing", cell(3, 4, ""), "Judge every window, or leave out its row.", "alignment", None, again),
    Row("no times of the pairs", also(fused, asking(columns={"series": SERIES})), "Record the time of each stream's",
        "alignment", None, asking(columns={"series": SERIES, "times": TIMES})),
    Row("no scores of a stream", also(fused, asking(columns={"times": TIMES})), "Score every stream, or name those",
        "alignment", None, asking(columns={"series": SERIES, "times": TIMES})),
)  # fmt: skip
"""Every row: a remedy of checks 11 to 14."""
