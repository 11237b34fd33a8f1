"""What was learnt from files, kept in the store: a restart reads only what is new.

Input: evidence of unchanged files, reduced curves, points of long curves. Output: the same, after a
restart. All of it can be deleted at any time; whatever is damaged, of another version or of changed files
counts as not there.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Collection, Container, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np

from collectors import __version__
from collectors.digest import short_digest
from collectors.evidence.events import EventEvidence, EventFileName, EventSegment, ScalarSeries, SessionStart
from collectors.evidence.files import FileFacts, Finding
from collectors.observe.growing_curve import GrowingCurve, share_columns
from collectors.observe.table_writes import TableWrites
from collectors.readers.child.evidence_json import from_json, to_json
from collectors.readers.child.registry import READERS
from collectors.store.backend import FILES, Backend, Key, Kind
from collectors.store.place import Place, backend_at
from collectors.store.points import Names, PointsIndex, SideFile, points_name
from collectors.training.evidence import ReadFile
from collectors.training.series import EventFile

FORMAT: Final = f"4-{__version__}"
DAMAGE: Final = (
    OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, MemoryError, EOFError,
    zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
"""What reading a file of ours says that holds anything at all."""


class Learnt:
    """What one store remembers of files. Never raises: what cannot be kept is read again."""

    def __init__(self, place: Place, key: str) -> None:
        """`key` says under which limits things were read; under others they are read again."""
        self._backend: Backend = backend_at(place)
        self._key = f"{FORMAT}-{key}"
        self._index = PointsIndex(self._backend)
        with suppress(OSError):
            self._backend.make()

    def load_files(self) -> tuple[dict[tuple[str, str], ReadFile[Any]], TableWrites]:
        """Evidence of whole files, by reader and path, and when tables grew."""
        try:
            checksum, _, body = self._backend.read(FILES).partition(b"\n")
            data = json.loads(body)
            if int(checksum) != zlib.crc32(body) or data["key"] != self._key:
                return {}, TableWrites()
            files = {(row["reader"], row["path"]): _read_file(row) for row in data["files"]}
            return files, TableWrites.remembered(data["writes"])
        except DAMAGE:
            return {}, TableWrites()

    def save_files(self, files: Mapping[tuple[str, str], ReadFile[Any]], writes: TableWrites) -> None:
        """Keep evidence of whole files, and when tables grew; files that are being written are left out."""
        rows = [
            _row(reader, path, read)
            for (reader, path), read in files.items()
            if reader in READERS and read.evidence is not None and not read.being_written
        ]
        body = json.dumps({"key": self._key, "files": rows, "writes": writes.seen}).encode()
        self._write(FILES, b"%d\n%s" % (zlib.crc32(body), body))

    def load_events(self, path: str) -> tuple[EventFile, dict[str, GrowingCurve]] | None:
        """An event file's evidence and its reduced curves."""
        try:
            with np.load(io.BytesIO(self._backend.read(_events_of(path))), allow_pickle=False) as arrays:
                meta = json.loads(arrays["meta"].tobytes())
                if meta["key"] != self._key or meta["path"] != path:
                    return None
                curves = {row["tag"]: _curve(row, arrays, n) for n, row in enumerate(meta["curves"])}
            share_columns(curves.values())
            return _event_file(meta, curves), curves
        except DAMAGE:
            return None

    def save_events(self, path: str, file: EventFile, curves: Mapping[str, GrowingCurve]) -> None:
        """Keep an event file's evidence and its reduced curves."""
        arrays: dict[str, Any] = {}
        for n, curve in enumerate(curves.values()):
            arrays |= {f"c{n}_{i}": column for i, column in enumerate((*curve.columns, *curve.recent))}
        rows = [{"tag": c.tag, "count": c.count, "nonfinite": c.nonfinite} for c in curves.values()]
        bare = asdict(replace(file.evidence, series={}))
        meta = {"key": self._key, "path": path, "curves": rows, "evidence": bare}
        meta |= {"facts": asdict(file.facts), "name": asdict(file.name)}
        arrays["meta"] = np.frombuffer(json.dumps(meta, default=_plain).encode(), np.uint8)
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        self._write(_events_of(path), buffer.getvalue())

    def append_points(self, path: str, curve: GrowingCurve, part: ScalarSeries) -> None:
        """Add points of a long curve to its side file; `curve` does not have them yet."""
        file = SideFile(self._backend, points_name(path, curve.tag))
        file.keep(curve.count, curve.columns, (part.step, part.time, part.value))

    def write_index(self, run_id: str, streams: Names) -> None:
        """Say in which side files a run's long curves lie."""
        with suppress(OSError):
            self._index.put(run_id, streams)

    def forget_others(self, paths: Collection[str], run_id: str) -> None:
        """Remove what is kept of other event files than these, and of other runs than this and the stored."""
        runs = {run_id, *(name for name, _ in self._backend.list(Kind.RUN))}
        with suppress(OSError):
            self._keep_only(Kind.EVENTS, {_events_of(path).name for path in paths})
            self._keep_only(Kind.DECISIONS, runs)
            self._index.keep_only(runs, paths)

    def _keep_only(self, kind: Kind, names: Container[str]) -> None:
        for name in [name for name, _ in self._backend.list(kind) if name not in names]:
            self._backend.delete(Key(kind, name))

    def has_points(self, path: str, tag: str) -> bool:
        """Whether a curve has a side file."""
        return SideFile(self._backend, points_name(path, tag)).exists

    def _write(self, key: Key, data: bytes) -> None:
        """Replace what was kept; not durably, for it can be made again."""
        with suppress(OSError):
            self._backend.write(key, data, durable=False)


def _events_of(path: str) -> Key:
    return Key(Kind.EVENTS, short_digest(path))


def _plain(value: Any) -> Any:
    """A numpy number as Python's own."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} is no JSON")


def _row(reader: str, path: str, read: ReadFile[Any]) -> dict[str, Any]:
    evidence = to_json(read.evidence).decode("ascii")
    return {
        "reader": reader,
        "path": path,
        "facts": asdict(read.facts),
        "crc32": read.crc32,
        "sha256": read.sha256,
        "evidence": evidence,
    }


def _read_file(row: Mapping[str, Any]) -> ReadFile[Any]:
    evidence = from_json(READERS[row["reader"]].evidence, row["evidence"].encode("ascii"))
    return ReadFile(_facts(row["facts"]), evidence, False, row["crc32"], row["sha256"])


def _facts(row: Mapping[str, Any]) -> FileFacts:
    identity = tuple(row["identity"]) if row["identity"] else None
    return FileFacts(**{**row, "identity": identity})


def _curve(row: Mapping[str, Any], arrays: Any, number: int) -> GrowingCurve:
    step, time, value, recent_step, recent_time = (arrays[f"c{number}_{i}"] for i in range(5))
    counts = {kind: int(row["nonfinite"][kind]) for kind in ("nan", "inf", "-inf")}
    return GrowingCurve(row["tag"], (step, time, value), int(row["count"]), counts, (recent_step, recent_time))


def _event_file(meta: Mapping[str, Any], curves: Mapping[str, GrowingCurve]) -> EventFile:
    bare = meta["evidence"]
    evidence = EventEvidence(
        **{
            **bare,
            "findings": tuple(Finding(**f) for f in bare["findings"]),
            "segments": tuple(EventSegment(**s) for s in bare["segments"]),
            "lost_tags": tuple(bare["lost_tags"]),
            "starts": tuple(SessionStart(**s) for s in bare["starts"]),
            "series": {tag: curve.series() for tag, curve in curves.items()},
        }
    )
    return EventFile(_facts(meta["facts"]), EventFileName(**meta["name"]), evidence)
