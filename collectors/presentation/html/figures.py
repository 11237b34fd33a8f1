"""Numbers, instants and places -> words of the report. Pure: no clock, no locale.

What is unknown becomes a dash, never a zero. Losses have the four digits that the terminal prints.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from collectors.contract.delta import Quantity
from collectors.contract.metrics import Completion, Nonfinite, Point
from collectors.contract.values import Scalar
from collectors.numbers import number_words, pace_words
from collectors.presentation.html.markup import Html, el

UNKNOWN: Final = "–"
KINDS: Final = {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}
_EVENT_FILE: Final = re.compile(r"(.*tfevents\.\d+\.)[^/]*?((?:\.\d+\.\d+)?(?:\.v2)?)", re.DOTALL)


def number(value: float | None) -> str:
    """Return a number as the terminal prints it, a dash for None."""
    return UNKNOWN if value is None else number_words(value)


def duration(seconds: float | None) -> str:
    """Return a length of time: `52 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds is None:
        return UNKNOWN
    if seconds < 99.5:
        return pace_words(seconds)
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 100:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def instant(when: datetime | None) -> Html:
    """Return an instant in UTC; there is no script that could tell it otherwise."""
    if when is None:
        return el("span", UNKNOWN)
    utc = when.astimezone(UTC)
    return el("time", f"{utc:%Y-%m-%d %H:%M:%S} UTC", datetime=utc.isoformat(timespec="seconds"))


def series_label(name: str) -> str:
    """Return a series' short name: `val_loss` is `val`."""
    return name.removesuffix("_loss") or name


def place(point: Point) -> str:
    """Return where a point stands: `epoch 3`, `step 1200`, or nothing where that is unknown."""
    if point.epoch is not None:
        return f"epoch {number(point.epoch)}"
    return "" if point.step is None else f"step {point.step:,}"


def progress(done: Completion) -> str:
    """Return how far a stream is: `8 of 8 epochs`, `epoch 3`, `not started`."""
    seen = done.epoch if done.unit == "epoch" else done.step
    total = done.epochs if done.unit == "epoch" else done.steps
    if seen is None:
        return "not started" if total is None else f"0 of {total:,} {done.unit}s"
    words = f"{done.unit} {number(seen)}" if total is None else f"{number(seen)} of {total:,} {done.unit}s"
    early = ", stopped early" if done.early_stop else ""
    return f"{words}{early}{', from the previous run' if done.from_previous_run else ''}"


def nonfinite(gap: Nonfinite) -> str:
    """Return where a series stopped being a number: `val is NaN from epoch 4 (3 values)`."""
    at = place(Point(value=None, epoch=gap.first_epoch, step=gap.first_step))
    count = "" if gap.count == 1 else f" ({gap.count:,} values)"
    return f"{series_label(gap.series)} is {KINDS[gap.kind]}{f' from {at}' if at else ''}{count}"


def difference(value: Quantity, words: Callable[[float | None], str] = number) -> str:
    """Return run minus baseline with its sign, and its share where the words are plain numbers."""
    found = value.difference
    if found is None or found == 0:
        return UNKNOWN if found is None else "0"
    sign = "−" if found < 0 else "+"
    share = "" if value.relative is None or words is not number else f" ({sign}{abs(value.relative):.1%})"
    return f"{sign}{words(abs(found))}{share}"


def shown_path(path: str) -> str:
    """Return a path as a report may carry it into the world: an event file's without the host in its name."""
    found = _EVENT_FILE.fullmatch(path)
    return f"{found[1]}*{found[2]}" if found else path


def scalar(value: Scalar) -> str:
    """Return a config value as YAML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return UNKNOWN if value is None else value
