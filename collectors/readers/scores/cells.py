"""Cells of a table of scores -> columns of numbers: scores, times of one clock, words and streams as codes.

Refuses no cell: what is neither number nor time is told, with the first place, and counts as no value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from collectors.contract.values import visible_text
from collectors.evidence.scores import NAMES_KEPT, WRITTEN_NAN, Floats, packed
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.tables.numbers import MISSING, column
from collectors.readers.text.text import brief

NAMED: Final = ("word", "stream")
"""Columns of names, which become codes."""
OTHERS: Final = "…"
EARLIEST: Final = 1e8
"""Seconds since 1970; a smaller number counts from some start."""
MILLISECONDS: Final = 1e11
"""A larger number of seconds is one of milliseconds."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Wanted columns of a part, as they were read: numbers already, or texts."""

    format: str
    names: tuple[str, ...]
    rows: int
    cells: dict[str, Any]
    """What a column means -> a pandas Series: float64, category or str."""
    mask_ratios: int = 0
    before: int = 0
    """Rows of the parts before."""


@dataclass(slots=True)
class Columns:
    """What became of them."""

    columns: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    unreadable_times: int = 0


def columns_of(frame: Frame, findings: FindingList) -> Columns:
    """All columns as numbers."""
    found = Columns()
    for meaning, cells in frame.cells.items():
        if meaning in NAMED:
            codes, names = _codes(cells)
            found.columns[meaning] = packed(codes)
            if meaning == "word":
                found.words = names
            else:
                found.streams = names
        elif meaning == "time" or meaning.startswith("time:"):
            seconds, clocks, unread = times_of(cells)
            found.columns[meaning] = packed(seconds)
            found.clocks = tuple(dict.fromkeys((*found.clocks, *clocks)))
            found.unreadable_times += unread
        else:
            found.columns[meaning] = packed(_numbers(cells, meaning, frame.before, findings))
    return found


def _codes(cells: Any) -> tuple[Floats, tuple[str, ...]]:
    """Codes of names, -1 for an empty cell; names beyond the first are one."""
    kinds = cells.astype("category")
    names = [str(visible_text(shorten(str(name).strip()))) for name in kinds.cat.categories]
    codes = kinds.cat.codes.to_numpy(np.float64)
    blank = [n for n, name in enumerate(names) if not name]
    codes[np.isin(codes, blank)] = -1
    if len(names) > NAMES_KEPT:
        codes[codes >= NAMES_KEPT] = NAMES_KEPT
        names = [*names[:NAMES_KEPT], OTHERS]
    return codes, tuple(names)


def _numbers(cells: Any, meaning: str, before: int, findings: FindingList) -> Floats:
    """Numbers: NaN where there is none, infinite where a value is not finite."""
    if cells.dtype == np.float64:
        values: Floats = cells.to_numpy(np.float64, copy=True)
        values[np.isneginf(values)] = np.inf
        return values
    texts = ["" if pd.isna(text) else str(text) for text in cells.tolist()]
    values, present, bad = column(texts, plain=False)
    values = np.where(
        present, np.where(np.isnan(values), WRITTEN_NAN, np.where(np.isinf(values), np.inf, values)), np.nan
    )
    if bad:
        more = f", and {len(bad) - 1:,} more cells" if len(bad) > 1 else ""
        what = brief(texts[bad[0]])
        findings.error(
            f"{_column_words(meaning)} holds {what}, which is no number{more}", f"row {before + bad[0] + 1:,}"
        )
        values[bad] = np.nan
    return values


def _column_words(meaning: str) -> str:
    return f"the score of {meaning.partition(':')[2]}" if ":" in meaning else f"`{meaning}`"


def times_of(cells: Any) -> tuple[Floats, tuple[str, ...], int]:
    """Seconds (NaN where there is none), the kinds of clocks, and how many cells are no time."""
    texts = cells.astype("str")
    empty = (cells.isna() | texts.str.strip().str.lower().isin(list(MISSING | {"nan"}))).to_numpy()
    plain = pd.to_numeric(texts.where(~empty), errors="coerce").to_numpy(np.float64)
    seconds = np.where(np.abs(plain) > MILLISECONDS, plain / 1000, plain)
    numeric = np.isfinite(seconds)
    clocks = [kind for kind, held in (("utc", seconds >= EARLIEST), ("relative", seconds < EARLIEST)) if held.any()]
    dated = ~numeric & ~empty
    if dated.any():
        found, kinds = _dates(texts[dated])
        seconds[dated] = found
        clocks = [*clocks, *kinds]
    return seconds, tuple(dict.fromkeys(clocks)), int(np.count_nonzero(dated & ~np.isfinite(seconds)))


def _dates(texts: Any) -> tuple[Floats, Sequence[str]]:
    """Seconds since 1970 of dates, those without a zone as if they were UTC, and which kinds there are."""
    try:
        whole = pd.to_datetime(texts, format="ISO8601")
        kinds = ["utc" if whole.dt.tz is not None else "naive"]
        return _seconds(whole), kinds
    except (ValueError, TypeError, OverflowError):
        pass
    zoned = texts.str.contains(r"(?:Z|z|[+-]\d\d:?\d\d)\s*$", regex=True).to_numpy()
    dates = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)
    read = dates.notna().to_numpy()
    kinds = [kind for kind, held in (("utc", zoned & read), ("naive", ~zoned & read)) if held.any()]
    return _seconds(dates), kinds


def _seconds(dates: Any) -> Floats:
    zoned = dates.dt.tz_localize("UTC") if dates.dt.tz is None else dates.dt.tz_convert("UTC")
    microseconds = zoned.dt.as_unit("us").astype("int64").to_numpy() / 1e6
    return np.where(dates.isna().to_numpy(), np.nan, microseconds)
