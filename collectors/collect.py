"""The conductor: workspace -> evidence -> checks -> state, once or again and again.

Input: a workspace, its configuration and the state directory. Output: a DashboardState, stored when
it changed. It judges nothing itself, and executes only what the operator asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from collectors.contract.pipeline import PipelineConfig
from collectors.contract.state import Check, DashboardState
from collectors.decisions.analysis import Analysis
from collectors.decisions.summary import notices_of
from collectors.files.workspace import Workspace
from collectors.judge.build import BUILTIN, Observation, build_state
from collectors.judge.checklist import judge
from collectors.judge.steps import Judged
from collectors.judge.verdict import verdict_of
from collectors.observe.after_end import AfterEnd
from collectors.observe.cache import ReadCache
from collectors.observe.described import Described, Sight
from collectors.observe.gather import Gatherer
from collectors.observe.memory import Learnt
from collectors.observe.own_commands import Place
from collectors.observe.point_index import index_points
from collectors.observe.signs import signs_of
from collectors.observe.smoke_runs import Scoring, SmokeRuns
from collectors.observe.validator import run_validator
from collectors.readers.child.process import ReaderProcess, ReadLimits
from collectors.store.snapshots import History
from collectors.store.store import Store
from collectors.training.evidence import WorkspaceEvidence

MOST_NOTICES = 8


def say(line: str) -> None:
    """Tell the person who waits; answers alone go to standard output."""
    print(line, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class CollectOptions:
    """What the operator asked for on the command line."""

    config_file: Path | None = None
    allow_roots: tuple[Path, ...] = ()
    run_smoke: bool = False
    run_validator: bool = False
    smoke_python: str = sys.executable
    smoke_timeout_seconds: float | None = None
    run_id: str | None = None
    keep_runs: int | None = None
    """How many runs are kept when a new one is stored; None: all of them."""
    pipeline: PipelineConfig | None = None
    """Instead of a `dashboard.yaml`."""
    untold: Mapping[str, str] = field(default_factory=dict)
    """Check id -> why the files at hand cannot tell, for runs from elsewhere."""
    announce: Callable[[str], None] = field(default=say)


class Collector:
    """Observes one workspace. Close it, or use it in a `with` statement.

    Raises WorkspaceProblem, ConfigProblem and StoreProblem.
    """

    def __init__(self, root: Path, store: Store | None, options: CollectOptions | None = None) -> None:
        self.options = options or CollectOptions()
        self.root = root
        self.store = store
        self.workspace = Workspace(root, self.options.allow_roots)
        self._child = ReaderProcess()
        if store is None and self.options.pipeline is None:  # it starts while it is found out what to read
            self._child.start()
        with ExitStack() as undoing:
            undoing.callback(self.workspace.close)
            undoing.callback(self._child.close)
            self._sight = Sight(self.workspace, self.options.config_file, self.options.pipeline)
            undoing.pop_all()
        asked = self.options
        self._smoke = SmokeRuns(store, Scoring(root, asked.smoke_python, asked.smoke_timeout_seconds, asked.announce))
        self._external: tuple[Check, ...] | None = None
        self.notices: tuple[str, ...] = ()
        self.trusts_listings = False  # whether nothing was made, moved or removed since the last look
        self._stored: tuple[Any, DashboardState] | None = None
        self._snapshot_is_due = False
        self._last: tuple[Any, DashboardState] | None = None
        self._seen: WorkspaceEvidence | None = None
        self._decided: Analysis | None = None
        self._drawn: tuple[str, str] | None = None
        self._use(self._sight.seen)

    def _use(self, described: Described) -> None:
        """Read and judge by this description from now on; what was read by another one is read again."""
        self.described, self.config = described, described.config
        store, self._last = self.store, None
        self._child.limits = ReadLimits(self.config.limits.seconds, self.config.limits.memory_bytes)
        learnt = Learnt(store.backend, self.config.model_dump_json()) if store is not None else None
        self._learnt = learnt
        self._cache = ReadCache(self.workspace, self._child, self.config.limits, learnt)
        self._gatherer = Gatherer(self.config, self._cache, self._smoke.remembered, AfterEnd(store))
        self._history = History(store, self.config, self.options.keep_runs) if store is not None else None

    def _look_again(self) -> None:
        """Go on with what the workspace is by now, where a trainer describes it: another run, or the first one."""
        fresh = self._sight.again()
        if fresh is None:
            return
        if fresh.trainer != self.described.trainer:
            self.options.announce(fresh.words)
        if fresh.config == self.config:
            self.described, self._last = fresh, None
            return
        self.keep()
        self._use(fresh)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep what was learnt, close the workspace, end the reader process."""
        self.keep()
        self._child.close()
        self.workspace.close()

    def collect(
        self, previous: DashboardState | None = None, *, snapshot: bool = False, at_end: bool = False
    ) -> DashboardState:
        """Observe once. `previous` lends its times where nothing changed; nothing is written.

        The state says that its snapshot is stored where `export` is about to: now, or at the run's end.
        """
        now = datetime.now(UTC)
        self.workspace.renew()
        self._look_again()
        if not self.trusts_listings:
            self._cache.forget_listings()
        seen = self._gatherer.gather(now.timestamp())
        if self.options.run_smoke and self._smoke.run(seen, self._cache):
            self._cache.forget_listings()
            seen = self._gatherer.gather(now.timestamp())
        run_id = self.options.run_id or seen.run_id
        pinned = self._history.pinned() if self._history else None
        seen = replace(seen, run_id=run_id, baseline=pinned, untold=self.options.untold)
        seen = replace(seen, unrecognised=self.described.unrecognised)
        self._snapshot_is_due = snapshot or (at_end and seen.has_ended)
        stored = self._snapshot_is_due or (self._history is not None and self._history.has(run_id))
        sign = (self._cache.readings, run_id, stored, self.notices, signs_of(seen), pinned)
        if previous is not None and self._last == (sign, previous):
            return previous
        if self._learnt is not None:
            index_points(seen, run_id, self._gatherer, self._learnt)
        state = self._judge(seen, now, (run_id, stored), previous)
        self._last, self._seen = (sign, state), seen
        return state

    def curves(self, stream: str) -> bytes | None:
        """The document of a stream's longer curves, as the last state names it; None before there is one."""
        return self._seen.curve_document(stream) if self._seen is not None else None

    def keep(self) -> None:
        """Keep what was learnt in the state directory, so that a restart reads only what is new."""
        stored = self._stored  # none where another collector keeps the state: what it needs is not known here
        self._cache.forget_gone(stored[1].meta.run_id if stored is not None else None)
        self._cache.save()
        self._gatherer.after_end.keep()

    def _judge(
        self, seen: WorkspaceEvidence, now: datetime, run: tuple[str, bool], previous: DashboardState | None
    ) -> DashboardState:
        found, source = self._checklist(seen)
        self._decided = seen.decisions
        about = Observation(
            workspace=self.workspace.name,
            now=now,
            run_id=run[0],
            checks=found.checks,
            steps=found.steps,
            verdict=verdict_of(found.checks, seen),
            checklist_source=source,
            snapshot_stored=run[1],
            digest_key=self.store.digest_key() if self.store else None,
            judged_before=self._history.judged_before(run[0]) if self._history else None,
            recognised=self.described.recognised,
            notices=(
                *self.notices,
                *self.described.notices,
                *notices_of(seen.decisions),
                *(str(problem) for problem in seen.problems[:MOST_NOTICES]),
            ),
        )
        return build_state(seen, about, previous)

    def export(self, *, snapshot: bool = False, at_end: bool = False, keep: bool = True) -> DashboardState:
        """Observe once and store the state if it changed. Raises StoreProblem.

        `at_end` stores the snapshot of a run that has ended, and again while its outputs change.
        Without `keep` the state is left to another collector; only the snapshot is stored.
        """
        if self.store is None or self._history is None:
            raise ValueError("export needs a store")
        previous = self._stored_state(self.store)
        state = self.collect(previous, snapshot=snapshot, at_end=at_end)
        if self._snapshot_is_due:
            self._history.store(state, self.curves)
        if keep:
            self._draw_decisions(self.store, state)
            if state is not previous and state != previous:
                self.store.write_state(state, self.curves)
            self._history.tell_policy()
            self._stored = (self.store.state_version(), state)
        return state

    def _draw_decisions(self, store: Store, state: DashboardState) -> None:
        """Store what the page draws of a scoring, before the state that speaks of it. Raises StoreProblem."""
        if state.decisions is None or self._decided is None:
            return
        from collectors.decisions.document import document_of

        drawn = (state.meta.run_id, state.decisions.digest)
        if self._drawn != drawn:
            labels = {stream.id: stream.label for stream in self.config.streams}
            store.write_decisions(document_of(self._decided, state.meta.run_id, labels))
            self._drawn = drawn

    def _stored_state(self, store: Store) -> DashboardState | None:
        """The stored state, read again only when somebody else has written it."""
        if self._stored is not None and self._stored[0] is not None and self._stored[0] == store.state_version():
            return self._stored[1]
        return store.read_state()

    def _checklist(self, seen: WorkspaceEvidence) -> tuple[Judged, str]:
        validator = self.config.validator
        if validator is None or not self.options.run_validator:
            return judge(seen), BUILTIN
        if self._external is None:
            place = Place(self.root, self.options.smoke_python, validator.timeout_seconds)
            self._external = run_validator(validator.command, place, self.options.announce)
        return judge(seen, self._external), " ".join(validator.command)
