"""What one look at the state folder found. Pure records: they know no folder and no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from collectors.contract.state import DashboardState
from collectors.contract.values import Text
from dash_app.reading.problems import Condition


class ObserverHeartbeat(BaseModel):
    """The observer's sign of life, as `heartbeat.json` holds it.

    Not closed like the state: a newer observer that tells more is no dead one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    observed_at: AwareDatetime
    """When the observer last looked, aware UTC."""
    interval_seconds: float = Field(gt=0)
    """Seconds between two signs."""
    pid: int | None
    """The observer's process id."""
    problem: Text | None = None
    """Why it cannot save the state; null while it can."""


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
        if self.heartbeat is None:
            return None
        return max(0.0, (now - self.heartbeat.observed_at).total_seconds())

    def is_stale(self, now: datetime, stale_after_seconds: float) -> bool:
        """Whether nobody has looked at the workspace for too long, or ever; the page's script has the same rule.

        An observer that looks seldom, and says so, is missed after three of its intervals.
        """
        age = self.heartbeat_age_seconds(now)
        if age is None or self.heartbeat is None:
            return True
        return age > max(stale_after_seconds, 3 * self.heartbeat.interval_seconds)
