"""The stored snapshots -> one small row a run, newest first.

A snapshot is read again only when it changed. What cannot be read has a row that says so.
"""

from __future__ import annotations

from typing import Any

from collectors.state import DashboardState
from dash_app.state_reader import StateReader

Row = dict[str, Any]


class RunList:
    """Rows of the runs that one reader knows."""

    def __init__(self, reader: StateReader) -> None:
        self._reader = reader

    def rows(self) -> list[Row]:
        """Return the rows: run id, title, times in ISO 8601, verdict and counts."""
        rows = [self._row(run_id) for run_id in self._reader.run_ids()]
        return sorted(rows, key=lambda row: row["started_at"] or "", reverse=True)

    def _row(self, run_id: str) -> Row:
        seen = self._reader.run(run_id)
        if seen.state is None:
            return {"run_id": run_id, "started_at": None, "problem": seen.sentence}
        return _row_of(seen.state)


def _row_of(state: DashboardState) -> Row:
    meta = state.meta.model_dump(mode="json", include={"run_id", "title", "started_at"})
    times = state.meta.model_dump(mode="json", include={"finished_at", "timestamp"})
    return meta | times | {"verdict": state.verdict.model_dump(mode="json"), "problem": None}
