"""Cells of a table of scores -> columns of numbers: scores, times of one clock, words and streams as codes.

Long tables come as columns of pandas, short ones as plain lists: importing pandas takes longer than reading one.

Refuses no cell: what is neither number nor time is told, with the first place, and counts as no value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from collectors.evidence.scores import NAMES_KEPT, WRITTEN_NAN, Floats, packed
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.scores.times import times_of
from collectors.readers.tables.numbers import column
from collectors.readers.text.text import brief
from collectors.visible import visible_text

NAMED: Final = ("word", "stream")
"""Columns of names, which become codes."""
OTHERS: Final = "…"


@dataclass(frozen=True, slots=True)
class Frame:
    """Wanted columns of a part, as they were read: numbers already, or texts."""

    format: str
    names: tuple[str, ...]
    rows: int
    cells: dict[str, Any]
    """What a column means -> its cells: an array of numbers, a list of texts (None for an empty one), or a Series of
    pandas: float64, category or str."""
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
    codes, kinds = _kinds(cells)
    names = [str(visible_text(shorten(str(name).strip()))) for name in kinds]
    blank = [n for n, name in enumerate(names) if not name]
    codes[np.isin(codes, blank)] = -1
    if len(names) > NAMES_KEPT:
        codes[codes >= NAMES_KEPT] = NAMES_KEPT
        names = [*names[:NAMES_KEPT], OTHERS]
    return codes, tuple(names)


def _kinds(cells: Any) -> tuple[Floats, Sequence[Any]]:
    """Which of the distinct names, sorted, each cell holds."""
    if isinstance(cells, list):
        names = sorted({name for name in cells if name is not None})
        code = {name: number for number, name in enumerate(names)}
        return np.array([code.get(name, -1) for name in cells], np.float64), names
    kinds = cells.astype("category")
    return kinds.cat.codes.to_numpy(np.float64), kinds.cat.categories


def _numbers(cells: Any, meaning: str, before: int, findings: FindingList) -> Floats:
    """Numbers: NaN where there is none, infinite where a value is not finite."""
    if getattr(cells, "dtype", None) == np.float64:
        values: Floats = np.array(cells, np.float64)
        values[np.isneginf(values)] = np.inf
        return values
    texts = ["" if text is None else text for text in cells] if isinstance(cells, list) else cells.fillna("").tolist()
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
