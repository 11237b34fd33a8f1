"""What the files of ended runs were when they were first seen, kept in the store: a later one is another one.

Input: what one collection read. Output: the same with what is remembered, and the memory of the next one. It never
overwrites what was seen once nobody should write any more; another run, or another end of the same, begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from collectors.contract.remembered import SeenFile
from collectors.store.backend import StoreProblem
from collectors.store.store import Store
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.run_end import end_of_run, files_of_ended_runs, is_changed, settled_at

MOST_FILES: Final = 1_000
"""Those that were seen last: far more than a workspace's streams have, and no more with every run."""


class AfterEnd:
    """The memory of one store; without a store, of nothing. Never raises: what cannot be kept is seen anew."""

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
        self._known: Mapping[str, SeenFile] = store.seen_after_end() if store is not None else {}
        self._kept: Mapping[str, SeenFile] = self._known

    def added_to(self, seen: WorkspaceEvidence, now: float) -> WorkspaceEvidence:
        """The evidence with what is remembered of its files; `now` in seconds since the Unix epoch."""
        told = replace(seen, after_end=self._known)
        self._known = _latest({**self._known, **_todays(told, now)})
        return told

    def keep(self) -> None:
        """Write down what is new."""
        if self._store is None or self._known == self._kept:
            return
        with suppress(StoreProblem):
            self._store.remember_after_end(self._known)
            self._kept = self._known


def _latest(known: Mapping[str, SeenFile]) -> Mapping[str, SeenFile]:
    if len(known) <= MOST_FILES:
        return known
    return dict(sorted(known.items(), key=lambda one: one[1].seen_at)[-MOST_FILES:])


def _todays(seen: WorkspaceEvidence, now: float) -> dict[str, SeenFile]:
    """What is to be remembered from now on of each file, where that is something else than before."""
    found = {}
    for s, file in ((s, one) for _, s, whole in files_of_ended_runs(seen) for one in whole.files):
        before, ended, settled = seen.after_end.get(file.path), end_of_run(s), settled_at(s)
        if file.sha256 is None or ended is None or settled is None or is_changed(file, before, s):
            continue
        today = SeenFile(file.sha256, now, ended)
        same = before is not None and (before.sha256, before.ended_at) == (today.sha256, today.ended_at)
        if before is None or not same or before.seen_at <= settled < now:
            found[file.path] = today
    return found
