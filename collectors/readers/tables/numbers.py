"""Cells of a table -> numbers: plain, with decimal commas, missing, not finite.

Refuses with ValueError what only Python takes for a number: `1_000`, digits of other scripts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

MISSING: Final = frozenset(("", "na", "n/a", "null", "none", "-"))
"""Cells that say that there is no value; `nan` is a value."""
_LONG: Final = re.compile(r"\d{1,6}(?::[0-5]\d){1,2}", re.ASCII)
"""Minutes and seconds, or hours before them."""
FEWEST: Final = 3
"""Numbers of a column by which another one is taken for cut off."""
LONG: Final = 4
"""Decimals of which half may be missing: a number that is short by chance has been rounded."""
_DECIMALS: Final = re.compile(r"[+-]?\d+(?:[.,](\d*))?(?:e[+-]?(\d+))?", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|nan|inf|infinity)", re.ASCII | re.IGNORECASE)
_NAN = re.compile(r"[+-]?(?:1\.#(?:qnan|snan|ind)\d*|nan\([a-z0-9_]*\))", re.ASCII | re.IGNORECASE)
_NUMPY = re.compile(r"np\.float(?:16|32|64)\((.*)\)")
_INF = re.compile(r"[+-]?1\.#inf\d*", re.ASCII | re.IGNORECASE)


def stops_short(cell: str, before: Sequence[str]) -> bool:
    """Whether a number may be the beginning of one, by how those before it in its column were written.

    A digit or two less change nothing that counts: it has no more than half of the fewest decimals, or an exponent of
    one digit where the others have two.
    """
    own, others = _DECIMALS.fullmatch(cell.strip()), [m for c in before if (m := _DECIMALS.fullmatch(c.strip()))]
    if own is None or len(others) < FEWEST:
        return False
    if own[2] is not None:
        return len(own[2]) < min((len(other[2]) for other in others if other[2]), default=0)
    fewest = min(len(other[1] or "") for other in others)
    return fewest >= LONG and 2 * len(own[1] or "") <= fewest


def number(cell: str) -> float | None:
    """The number a cell spells; None where it says that there is none; ValueError otherwise."""
    text = cell.strip()
    if (spelled := _NUMPY.fullmatch(text)) is not None:  # what NumPy 1 wrote as `0.5`, NumPy 2 may write so
        text = spelled[1]
    if text.lower() in MISSING:
        return None
    if "," in text and "." not in text:
        text = text.replace(",", ".", 1)
    if _NUMBER.fullmatch(text):
        return float(text)
    if _NAN.fullmatch(text):  # as C on Windows prints it
        return float("nan")
    if _INF.fullmatch(text):
        return float("-inf" if text.startswith("-") else "inf")
    raise ValueError(text)


def moment(cell: str) -> float:
    """Seconds since the Unix epoch from a number or an ISO 8601 date (UTC where it names no zone); else NaN."""
    try:
        found = number(cell)
    except ValueError:
        return _date(cell.strip())
    return float("nan") if found is None else found


def moments(cells: Sequence[str]) -> list[float]:
    """The moment of each cell; where all say how long their row took (`00:02`), the seconds since the first began."""
    if not all(map(_LONG.fullmatch, cells)):
        return list(map(moment, cells))
    parts = (map(int, reversed(cell.split(":"))) for cell in cells)
    return list(accumulate(float(sum(part * 60**n for n, part in enumerate(of))) for of in parts))


def _date(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return float("nan")


def column(cells: Sequence[str], *, plain: bool) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[int]]:
    """Numbers of a column, which cells have one, and the indices of cells that are neither number nor missing.

    `plain`: the text holds nothing but ASCII without underscores, so Python's own reading is exact.
    """
    values, present = np.full(len(cells), np.nan), np.zeros(len(cells), np.bool_)
    held = [place for place, cell in enumerate(cells) if cell] if "" in cells else list(range(len(cells)))
    read = _at_once([cells[place] for place in held]) if plain else None
    if read is None:
        return _one_by_one(cells, held, values, present)
    values[held], present[held] = read, True
    return values, present, []


def _at_once(cells: list[str]) -> list[float] | None:
    """All numbers, with points or with decimal commas; None where one of them is none."""
    if "," in cells[0] if cells else False:
        cells = [cell.replace(",", ".") for cell in cells]
    try:
        return list(map(float, cells))
    except ValueError:
        return None


def _one_by_one(
    cells: Sequence[str], held: list[int], values: NDArray[np.float64], present: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[int]]:
    wrong = []
    for place in held:
        try:
            found = number(cells[place])
        except ValueError:
            wrong.append(place)
            continue
        if found is not None:
            values[place], present[place] = found, True
    return values, present, wrong
