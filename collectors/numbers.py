"""Numbers, sizes, times, counts and texts of others -> words; the only form of each, for every face.

Pure: no clock, no locale. It refuses to guess: what is unknown becomes a dash, never a zero. The minus
is the one of the keyboard, so that a value can be searched for and copied from any face into any tool.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeGuard

MAX_TEXT = 4000
"""Longest text, in characters, that is carried into the state; the rest is cut with an ellipsis."""
YEAR_10000: Final = 253_402_300_800.0
UNKNOWN: Final = "–"
"""What stands where nothing is known."""
NONFINITE: Final = {"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}
"""Kind of a value that is no finite number -> its word."""


def size_words(size_bytes: int | None) -> str:
    """A size in decimal units, three digits: `999 B`, `503 kB`, `27.3 MB`, `1.04 GB`."""
    if size_bytes is None:
        return UNKNOWN
    value = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            digits = 0 if unit == "B" or value >= 99.95 else (1 if value >= 9.995 else 2)
            return f"{value:,.{digits}f} {unit}"
        value /= 1000
    raise AssertionError("unreachable: TB takes every size")


def number_words(value: float | None) -> str:
    """A loss, an epoch, a step: four digits where there is a fraction, all of them where there is none.

    `24`, `2.5`, `1.002`, `0.004`, `0.4412`, `12,000`, `1.2e-05`; `NaN` and `Inf` for what is not finite.
    """
    if value is None:
        return UNKNOWN
    if not math.isfinite(value):
        return NONFINITE[f"{float(value):g}"]
    if abs(value) >= 1e15:
        return f"{value:.4g}"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 999.95 else f"{value:.4g}"


def value_words(value: bool | float | str | None) -> str:
    """A config value as YAML writes it: `true`, `0.002`, `1e-05`, `12000`; a text stays as it is."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"
    return UNKNOWN if value is None else str(value)


def signed_words(value: float | None, words: Callable[[float | None], str] = number_words) -> str:
    """A difference with its sign: `+0.012`, `-0.1988`, `+30 s`, `0`."""
    if not value:
        return UNKNOWN if value is None else "0"
    return _sign(value) + words(abs(value))


def percent_words(share: float | None) -> str:
    """A share without its sign: `41.8 %`, `5 %`, `0.04 %`."""
    if share is None or not math.isfinite(share):
        return UNKNOWN
    percent = abs(share) * 100
    told = f"{percent:,.1f}".removesuffix(".0") if percent >= 0.0995 or percent == 0 else f"{percent:.1g}"
    return f"{told} %"


def share_words(relative: float | None) -> str:
    """A relative change with its sign: `-41.8 %`, `+20 %`, `0 %`."""
    told = percent_words(relative)
    return told if relative is None or told == UNKNOWN else _sign(relative) + told


def change_words(difference: float | None, relative: float | None) -> str:
    """A difference, absolute and relative where both are known: `-0.1988 (-41.8 %)`."""
    told = signed_words(difference)
    return told if not difference or relative is None else f"{told} ({share_words(relative)})"


def _sign(value: float) -> str:
    return "-" if value < 0 else "+" if value > 0 else ""


def duration_words(seconds: float | None) -> str:
    """A length of time in two units at most: `0.36 s`, `52 s`, `3 min 20 s`, `2 h 5 min`, `8 d`."""
    if seconds is None or not math.isfinite(seconds):
        return UNKNOWN
    if seconds < 99.5:
        return f"{seconds:.0f} s" if seconds >= 9.95 else f"{seconds:.2g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 100:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 100:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days:,} d {hours} h" if hours else f"{days:,} d"


def instant_words(when: float | datetime | str | None) -> str:
    """An instant as `2026-02-21 14:02:11 UTC`: seconds since the Unix epoch, aware, or the state's ISO 8601 in UTC."""
    if isinstance(when, str):
        return f"{when[:19].replace('T', ' ')} UTC"
    instant = when.astimezone(UTC) if isinstance(when, datetime) else utc(when)
    return instant.strftime("%Y-%m-%d %H:%M:%S UTC") if instant else UNKNOWN


def silence_words(last: float | datetime | str | None) -> str:
    """Since when nothing was written, as far as any clock tells."""
    told = instant_words(last)
    return "nothing tells when it last wrote" if told == UNKNOWN else f"nothing was written since {told}"


def place_words(epoch: float | None, step: int | None) -> str:
    """Where a point stands: `epoch 3`, else `step 1,200`, else nothing."""
    if epoch is not None:
        return f"epoch {number_words(epoch)}"
    return "" if step is None else f"step {number_words(step)}"


def reached_words(unit: str, reached: float | None, total: int | None) -> str:
    """How far something is that is counted in epochs or steps: `epoch 3 of 30`, `step 500`, `no epoch recorded yet`."""
    if reached is None:
        return f"no {unit} recorded yet"
    return f"{unit} {number_words(reached)}" + (f" of {total:,}" if total else "")


def iso_text(when: datetime) -> str:
    """An instant for `<time datetime>`: ISO 8601, UTC, milliseconds."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def numbers_in(name: str) -> tuple[tuple[str, int], ...]:
    """What sorts names as people do: `checkpoint-20` before `checkpoint-100`."""
    return tuple((text, int(digits or -1)) for text, digits in re.findall(r"(\D*)(\d{0,15})", name))


def plural(count: int, one: str, many: str | None = None) -> str:
    """A counted noun: `1 file`, `2,000 files`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(items: Iterable[str], *, most: int = 4) -> str:
    """A list in words, cut after `most` with how many more there are."""
    every = list(items)
    shown = ", ".join(every[:most])
    return f"{shown} and {len(every) - most:,} more" if len(every) > most else shown


def joined(parts: Sequence[str]) -> str:
    """Names or reasons as one: `a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def named(labels: Sequence[str], *, most: int = 4) -> str:
    """A few names as one; of many the first, and how many more."""
    return joined(labels) if len(labels) <= most else listed(labels, most=most)


def utc(seconds: float | None) -> datetime | None:
    """An instant as an aware UTC time; None stays None, and so does what no calendar has."""
    return datetime.fromtimestamp(seconds, UTC) if is_instant(seconds) else None


def is_instant(seconds: float | None) -> TypeGuard[float]:
    """Whether this can be a moment of a training: a number, from 1970 on, before the year 10000."""
    return seconds is not None and 0 <= seconds < YEAR_10000


def visible_text(value: object) -> object:
    """Make characters that could hide or reorder text visible as escapes, and bound the length.

    Control characters (ANSI escapes among them), lone surrogates, bidirectional overrides and
    zero-width characters become `\\x1b`-like escapes; newlines and tabs stay.
    """
    if not isinstance(value, str):
        return value
    cut = value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join(_visible(char) for char in cut)


def _visible(char: str) -> str:
    if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
