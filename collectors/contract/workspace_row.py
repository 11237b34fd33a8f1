"""One workspace as one small row: what a page of many shows of it, and what it is found by. Frozen, no clock.

It says what was true when it was made; whether anybody still looks is asked with the time of the moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from collectors.contract.state import ObserverHeartbeat
from collectors.contract.values import Outcome, Status, VerdictValue


class Standing(StrEnum):
    """What a workspace asks of a person, the most urgent first.

    `silent` is *cannot tell*: nobody has looked for too long, or what was seen could not be saved; nothing that was
    true then is claimed of now.
    """

    NOT_READY = "not_ready"
    STALLED = "stalled"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"
    SILENT = "silent"
    TRAINING = "training"
    READY = "ready"


RANK: Final = {standing: rank for rank, standing in enumerate(Standing)}
NEEDS_SOMEBODY: Final = frozenset({*Standing} - {Standing.TRAINING, Standing.READY})


@dataclass(frozen=True, slots=True)
class CheckMark:
    """One check of the newest run."""

    index: int
    id: str
    title: str
    outcome: Outcome
    not_yet: bool


@dataclass(frozen=True, slots=True)
class ActiveStage:
    """A stage that runs, is stalled or has failed."""

    id: str
    label: str
    status: Status


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How far the stream is that trains, or was when it fell silent."""

    words: str
    """`SwinMAE epoch 3 of 30`."""
    share: float | None
    """Done of all that is configured, 0 to 1; null where one of both is unknown."""
    ends_at: datetime | None
    """Expected end; null where it cannot be told."""
    silent_since: datetime | None
    """Last record of a stream that is silent for longer than usual; null otherwise."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """One stored run of the strip."""

    run_id: str
    verdict: VerdictValue | None
    """Null where its snapshot cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRow:
    """One workspace; without a state it has its name, its problem and what was stored before."""

    name: str
    """What it is asked for by: of a folder store its state directory's name."""
    etag: str
    """Changes whenever anything but the heartbeat does."""
    title: str = ""
    run_id: str = ""
    verdict: VerdictValue | None = None
    reason: str = ""
    """What stands in the way, in one sentence; why there is no state, where there is none."""
    steps: int = 0
    """Steps to READY that are told."""
    checks: tuple[CheckMark, ...] = ()
    failing: tuple[CheckMark, ...] = ()
    """Those of them that fail."""
    stages: tuple[ActiveStage, ...] = ()
    under_way: UnderWay | None = None
    labels: tuple[str, ...] = ()
    """Each as `name:value`, sorted."""
    changed_at: datetime | None = None
    """When what it says became true."""
    changed: int = 0
    """The same in microseconds before 1970, so that what changed last comes first; 0 where it is unknown."""
    heartbeat: ObserverHeartbeat | None = None
    last: tuple[LastRun, ...] = ()
    """The newest stored runs, oldest first."""
    searched: str = field(default="", repr=False, compare=False)
    """All that a text is looked for in, in small letters."""

    def standing(self, now: datetime, stale_after_seconds: float) -> Standing:
        """What it asks of a person now."""
        if self.verdict is None:
            return Standing.DAMAGED
        beat = self.heartbeat
        if beat is None or beat.problem is not None or beat.is_missed(now, stale_after_seconds):
            return Standing.SILENT
        is_stalled = any(stage.status is Status.STALLED for stage in self.stages)
        if is_stalled and self.verdict in (VerdictValue.NOT_READY, VerdictValue.INCOMPLETE):
            return Standing.STALLED
        return Standing(self.verdict.value)
