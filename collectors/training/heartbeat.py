"""A `run_status.json` document -> Heartbeat. Pure; a field of the wrong kind counts as not said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from collectors.evidence.documents import Heartbeat


def parse_heartbeat(data: Any) -> Heartbeat | None:
    """Read a training's heartbeat; None where the document is not a mapping."""
    if not isinstance(data, Mapping):
        return None
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


def heartbeat_of(beat: Heartbeat | None, stream_id: str) -> Heartbeat | None:
    """What the heartbeat says of one stream: everything, an outcome that it remembers, or nothing."""
    if beat is None or beat.stream == stream_id:
        return beat
    if stream_id not in beat.outcomes:
        return None
    return replace(beat, stream=stream_id, pid=None, epoch=None, epochs=None, outcome=beat.outcomes[stream_id])


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
