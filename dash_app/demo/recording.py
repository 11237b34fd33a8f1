"""The recording's format: JSON text and packed bytes -> recorded runs, and the bytes of every write.

Pure. It refuses whatever does not rebuild to exactly the recorded bytes: each write names the sha256
of what it wrote. Values are never made up: a write whose bytes are not shipped stays left out.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

PRESET = 6
"""One stream for all: its window of 8 MiB finds bytes that two checkpoints share."""


class RecordingProblem(ValueError):
    """The recording is damaged, or of another version. The message says where."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Closed):
    """Bytes that are text in UTF-8."""

    kind: Literal["text"] = "text"
    text: str


class Hex(_Closed):
    """Few bytes that are no text, such as records of an event file."""

    kind: Literal["hex"] = "hex"
    hex: str


class Packed(_Closed):
    """Bytes in the packed file, by their sha256."""

    kind: Literal["packed"] = "packed"
    sha256: str


class Member(_Closed):
    """Bytes that a packed zip holds too: a checkpoint is shipped once, inside its backup."""

    kind: Literal["member"] = "member"
    archive_sha256: str
    name: str


Content = Annotated[Text | Hex | Packed | Member, Field(discriminator="kind")]


class Write(_Closed):
    """One change of one file, as it was seen."""

    at_seconds: float
    """Since the run's first write."""
    operation: Literal["create", "append", "replace", "remove"]
    path: str
    """From the workspace on, with forward slashes."""
    size_bytes: int = 0
    """Of what was written."""
    sha256: str | None = None
    """Of what was written; null for a removal."""
    content: Content | None = None
    """Null for a removal, and for a write whose bytes are not shipped."""

    @property
    def is_left_out(self) -> bool:
        """Whether it happened, but its bytes are not shipped."""
        return self.content is None and self.operation != "remove"


class Smoke(_Closed):
    """One stream's scoring command, really run while recording."""

    at_seconds: float
    """Since the run's first write."""
    stream: str
    checkpoint_sha256: str
    config_sha256: str
    exit_code: int | None
    tail: str
    """Last lines of its output."""


class RecordedRun(_Closed):
    """One training, from its first write to its last."""

    command: tuple[str, ...]
    """What was run, after `python`; the workspace is called WORKSPACE."""
    recorded_at: AwareDatetime
    """When the first write happened."""
    verdict: str
    """What the collectors said of the workspace when the run had ended."""
    writes: tuple[Write, ...]
    smoke: tuple[Smoke, ...]

    @property
    def duration_seconds(self) -> float:
        """From the first write to the last thing that happened."""
        return max([0.0, *(w.at_seconds for w in self.writes), *(s.at_seconds for s in self.smoke)])


class PackedBytes(_Closed):
    """One piece of the packed file; pieces lie one behind the other."""

    sha256: str
    size_bytes: int


class Recording(_Closed):
    """All recorded runs and what is said about them."""

    version: Literal[1] = 1
    notes: tuple[str, ...]
    runs: Mapping[str, RecordedRun]
    packed: tuple[PackedBytes, ...]


@dataclass(frozen=True)
class Library:
    """A recording and the pieces its writes refer to."""

    recording: Recording
    pieces: Mapping[str, bytes]
    """Sha256 -> bytes."""

    def run(self, name: str) -> RecordedRun:
        """Give a recorded run. Raises RecordingProblem where there is none of that name."""
        if name not in self.recording.runs:
            raise RecordingProblem(f"no run {name!r} was recorded; there are {', '.join(self.recording.runs)}")
        return self.recording.runs[name]

    def bytes_of(self, write: Write) -> bytes:
        """Give the recorded bytes of a write. Raises RecordingProblem where they are others."""
        if write.content is None:
            raise RecordingProblem(f"{write.path}: the bytes of this write are not shipped")
        data = self._rebuilt(write.content)
        if sha256_of(data) != write.sha256:
            raise RecordingProblem(f"{write.path} at {write.at_seconds:g} s: other bytes than those recorded")
        return data

    def _rebuilt(self, content: Content) -> bytes:
        if isinstance(content, Text):
            return content.text.encode()
        if isinstance(content, Hex):
            return bytes.fromhex(content.hex)
        if isinstance(content, Packed):
            return self._piece(content.sha256)
        with zipfile.ZipFile(io.BytesIO(self._piece(content.archive_sha256))) as archive:
            return archive.read(content.name)

    def _piece(self, digest: str) -> bytes:
        if digest not in self.pieces:
            raise RecordingProblem(f"the packed bytes {digest[:12]} are missing")
        return self.pieces[digest]


def pack(pieces: Iterable[bytes]) -> bytes:
    """Put pieces into one compressed file, one behind the other."""
    return lzma.compress(b"".join(pieces), preset=PRESET)


def opened(text: str, packed: bytes) -> Library:
    """Read a recording. Raises RecordingProblem."""
    try:
        recording = Recording.model_validate_json(text)
        data = lzma.decompress(packed)
    except ValidationError as error:
        first = error.errors()[0]
        raise RecordingProblem(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except lzma.LZMAError as error:
        raise RecordingProblem(f"the packed bytes cannot be unpacked: {error}") from None
    return Library(recording, _cut(recording.packed, data))


def _cut(packed: tuple[PackedBytes, ...], data: bytes) -> dict[str, bytes]:
    ends = list(accumulate(piece.size_bytes for piece in packed))
    if (ends[-1] if ends else 0) != len(data):
        raise RecordingProblem(f"{len(data)} bytes are packed, {ends[-1] if ends else 0} are described")
    return {piece.sha256: data[end - piece.size_bytes : end] for piece, end in zip(packed, ends, strict=True)}


def sha256_of(data: bytes) -> str:
    """Give the sha256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
