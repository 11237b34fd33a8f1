"""What is remembered from one collection to the next: smoke results, files after the end, the pinned baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors.contract.state import DashboardState


@dataclass(frozen=True, slots=True)
class SmokeResult:
    """One remembered run of a stream's scoring command."""

    exit_code: int | None
    """None when it did not end within its time limit or could not be started."""
    tail: str
    """Last lines of its output."""
    ran_at: float
    """Seconds since the Unix epoch."""
    recorded: bool = False
    """True for the result that a replayed recording brings along."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Path -> digest of what else the scoring names: scaler, thresholds, the program; empty for what it wrote."""
    outdated_by: tuple[str, ...] = ()
    """Paths of those that are not what they were when it ran: the result says nothing of today's."""


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file of a run as it was seen after that run's end."""

    sha256: str
    seen_at: float
    """Seconds since the Unix epoch."""
    ended_at: float
    """The end of the run that it was seen after, likewise: another end is another run."""


@dataclass(frozen=True, slots=True)
class PinnedBaseline:
    """The run that others are compared with."""

    run_id: str
    state: DashboardState | None
    """Its snapshot; None where it is gone or cannot be read."""
