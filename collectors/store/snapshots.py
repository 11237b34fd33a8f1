"""What a collector does with the history of its store: snapshots, the baseline, the policy.

Input: states as they are collected. Output: the snapshot of the current run, kept in line with
it; the pinned baseline for check 10. It writes only what differs, and removes old runs only where it
was told how many to keep.
"""

from __future__ import annotations

from collectors import __version__
from collectors.contract.pipeline import PipelineConfig
from collectors.contract.remembered import PinnedBaseline
from collectors.contract.state import DashboardState, EarlierJudgement
from collectors.store.backend import Key, Kind, Version
from collectors.store.curves import Source
from collectors.store.runs import SPARE_LINES, RunStore
from collectors.store.store import Store


class History:
    """The runs of one store, for the one that collects into it."""

    def __init__(self, store: Store, config: PipelineConfig, keep: int | None = None) -> None:
        self._store = store
        self._runs = RunStore(store.backend, heal=True)
        self._config = config
        self._keep = keep
        self._stored: DashboardState | None = None
        self._pinned: tuple[Version, PinnedBaseline] | None = None
        self._policy_is_known = False
        self._lines_since = SPARE_LINES  # nobody knows how many the collector before has left
        self._before: tuple[str, EarlierJudgement | None] | None = None

    def has(self, run_id: str) -> bool:
        """Whether a run's snapshot is stored."""
        return self._store.has_snapshot(run_id)

    def judged_before(self, run_id: str) -> EarlierJudgement | None:
        """What another version said of a run, by its stored snapshot; it is looked at once."""
        if self._before is None or self._before[0] != run_id:
            from collectors.compare.rejudged import judgement_of

            found = self._store.read_snapshot(run_id)
            if found is not None and found.meta.collector_version == __version__:
                self._before = (run_id, found.judged_before)
            else:
                self._before = (run_id, judgement_of(found) if found is not None else None)
        return self._before[1]

    def store(self, state: DashboardState, curves: Source) -> None:
        """Make the run's snapshot equal to its state, with the documents that `curves` makes. Raises StoreProblem."""
        run_id = state.meta.run_id
        is_new = not self.has(run_id)
        if not is_new and state is self._stored:
            return
        if is_new or self._as_stored(run_id) != state:
            self._store.write_snapshot(state, curves)
            self._lines_since += 1
        self._stored = state
        if is_new and self._keep is not None:
            self._runs.prune(self._keep, spared=(run_id,))
        if is_new or self._lines_since > SPARE_LINES:
            self._tidy_index()

    def _as_stored(self, run_id: str) -> DashboardState | None:
        """A run's snapshot, read only where it is not the one that was written or seen last."""
        known = self._stored
        return known if known is not None and known.meta.run_id == run_id else self._store.read_snapshot(run_id)

    def _tidy_index(self) -> None:
        """Write an index anew that is out of date: every change of an ended run has appended to it."""
        self._runs.rows()
        self._lines_since = 0

    def tell_policy(self) -> None:
        """Store the regression policy for those who do not read the configuration. Raises StoreProblem."""
        if not self._policy_is_known:
            self._runs.write_policy(self._config.baseline)
            self._policy_is_known = True

    def pinned(self) -> PinnedBaseline | None:
        """The pinned baseline where check 10 is switched on; read again only when it changed."""
        run_id = self._runs.baseline() if self._config.switches_on("baseline") else None
        if run_id is None:
            return None
        (version,) = self._store.backend.versions(Key(Kind.RUN, run_id))
        if self._pinned is None or self._pinned[0] != version or self._pinned[1].run_id != run_id:
            from collectors.compare.regression import windowed  # most runs are compared with none

            found = self._runs.snapshot(run_id)
            is_whole = found is not None and bool(windowed(self._config.baseline))
            self._pinned = (version, PinnedBaseline(run_id, self._runs.whole(found) if found and is_whole else found))
        return self._pinned[1]
