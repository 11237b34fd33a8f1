"""Text of JSON lines, a JSON list of rows, lists by name or Hugging Face's `trainer_state.json` -> rows of losses.

Input: text and the wanted columns. Output: the format, the names found, and rows in `Parts`. NaN and
Infinity are numbers here, as the programs that write them mean them; repeated keys, nesting without
end and values that are no numbers cost their row and are named.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from collectors.numbers import YEAR_10000
from collectors.readers.common.finding_list import shorten
from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.json_rows import JsonRows
from collectors.readers.tables.lines import Lines
from collectors.readers.tables.list_columns import are_only_lists, lists_in, read_lists
from collectors.readers.tables.parts import MAX_ROWS, Parts
from collectors.readers.text.json_core import JsonProblem, Repeated, object_of, refuse_many_parts
from collectors.readers.text.text import brief

MOST_AFTER: Final = 5
"""Rows at the end of a history among which the one that sums it up is."""
MAX_PARTS: Final = 4_000_000
"""Commas and opening brackets of a document that is parsed as a whole."""


@dataclass(frozen=True, slots=True)
class RecordedEnd:
    """What a trainer wrote beside its rows about how far it is; None where it did not."""

    counted: int | None = None
    configured: int | None = None
    stopped: bool | None = None
    lasted: float | None = None
    """Seconds of the whole training, once it is over."""
    best: str | None = None
    """Folder of the checkpoint that it calls the best."""


NOTHING_RECORDED: Final = RecordedEnd()


@dataclass(frozen=True, slots=True)
class JsonTable:
    """What kind of table it was."""

    format: str
    names: tuple[str, ...] = ()
    is_cut: bool = False
    """It ends too early."""
    end: RecordedEnd = NOTHING_RECORDED


def read_json(lines: Lines, columns: LossColumns, parts: Parts, *, live: bool) -> JsonTable:
    """Read all rows into `parts`, by line where the first line is an object, else as one document."""
    first = next((line for _, line in lines.each() if line.strip()), "")
    opening = parsed_line(first)
    if isinstance(opening, dict) and "log_history" not in opening and not are_only_lists(opening):
        return _read_lines(lines, columns, parts, may_be_cut=live or not lines.is_finished)
    return _read_document(lines, columns, parts, live=live)


def _read_lines(lines: Lines, columns: LossColumns, parts: Parts, *, may_be_cut: bool) -> JsonTable:
    rows, is_cut = JsonRows(columns, parts), False
    for at, line in lines.each():
        row = None if not line or line.isspace() else parsed_line(line)
        if isinstance(row, str) and at == lines.last and may_be_cut:
            parts.note_cut(at)
            is_cut = True
        elif row is not None:
            rows.add(at, row)
        if len(rows) > MAX_ROWS:
            break
    return JsonTable("jsonl", rows.finish(), is_cut)


def _read_document(lines: Lines, columns: LossColumns, parts: Parts, *, live: bool) -> JsonTable:
    text, findings = lines.text, parts.findings
    try:
        refuse_many_parts(text, MAX_PARTS)
        return _rows_of(DECODER.decode(text), columns, parts)
    except JsonProblem as problem:
        findings.error(str(problem))
        return JsonTable("unknown")
    except RecursionError:
        findings.error("is nested too deep to be a table")
        return JsonTable("unknown")
    except json.JSONDecodeError as problem:
        return _broken(text, problem, parts, live=live)


def _rows_of(document: Any, columns: LossColumns, parts: Parts) -> JsonTable:
    if isinstance(document, list):
        parts.where = "row {}".format
        return JsonTable("json", _read_rows(document, columns, parts))
    history = document.get("log_history") if isinstance(document, dict) else None
    expected = "a list, or `log_history` with a list, or lists of numbers by name were expected"
    lists = lists_in(document) if isinstance(document, dict) and history is None else {}
    if lists:
        return JsonTable("lists", read_lists(lists, columns, parts))
    if not isinstance(history, list):
        parts.findings.error(f"is JSON without rows: {expected}, found {_kind(document)}")
        return JsonTable("unknown")
    if isinstance(document, Repeated) and document.name == "log_history":
        parts.findings.error("names `log_history` twice: which one counts cannot be told")
        return JsonTable("trainer_state")
    parts.where = "log_history[{}]".format
    return JsonTable("trainer_state", _read_rows(history, columns, parts), end=_end_in(document))


def _end_in(document: dict[str, Any]) -> RecordedEnd:
    """Steps counted and configured, whether Hugging Face's Trainer was told to stop before them, how long it took and
    which of its checkpoints it calls the best: the path may be another machine's, so the last name counts."""
    counted, configured = (_step(document.get(key)) for key in ("global_step", "max_steps"))
    control: Any = document
    for key in ("stateful_callbacks", "TrainerControl", "args", "should_training_stop"):
        control = control.get(key) if isinstance(control, dict) else None
    is_short = counted is not None and configured is not None and counted < configured
    times = (row.get("train_runtime") for row in document["log_history"][-MOST_AFTER:] if isinstance(row, dict))
    lasted = next((float(of) for of in times if isinstance(of, (int, float)) and 0 < of < YEAR_10000), None)
    best = document.get("best_model_checkpoint")
    name = best.replace("\\", "/").rstrip("/").rpartition("/")[2] if isinstance(best, str) else None
    return RecordedEnd(counted, configured, True if control is True and is_short else None, lasted, name or None)


def _step(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53 else None


def _read_rows(items: Iterable[Any], columns: LossColumns, parts: Parts) -> tuple[str, ...]:
    rows = JsonRows(columns, parts)
    for place, row in enumerate(items):
        rows.add(place, row)
    return rows.finish()


def _broken(text: str, problem: json.JSONDecodeError, parts: Parts, *, live: bool) -> JsonTable:
    ends_early = problem.pos >= len(text.rstrip()) or problem.msg.startswith("Unterminated string")
    where = f"line {problem.lineno}, column {problem.colno}"
    if ends_early and live:
        parts.findings.note("ends too early: it is being written, or was cut off", where)
    elif ends_early:
        parts.findings.error(f"ends too early ({problem.msg}): it is being written, or was cut off", where)
    else:
        parts.findings.error(f"is not JSON: {shorten(problem.msg)}", where)
    return JsonTable("unknown", is_cut=ends_early)


def parsed_line(line: str) -> Any:
    """The value of one line; a text that says what is wrong where it is none."""
    try:
        found = DECODER.decode(line)
    except RecursionError:
        return "is nested too deep"
    except ValueError as problem:
        return f"is not JSON ({shorten(str(problem))})"
    return found if isinstance(found, dict) else f"holds {_kind(found)}, an object was expected"


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object with {', '.join(brief(name) for name in list(value)[:5]) or 'nothing in it'}"
    return {list: "a list", str: "a text", bool: "true or false", type(None): "null"}.get(type(value), "a number")


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)  # beyond 4,300 digits Python refuses


DECODER: Final = json.JSONDecoder(object_pairs_hook=object_of, parse_int=_whole_number)
