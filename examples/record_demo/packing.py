"""What was seen of a training -> a recorded run, and the bytes it refers to.

Text stays readable in the recording; checkpoints, pictures and the backup are packed. A checkpoint
that the backup holds too is shipped inside it only.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dash_app.demo.moving import is_event_file
from dash_app.demo.recording import (
    Content,
    Hex,
    Member,
    Packed,
    PackedBytes,
    RecordedRun,
    Smoke,
    Text,
    Write,
    sha256_of,
)

from .watching import Seen

Keep = Callable[[int, int], bool]
"""Which saves of a checkpoint are shipped: number of the save, from 0, and how many there are."""
BINARY = (".pt", ".zip", ".png")


@dataclass
class Packer:
    """Collects the pieces of all runs, each once."""

    pieces: dict[str, bytes] = field(default_factory=dict)

    def described(self) -> tuple[PackedBytes, ...]:
        """Tell the pieces in the order in which they lie."""
        return tuple(PackedBytes(sha256=digest, size_bytes=len(data)) for digest, data in self.pieces.items())

    def writes(self, seen: Sequence[Seen], keep: Keep) -> tuple[Write, ...]:
        """Describe what was seen; saves of checkpoints that `keep` refuses are left out."""
        members = _members(seen)
        start = seen[0].at
        kept = _kept_saves(seen, keep)
        return tuple(self._write(one, start, members if index in kept else None) for index, one in enumerate(seen))

    def _write(self, one: Seen, start: float, members: Mapping[bytes, Member] | None) -> Write:
        if one.operation == "remove":
            return Write(at_seconds=_after(one.at, start), operation="remove", path=one.path)
        return Write(
            at_seconds=_after(one.at, start),
            operation=one.operation,
            path=one.path,
            size_bytes=len(one.data),
            sha256=sha256_of(one.data),
            content=None if members is None else self._content(one, members),
        )

    def _content(self, one: Seen, members: Mapping[bytes, Member]) -> Content:
        if is_event_file(one.path):
            return Hex(hex=one.data.hex())
        if not one.path.endswith(BINARY):
            return Text(text=one.data.decode("utf-8"))
        if one.data in members:
            return members[one.data]
        digest = sha256_of(one.data)
        self.pieces.setdefault(digest, one.data)
        return Packed(sha256=digest)


def recorded_run(command: Sequence[str], verdict: str, seen: Sequence[Seen], writes: tuple[Write, ...]) -> RecordedRun:
    """Put a run together; its smoke results are added by `with_smoke`."""
    return RecordedRun(
        command=tuple(command),
        recorded_at=datetime.fromtimestamp(seen[0].at, UTC),
        verdict=verdict,
        writes=writes,
        smoke=(),
    )


def with_smoke(run: RecordedRun, results: Iterable[tuple[float, Smoke]]) -> RecordedRun:
    """Add the scoring results, each with the moment it was had (seconds since the Unix epoch)."""
    start = run.recorded_at.timestamp()
    placed = tuple(smoke.model_copy(update={"at_seconds": _after(at, start)}) for at, smoke in results)
    return run.model_copy(update={"smoke": placed})


def only_the_end(seen: Sequence[Seen]) -> list[Seen]:
    """Give each file as it is in the end, written once, at the time of its last write."""
    files: dict[str, Seen] = {}
    for one in seen:
        before = files.pop(one.path, None)
        if one.operation != "remove":
            data = before.data + one.data if before and one.operation == "append" else one.data
            files[one.path] = Seen(one.at, "create", one.path, data)
    return sorted(files.values(), key=lambda one: one.at)


def _kept_saves(seen: Sequence[Seen], keep: Keep) -> set[int]:
    saves: dict[str, list[int]] = {}
    for index, one in enumerate(seen):
        if one.path.endswith(".pt") and one.operation != "remove":
            saves.setdefault(one.path, []).append(index)
    dropped = {i for found in saves.values() for nth, i in enumerate(found) if not keep(nth, len(found))}
    return set(range(len(seen))) - dropped


def _members(seen: Sequence[Seen]) -> dict[bytes, Member]:
    """Contents of the backup's checkpoints -> where they are found."""
    found = {}
    for backup in (one.data for one in seen if one.path.endswith(".zip")):
        with zipfile.ZipFile(io.BytesIO(backup)) as archive:
            for name in archive.namelist():
                if name.endswith(".pt"):
                    found[archive.read(name)] = Member(archive_sha256=sha256_of(backup), name=name)
    return found


def _after(at: float, start: float) -> float:
    return round(max(0.0, at - start), 4)
