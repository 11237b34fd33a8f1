"""The reader and the stored runs -> what can be shown and compared: a run, the baseline, their delta.

`live` or nothing is the current state; any other word is the exact id of a stored run. What cannot be a
run's id is the same as a run that is not there. It judges nothing, and writes only the pinned baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from collectors.compare.compare import compare
from collectors.compare.regression import windowed
from collectors.contract.delta import Delta
from collectors.contract.policy import Policy
from collectors.contract.run_row import RunRow
from collectors.contract.state import DashboardState
from collectors.store.runs import RunStore, is_run_id
from dash_app.auth.identity import asking
from dash_app.reading.observation import Observation
from dash_app.reading.query import LIVE, NO_BASELINE
from dash_app.reading.reader import StateReader

DELTAS_KEPT = 32


@dataclass(frozen=True)
class Compared:
    """What is shown, and the baseline beside it."""

    shown: Observation
    """The run, or what is wrong with it."""
    baseline_id: str | None
    """Id of the baseline; null when there is none."""
    baseline: Observation | None
    """The baseline, or what is wrong with it; null when there is none."""
    is_pinned: bool
    """Whether it is the one that everybody gets."""
    delta: Delta | None
    """The comparison; null where one side cannot be read."""


class RunHistory:
    """Everything the page asks about runs; may be asked from several threads."""

    def __init__(self, reader: StateReader, store: RunStore) -> None:
        self.reader = reader
        self._store = store
        self._delta: Callable[[_Pair], Delta] = lru_cache(DELTAS_KEPT)(_delta_of)

    def asked(self, run_id: Any) -> Any:
        """What is asked for; in a frame that is what its link names, whatever else is said."""
        scope = asking().scope
        return run_id if scope is None else scope.run

    def shown(self, run_id: Any) -> Observation:
        """Look at a run: a stored one by its id, the current state for `live` or nothing."""
        run_id = self.asked(run_id)
        return self.reader.current() if is_live(run_id) else self.reader.run(str(run_id))

    def rows(self) -> Sequence[RunRow]:
        """One row a stored run, newest first; of a frame nobody learns which runs there are."""
        return () if asking().scope is not None else self._store.rows()

    def row(self, run_id: str | None) -> RunRow | None:
        """One stored run's row; null where there is none."""
        return self._store.row(run_id) if run_id else None

    def chosen(self, run_ids: Iterable[str]) -> list[RunRow]:
        """The rows of these runs, those that are there; none in a frame."""
        if asking().scope is not None:
            return []
        return [row for run_id in run_ids if (row := self._store.row(run_id)) is not None]

    def states(self, run_ids: Iterable[str]) -> list[DashboardState]:
        """The snapshots of these runs, those that can be read; none in a frame."""
        if asking().scope is not None:
            return []
        return [state for run_id in run_ids if (state := self.reader.run(run_id).state) is not None]

    def pinned(self) -> str | None:
        """Id of the baseline that everybody gets; null when none is pinned."""
        return self._store.baseline()

    def pinned_at(self) -> str | None:
        """When it was pinned, ISO 8601; null where nobody knows."""
        return self._store.pinned_at()

    def pinned_by(self) -> str | None:
        """Who pinned it; null where nobody had to say who they are."""
        return self._store.pinned_by()

    def policy(self) -> Policy:
        """The policy that comparisons are judged by."""
        return self._store.policy()

    def baseline_id(self, choice: Any) -> str | None:
        """Id of the baseline for what the URL says: nothing is the pinned one. A frame shows one run, and no other."""
        if choice == NO_BASELINE or asking().scope is not None:
            return None
        return str(choice) if choice else self.pinned()

    def compared(self, run_id: Any, choice: Any) -> Compared:
        """Look at a run and its baseline."""
        shown, baseline_id = self.shown(run_id), self.baseline_id(choice)
        baseline = self.reader.run(baseline_id) if baseline_id else None
        delta = self.delta(shown, baseline) if baseline else None
        is_pinned = baseline_id is not None and baseline_id == self.pinned()
        return Compared(shown, baseline_id, baseline, is_pinned, delta)

    def delta(self, run: Observation, baseline: Observation) -> Delta | None:
        """Compare two observations by the stored policy; null where one has no state."""
        if run.state is None or baseline.state is None:
            return None
        return self._delta(_Pair(run, baseline, self.policy(), self.reader))

    def pin(self, run_id: str | None, by: str | None = None) -> None:
        """Pin a run for everybody, or nothing. Raises RunProblem and StoreProblem."""
        if run_id is None:
            self._store.unpin()
        else:
            self._store.pin(run_id, by)


class _Pair:
    """Two observations and a policy, told apart by their etags alone."""

    def __init__(self, run: Observation, baseline: Observation, policy: Policy, reader: StateReader) -> None:
        self.run, self.baseline, self.policy, self.reader = run, baseline, policy, reader
        self._key = (run.etag, baseline.etag, policy.model_dump_json())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pair) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


def _delta_of(pair: _Pair) -> Delta:
    sides = (pair.run, pair.baseline)
    run, baseline = map(pair.reader.whole, sides) if windowed(pair.policy) else (side.state for side in sides)
    if run is None or baseline is None:
        raise ValueError("both sides need a state")
    return compare(run, baseline, pair.policy)


def is_live(run_id: Any) -> bool:
    """Whether this names the current state."""
    return not run_id or run_id == LIVE


def known_ids(ids: Any, most: int) -> tuple[str, ...]:
    """Return what can be run ids of a list that somebody sent, each once, at most `most`."""
    words = ids if isinstance(ids, list) else []
    wished = dict.fromkeys(word for word in words if isinstance(word, str) and is_run_id(word))
    return tuple(wished)[:most]
