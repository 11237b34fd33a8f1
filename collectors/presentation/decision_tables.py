"""The document of a scoring -> CSV of its alarms or its curves; no cell is a formula. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from collectors.contract.decisions import DecisionDocument
from collectors.numbers import is_instant
from collectors.presentation.runs import harmless

ALARMS = ("series", "start", "end", "seconds", "windows", "peak", "peak_at", "dominant")
SCORES = ("series", "row", "time", "score", "warn", "anomaly")


def alarms_as_csv(document: DecisionDocument) -> str:
    """A line an alarm, in the order of time."""
    ordered = sorted(document.alarms, key=lambda alarm: alarm.start)
    return _csv(
        ALARMS,
        (
            (
                a.series,
                moment(a.start, document.clock),
                moment(a.end, document.clock),
                round(a.end - a.start, 6),
                a.windows,
                a.peak,
                moment(a.peak_at, document.clock),
                a.dominant or "",
            )
            for a in ordered
        ),
    )


def scores_as_csv(document: DecisionDocument) -> str:
    """A line a point that is drawn: minimum and maximum of each bucket of a long scoring."""
    return _csv(SCORES, _points(document))


def _points(document: DecisionDocument) -> Iterator[tuple[object, ...]]:
    for one in document.series:
        curve = one.curve
        for row, time, value in zip(curve.index, curve.time, curve.value, strict=True):
            when = "" if time is None else moment(time, document.clock)
            yield one.id, row, when, value, one.warn, one.anomaly


def moment(seconds: float, clock: str) -> str | float:
    """A time as it was written: a date with or without its zone, or seconds."""
    if clock not in ("utc", "naive") or not is_instant(seconds):
        return seconds
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text if clock == "utc" else text.removesuffix("+00:00")


def _csv(heads: Iterable[str], rows: Iterable[tuple[object, ...]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()
