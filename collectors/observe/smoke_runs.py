"""The workspace's own scoring command, run once for today's files of each stream -> results, remembered by hash.

Input: what was read, and how the operator wants it run. It runs nothing unless it is asked to, and refuses to run for a
stream whose files the command does not name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from collectors.contract.remembered import SmokeResult
from collectors.contract.sections import Smoke
from collectors.observe.cache import ReadCache
from collectors.observe.own_commands import Place, filled_in, run_command
from collectors.observe.smoke_inputs import inputs_of, of_today, unwritten
from collectors.store.store import MOST_SMOKE_RESULTS, Store
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence


@dataclass(frozen=True, slots=True)
class Scoring:
    """Where and how the command runs."""

    root: Path
    python: str
    timeout_seconds: float | None
    """Instead of the description's own limit."""
    announce: Callable[[str], None]


class SmokeRuns:
    """Results of this process, and those that the store remembers."""

    def __init__(self, store: Store | None, scoring: Scoring) -> None:
        self._store = store
        self._scoring = scoring
        self._fresh: dict[tuple[str, str, str], SmokeResult] = {}

    def remembered(self, stream: str, checkpoint: str, config: str) -> SmokeResult | None:
        """The result for files of these hashes; None where there is none."""
        fresh = self._fresh.get((stream, checkpoint, config))
        if fresh is not None or self._store is None:
            return fresh
        return self._store.smoke_result(stream, checkpoint, config)

    def run(self, seen: WorkspaceEvidence, cache: ReadCache) -> bool:
        """Run each stream's scoring command once for today's files; whether any was run."""
        ran = False
        for s in seen.streams:
            hashes = s.scored_hashes
            if hashes is None or seen.config.smoke is None or not seen.config.scores(s.stream):
                continue
            inputs = inputs_of(seen.config, s.id, cache)
            fresh = self._fresh.pop((s.id, *hashes), None)
            if fresh is not None and not of_today(fresh, inputs).outdated_by:
                self._fresh[(s.id, *hashes)] = fresh  # the latest stand last, and the oldest are forgotten first
                continue
            result = self._once(s, seen.config.smoke)
            result = replace(result, inputs=unwritten(inputs, inputs_of(seen.config, s.id, cache)))
            self._fresh[(s.id, *hashes)] = result
            for oldest in list(self._fresh)[:-MOST_SMOKE_RESULTS]:
                del self._fresh[oldest]
            if self._store is not None:
                self._store.remember_smoke(s.id, hashes, result)
            ran = True
        return ran

    def _once(self, s: StreamEvidence, smoke: Smoke) -> SmokeResult:
        scoring = self._scoring
        values = {
            "python": scoring.python,
            "stream": s.id,
            "checkpoint": s.checkpoint.path if s.checkpoint else "",
            "config": s.config.path if s.config else "",
            "workspace": str(scoring.root.resolve()),
        }
        place = Place(scoring.root, timeout_seconds=scoring.timeout_seconds or smoke.timeout_seconds)
        finished = run_command(filled_in(smoke.command, values), place, scoring.announce)
        return SmokeResult(finished.exit_code, finished.tail, datetime.now(UTC).timestamp())
