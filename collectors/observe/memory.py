"""What was learnt from files, kept in the state directory: a restart reads only what is new.

Input: evidence of unchanged files, reduced curves, points of long curves. Output: the same, after a
restart. The whole folder can be deleted at any time; whatever in it is damaged, of another version
or of changed files counts as not there.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from collectors import __version__
from collectors.evidence.events import EventEvidence, EventFileName, EventSegment, ScalarSeries
from collectors.evidence.files import FileFacts, Finding
from collectors.observe.growing_curve import GrowingCurve
from collectors.readers.child.evidence_json import from_json, to_json
from collectors.readers.child.registry import READERS
from collectors.store.folder import TEMPORARY
from collectors.store.points import POINTS, POINTS_INDEX, ROW, digest, packed_rows, points_name, read_points_index
from collectors.store.store import CACHE_FOLDER
from collectors.training.evidence import ReadFile
from collectors.training.series import EventFile

FORMAT: Final = f"1-{__version__}"
FILES: Final = "files.json"


class Learnt:
    """The cache folder of one state directory. Never raises: what cannot be kept is read again."""

    def __init__(self, state_dir: Path, key: str) -> None:
        """`key` says under which limits things were read; under others they are read again."""
        self.folder = state_dir / CACHE_FOLDER
        self._key = f"{FORMAT}-{key}"
        self._index: dict[str, Any] | None = None
        with suppress(OSError):
            (self.folder / POINTS).mkdir(parents=True, exist_ok=True)

    def load_files(self) -> dict[tuple[str, str], ReadFile[Any]]:
        """Evidence of whole files, by reader and path."""
        try:
            data = json.loads((self.folder / FILES).read_bytes())
            if data["key"] != self._key:
                return {}
            return {(row["reader"], row["path"]): _read_file(row) for row in data["files"]}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {}

    def save_files(self, files: Mapping[tuple[str, str], ReadFile[Any]]) -> None:
        """Keep evidence of whole files; files that are being written are left out."""
        rows = [
            _row(reader, path, read)
            for (reader, path), read in files.items()
            if reader in READERS and read.evidence is not None and not read.being_written
        ]
        self._write(self.folder / FILES, json.dumps({"key": self._key, "files": rows}).encode())

    def load_events(self, path: str) -> tuple[EventFile, dict[str, GrowingCurve]] | None:
        """An event file's evidence and its reduced curves."""
        try:
            with np.load(io.BytesIO(self._events_file(path).read_bytes()), allow_pickle=False) as arrays:
                meta = json.loads(arrays["meta"].tobytes())
                if meta["key"] != self._key or meta["path"] != path:
                    return None
                curves = {row["tag"]: _curve(row, arrays, n) for n, row in enumerate(meta["curves"])}
            return _event_file(meta, curves), curves
        except (OSError, ValueError, KeyError, TypeError, RecursionError, EOFError, zipfile.BadZipFile):
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
        self._write(self._events_file(path), buffer.getvalue())

    def append_points(self, path: str, curve: GrowingCurve, part: ScalarSeries) -> None:
        """Add points of a long curve to its side file; `curve` does not have them yet."""
        before = curve.count
        file = self.folder / POINTS / points_name(path, curve.tag)
        try:
            self._make_side_file_fit(file, curve, before)
            with file.open("ab") as handle:
                handle.write(packed_rows(part.step, part.time, part.value))
        except OSError:
            with suppress(OSError):
                file.unlink(missing_ok=True)

    def _make_side_file_fit(self, file: Path, curve: GrowingCurve, before: int) -> None:
        """Bring the side file to exactly the points before this part. Raises OSError if it cannot."""
        rows = file.stat().st_size // ROW.itemsize if file.exists() else 0
        if rows > before:
            os.truncate(file, before * ROW.itemsize)
        elif rows < before:
            if curve.columns[2].size < before:
                raise OSError("points before this part are not known any more")
            first = tuple(column[:before] for column in curve.columns)
            file.write_bytes(packed_rows(*first))

    def write_index(self, run_id: str, streams: Mapping[str, Mapping[str, list[str]]]) -> None:
        """Say in which side files a run's long curves lie: stream -> series -> names in order."""
        if self._index is None:
            self._index = read_points_index(self.folder.parent)
        if self._index.get(run_id) != streams:
            self._index[run_id] = {stream: dict(series) for stream, series in streams.items()}
            self._write(self.folder / POINTS / POINTS_INDEX, json.dumps(self._index).encode())

    def has_points(self, path: str, tag: str) -> bool:
        """Whether a curve has a side file."""
        with suppress(OSError):
            return (self.folder / POINTS / points_name(path, tag)).exists()
        return False

    def _events_file(self, path: str) -> Path:
        return self.folder / f"events-{digest(path)}.npz"

    def _write(self, path: Path, data: bytes) -> None:
        """Replace a file of the cache; not synced, for it can be made again."""
        with suppress(OSError):
            temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{path.name}")
            temporary.write_bytes(data)
            temporary.replace(path)


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
            "series": {tag: curve.series() for tag, curve in curves.items()},
        }
    )
    return EventFile(_facts(meta["facts"]), EventFileName(**meta["name"]), evidence)
