"""The runs of one store: their rows, snapshots, the baseline, and what removes them.

Input: a store. Output: rows newest first, one snapshot, the pinned baseline's id. Rows come
from the index; a row that is missing, wrong or older than its snapshot is made anew from the snapshot.
A snapshot that cannot be read has a row that says so. It refuses to remove the baseline unasked.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from pydantic import ValidationError

from collectors.contract.policy import Policy
from collectors.contract.run_row import FileFacts, RunRow
from collectors.contract.state import DashboardState, state_from_json
from collectors.contract.values import RUN_ID_PATTERN
from collectors.files.problems import describe_error
from collectors.store.backend import (
    BASELINE,
    INDEX,
    POLICY,
    RUNS,
    Backend,
    Key,
    Kind,
    StoreProblem,
    Version,
    mapping_in,
)
from collectors.store.curves import forget_curves, whole
from collectors.store.index import CONTENTS_FROM, Head, HeadsFound, RunRows, head_of, heads_in, index_of, without_cycles
from collectors.store.place import Place, backend_at
from collectors.store.rows import damaged_row, first_error, row_of

SPARE_LINES = 64
"""So many lines of the index may be out of date before it is written anew."""
Versions = tuple[Version, ...]
"""Of the runs and of their index."""
_RUN_ID: Final = re.compile(RUN_ID_PATTERN)


class RunProblem(ValueError):
    """What was asked of a run cannot be done; the message is one line for a person."""


def is_run_id(text: str) -> bool:
    """Whether this could be a run's id; nothing is normalised."""
    return _RUN_ID.fullmatch(text) is not None


class RunStore:
    """The runs of one store; may be asked from several threads.

    With `heal` an index that is out of date is written anew where that is possible.
    """

    def __init__(self, place: Place, *, heal: bool = False) -> None:
        self._backend = backend_at(place)
        self._heals = heal
        self._lock = threading.Lock()
        self._seen: Versions | None = None
        self._rows = RunRows(())
        self._made: dict[str, Head] = {}

    def rows(self) -> RunRows:
        """One row a run, newest first. The same object comes back while runs and index stay the same."""
        with self._lock:
            seen = self._backend.versions(RUNS, INDEX)
            if seen != self._seen:
                self._rows = self._load(seen)
                self._seen = seen
            return self._rows

    def _load(self, seen: Versions) -> RunRows:
        with without_cycles():
            written = heads_in(self._index())
            files = dict(_snapshots(self._backend, written.heads))
            # In the order of the index, which is that of time: sorting what is sorted costs nothing.
            heads = [head for run_id, head in written.heads.items() if files.get(run_id) == head.facts]
            made = self._made_heads(files, heads)
            rows = RunRows((*heads, *made.values()))
        self._made = made
        if self._heals and (made or _is_worth_writing(written, len(rows))):
            self._write_index(rows, seen)
        return rows

    def _index(self) -> bytes:
        try:
            return self._backend.read(INDEX)
        except OSError:
            return b""

    def _made_heads(self, files: Mapping[str, FileFacts], heads: Sequence[Head]) -> dict[str, Head]:
        """The heads of snapshots that the index does not have as they are."""
        if len(heads) == len(files):
            return {}
        known = {head.run_id for head in heads}
        return {run_id: self._made_head(run_id, facts) for run_id, facts in files.items() if run_id not in known}

    def _made_head(self, run_id: str, facts: FileFacts) -> Head:
        """The head that the index does not have; where nobody can write it, it is made only once."""
        known = self._made.get(run_id)
        return known if known is not None and known.facts == facts else head_of(self._row(run_id, facts))

    def _row(self, run_id: str, facts: FileFacts) -> RunRow:
        found = self._read(run_id)
        return damaged_row(run_id, found, facts) if isinstance(found, str) else row_of(found, facts)

    def _read(self, run_id: str) -> DashboardState | str:
        """A snapshot, or why it cannot be read."""
        try:
            state = state_from_json(self._backend.read(Key(Kind.RUN, run_id)))
        except OSError as error:
            return describe_error(error)
        except ValidationError as error:
            return first_error(error)
        if state.meta.run_id != run_id:
            return f"it holds the run {state.meta.run_id}"
        return state

    def _write_index(self, rows: RunRows, seen: Versions) -> None:
        """Write the index anew, unless somebody changed something since `seen`."""
        data = index_of(rows.oldest_first)
        # What cannot be written is read all the same.
        with suppress(StoreProblem), self._backend.writing():
            if self._backend.versions(RUNS, INDEX) == seen:
                self._backend.write(INDEX, data)

    def row(self, run_id: str) -> RunRow | None:
        """One run's row; None where there is no such run."""
        return self.rows().find(run_id)

    def _has(self, run_id: str) -> bool:
        return is_run_id(run_id) and self._backend.facts(Key(Kind.RUN, run_id)) is not None

    def snapshot(self, run_id: str) -> DashboardState | None:
        """One run's snapshot by its exact id; None where there is none or it cannot be read."""
        found = self._read(run_id) if is_run_id(run_id) else None
        return found if isinstance(found, DashboardState) else None

    def whole(self, state: DashboardState) -> DashboardState:
        """A stored state with every curve as long as it is kept."""
        return whole(self._backend, state)

    def required(self, run_id: str) -> DashboardState:
        """One run's snapshot by its exact id. Raises RunProblem where it is absent or damaged."""
        if not self._has(run_id):
            raise RunProblem(f"there is no run {run_id}; `runs list` shows those that are stored")
        found = self._read(run_id)
        if isinstance(found, str):
            raise RunProblem(f"the snapshot of {run_id} cannot be read: {found}")
        return found

    def baseline(self) -> str | None:
        """Id of the pinned baseline; None where none is pinned. Its snapshot may be gone."""
        run_id = mapping_in(self._backend, BASELINE).get("run_id")
        return run_id if isinstance(run_id, str) and is_run_id(run_id) else None

    def pinned_at(self) -> str | None:
        """When the baseline was pinned, ISO 8601 in UTC; None where nobody knows."""
        told = mapping_in(self._backend, BASELINE).get("pinned_at")
        try:
            return datetime.fromisoformat(told).astimezone(UTC).isoformat() if isinstance(told, str) else None
        except (ValueError, OverflowError):
            return None

    def pinned_by(self) -> str | None:
        """Who pinned the baseline; None where nobody had to say who they are."""
        told = mapping_in(self._backend, BASELINE).get("pinned_by")
        return told if isinstance(told, str) else None

    def pin(self, run_id: str, by: str | None = None) -> None:
        """Make a run the baseline for everybody. Raises RunProblem and StoreProblem."""
        self.required(run_id)
        pinned = {"run_id": run_id, "pinned_at": datetime.now(UTC).isoformat()} | ({"pinned_by": by} if by else {})
        with self._backend.writing():
            self._backend.write(BASELINE, json.dumps(pinned).encode() + b"\n")

    def unpin(self) -> None:
        """Let there be no baseline. Raises StoreProblem."""
        with self._backend.writing():
            self._backend.delete(BASELINE)

    def policy(self) -> Policy:
        """The regression policy of the observed workspace; the default one where none is stored."""
        try:
            return Policy.model_validate(mapping_in(self._backend, POLICY))
        except ValidationError:
            return Policy()

    def write_policy(self, policy: Policy) -> None:
        """Store the policy for those who do not read the configuration. Raises StoreProblem."""
        if self._backend.facts(POLICY) is not None and self.policy() == policy:
            return
        with self._backend.writing():
            self._backend.write(POLICY, policy.model_dump_json().encode() + b"\n")

    def delete(self, run_ids: Iterable[str], *, force: bool = False) -> None:
        """Remove snapshots, damaged ones too; all or none. Raises RunProblem and StoreProblem.

        The baseline is refused without `force`; with it nothing is pinned afterwards.
        """
        asked, pinned = list(dict.fromkeys(run_ids)), self.baseline()
        for run_id in asked:
            if not self._has(run_id):
                raise RunProblem(f"there is no run {run_id}; nothing was removed")
            if run_id == pinned and not force:
                raise RunProblem(f"{run_id} is the baseline; nothing was removed (--force removes it all the same)")
        if pinned in asked:
            self.unpin()
        with self._backend.writing():
            for run_id in asked:
                self._backend.delete(Key(Kind.RUN, run_id))
                forget_curves(self._backend, run_id)
                self._backend.delete(Key(Kind.DECISIONS, run_id))

    def prune(self, keep: int, *, spared: Iterable[str] = ()) -> list[str]:
        """Remove all but the newest `keep` runs and return their ids. Raises StoreProblem.

        The baseline, `spared`, damaged runs and those a person has named are never removed.
        """
        safe = {self.baseline(), *spared}
        automatic = [row["run_id"] for row in self.rows() if not row["named"] and not row["problem"]]
        too_many = [run_id for run_id in automatic[max(keep, 0) :] if run_id not in safe]
        self.delete(too_many)
        return too_many


def _is_worth_writing(written: HeadsFound, count: int) -> bool:
    """Whether an index has wrong lines, too many replaced ones, or too many that its contents do not list."""
    replaced, unlisted = written.lines - count, written.lines - written.listed
    return bool(written.wrong) or replaced > max(SPARE_LINES, count) or unlisted > max(CONTENTS_FROM, count // 2)


def _snapshots(backend: Backend, known: Container[str]) -> Iterator[tuple[str, FileFacts]]:
    """Run id, size and time of every snapshot; `known` are ids that need no second look."""
    return ((run_id, facts) for run_id, facts in backend.list(Kind.RUN) if run_id in known or is_run_id(run_id))
