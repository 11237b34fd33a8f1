"""What a reader says of one event file: its name, segments and scalar series. Frozen, no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from collectors.evidence.files import Finding


@dataclass(frozen=True, slots=True)
class EventSegment:
    """Part of an event file in which steps rise: a restart or reset begins a new one."""

    first_step: int
    last_step: int
    first_time: float
    last_time: float


@dataclass(frozen=True, slots=True)
class ScalarSeries:
    """One tag: parallel arrays of equal length, non-finite values kept."""

    tag: str
    step: Any
    """numpy int64 array."""
    time: Any
    """numpy float64 array, seconds since the Unix epoch."""
    value: Any
    """numpy float64 array."""
    count: int | None = None
    """Points it stands for where it was reduced; None: these are all."""
    nonfinite: Mapping[str, int] | None = None
    """Kind (`nan`, `inf`, `-inf`) -> how many of all points; None: count them here."""
    recent: tuple[Any, Any] | None = None
    """Steps and times of the last points, none left out; None: these are all."""

    @property
    def points(self) -> int:
        """Points of the whole series."""
        return int(self.value.size) if self.count is None else self.count


@dataclass(frozen=True, slots=True)
class SessionStart:
    """A SessionLog START record: a writer was opened to go on at a step, and what lies beyond it is void."""

    step: int
    """0 where the record names none."""
    time: float
    """Seconds since the Unix epoch."""


@dataclass(frozen=True, slots=True)
class EventEvidence:
    """What one event file holds."""

    findings: tuple[Finding, ...]
    series: dict[str, ScalarSeries] = field(default_factory=dict)
    """Tag -> curve, in file order."""
    records: int = 0
    """Sound records, scalar or not."""
    damaged: int = 0
    """Places where one or more records were skipped."""
    first_time: float | None = None
    """Wall time of the first record (the file header counts), seconds since the Unix epoch."""
    last_time: float | None = None
    end_offset: int = 0
    """First byte that was not consumed: where tailing goes on."""
    partial_tail: bool = False
    """The file ends inside a record: a live writer."""
    segments: tuple[EventSegment, ...] = ()
    start_offset: int = 0
    """Where reading began; 0 is the file's start."""
    more_to_read: bool = False
    """The byte budget ended the read at a record border: go on at `end_offset`."""
    file_version: str | None = None
    """Such as `brain.Event:2`, from the first record of a file."""
    other_values: int = 0
    """Values that are not scalars (histograms, pictures, text): counted, not decoded."""
    repeated_steps: int = 0
    """Points of a tag at the same step as the point before."""
    steps_back: int = 0
    """How often the steps of a tag went back, which begins a new segment."""
    continues: bool = False
    """The first segment is the rest of the last one of the part before."""
    open_steps: dict[str, int] = field(default_factory=dict)
    """Tag -> last step within the last segment: what the reading of the next part starts from."""
    starts: tuple[SessionStart, ...] = ()
    """The latest START records, in file order."""
    lost_tags: tuple[str, ...] = ()
    """What the skipped bytes spell as a tag, sorted; a configured one among it lost values."""
    hparams: Mapping[str, bool | float | str] = field(default_factory=dict)
    """Hyperparameters that its sessions began with, as the hparams plugin keeps them; plain values only."""
    consumed: int | None = None
    """Checksum of the bytes before `end_offset`, for who reads on: they must still be the same ones."""

    @property
    def sound(self) -> bool:
        """No record was skipped, and everything behind them could be read."""
        return not self.damaged and not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """What the reading of a further part of an event file starts from."""

    open_steps: Mapping[str, int] | None = None
    """Of the evidence of the parts before; None where there are none."""
    known: tuple[str, ...] = ()
    """Tags that were kept of them."""
    wanted: tuple[str, ...] = ()
    """Tags that are kept of a file that has more than are kept."""


NOTHING_BEFORE: Final = ReadBefore()


@dataclass(frozen=True, slots=True)
class EventFileName:
    """What the name of an event file tells."""

    started_at: float | None
    """Seconds since the Unix epoch."""
    host: str | None
    pid: int | None
