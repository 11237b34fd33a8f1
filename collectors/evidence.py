"""What readers hand to checks: facts about one file, frozen, no verdict.

Input: nothing. Output: dataclasses. Every reader returns one of these whatever the bytes hold;
`findings` tells what is wrong in words, and the checks decide what that means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact: an error breaks the file, a warning does not, a note is for interest."""

    severity: Severity
    text: str
    """What was expected and what was found, without the file's name."""
    where: str | None = None
    """Line, key, member, tensor or byte offset, such as `line 3` or `offset 512`."""

    def __str__(self) -> str:
        return f"{self.text} ({self.where})" if self.where else self.text


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the file system says of one path inside the workspace."""

    path: str
    """Workspace-relative, with forward slashes."""
    exists: bool
    size_bytes: int | None = None
    modified_at: float | None = None
    """Seconds since the Unix epoch."""
    identity: tuple[int, int, int, int] | None = None
    """Device, inode, size in bytes, mtime in nanoseconds: equal means unchanged."""
    problem: str | None = None
    """Why it cannot be opened: no permission, a folder, a FIFO, a link out of the workspace."""


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """One stored tensor."""

    name: str
    dtype: str
    """Such as `float32`."""
    shape: tuple[int, ...]
    size_bytes: int
    optimizer: bool = False
    """Part of an optimizer's state, not of the model."""


@dataclass(frozen=True, slots=True)
class CheckpointEvidence:
    """What a checkpoint file holds, without ever unpickling it."""

    format: str
    """`torch-zip`, `torch-legacy`, `safetensors[-sharded]`, `keras`, `hdf5` or `unknown`."""
    findings: tuple[Finding, ...]
    tensors: tuple[TensorFacts, ...] = ()
    parameters: int = 0
    """Numbers in all tensors."""
    checksum: Literal["ok", "bad", "not recorded", "partial", "not read"] = "not read"
    finite: bool | None = None
    """False: a stored float is NaN or infinite; None: no float data was read."""
    nonfinite_tensors: tuple[str, ...] = ()
    data_read: Literal["all", "part", "none"] = "none"
    """How much of the stored numbers was read and tested within the byte budget."""
    sha256: str | None = None
    """Of the whole file; None above the byte budget."""
    crc32: int | None = None
    """Of the whole file; None above the byte budget. Compared with the copy inside the backup."""
    scalars: dict[str, Any] = field(default_factory=dict)
    """Plain values beside the tensors, such as `epoch`, `config.model.d_model` (dotted keys)."""
    size_bytes: int = 0
    """Size of the file; of all shards together where there are several."""
    constant_tensors: tuple[str, ...] = ()
    """Float tensors of the model with two or more dimensions that hold one number throughout."""
    globals: tuple[str, ...] = ()
    """Names the pickle refers to that are not on the allow-list, such as `argparse.Namespace`."""

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)


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
class EventEvidence:
    """What one event file holds."""

    findings: tuple[Finding, ...]
    series: dict[str, ScalarSeries]
    """Tag -> curve, in file order."""
    records: int
    """Sound records, scalar or not."""
    damaged: int
    """Records that were skipped."""
    first_time: float | None
    """Wall time of the first record (the file header counts), seconds since the Unix epoch."""
    last_time: float | None
    end_offset: int
    """First byte that was not consumed: where tailing goes on."""
    partial_tail: bool
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


@dataclass(frozen=True, slots=True)
class LossRow:
    """One row of a loss history; unknown is None, NaN and infinities are kept."""

    epoch: float | None
    step: int | None
    time: float | None
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class LossTableEvidence:
    """What a loss history holds."""

    format: str
    """`csv`, `jsonl`, `json` (a list of rows), `trainer_state`, `unknown`."""
    findings: tuple[Finding, ...]
    rows: Sequence[LossRow] = ()
    """Rows of one epoch merged; a long table is stored in columns and makes its rows on demand."""
    columns: tuple[str, ...] = ()
    """Names as the file has them."""
    partial_tail: bool = False
    """The last line is not finished: a live writer."""
    encoding: str | None = None
    skipped_rows: int = 0
    """Rows that could not be read."""
    duplicate_epochs: int = 0
    """Values that a later row of the same epoch replaced."""

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class ScalerEvidence:
    """What a scaler file holds."""

    format: str
    """`json`, `npz`, `pickle` (named and refused), `unknown`."""
    findings: tuple[Finding, ...]
    method: str | None = None
    center: tuple[float, ...] | None = None
    """One number a channel; NaN and infinities are kept."""
    scale: tuple[float, ...] | None = None

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class ConfigEvidence:
    """A YAML, JSON or TOML document as plain values."""

    format: str
    """`yaml`, `json`, `toml`, `unknown`."""
    findings: tuple[Finding, ...]
    data: Any = None
    """Mapping (or whatever the document is); None when it cannot be read."""
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    """Key path -> line, from 1."""

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One regular file inside an archive."""

    name: str
    """Normalised: forward slashes, no leading `./`."""
    size_bytes: int
    crc32: int | None
    """Of the contents, computed while draining; None when it was not read."""


@dataclass(frozen=True, slots=True)
class ArchiveEvidence:
    """What a backup archive holds."""

    format: str
    """`zip`, `tar`, `tar.gz`, `tar.xz`, `tar.zst`, `unknown`."""
    findings: tuple[Finding, ...]
    members: tuple[ArchiveMember, ...] = ()
    tested: Literal["all", "part", "none"] = "none"
    """How much of the contents was drained and its checksums compared."""
    sha256: str | None = None
    size_bytes: int = 0
    """Size of the archive file."""

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """A text document."""

    findings: tuple[Finding, ...]
    text: str = ""
    """Decoded text, bounded."""
    encoding: str | None = None

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class EventFileName:
    """What the name of an event file tells."""

    started_at: float | None
    """Seconds since the Unix epoch."""
    host: str | None
    pid: int | None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """An optional `run_status.json`: believed when fresh, never needed."""

    stream: str | None
    pid: int | None
    host: str | None
    epoch: float | None
    epochs: int | None
    updated_at: datetime | None
    started_at: datetime | None
    outcome: str | None
    """Of the stream it speaks of: `completed`, `early_stopped`, `diverged` or `failed`; None while it runs."""
    outcomes: dict[str, str] = field(default_factory=dict)
    """Stream -> outcome, for streams that ended before."""
