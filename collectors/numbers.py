"""Numbers -> words, for details and messages. Pure; knows no clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, TypeGuard

YEAR_10000: Final = 253_402_300_800.0


def size_words(size_bytes: int | None) -> str:
    """A size in decimal units, three digits: `503 kB`."""
    if size_bytes is None:
        return "unknown size"
    value = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            digits = 0 if unit == "B" or value >= 99.95 else (1 if value >= 9.995 else 2)
            return f"{value:.{digits}f} {unit}"
        value /= 1000
    raise AssertionError("unreachable: TB takes every size")


def number_words(value: float | None) -> str:
    """A number without needless digits: `7`, `0.4412`, `1e-05`; `unknown` for None."""
    if value is None:
        return "unknown"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.4g}"


def pace_words(seconds: float) -> str:
    """A pace with two digits: `0.36 s`, `4.1 s`, `95 s`, `12 min`, `2.5 h`."""
    for limit, size, unit in ((99.5, 1.0, "s"), (5970.0, 60.0, "min"), (float("inf"), 3600.0, "h")):
        if seconds < limit:
            value = seconds / size
            return f"{value:.0f} {unit}" if value >= 9.95 else f"{value:.2g} {unit}"
    return "unknown"


def plural(count: int, word: str) -> str:
    """A counted noun: `1 file`, `3 files`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def listed(items: Iterable[str], *, most: int = 4) -> str:
    """A list in words, cut after `most` with how many more there are."""
    every = list(items)
    shown = ", ".join(every[:most])
    return f"{shown} and {len(every) - most} more" if len(every) > most else shown


def instant_words(seconds: float | None) -> str:
    """An instant (seconds since the Unix epoch) as UTC text, `unknown time` for None."""
    instant = utc(seconds)
    return instant.strftime("%Y-%m-%d %H:%M:%S UTC") if instant else "unknown time"


def utc(seconds: float | None) -> datetime | None:
    """An instant as an aware UTC time; None stays None, and so does what no calendar has."""
    return datetime.fromtimestamp(seconds, UTC) if is_instant(seconds) else None


def is_instant(seconds: float | None) -> TypeGuard[float]:
    """Whether this can be a moment of a training: a number, from 1970 on, before the year 10000."""
    return seconds is not None and 0 <= seconds < YEAR_10000
