"""A cell that is empty in a column of losses which is full elsewhere. Pure.

What a table does not write at every row (a validation each fifth epoch) stands on a wider grid of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from collectors.evidence.order import distinct
from collectors.judge.findings.epochs_missing import FEWEST, holes_of
from collectors.judge.findings.sources import Source, places_words, table_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.run_files import stride_of
from collectors.training.series import is_validation


def find_empty_cell(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each column of a table that lacks the value of a row in which another loss stands."""
    for s in ended_streams(seen):
        table = table_of(s)
        if table is None:
            continue
        held = _rows(table, table.curves)
        trained = _rows(table, (name for name in table.curves if not is_validation(name)))
        for name, curve in table.curves.items():
            empty = _empty(table, name, held, trained)
            if empty:
                rows = places_words(table.unit, empty)
                text = f"{s.id}: {table.path}: {name} is empty at {rows}, and full in {len(curve):,} other rows"
                yield Found(table.path, s.id, text, f"Look why this value was not written to {table.path}.")


def _rows(table: Source, names: Iterable[str]) -> Any:
    """Places of every row in which one of these losses stands."""
    every = [table.places(name) for name in names]
    return distinct(np.concatenate(every)) if every else np.empty(0)


def _empty(table: Source, name: str, held: Any, trained: Any) -> list[float]:
    """Places of rows in which this loss is missing on its own grid: between its values, or in the very last row."""
    own = table.places(name)
    if table.curves[name].nonfinite is not None or own.size < FEWEST or own.size < len(table.curves[name]):
        return []
    after = trained[trained > own[-1]]  # a row of validation alone, behind the last, is an evaluation afterwards
    last = after.tolist() if after.size == 1 and np.isclose(after - own[-1], stride_of(own)).all() else []
    return [*(place for hole in holes_of(own) for place in hole.of(held).tolist()), *last]


SPEC = FindingSpec(
    id="empty_cell",
    check="training",
    looks_at="a cell of a loss is empty in a column that is otherwise full",
    default="skip",
    short="{}'s loss history has empty cells",
    find=find_empty_cell,
)
