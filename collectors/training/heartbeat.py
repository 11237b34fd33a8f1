"""A `run_status.json`, or the `meta.yaml` of an MLflow run -> Heartbeat, and why its outcome is not believed. Pure.

A field of the wrong kind counts as not said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from collectors.evidence.documents import Heartbeat
from collectors.evidence.mlflow import OUTCOMES, STATUS
from collectors.numbers import YEAR_10000, instant_words, number_words

CLOCK_SLACK_SECONDS = 60.0
"""Clocks of two machines may differ by this much; a later instant is no sign of life."""
ENDS = frozenset({"completed", "early_stopped"})
EPOCH_SLACK = 1.0
"""One may count from 0 and the other from 1."""


def parse_heartbeat(data: Any) -> Heartbeat | None:
    """Read a training's heartbeat; None where the document is not a mapping."""
    if not isinstance(data, Mapping):
        return None
    if {"lifecycle_stage", "experiment_id", "status"} <= data.keys():
        data = _of_mlflow(data)
    return Heartbeat(
        stream=_text(data.get("stream")),
        pid=_whole(data.get("pid")),
        host=_text(data.get("host")),
        epoch=_number(data.get("epoch")),
        epochs=_whole(data.get("epochs")),
        updated_at=_time(data.get("updated_at")),
        started_at=_time(data.get("started_at")),
        outcome=_text(data.get("outcome")),
        outcomes=_texts(data.get("outcomes")),
    )


def _of_mlflow(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    """What MLflow wrote down of a run, as a training would say it itself."""
    times = {"started_at": meta.get("start_time"), "updated_at": meta.get("end_time")}
    told = {name: _iso(at) for name, at in times.items() if isinstance(at, int) and 0 < at < 1000 * YEAR_10000}
    status = meta.get("status")
    return {**told, "outcome": OUTCOMES.get(STATUS.get(status, "")) if isinstance(status, int) else None}


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


def heartbeat_of(beat: Heartbeat | None, stream_id: str, *, is_only: bool = False) -> Heartbeat | None:
    """What the heartbeat says of one stream: everything, an outcome that it remembers, or nothing.

    `is_only`: there is no other stream, so that a heartbeat which names none is of this one.
    """
    if beat is None or beat.stream == stream_id or (beat.stream is None and is_only and not beat.outcomes):
        return beat
    if stream_id not in beat.outcomes:
        return None
    return replace(beat, stream=stream_id, pid=None, epoch=None, epochs=None, outcome=beat.outcomes[stream_id])


def doubt_of(beat: Heartbeat, span: tuple[float, float] | None, epoch: float | None, now: float) -> str | None:
    """Why a recorded outcome is not believed, in words; None where it is, or where there is none.

    `span`: first and last record of the run, seconds since the Unix epoch. `epoch`: where its losses end. A failure
    is believed at any time from the run's start on: nothing defaults to good.
    """
    if beat.outcome is None:
        return None
    said = f"says `{beat.outcome}`"
    if beat.updated_at is None:
        return f"{said} without a time"
    at = beat.updated_at.timestamp()
    wrong = _impossible(beat.outcome, at, span, now)
    return f"{said} at {instant_words(at)}, {wrong}" if wrong else _doubted_count(beat, said, epoch)


def _impossible(outcome: str, at: float, span: tuple[float, float] | None, now: float) -> str | None:
    """Why an outcome cannot have been written at that time."""
    if span is not None and at < span[0]:
        return f"before the run began ({instant_words(span[0])})"
    if outcome in ENDS and at > now + CLOCK_SLACK_SECONDS:
        return "which is still to come"
    if outcome in ENDS and span is not None and at < span[1] - CLOCK_SLACK_SECONDS:
        return f"and its losses go on until {instant_words(span[1])}"
    return None


def _doubted_count(beat: Heartbeat, said: str, epoch: float | None) -> str | None:
    """What its own epochs contradict."""
    if beat.epoch is None or beat.outcome not in ENDS:
        return None
    of = "" if beat.epochs is None else f" of {beat.epochs:,}"
    said = f"{said} at epoch {number_words(beat.epoch)}{of}"
    if beat.outcome == "completed" and beat.epochs is not None and beat.epoch < beat.epochs - EPOCH_SLACK:
        return said
    if epoch is not None and abs(beat.epoch - epoch) > EPOCH_SLACK:
        return f"{said}, and its losses end at epoch {number_words(epoch)}"
    return None


def _texts(value: Any) -> dict[str, str]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {k: v for k, v in pairs if isinstance(k, str) and isinstance(v, str)}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _number(value: Any) -> float | None:
    whole = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if whole and 0 <= value < 2**53 else None


def _time(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        parsed: datetime | None = value
    elif isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            return None
    else:
        return None
    if parsed is None:
        return None
    try:
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except OverflowError:  # at the end of the calendar there is no other time zone
        return None
