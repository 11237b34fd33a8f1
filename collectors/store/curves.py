"""Documents of longer curves: what a state names by digest, written before it, read after it, removed when nobody can.

Input: states, and who makes their documents. Output: documents, each written once; a state with all its curves. A
document that is lost or damaged is as if it had never been there: its sparks are what is known. One that a state has
just ceased to name stays for a while, for readers who have that state before them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from typing import Final

from pydantic import ValidationError

from collectors.contract.metrics import CurveDocument
from collectors.contract.state import DashboardState, state_from_json
from collectors.store.backend import STATE, Backend, Key, Kind
from collectors.training.courses import with_curves

GRACE_SECONDS: Final = 60.0
"""How long a document stays after the last state that names it was replaced."""
Source = Callable[[str], bytes | None]
"""Stream id -> its document; None where nobody can make it."""


def curves_key(run_id: str, stream: str, digest: str) -> Key:
    """The document of one stream."""
    return Key(Kind.CURVES, f"{run_id}/{stream}.{digest}")


def names_in(state: DashboardState) -> frozenset[str]:
    """Names of the documents that a state needs."""
    run_id = state.meta.run_id
    return frozenset(curves_key(run_id, s, run.curves).name for s, run in state.metrics.items() if run.curves)


def read_document(backend: Backend, name: str) -> bytes | None:
    """A document as it is stored; None where there is none that can be read."""
    try:
        return backend.read(Key(Kind.CURVES, name))
    except OSError:
        return None


def read_curves(backend: Backend, run_id: str, stream: str, digest: str | None) -> CurveDocument | None:
    """The longer curves of one stream; None where there are none, or none that can be read."""
    raw = read_document(backend, curves_key(run_id, stream, digest).name) if digest else None
    try:
        return CurveDocument.model_validate_json(raw) if raw is not None else None
    except ValidationError:
        return None


def whole(backend: Backend, state: DashboardState, streams: Collection[str] | None = None) -> DashboardState:
    """A state with every curve of these streams, or of all, as long as it is kept."""
    run_id, chosen = state.meta.run_id, state.metrics if streams is None else streams
    metrics = {
        stream: with_curves(run, read_curves(backend, run_id, stream, run.curves)) if stream in chosen else run
        for stream, run in state.metrics.items()
    }
    return state.model_copy(update={"metrics": metrics})


def forget_curves(backend: Backend, run_id: str) -> None:
    """Remove the documents of a run, but those of the state that is true now. Raises StoreProblem."""
    found = [name for name, _ in backend.list(Kind.CURVES, run_id)]
    current = _named_by(backend, STATE) if found else frozenset()
    for name in found:
        if name not in current:
            backend.delete(Key(Kind.CURVES, name))


def _named_by(backend: Backend, key: Key) -> frozenset[str]:
    """Names of the documents that a stored state needs; none where it cannot be read."""
    try:
        return names_in(state_from_json(backend.read(key)))
    except (OSError, ValidationError):
        return frozenset()


class Shelf:
    """The documents of one store, for the one that writes its states; called under the write lock."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._unnamed: dict[str, float] = {}
        self._run_id: str | None = None
        self._snapshot: tuple[object, frozenset[str]] = (None, frozenset())

    def put(self, state: DashboardState, source: Source) -> None:
        """Store what this state names and is not there yet. Raises StoreProblem."""
        for stream, run in state.metrics.items():
            if run.curves is None:
                continue
            key = curves_key(state.meta.run_id, stream, run.curves)
            if self._backend.facts(key) is None and (data := source(stream)) is not None:
                self._backend.write(key, data)

    def remember_snapshot(self, state: DashboardState) -> None:
        """Know what a snapshot names that was written a moment ago."""
        run_id = state.meta.run_id
        self._snapshot = ((run_id, self._backend.versions(Key(Kind.RUN, run_id))), names_in(state))

    def tidy(self, state: DashboardState, before: frozenset[str]) -> None:
        """Remove what neither this state nor a snapshot names; `before` names what the state before it needed."""
        now, run_id = time.monotonic(), state.meta.run_id
        is_first = self._run_id is None
        for name in self._dead(state, everywhere=run_id != self._run_id):
            waits = name in before or not is_first
            self._unnamed.setdefault(name, now if waits else now - 2 * GRACE_SECONDS)
        self._run_id = run_id
        for name in [name for name, since in self._unnamed.items() if now - since > GRACE_SECONDS]:
            self._backend.delete(Key(Kind.CURVES, name))
            del self._unnamed[name]

    def _dead(self, state: DashboardState, *, everywhere: bool) -> Iterator[str]:
        """Documents that nobody names: of the run that is going on, and of all where it has just begun."""
        run_id, named = state.meta.run_id, names_in(state)
        for group, names in self._groups("" if everywhere else run_id).items():
            needed = self._of_snapshot(group) | (named if group == run_id else frozenset())
            for name in names:
                if name in needed:
                    self._unnamed.pop(name, None)
                else:
                    yield name

    def _groups(self, run_id: str) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = {}
        for name, _ in self._backend.list(Kind.CURVES, run_id):
            groups.setdefault(name.partition("/")[0], []).append(name)
        return groups

    def _of_snapshot(self, run_id: str) -> frozenset[str]:
        """What a run's snapshot names; the last one that was looked at is read once."""
        key = Key(Kind.RUN, run_id)
        seen = (run_id, self._backend.versions(key))
        if self._snapshot[0] != seen:
            self._snapshot = (seen, _named_by(self._backend, key))
        return self._snapshot[1]
