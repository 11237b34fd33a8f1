"""The observer's sign of life, as the store holds it. Frozen, no clock."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from collectors.contract.values import Text


class ObserverHeartbeat(BaseModel):
    """The observer's sign of life.

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

    def age_seconds(self, now: datetime) -> float:
        """Seconds since the observer last looked; one whose clock is ahead looks now."""
        return max(0.0, (now - self.observed_at).total_seconds())

    def is_missed(self, now: datetime, stale_after_seconds: float) -> bool:
        """Whether it has not looked for too long; the pages' scripts have the same rule.

        An observer that looks seldom, and says so, is missed after three of its intervals.
        """
        return self.age_seconds(now) > max(stale_after_seconds, 3 * self.interval_seconds)
