"""A table of one part of the data -> tables beside it of the other part, which nothing names.

Input: the stream's table, and which series were read. Output: paths. DVCLive, CatBoost and others write a file a part
(`train/loss.tsv` and `val/loss.tsv`, `learn_error.tsv` and `test_error.tsv`): who names one of them has seen half of
the losses. A file counts only where the very columns that are asked for hold numbers in it, in more than one row: a
data set is none, nor is one evaluation at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from collectors.contract.streams import Stream
from collectors.observe.cache import ReadCache
from collectors.observe.loss_tables import columns_of, written_of
from collectors.training.evidence import ReadFile
from collectors.training.series import is_validation, other_paths


def unnamed_beside(
    cache: ReadCache, stream: Stream, table: ReadFile[Any] | None, series: Iterable[str]
) -> tuple[str, ...]:
    """Paths of tables like the stream's own that hold the part of the data of which no series was read."""
    described = stream.loss_history
    if described is None or isinstance(described.path, tuple) or table is None or table.evidence is None:
        return ()
    read = [is_validation(name) for name in series]
    if not read or len(set(read)) == 2:
        return ()
    columns = columns_of(described.columns, stream.completion.early_stop_key)
    options = {"columns": columns} | written_of(described)
    there = (path for path in other_paths(table.path, is_validation=read[0]) if cache.workspace.facts(path).exists)
    return tuple(path for path in there if _is_a_curve(cache.read("loss_table", path, **options)))


def _is_a_curve(table: ReadFile[Any]) -> bool:
    return table.evidence is not None and len(list(islice((row for row in table.evidence.rows if row.values), 2))) == 2
