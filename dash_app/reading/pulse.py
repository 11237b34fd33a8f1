"""An observation -> the pulse: which state is true, and when anybody last looked. Pure.

The same few values are polled (`api/pulse`) and pushed (`api/events`), so that a page cannot tell
which of the two it lives on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash_app.reading.observation import Observation

USUAL_INTERVAL_SECONDS = 5.0
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 15.0


def pulse_of(seen: Observation, stale_after_seconds: float, now: datetime) -> dict[str, Any]:
    """Return `etag, runs, condition, sentence, observed_at, interval_seconds, stale_after_seconds, now`.

    `runs` changes whenever the stored runs, the pinned baseline or the policy do. Times are ISO 8601; `now` is
    the server's, so that the page can correct its own clock.
    """
    beat = seen.heartbeat
    return {
        "etag": seen.etag,
        "runs": seen.runs_version,
        "condition": seen.condition,
        "sentence": seen.sentence,
        "observed_at": beat.observed_at.isoformat() if beat else None,
        "interval_seconds": beat.interval_seconds if beat else None,
        "stale_after_seconds": stale_after_seconds,
        "now": now.isoformat(),
    }


def sign_of(seen: Observation) -> tuple[str, str, str | None]:
    """Return what differs exactly when there is something to tell: the state's etag, the runs, the last look."""
    return seen.etag, seen.runs_version, seen.heartbeat.observed_at.isoformat() if seen.heartbeat else None


def seconds_between_pulses(seen: Observation) -> float:
    """Return how often a pulse is told at least: as often as the observer looks, within limits.

    The page counts on it: after two and a half times as long it takes a stream for broken.
    """
    interval = seen.heartbeat.interval_seconds if seen.heartbeat else USUAL_INTERVAL_SECONDS
    return min(max(interval, SHORTEST_SECONDS), LONGEST_SECONDS)
