"""Numbers, instants and words -> text on screen. Pure: no clock, no locale, no I/O.

It refuses to guess: what is unknown becomes a dash, never a zero.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

from collectors.contract.values import Level, Outcome, Status, VerdictValue

UNKNOWN = "–"
"""What stands where nothing is known."""

VERDICT_WORDS = {
    VerdictValue.READY: "READY",
    VerdictValue.NOT_READY: "NOT READY",
    VerdictValue.INCOMPLETE: "INCOMPLETE",
    VerdictValue.TRAINING: "TRAINING",
}
VERDICT_STATUS = {
    VerdictValue.READY: Status.DONE,
    VerdictValue.NOT_READY: Status.FAIL,
    VerdictValue.INCOMPLETE: Status.STALLED,
    VerdictValue.TRAINING: Status.RUNNING,
}
"""The shade a verdict borrows: incomplete waits for somebody, like a stalled stage."""

OUTCOME_STATUS = {
    Outcome.PASS: Status.DONE,
    Outcome.FAIL: Status.FAIL,
    Outcome.SKIP: Status.IDLE,
}
OUTCOME_MARKS = {Outcome.PASS: "[v]", Outcome.FAIL: "[ ]", Outcome.SKIP: "[-]"}
LEVEL_STATUS = {
    Level.MISSING: Status.FAIL,
    Level.PRESENT: Status.IDLE,
    Level.READABLE: Status.IDLE,
    Level.VERIFIED: Status.DONE,
}
"""The shade of a level: between missing and verified nothing is claimed."""

_SIZES = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def status_class(status: Status) -> str:
    """The CSS class of a status: the same word from disk to pixel."""
    return f"is-{status.value}"


def size_text(size_bytes: int | None) -> str:
    """Bytes as `515 kB` or `1.0 MB`, powers of 1000."""
    if size_bytes is None:
        return UNKNOWN
    for unit, factor in _SIZES:
        if size_bytes >= factor * 0.9995:
            amount = size_bytes / factor
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:,.0f} {unit}"
    return f"{size_bytes} B"


def loss_text(value: float | None) -> str:
    """A loss with four significant digits, such as `0.4412` or `1.2e-05`."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if value != 0 and not 1e-3 <= abs(value) < 1e5:
        return f"{value:.2e}"
    digits = max(0, 3 - math.floor(math.log10(abs(value)))) if value else 1
    return f"{value:.{min(digits, 6)}f}"


def number_text(value: float | None) -> str:
    """An epoch or step: `24`, or `2.5` where the source counts fractions."""
    if value is None:
        return UNKNOWN
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")


def percent_text(share: float | None) -> str:
    """A share without its sign: `42 %`, `7.3 %`; a dash where it is unknown."""
    if share is None:
        return UNKNOWN
    percent = abs(share) * 100
    if percent >= 9.95:
        return f"{percent:,.0f} %"
    return f"{percent:.1f}".removesuffix(".0") + " %"


def signed_text(value: float | None) -> str:
    """A difference with its sign: `+0.012`, `−0.1988`; a dash where it is unknown."""
    if value is None:
        return UNKNOWN
    if value == 0:
        return "0"
    return ("−" if value < 0 else "+") + loss_text(abs(value))


def change_text(difference: float | None, relative: float | None) -> str:
    """A difference, absolute and relative: `−0.1988 (−42 %)`."""
    if difference is None or relative is None or difference == 0:
        return signed_text(difference)
    return f"{signed_text(difference)} ({'−' if relative < 0 else '+'}{percent_text(relative)})"


def duration_text(seconds: float | None) -> str:
    """A length of time in two units at most: `0.36 s`, `52 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds is None:
        return UNKNOWN
    if seconds < 99.5:
        return f"{seconds:.0f} s" if seconds >= 9.95 else f"{seconds:.2g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 100:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def instant_text(when: datetime | None) -> str:
    """An instant as `2026-02-21 14:02:11 UTC`; the browser shows it in its own zone."""
    return UNKNOWN if when is None else when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def iso_text(when: datetime) -> str:
    """An instant for `<time datetime>`: ISO 8601, UTC, milliseconds."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def count_text(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: `1 bundle`, `2 bundles`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def chart_text(text: str) -> str:
    """Text for a chart, where `<`, `>` and `&` would be read as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def series_label(name: str) -> str:
    """Return a series' short name: `val_loss` is `val`."""
    return name.removesuffix("_loss") or name
