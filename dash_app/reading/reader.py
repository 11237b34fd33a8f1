"""The store -> what is true now, for the page.

`StateReader.current()` costs one look at five versions while nothing changed; a document is read and parsed
only when it became another one. The last good state is kept while the document is missing or broken,
and a sentence says so. It writes nothing and judges nothing.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import ValidationError

from collectors.contract.metrics import CurveDocument
from collectors.contract.state import DashboardState, ObserverHeartbeat
from collectors.digest import short_digest
from collectors.store.backend import BASELINE, HEARTBEAT, POLICY, RUNS, STATE, Backend, Key, Kind, Version, is_there
from collectors.store.place import Place, backend_at
from collectors.store.runs import is_run_id
from dash_app.auth.identity import asking
from dash_app.reading.documents import Documents
from dash_app.reading.observation import Observation
from dash_app.reading.problems import Condition, Problem, absent, not_saved, state_or_problem, unreadable, vanished

MAX_SNAPSHOTS_KEPT = 16
_STREAM = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_DIGEST = r"[0-9a-f]{20}"
WATCHED = (STATE, HEARTBEAT, RUNS, BASELINE, POLICY)


class StateReader:
    """Reads one store; may be asked from several threads."""

    def __init__(self, place: Place) -> None:
        self._backend = backend_at(place)
        self._lock = threading.Lock()
        self._documents = Documents(self._backend)
        self._state = _State(self._backend, STATE)
        self._heartbeat = _Heartbeat(self._backend, HEARTBEAT)
        self._runs_seen: tuple[Version, ...] = ()
        self._snapshots: dict[str, _State] = {}
        self._last: Observation | None = None
        self._own_problem: Callable[[], str | None] = _no_problem
        self._unsaved: str | None = None

    def ask_collector(self, problem: Callable[[], str | None]) -> None:
        """Let the collector of this process say why it cannot save: a full disk takes no heartbeat either."""
        self._own_problem = problem

    def current(self) -> Observation:
        """Look now. The same object comes back while nothing changed."""
        with self._lock:
            state, beat, *runs = self._backend.versions(*WATCHED)
            changed = (
                self._state.look(state),
                self._heartbeat.look(beat),
                self._look_for_problem(),
                self._look_at_runs(tuple(runs)),
            )
            if self._last is None or any(changed):
                seen = self._state.observation(self._heartbeat.value, self._unsaved)
                self._last = replace(seen, runs_version=short_digest(repr(self._runs_seen), 12))
            return self._last

    def _look_at_runs(self, versions: tuple[Version, ...]) -> bool:
        """See whether a run was stored or removed, another baseline pinned, or another policy told."""
        before, self._runs_seen = self._runs_seen, versions
        return before != self._runs_seen

    def _look_for_problem(self) -> bool:
        """Hear why the state cannot be saved, if so; whether that changed."""
        beat = self._heartbeat.value
        before, self._unsaved = self._unsaved, self._own_problem() or (beat.problem if beat else None)
        return before != self._unsaved

    def run(self, run_id: str) -> Observation:
        """Look at one run's snapshot; what cannot be a run id is `absent`."""
        key = Key(Kind.RUN, run_id)
        if not self._may_be_shown(run_id):
            return _State(self._backend, key).observation(None)
        with self._lock:
            known = self._snapshots.pop(run_id, None) or _State(self._backend, key)
            known.look(*self._backend.versions(key))
            if known.state is not None:
                self._remember(run_id, known)
            return known.observation(None)

    def whole(self, seen: Observation, streams: Collection[str] | None = None) -> DashboardState | None:
        """What was seen with every curve of these streams, or of all, as long as it is kept; null without a state."""
        return self._documents.whole(seen.state, streams) if seen.state else None

    def document(self, run_id: str, stream: str, digest: str) -> CurveDocument | None:
        """The longer curves of a stream by their digest; null where the ids are none, or they cannot be read."""
        ids_fit = is_run_id(run_id) and re.fullmatch(_STREAM, stream) and re.fullmatch(_DIGEST, digest)
        return self._documents.document(run_id, stream, digest) if ids_fit else None

    def snapshot(self, run_id: str) -> DashboardState | None:
        """Return one run's snapshot; null when it is absent or cannot be read."""
        return self.run(run_id).state

    def decisions_version(self, run_id: str) -> Version | None:
        """Tell another document of a run's decisions from this one; null where there is none."""
        if not self._may_be_shown(run_id):
            return None
        (version,) = self._backend.versions(Key(Kind.DECISIONS, run_id))
        return version if is_there(version) else None

    def decisions(self, run_id: str) -> bytes | None:
        """Return the document of a run's decisions; null where there is none."""
        try:
            return self._backend.read(Key(Kind.DECISIONS, run_id)) if self._may_be_shown(run_id) else None
        except OSError:
            return None

    def run_ids(self) -> list[str]:
        """List the ids of the stored snapshots, sorted."""
        return sorted(run_id for run_id, _ in self._backend.list(Kind.RUN) if is_run_id(run_id))

    def _may_be_shown(self, run_id: str) -> bool:
        """Whether this can be a run's id, and who asks may see that run: a frame shows one alone."""
        scope = asking().scope
        if scope is not None and run_id != scope.run:
            state = None if scope.run else self.current().state
            if state is None or state.meta.run_id != run_id:
                return False
        return is_run_id(run_id)

    def _remember(self, run_id: str, snapshot: _State) -> None:
        self._snapshots[run_id] = snapshot
        if len(self._snapshots) > MAX_SNAPSHOTS_KEPT:
            del self._snapshots[next(iter(self._snapshots))]


def _no_problem() -> str | None:
    return None


class _Document:
    """A document that need not be read again while its version stays."""

    def __init__(self, backend: Backend, key: Key) -> None:
        self._backend, self._key = backend, key
        self._seen: Version | None = None

    def look(self, version: Version) -> bool:
        """Read it if this is another version; whether anything may be different now."""
        before, self._seen = self._seen, version
        if before == version:
            return False
        self._renew()
        return True

    def _renew(self) -> None:
        raise NotImplementedError


class _State(_Document):
    """A state, what was last read of it, and what is wrong with it now."""

    def __init__(self, backend: Backend, key: Key) -> None:
        super().__init__(backend, key)
        self._name = backend.called(key)
        self._problem: Problem | None = absent(self._name)
        self.state: DashboardState | None = None
        self.raw: bytes | None = None

    def _renew(self) -> None:
        try:
            raw = self._backend.read(self._key)
        except FileNotFoundError:
            self._problem = (vanished if self.state else absent)(self._name)
        except OSError as problem:
            self._problem = unreadable(self._name, problem.strerror or str(problem))
        else:
            self._take(raw)

    def _take(self, raw: bytes) -> None:
        found = state_or_problem(raw, self._name)
        if isinstance(found, Problem):
            self._problem = found
        else:
            self._problem, self.state, self.raw = None, found, raw

    def observation(self, heartbeat: ObserverHeartbeat | None, unsaved: str | None = None) -> Observation:
        """Tell what is known; `unsaved` says why it is not what is true now."""
        problem = not_saved(unsaved) if unsaved else self._problem
        condition: Condition = problem.condition if problem else "ok"
        sentence = problem.sentence if problem else None
        etag = short_digest(f"{condition}\n{sentence or ''}\n".encode() + (self.raw or b""))
        return Observation(self.state, etag, condition, sentence, heartbeat, self.raw)


class _Heartbeat(_Document):
    """The observer's sign of life; one that cannot be read is none."""

    value: ObserverHeartbeat | None = None

    def look(self, version: Version) -> bool:
        """One that is still to come bears a clock that is ahead, or was: it was given now at the latest.

        Without that, an observer that ended before a clock was put back would be taken for alive until then.
        """
        is_news, now = super().look(version), datetime.now(UTC)
        if self.value is None or self.value.observed_at <= now:
            return is_news
        self.value = self.value.model_copy(update={"observed_at": now})
        return True

    def _renew(self) -> None:
        try:
            self.value = ObserverHeartbeat.model_validate_json(self._backend.read(self._key))
        except (OSError, ValidationError):
            self.value = None
