"""The only writer: states, snapshots, heartbeat and what is remembered, atomically and under a lock.

Input: records. Output: documents of the store. A reader meets the old or the new document, never
a half; readers never lock. Each change holds the write lock; who keeps the state up to date holds the
collector's lock for as long as it does. Refuses to write a state that its own contract would not read
back.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from collectors.contract.decisions import DecisionDocument
from collectors.contract.remembered import SeenFile, SmokeResult
from collectors.contract.state import DashboardState, state_from_json, state_to_json
from collectors.store.atomic import replace_file
from collectors.store.backend import (
    AFTER_END,
    DIGEST_KEY,
    HEARTBEAT,
    INDEX,
    SMOKE,
    STATE,
    Key,
    Kind,
    StateKept,
    StoreProblem,
    Version,
    is_there,
    mapping_in,
)
from collectors.store.curves import Shelf, Source, names_in
from collectors.store.index import line_of
from collectors.store.place import Place, backend_at
from collectors.store.rows import row_of

KEY_BYTES = 32
_Prepared = tuple[DashboardState, bytes, Mapping[str, bytes]]
"""A state as it is stored, its bytes, and the documents of the longer curves that it held itself, by stream."""
MOST_SMOKE_RESULTS = 200
"""A run whose checkpoints are saved again and again has a result for each; the oldest are forgotten."""


def nobody(_stream: str) -> None:
    """Make no document of curves: of a state that needs none, or whose curves are stored already."""


class Store:
    """What one workspace's collector writes. Raises StoreProblem where its place cannot be made or written.

    `make=False` leaves a place as it is that is only read.
    """

    def __init__(self, place: Place, *, make: bool = True) -> None:
        self.backend = backend_at(place)
        self._shelf = Shelf(self.backend)
        self._named: frozenset[str] | None = None
        self._checked: tuple[DashboardState, _Prepared] | None = None
        if make:
            self.backend.make()

    def collecting(self, wait_seconds: float = 0.0) -> AbstractContextManager[None]:
        """Be the one that keeps the state up to date. Raises StateKept, naming who does it already."""
        return self.backend.keeping(wait_seconds)

    def keeper(self, held: ExitStack, wait_seconds: float) -> StateKept | None:
        """Be the collector for as long as `held` is open, or return who is it already."""
        try:
            held.enter_context(self.collecting(wait_seconds))
        except StateKept as kept:
            return kept
        return None

    def read_state(self) -> DashboardState | None:
        """The stored state; None where there is none or it cannot be read."""
        return self._read(STATE)

    def state_version(self) -> Version | None:
        """Equal means that nobody has written the state since; None where there is none."""
        (version,) = self.backend.versions(STATE)
        return version if is_there(version) else None

    def smoke_version(self) -> Version:
        """The same of the remembered smoke runs."""
        (version,) = self.backend.versions(SMOKE)
        return version

    def write_state(self, state: DashboardState, curves: Source = nobody) -> None:
        """Write a state, and before it what `curves` makes of its documents. Raises StoreProblem; the old one stays."""
        lean, data, made = self._prepared(state)
        self._checked = None
        with self.backend.writing():
            before = self._named
            if before is None:
                stored = self.read_state()
                before = names_in(stored) if stored is not None else frozenset()
            self._shelf.put(lean, _source(made, curves))
            self.backend.write(STATE, data)
            self._shelf.tidy(lean, before)
            self._named = names_in(lean)

    def has_snapshot(self, run_id: str) -> bool:
        """Whether a run's snapshot is stored."""
        return self.backend.facts(Key(Kind.RUN, run_id)) is not None

    def read_snapshot(self, run_id: str) -> DashboardState | None:
        """A run's snapshot; None where there is none or it cannot be read."""
        return self._read(Key(Kind.RUN, run_id))

    def _read(self, key: Key) -> DashboardState | None:
        try:
            return state_from_json(self.backend.read(key))
        except (OSError, ValidationError):
            return None

    def write_snapshot(self, state: DashboardState, curves: Source = nobody) -> None:
        """Write a run's snapshot, its curves before it, and append its row to the index. Raises StoreProblem."""
        lean, data, made = self._prepared(state)
        with self.backend.writing():
            self._shelf.put(lean, _source(made, curves))
            facts = self.backend.write(Key(Kind.RUN, state.meta.run_id), data)
            self._shelf.remember_snapshot(lean)
            self.backend.append(INDEX, line_of(row_of(lean, facts)))

    def _prepared(self, state: DashboardState) -> _Prepared:
        """A state as it is stored, made and read back once where its snapshot is written right before it."""
        if self._checked is None or self._checked[0] is not state:
            self._checked = (state, _prepared(state))
        return self._checked[1]

    def write_decisions(self, document: DecisionDocument) -> None:
        """Write what the page draws of a run's scoring. Raises StoreProblem; the old one stays."""
        with self.backend.writing():
            data = document.model_dump_json().encode() + b"\n"
            self.backend.write(Key(Kind.DECISIONS, document.run_id), data, durable=False)

    def write_heartbeat(
        self, observed_at: datetime, interval_seconds: float, pid: int, *, problem: str | None = None
    ) -> None:
        """Say that the observer lives, and why it cannot save the state if it cannot. Raises StoreProblem."""
        beat = {
            "observed_at": observed_at.astimezone(UTC).isoformat(),
            "interval_seconds": interval_seconds,
            "pid": pid,
            "problem": problem,
        }
        self.backend.write(HEARTBEAT, json.dumps(beat).encode() + b"\n", durable=False)

    def smoke_result(self, stream: str, checkpoint: str, config: str) -> SmokeResult | None:
        """The remembered result for this checkpoint and config (sha256 each); None without one."""
        found = self._smoke_results().get(_smoke_key(stream, checkpoint, config))
        with suppress(TypeError):
            return SmokeResult(**found) if isinstance(found, dict) else None
        return None

    def remember_smoke(self, stream: str, hashes: tuple[str, str], result: SmokeResult) -> None:
        """Remember a result under the sha256 of checkpoint and config. Raises StoreProblem."""
        with self.backend.writing():
            about = {name: value for name, value in asdict(result).items() if name != "outdated_by"}
            results = {**self._smoke_results(), _smoke_key(stream, *hashes): about}
            newest = dict(list(results.items())[-MOST_SMOKE_RESULTS:])
            data = json.dumps({"results": newest}, indent=1, allow_nan=False)
            self.backend.write(SMOKE, data.encode() + b"\n")

    def seen_after_end(self) -> dict[str, SeenFile]:
        """Path -> what was seen of it after its run's end; empty where nothing is remembered."""
        found = {path: _seen_file(about) for path, about in mapping_in(self.backend, AFTER_END).items()}
        return {path: seen for path, seen in found.items() if seen is not None}

    def remember_after_end(self, files: Mapping[str, SeenFile]) -> None:
        """Remember what was seen of files after their run's end. Raises StoreProblem."""
        data = json.dumps({path: asdict(about) for path, about in files.items()}, indent=1, allow_nan=False)
        with self.backend.writing():
            self.backend.write(AFTER_END, data.encode() + b"\n")

    def digest_key(self) -> bytes | None:
        """This store's own key for digests, made when it is first asked for; None where it cannot be kept."""
        return self._read_key() or self._made_key()

    def _read_key(self) -> bytes | None:
        with suppress(OSError):
            found = self.backend.read(DIGEST_KEY)
            return found if len(found) == KEY_BYTES else None
        return None

    def _made_key(self) -> bytes | None:
        with suppress(StoreProblem), self.backend.writing():
            made = self._read_key() or secrets.token_bytes(KEY_BYTES)  # another one may have made it meanwhile
            self.backend.write(DIGEST_KEY, made)
            return made
        return None

    def _smoke_results(self) -> dict[str, Any]:
        results = mapping_in(self.backend, SMOKE).get("results")
        return results if isinstance(results, dict) else {}


def _seen_file(about: Any) -> SeenFile | None:
    """What was written of one file; None where it is something else."""
    with suppress(TypeError, ValueError, KeyError):
        return SeenFile(str(about["sha256"]), float(about["seen_at"]), float(about["ended_at"]))
    return None


def _smoke_key(stream: str, checkpoint: str, config: str) -> str:
    return f"{stream}:{checkpoint}:{config}"


def write_report(path: Path, data: str) -> None:
    """Write a report where the operator asked for it. Raises StoreProblem."""
    replace_file(path, data.encode())


def _prepared(state: DashboardState) -> _Prepared:
    from collectors.training.summary import leaned  # who only reads a store needs no arithmetic

    lean, documents = leaned(state)
    return lean, _checked(lean), documents


def _source(documents: Mapping[str, bytes], curves: Source) -> Source:
    """Who makes a state's documents: of curves that it holds itself they are made."""
    return lambda stream: documents.get(stream) or curves(stream)


def _checked(state: DashboardState) -> bytes:
    """The bytes of a state that reads back equal. Raises StoreProblem."""
    try:
        data = state_to_json(state)
        same = state_from_json(data) == state
    except ValidationError as error:
        raise StoreProblem(f"the state breaks its own schema: {error.errors()[0]['msg']}") from None
    except ValueError as error:
        raise StoreProblem(f"the state cannot be written as JSON: {error}") from None
    if not same:
        raise StoreProblem("the state does not read back equal to what was written")
    return data
