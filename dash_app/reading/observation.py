"""What one look at the state folder found. Pure records: they know no folder and no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from collectors.contract.state import DashboardState, ObserverHeartbeat
from dash_app.reading.problems import Condition


@dataclass(frozen=True)
class Observation:
    """One look at the state folder."""

    state: DashboardState | None
    """The state; the last good one while the file is missing or broken; null without any."""
    etag: str
    """Changes exactly when state, condition or sentence change; the heartbeat is not in it."""
    condition: Condition
    """`ok`, or why `state` is old or missing."""
    sentence: str | None
    """What a person should know and do, whatever is on screen; null when the condition is `ok`."""
    heartbeat: ObserverHeartbeat | None
    """The observer's sign of life; null when there is none."""
    raw: bytes | None = field(default=None, repr=False)
    """The bytes of `state` as they are stored."""
    runs_version: str = ""
    """Changes whenever the stored runs, the pinned baseline or the policy do; it is not in the etag."""

    def heartbeat_age_seconds(self, now: datetime) -> float | None:
        """Seconds since the observer last looked; null when it never did."""
        return None if self.heartbeat is None else self.heartbeat.age_seconds(now)

    def is_stale(self, now: datetime, stale_after_seconds: float) -> bool:
        """Whether nobody has looked at the workspace for too long, or ever."""
        return self.heartbeat is None or self.heartbeat.is_missed(now, stale_after_seconds)
