"""Whole lines of a CSV -> its wanted columns; the fast way where every cell is what it should be.

Refuses nothing: where one cell is no number the part is read again as text, and the cell is told.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np

from collectors.readers.common.finding_list import FindingList
from collectors.readers.scores.cells import NAMED, Frame
from collectors.readers.tables.dialect import find_dialect
from collectors.readers.tables.lines import lines_of
from collectors.readers.text.text import decode_text

SHORT: Final = 256 << 10
"""Bytes up to which Python's own reader is faster than the import of pandas."""
_TRUTH: Final = re.compile(rb"true|false", re.IGNORECASE)
DETAILED_ROWS: Final = 200
"""Rows of which the details are looked at: masks that differ do so from the first ones on."""


def header_of(data: bytes) -> tuple[str, bytes]:
    """The header line and the rows behind it."""
    lines = data.split(b"\n", 50)
    for number, line in enumerate(lines[:50]):
        text = line.strip()
        if text and not text.startswith(b"#") and not text.lower().startswith(b"sep="):
            rest = b"\n".join(lines[number + 1 :])
            return decode_text(line.rstrip(b"\r"))[0], rest
    return "", b""


def csv_frame(data: bytes, header: str, wanted: Mapping[str, Sequence[str]], findings: FindingList) -> Frame:
    """The wanted columns of the rows."""
    try:
        dialect = find_dialect(lines_of(header + "\n"))
    except csv.Error as problem:
        findings.error(f"has a header that cannot be split into fields ({problem})")
        dialect = None
    if dialect is None:
        return Frame("csv", (), 0, {})
    names = tuple(name.strip() for name in dialect.names)
    places = {meaning: names.index(n) for meaning, some in wanted.items() if (n := _first(some, names)) is not None}
    details = places.pop("details", None)
    if not data.strip():
        if any(m == "score" or m.startswith("series:") for m in places):
            findings.note("has a header and no row yet")
        return Frame("csv", names, 0, {meaning: _empty(meaning) for meaning in places})
    cells = _cells(data, dialect.delimiter, places, findings)
    rows = len(next(iter(cells.values()))) if cells else 0
    masks = mask_ratios(_details(data, dialect.delimiter, details)) if details is not None else 0
    return Frame("csv", names, rows, cells, masks)


def _first(some: Sequence[str], names: Sequence[str]) -> str | None:
    return next((name for name in some if name in names), None)


def _empty(meaning: str) -> Any:
    return [] if meaning in NAMED or meaning.startswith("time") else np.empty(0)


def _kind(meaning: str) -> str:
    if meaning in NAMED:
        return "category"
    return "str" if meaning == "time" or meaning.startswith("time:") else "float64"


def _cells(data: bytes, delimiter: str, places: Mapping[str, int], findings: FindingList) -> dict[str, Any]:
    short = _short_cells(data, delimiter, places) if len(data) <= SHORT else None
    if short is not None:
        return short
    kinds = {place: _kind(meaning) for meaning, place in places.items()}
    for dtype in (kinds, dict.fromkeys(kinds, "str")):
        try:
            frame = _read(data, delimiter, dtype)
            for place in _guessed(frame, data):
                frame[place] = _read(data, delimiter, {place: "str"})[place]
        except ValueError as problem:
            last = problem
            continue
        return {meaning: frame[place] for meaning, place in places.items()}
    findings.error(f"its rows do not fit its header ({str(last)[:200]})")
    return {}


def _read(data: bytes, delimiter: str, kinds: Mapping[int, str]) -> Any:
    """Columns by their places, read by pandas. Raises ValueError."""
    import pandas as pd

    try:
        frame = pd.read_csv(
            io.BytesIO(data),
            sep=r"\s+" if delimiter == " " else delimiter,
            header=None,
            usecols=sorted(kinds),
            dtype=kinds,
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8",
            encoding_errors="replace",
            skipinitialspace=True,
        )
    except IndexError as problem:  # of a header without a row pandas looks for columns that it has not counted
        raise ValueError("no row that can be read") from problem
    if not kinds.keys() <= set(frame):  # in some broken tables it finds fewer columns than it was asked for
        raise ValueError("fewer columns than the header names")
    return frame


def _guessed(frame: Any, data: bytes) -> list[int]:
    """Columns that pandas may have read as more than they are: truths as numbers; names as truths or numbers."""
    columns = {place: frame[place] for place in frame}
    zeros = [p for p, c in columns.items() if c.dtype == np.float64 and c.dropna().isin((0, 1)).all()]
    names = [p for p, c in columns.items() if c.dtype == "category" and c.cat.categories.dtype.kind in "biuf"]
    return [*names, *(zeros if zeros and _TRUTH.search(data) else [])]


def _short_cells(data: bytes, delimiter: str, places: Mapping[str, int]) -> dict[str, Any] | None:
    """The same as texts; None where quotes or columns are not as they should be, which pandas tells."""
    if delimiter == " " or b"\0" in data:
        return None
    text = io.StringIO(data.decode("utf-8", "replace"), newline="")
    try:
        rows = [row for row in csv.reader(text, delimiter=delimiter, skipinitialspace=True, strict=True) if row]
    except csv.Error:
        return None
    if not rows or max(places.values(), default=0) >= len(rows[0]):
        return None
    return {m: [(row[at] or None) if at < len(row) else None for row in rows] for m, at in places.items()}


def _details(data: bytes, delimiter: str, place: int) -> list[Any]:
    """The details of the first rows, as far as they are JSON."""
    found = []
    with suppress(csv.Error):
        text = io.StringIO(data[: 4 << 20].decode("utf-8", "replace"), newline="")
        for number, row in enumerate(csv.reader(text, delimiter=delimiter)):
            if number >= DETAILED_ROWS:
                break
            with suppress(ValueError, IndexError, RecursionError):
                found.append(json.loads(row[place]))
    return found


def mask_ratios(details: Sequence[Any]) -> int:
    """How many different `mask_ratio_effective` one stream has, at most."""
    seen: dict[str, set[float]] = {}
    for one in details:
        every = {"": one, **one} if isinstance(one, Mapping) else {}
        for stream, said in every.items():
            ratio = said.get("mask_ratio_effective") if isinstance(said, Mapping) else None
            if isinstance(ratio, (int, float)):
                seen.setdefault(str(stream), set()).add(float(ratio))
    return max(map(len, seen.values()), default=0)
