"""What the reader of an MLflow store hands over: facts about some of its runs, frozen, no verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from collectors.evidence.files import Finding

STATUS: Final = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
"""MLflow's own numbers."""
OUTCOMES: Final = {"FINISHED": "completed", "FAILED": "failed", "KILLED": "killed"}
"""What MLflow says of a run that goes on no more -> how it ended."""


@dataclass(frozen=True, slots=True)
class MlflowCurve:
    """One metric of one run, by step."""

    metric: str
    """Its name in the store."""
    points: int
    """How many the store holds; fewer are kept of a long one."""
    step: tuple[int, ...]
    time: tuple[float | None, ...]
    """Seconds since the Unix epoch."""
    value: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MlflowRun:
    """One run of an MLflow store."""

    run_id: str
    name: str
    experiment: str
    status: str
    """`FINISHED`, `FAILED`, `KILLED`, `RUNNING` or `SCHEDULED`."""
    started_at: float | None
    """Seconds since the Unix epoch."""
    ended_at: float | None
    params: dict[str, str]
    curves: dict[str, MlflowCurve]
    """Series name -> its losses."""
    metrics: tuple[str, ...] = ()
    """Names of some of its metrics, in their order, wanted or not."""
    metric_count: int = 0
    """How many it has."""


@dataclass(frozen=True, slots=True)
class MlflowEvidence:
    """Some runs of an MLflow store, the oldest first."""

    format: str
    """`sqlite` or `unknown`."""
    findings: tuple[Finding, ...]
    runs: tuple[MlflowRun, ...] = ()
    is_last: bool = True
    """No run comes after these."""

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)
