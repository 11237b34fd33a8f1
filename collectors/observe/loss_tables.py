"""What a description says of a stream's table -> the table as it was read: one file, or several as one.

Reads through the cache. Of one pattern the caller's choice counts; a list of paths is one table, and every match of its
patterns a part of it. Refuses more than `MOST_FILES` of them, and says so.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from collectors.contract.shapes import is_pattern
from collectors.contract.streams import Stream
from collectors.contract.table import PLACES, Column, LossHistory
from collectors.evidence.files import Finding
from collectors.evidence.tables import LossTableEvidence
from collectors.observe.cache import ReadCache
from collectors.readers.tables.columns import EARLY_STOP, LossColumns
from collectors.readers.tables.written import PLAINLY, Written
from collectors.training.evidence import ReadFile

MOST_FILES: Final = 200
VALIDATION: Final = "val_loss"
VALUE: Final = "(?P<value>"
"""Group of a line in a file that holds one series and does not name it."""
Choose = Callable[[Sequence[str]], str]


def read_table(cache: ReadCache, stream: Stream, choose: Choose) -> ReadFile[Any] | None:
    """The stream's table; None where it is described without one. `choose`: the path that counts of some candidates."""
    table = stream.loss_history
    if table is None:
        return None
    columns = _asked_of(stream, table.columns)
    if isinstance(table.path, tuple):
        return _several(cache, table.path, columns or LossColumns(), written_of(table))
    return cache.read("loss_table", choose((table.path,)), columns=columns, **written_of(table))


def _asked_of(stream: Stream, named: Mapping[str, Column]) -> LossColumns | None:
    """Which columns are meant. A training without validation is one: unless somebody named it, nobody misses it."""
    columns = columns_of(named, stream.completion.early_stop_key)
    if VALIDATION in stream.tags or not named.keys() <= PLACES:
        return columns
    return replace(columns or LossColumns(), unasked=(VALIDATION,))


def written_of(table: LossHistory) -> dict[str, Written]:
    """The reader's option for how a table is written; none where it is written as usual."""
    written = Written(table.prefix, table.lines)
    return {} if written == PLAINLY else {"written": written}


def _several(
    cache: ReadCache, paths: tuple[str, ...], columns: LossColumns, written: Mapping[str, Written]
) -> ReadFile[Any]:
    """Every file as one table, under the path of the first that is there."""
    from collectors.readers.tables.several import columns_in

    every = {found: None for path in paths for found in (cache.search([path]) if is_pattern(path) else [path])}
    named = {path: _name_in(path, _root_of(paths)) for path in list(every)[:MOST_FILES]}
    files = [
        (name, cache.read("loss_table", path, columns=columns_in(columns, name), **_called(name, written)))
        for path, name in named.items()
    ]
    files.sort(key=lambda file: file[1].missing)
    if not files or files[0][1].missing:
        return files[0][1] if files else cache.read("loss_table", paths[0])
    return cache.join([file for _, file in files], lambda: _joined(files, columns, len(every)))


def _called(name: str, written: Mapping[str, Written]) -> dict[str, Written]:
    """How one of several files is written: what its lines call `value` is the series that the file is called."""
    series = re.sub(r"\W", "_", name.rpartition("/")[2])
    if not series.isidentifier():
        return dict(written)
    lines = {key: tuple(line.replace(VALUE, f"(?P<{series}>") for line in w.lines) for key, w in written.items()}
    return {key: replace(how, lines=lines[key]) for key, how in written.items()}


def _joined(files: Sequence[tuple[str, ReadFile[Any]]], columns: LossColumns, count: int) -> LossTableEvidence:
    from collectors.readers.tables.several import joined_tables

    found = joined_tables([(name, file.evidence) for name, file in files if file.evidence is not None], columns)
    lost = [
        Finding("error" if file.facts.problem else "warning", f"{file.path} {file.facts.problem or 'is not there'}")
        for _, file in files
        if file.evidence is None
    ]
    if count > MOST_FILES:
        lost.append(Finding("warning", f"{count:,} files fit its path: the first {MOST_FILES} are read"))
    return replace(found, findings=(*found.findings, *lost))


def _root_of(paths: Sequence[str]) -> str:
    """The folder below which files are named: what all paths share before their first wildcard."""
    return posixpath.commonpath([posixpath.dirname(_fixed(path)) for path in paths])


def _fixed(path: str) -> str:
    """The part of a pattern before its first wildcard."""
    return path[: min((at for sign in "*?[" if (at := path.find(sign)) >= 0), default=len(path))]


def _name_in(path: str, root: str) -> str:
    """How a file is called among its like: its path below the root, without the ending."""
    return posixpath.splitext(path.removeprefix(f"{root}/") if root else path)[0]


def columns_of(named: Mapping[str, Column], early_stop: str | None = None) -> LossColumns | None:
    """Which columns of a table are meant; None where the usual ones are."""
    if not named and early_stop is None:
        return None
    usual = LossColumns()
    series = {name: said.column for name, said in named.items() if name not in PLACES}
    places = {name: said.column for name, said in named.items() if name in PLACES}
    return LossColumns(
        epoch=places.get("epoch", usual.epoch),
        step=places.get("step", usual.step),
        time=places.get("time", usual.time),
        series={**(series or usual.series), **({EARLY_STOP: (early_stop,)} if early_stop else {})},
        where={name: said.where for name, said in named.items() if said.where},
    )
