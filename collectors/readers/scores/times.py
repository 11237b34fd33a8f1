"""Cells that place a score in time -> seconds, and the kinds of clocks that they are read from.

Refuses no cell: what is no time is counted, and has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.scores import Floats
from collectors.readers.tables.numbers import MISSING

EARLIEST: Final = 1e8
"""Seconds since 1970; a smaller number counts from some start."""
MILLISECONDS: Final = 1e11
"""A larger number of seconds is one of milliseconds."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DATE: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.(?:\d{3}|\d{6}))?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
"""As programs write it; everything reads such a date in the same way."""


def times_of(cells: Any) -> tuple[Floats, tuple[str, ...], int]:
    """Seconds (NaN where there is none), the kinds of clocks, and how many cells are no time."""
    if isinstance(cells, list):
        return _times_of_texts(cells)
    import pandas as pd

    texts = cells.astype("str")
    quick = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)
    if np.isfinite(quick).all() and (kind := _one_kind(quick)) is not None:
        return quick, (kind,), 0
    empty = (cells.isna() | texts.str.strip().str.lower().isin(list(MISSING | {"nan"}))).to_numpy()
    plain = pd.to_numeric(texts.where(~empty), errors="coerce").to_numpy(np.float64)
    dated = ~np.isfinite(plain) & ~empty
    return _with_dates(plain, dated, lambda: _dates(texts[dated]))


def _one_kind(seconds: Floats) -> str | None:
    """The clock of numbers that are all of one; None where they are not, or may be milliseconds."""
    if not len(seconds) or np.abs(seconds).max() > MILLISECONDS:
        return None
    if seconds.min() >= EARLIEST:
        return "utc"
    return "relative" if seconds.max() < EARLIEST else None


def _with_dates(
    plain: Floats, dated: NDArray[np.bool_], dates: Callable[[], tuple[Floats, Sequence[str]]]
) -> tuple[Floats, tuple[str, ...], int]:
    """The cells that are numbers, and those that are dates, on one axis."""
    seconds = np.where(np.abs(plain) > MILLISECONDS, plain / 1000, plain)
    seconds[~np.isfinite(seconds)] = np.nan
    clocks = [kind for kind, held in (("utc", seconds >= EARLIEST), ("relative", seconds < EARLIEST)) if held.any()]
    if dated.any():
        seconds[dated], kinds = dates()
        clocks = [*clocks, *kinds]
    return seconds, tuple(dict.fromkeys(clocks)), int(np.count_nonzero(dated & ~np.isfinite(seconds)))


def _times_of_texts(cells: Sequence[str | None]) -> tuple[Floats, tuple[str, ...], int]:
    """The same of plain texts; dates that are written in an unusual way are left to pandas."""
    texts = ["" if cell is None else cell.strip() for cell in cells]
    plain = np.array([float(text) if _NUMBER.fullmatch(text) else np.nan for text in texts])
    empty = np.array([text.lower() in MISSING or text.lower() == "nan" for text in texts], np.bool_)
    dated = ~np.isfinite(plain) & ~empty
    return _with_dates(plain, dated, lambda: _usual_dates([texts[n] for n in np.flatnonzero(dated)]))


def _usual_dates(texts: Sequence[str]) -> tuple[Floats, Sequence[str]]:
    try:
        dates = [datetime.fromisoformat(text) if _DATE.fullmatch(text) else None for text in texts]
    except ValueError:  # the 31st of June
        dates = [None]
    if None in dates:
        import pandas as pd

        return _dates(pd.Series(list(texts), dtype="str"))
    found = [date for date in dates if date is not None]
    kinds = [
        kind for kind, zoned in (("utc", True), ("naive", False)) if any((d.tzinfo is not None) is zoned for d in found)
    ]
    return np.array([((d if d.tzinfo else d.replace(tzinfo=UTC)) - _EPOCH).total_seconds() for d in found]), kinds


def _dates(texts: Any) -> tuple[Floats, Sequence[str]]:
    """Seconds since 1970 of dates, those without a zone as if they were UTC, and which kinds there are."""
    import pandas as pd

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
