"""Bytes of a loss history -> its rows: CSV of any dialect, JSON lines, a list, `trainer_state.json`.

A line that cannot be read costs that line; rows of one epoch are merged, the last value of an epoch
counts; NaN and infinities stay values. Bounded: `MAX_BYTES` bytes, `MAX_ROWS` rows. Never raises for
what is in the bytes.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.table_rows import Floats, LossRows
from collectors.evidence.tables import LossTableEvidence
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.tables.blocks import valid_rows
from collectors.readers.tables.columns import EARLY_STOP, GRADIENT, LossColumns
from collectors.readers.tables.csv_file import read_csv
from collectors.readers.tables.gradients import gradient_words
from collectors.readers.tables.json_file import JsonTable, read_json
from collectors.readers.tables.lines import Lines, lines_of
from collectors.readers.tables.merge import merge_rows
from collectors.readers.tables.parts import Parts
from collectors.readers.text.text import binary_kind, brief, decode_text

MAX_BYTES: Final = 64 << 20
_SHOWN: Final = 1000
"""Column names kept."""


def read_loss_table(data: bytes, *, columns: LossColumns | None = None, live: bool = False) -> LossTableEvidence:
    """Read a loss history; `live`: it may be being written, so a last line without line end is left out.

    Rows are `LossRows`, stored in columns.
    """
    findings = FindingList()
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
    return _read(lines_of(text), encoding, columns or LossColumns(), findings, live=live or is_cut)


def _read(lines: Lines, encoding: str, columns: LossColumns, findings: FindingList, *, live: bool) -> LossTableEvidence:
    parts = Parts(findings)
    if _begins_like_json(lines.text):
        table = read_json(lines, columns, parts, live=live)
    else:
        table = JsonTable("csv", *read_csv(lines, columns, parts, live=live))
    parts.report_more()
    rows, place = parts.table()
    _report_emptiness(table, parts)
    early_stop = _early_stop(rows)
    norm = _taken_out(rows, GRADIENT)
    if not rows.present.get("val_loss", np.ones(1)).any() and "val_loss" not in columns.series:
        _taken_out(rows, "val_loss")  # asked for by nobody, and there is none
    valid = valid_rows(rows, place, findings, parts.where)
    odd = gradient_words(rows.take(valid), norm[0][valid], norm[1][valid]) if norm else None
    if odd:
        findings.warning(odd)
    merged, replaced = merge_rows(rows.take(valid), place[valid], findings, parts.where)
    if not len(merged) and not findings.all():
        findings.note("has no row with a loss yet")
    return LossTableEvidence(
        format=table.format,
        findings=findings.all(),
        rows=merged,
        columns=tuple(shorten(name) for name in table.names[:_SHOWN]),
        partial_tail=table.is_cut,
        encoding=encoding,
        skipped_rows=parts.skipped,
        duplicate_epochs=replaced,
        counted_step=table.end.counted,
        configured_steps=table.end.configured,
        early_stop=table.end.stopped if early_stop is None else early_stop,
        dropped_rows=int(np.count_nonzero(~valid)),
    )


def _early_stop(rows: LossRows) -> bool | None:
    """The last word of the column that tells an early stop; None where there is no such column."""
    flags = _taken_out(rows, EARLY_STOP)
    return bool(flags[0][flags[1]][-1] > 0) if flags and flags[1].any() else None


def _taken_out(rows: LossRows, name: str) -> tuple[Floats, NDArray[np.bool_]] | None:
    """A column that is no loss, taken from the rows: its numbers, and which rows have one."""
    return (rows.values.pop(name), rows.present.pop(name)) if name in rows.values else None


def _begins_like_json(text: str) -> bool:
    beginning = re.match(r"\s*", text)
    return text[beginning.end() : beginning.end() + 1] in ("{", "[") if beginning else False


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
