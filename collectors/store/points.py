"""Points of long curves: side files of packed rows <-> arrays.

Input: a store and a curve. Output: rows of step (int64), time (seconds since the epoch, float64)
and value (float64). What is damaged or missing is as if it had never been kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np

from collectors.digest import short_digest
from collectors.store.backend import POINTS_INDEX, Backend, Key, Kind, StoreProblem, Version, mapping_in
from collectors.store.place import Place, backend_at

ROW: Final = np.dtype([("step", "<i8"), ("time", "<f8"), ("value", "<f8")])
"""One point of a long curve on disk: 24 bytes."""
_NAME: Final = re.compile(r"[0-9a-f]{20}-[0-9a-f]{20}\.points")
Names = Mapping[str, Mapping[str, list[str]]]
"""Stream -> series -> names of side files, in order."""


def points_name(path: str, tag: str) -> str:
    """Name of the side file of one tag of one event file."""
    return f"{short_digest(path)}-{short_digest(tag)}.points"


@dataclass(frozen=True, slots=True)
class SideFile:
    """The points of one tag of one event file."""

    backend: Backend
    name: str

    @property
    def _key(self) -> Key:
        return Key(Kind.POINTS, self.name)

    @property
    def exists(self) -> bool:
        """Whether any are kept."""
        return self.backend.facts(self._key) is not None

    @property
    def version(self) -> Version:
        """Another one whenever the points are."""
        return self.backend.versions(self._key)[0]

    def count(self) -> int:
        """How many points are kept. Raises FileNotFoundError where none are."""
        found = self.backend.facts(self._key)
        if found is None:
            raise FileNotFoundError(self.name)
        return found[0] // ROW.itemsize

    def rows(self, axis: str, span: tuple[float, float]) -> Any:
        """Rows (dtype ROW) whose `axis` (`step` or `time`) lies in `span`, found by bisection.

        One row beyond each end is added, so that the line reaches the edges. Raises OSError.
        """
        total = self.count()
        with self.backend.open(self._key) as handle:
            first = max(_bisect(handle, total, axis, span[0]) - 1, 0)
            stop = min(_bisect(handle, total, axis, span[1]) + 2, total)
            handle.seek(first * ROW.itemsize)
            return np.frombuffer(handle.read((stop - first) * ROW.itemsize), ROW)

    def keep(self, count: int, known: tuple[Any, Any, Any], part: tuple[Any, Any, Any]) -> None:
        """Let `part` (step, time, value) follow the first `count` points, whatever was kept behind them.

        Where fewer are kept, they are made anew from the `known` ones; where those are too few, none are kept.
        """
        rows = packed_rows(*part)
        with suppress(StoreProblem):
            if self.backend.extend(self._key, count * ROW.itemsize, rows):
                return
            if known[2].size >= count:
                first = packed_rows(*(column[:count] for column in known))
                self.backend.extend(self._key, 0, first + rows)
                return
        with suppress(StoreProblem):
            self.backend.delete(self._key)


def side_files_of(place: Place, run_id: str, stream: str, series: str) -> list[SideFile]:
    """The side files of a curve of a run, in order; none where the index names none, or no such things."""
    backend = backend_at(place)
    found: Any = mapping_in(backend, POINTS_INDEX)
    for key in (run_id, stream, series):
        found = found.get(key) if isinstance(found, dict) else None
    names = found if isinstance(found, list) else []
    return [SideFile(backend, name) for name in names if isinstance(name, str) and _NAME.fullmatch(name)]


class PointsIndex:
    """In which side files the long curves of each run lie, for the one that writes them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._runs: dict[str, Any] | None = None

    def put(self, run_id: str, streams: Names) -> None:
        """Say where a run's long curves lie. Raises StoreProblem."""
        runs = self._known()
        if runs.get(run_id) != streams:
            runs[run_id] = {stream: dict(series) for stream, series in streams.items()}
            self._backend.write(POINTS_INDEX, json.dumps(runs).encode(), durable=False)

    def _known(self) -> dict[str, Any]:
        if self._runs is None:
            self._runs = mapping_in(self._backend, POINTS_INDEX)
        return self._runs

    def keep_only(self, run_ids: Container[str], paths: Iterable[str]) -> None:
        """Forget other runs than these, and remove side files that neither they nor these event files have.

        Raises StoreProblem.
        """
        before = self._known()
        self._runs = {run_id: streams for run_id, streams in before.items() if run_id in run_ids}
        if self._runs != before:
            self._backend.write(POINTS_INDEX, json.dumps(self._runs).encode(), durable=False)
        named, of_files = set(_names_in(self._runs)), {short_digest(path) for path in paths}
        for name in [name for name, _ in self._backend.list(Kind.POINTS) if _NAME.fullmatch(name)]:
            if name not in named and name.partition("-")[0] not in of_files:
                self._backend.delete(Key(Kind.POINTS, name))


def _names_in(found: Any) -> Iterator[str]:
    """Every name in an index; somebody else may have put anything there."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from _names_in(one)


def _bisect(handle: BinaryIO, total: int, axis: str, value: float) -> int:
    """First row whose axis is not below `value`."""
    low, high = 0, total
    while low < high:
        middle = (low + high) // 2
        handle.seek(middle * ROW.itemsize)
        if np.frombuffer(handle.read(ROW.itemsize), ROW)[axis][0] < value:
            low = middle + 1
        else:
            high = middle
    return low


def packed_rows(step: Any, time: Any, value: Any) -> bytes:
    """Columns as the bytes that are kept, one `ROW` a point."""
    rows = np.empty(value.size, ROW)
    rows["step"], rows["time"], rows["value"] = step, time, value
    return rows.tobytes()
