"""Bytes of a loss history -> its rows: CSV of any dialect, JSON lines, a list, lists by name, a log.

A line that cannot be read costs that line; rows of one epoch are merged, the last value of an epoch
counts; NaN and infinities stay values. Bounded: `MAX_BYTES` bytes, `MAX_ROWS` rows. Never raises for
what is in the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.files import Finding
from collectors.evidence.table_rows import Floats, LossRows
from collectors.evidence.tables import LossTableEvidence
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.mlflow.points import MAGIC
from collectors.readers.tables.blocks import valid_rows
from collectors.readers.tables.columns import EARLY_STOP, GRADIENT, LossColumns
from collectors.readers.tables.json_file import JsonTable
from collectors.readers.tables.lines import Lines, lines_of
from collectors.readers.tables.merge import merge_rows
from collectors.readers.tables.parts import Parts
from collectors.readers.tables.placeholders import without_placeholders
from collectors.readers.tables.rows import read_rows
from collectors.readers.tables.written import PLAINLY, Written
from collectors.readers.text.text import binary_kind, brief, decode_text
from collectors.training.gradients import gradient_words

MAX_BYTES: Final = 64 << 20
_SHOWN: Final = 1000
"""Column names kept."""


def read_loss_table(
    data: bytes, *, columns: LossColumns | None = None, written: Written = PLAINLY, live: bool = False
) -> LossTableEvidence:
    """Read a loss history; `live`: it may be being written, so a last line without line end is left out.

    Rows are `LossRows`, stored in columns.
    """
    findings = FindingList()
    if data.startswith(MAGIC):
        from collectors.readers.tables.mlflow_table import read_mlflow_table

        return read_mlflow_table(data, columns or LossColumns())
    kind = binary_kind(data)
    if kind or not data:
        findings.error(f"is {kind}, not a table of losses" if kind else "is empty; a table of losses was expected")
        return LossTableEvidence("unknown", findings.all())
    if len(data) > MAX_BYTES:
        findings.error(f"has {len(data):,} bytes; only the first {MAX_BYTES:,} are read")
    text, encoding, problems = decode_text(data[:MAX_BYTES])
    for problem in problems:
        # A NUL byte breaks a document; here it costs the line that holds it.
        if not (problem.severity == "error" and "NUL" in problem.text):
            findings.add(problem)
    is_cut = any("inside a character" in problem.text for problem in problems)
    reading = _Reading(lines_of(text), columns or LossColumns(), written, encoding)
    return _read(reading, findings, live=live or is_cut)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is read, and how."""

    lines: Lines
    columns: LossColumns
    written: Written
    encoding: str


def _read(reading: _Reading, findings: FindingList, *, live: bool) -> LossTableEvidence:
    parts, columns = Parts(findings), reading.columns
    table = read_rows(reading.lines, columns, reading.written, parts, live=live)
    parts.report_more()
    rows, place = parts.table()
    if findings.has_errors and not rows.values and not reading.written.is_told:
        from collectors.readers.tables.text_log import prefixed_line

        at = prefixed_line(reading.lines)
        if at is not None:
            found = Finding("error", "holds JSON behind a prefix: add `prefix: true` beside its `path`", f"line {at}")
            return LossTableEvidence("text", (found,), encoding=reading.encoding)
    _report_emptiness(table, parts)
    early_stop = _early_stop(rows)
    norm = _taken_out(rows, GRADIENT)
    if not rows.present.get("val_loss", np.ones(1)).any() and "val_loss" not in columns.series:
        _taken_out(rows, "val_loss")  # asked for by nobody, and there is none
    valid = valid_rows(rows, place, findings, parts.where)
    odd = gradient_words(rows.take(valid), norm[0][valid], norm[1][valid]) if norm else None
    if odd:
        findings.warning(odd)
    measured = without_placeholders(rows.take(valid), findings)
    merged, replaced = merge_rows(measured, place[valid], findings, parts.where)
    if not len(merged) and not findings.all() and not columns.is_part:
        findings.note("has no row with a loss yet")
    return LossTableEvidence(
        format=table.format,
        findings=findings.all(),
        rows=merged,
        columns=tuple(shorten(name) for name in table.names[:_SHOWN]),
        partial_tail=table.is_cut,
        ends_open=not reading.lines.is_finished,
        encoding=reading.encoding,
        skipped_rows=parts.skipped,
        duplicate_epochs=replaced,
        counted_step=table.end.counted,
        configured_steps=table.end.configured,
        early_stop=table.end.stopped if early_stop is None else early_stop,
        lasted=parts.lasted if table.end.lasted is None else table.end.lasted,
        own_checkpoint=table.end.best,
        dropped_rows=int(np.count_nonzero(~valid)),
    )


def _early_stop(rows: LossRows) -> bool | None:
    """The last word of the column that tells an early stop; None where there is no such column."""
    flags = _taken_out(rows, EARLY_STOP)
    return bool(flags[0][flags[1]][-1] > 0) if flags and flags[1].any() else None


def _taken_out(rows: LossRows, name: str) -> tuple[Floats, NDArray[np.bool_]] | None:
    """A column that is no loss, taken from the rows: its numbers, and which rows have one."""
    return (rows.values.pop(name), rows.present.pop(name)) if name in rows.values else None


def _report_emptiness(table: JsonTable, parts: Parts) -> None:
    """Say why there is no row, unless it has been said."""
    if parts.count or parts.findings.has_errors or table.format == "unknown":
        return
    if parts.skipped:
        parts.findings.error(f"none of its {parts.skipped:,} rows can be read")
    elif table.format == "csv":
        names = ", ".join(brief(name) for name in table.names[:5])
        parts.findings.error(f"holds only its header ({names}), no row")
    else:
        parts.findings.error("holds no row")
