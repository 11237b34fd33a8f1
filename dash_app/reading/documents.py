"""A state and the documents of longer curves beside it -> the state with its curves, and which version its charts are.

A few documents are kept as they were read last; everything else is read again when it is asked for. It judges nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Final

from collectors.contract.metrics import CurveDocument, StreamMetrics
from collectors.contract.state import DashboardState
from collectors.digest import short_digest
from collectors.store.backend import Backend
from collectors.store.curves import read_curves
from collectors.training.courses import with_curves

MOST_KEPT: Final = 4


class Documents:
    """Documents of curves of one store; may be asked from several threads."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], CurveDocument] = {}

    def whole(self, state: DashboardState, streams: Collection[str] | None = None) -> DashboardState:
        """A state with every curve of these streams, or of all, as long as it is kept."""
        chosen = state.metrics if streams is None else streams
        run_id = state.meta.run_id
        metrics = {s: self._whole(run_id, s, run) if s in chosen else run for s, run in state.metrics.items()}
        return state.model_copy(update={"metrics": metrics})

    def _whole(self, run_id: str, stream: str, run: StreamMetrics) -> StreamMetrics:
        return with_curves(run, self.document(run_id, stream, run.curves) if run.curves else None)

    def document(self, run_id: str, stream: str, digest: str) -> CurveDocument | None:
        """The longer curves of one stream; None where they cannot be read."""
        name = (run_id, stream, digest)
        with self._lock:
            known = self._kept.pop(name, None)
        found = known or read_curves(self._backend, run_id, stream, digest)
        if found is not None:
            with self._lock:
                self._kept[name] = found
                while len(self._kept) > MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
        return found


def curves_version(run: StreamMetrics) -> str:
    """Equal versions draw the same charts: curves and their names, where they are not finite, and where axes end."""
    done = run.completion
    ends = f"{done.epochs} {done.steps} {done.expected_end_at}"
    shown = run.model_dump_json(include={"label", "series", "curves", "about", "nonfinite"})
    return short_digest(f"{ends}\n{shown}", 16)
