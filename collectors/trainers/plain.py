"""No trainer in particular: event files, or a CSV, TSV, JSONL or JSON with an epoch or step and something measured.

Everything is as its tags and columns say. A total comes from a config that says it; the newest model file is judged.
It is the last to be asked, and never surer than `perhaps`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from collectors.readers.tables.numbers import number
from collectors.trainers.description import (
    CONFIGS,
    MODELS,
    below,
    config_of,
    epochs_of,
    events_of,
    one_stream,
    table_of,
    tags_of,
)
from collectors.trainers.folder import Folder, join, parent, said
from collectors.trainers.names import has_training, is_rate, losses_in, metrics_in
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec
from collectors.training.series import better_way, is_side, is_validation, other_paths

PLACES: Final = frozenset({"epoch", "epochs", "step", "global_step", "iteration", "iter"})
TABLES: Final = ("**/*.csv", "**/*.tsv", "**/*.jsonl", "**/*.ndjson", "**/*.json")
INNER: Final = ("model", "checkpoints", "checkpoint", "models", "weights", "ckpt", "checkpoints/*")
"""Folders in which models are kept beside the logs; Accelerate saves each state into one of its own."""
TRACKED: Final = "*/hparams.yml"
"""What Accelerate's tracker was told of the training, below its event files."""
MOST_ROWS: Final = 50
"""Rows of JSON that are looked at for names: training and validation may stand in different ones."""
FEWEST_RATES: Final = 10
"""Learning rates that show whether they only rise."""
MOST_TABLES: Final = 100
"""Tables that are looked into: a folder of data holds many."""


def recognise(folder: Folder) -> Sequence[Run]:
    """Every folder of event files; without any, every folder with a table."""
    tables = {path: names for path in folder.matching(*TABLES)[:MOST_TABLES] if (names := _names_in(folder, path))}
    tops = _event_folders(folder)
    beside = tables if len(tops) == 1 else None  # of several runs, whose would a table be?
    runs = [_of_events(folder, top, files, beside) for top, files in tops.items()]
    return runs or _of_tables(folder, tables)


def _event_folders(folder: Folder) -> dict[str, list[str]]:
    """Folders that hold event files with scalars, or unread ones -> their files; those below one are its sub-runs."""
    found = {parent(path) for path in folder.event_files if folder.tags(path) or path in folder.unread_events}
    tops = {place for place in found if found.isdisjoint(_above(place))}
    above = {parent(top) for top in tops}
    names = {top.rpartition("/")[2] for top in tops}
    if len(above) == 1 and names <= {"train", "validation", "val", "valid", "eval"}:
        tops = above
    files: dict[str, list[str]] = {top: [] for top in sorted(tops)}
    for path in folder.event_files:
        top = next((place for place in _above(path) if place in tops), None)
        if top is not None:
            files[top].append(path)
    return files


def _above(path: str) -> Iterator[str]:
    """The folders that a path lies in, nearest first; the last one is the workspace."""
    while path:
        path = parent(path)
        yield path


def _names_in(folder: Folder, path: str) -> frozenset[str]:
    """Columns of a table that says where its rows stand; none where it is no table of a training."""
    names = frozenset(_row(folder, path) if ".json" in path or ".ndjson" in path else folder.columns(path))
    is_placed = {name.strip().lower() for name in names} & PLACES
    is_measured = losses_in(names) or any(is_side(name) or better_way(name) for name in names)
    return names if is_placed and is_measured else frozenset()


def _row(folder: Folder, path: str) -> Iterable[str]:
    """Keys of the first rows: of JSON lines, of a list of rows, or of an object of lists."""
    document = folder.document(path)
    if document:
        return [*document, "epoch"] if all(isinstance(values, list) for values in document.values()) else ()
    lines = folder.text(path).lstrip("[ \r\n").split("\n")[:MOST_ROWS]
    return [name for line in lines for name in _keys(line.strip(" ,\r]"))]


def _keys(line: str) -> Iterable[str]:
    """Names in one row, which may be cut off; none where it is no object."""
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        return ()
    return row if isinstance(row, Mapping) else ()


def _of_events(folder: Folder, top: str, files: Sequence[str], beside: Mapping[str, frozenset[str]] | None) -> Run:
    tables = beside or {}
    tags = frozenset().union(*(folder.tags(path) for path in files[:20]))
    table = folder.newest(tables)
    newest = folder.newest(files) or top
    return Run(
        root=top,
        because=(f"event files in {said(top or '.')}", *([said(table)] if table else [])),
        sure=Sureness.PERHAPS,
        at=folder.modified_at(newest),
        trained=has_training(tags) and not _is_range_test(_rates_in_events(folder, files)),
        facts={
            "events": top,
            "tags": tags,
            "table": table,
            "names": tables.get(table or "", frozenset()),
            "alone": beside is not None,
        },
    )


def _is_range_test(rates: Sequence[float]) -> bool:
    """Whether a learning rate was tried from very small to large, each step by a factor: that is no training.

    It only rises, a hundredfold or more, and half-way it is far below the half: a warm-up rises by a sum.
    """
    if len(rates) < FEWEST_RATES or not 0 < rates[0] * 100 <= rates[-1]:
        return False
    is_rising = all(after > before for before, after in pairwise(rates))
    return is_rising and rates[len(rates) // 2] < rates[-1] / 4


def _rates_in_table(folder: Folder, path: str) -> list[float]:
    names = folder.columns(path)
    at = next((at for at, name in enumerate(names) if is_rate(name)), None)
    try:
        return [number(row[at]) or 0.0 for row in folder.rows(path) if at < len(row)] if at is not None else []
    except ValueError:
        return []


def _rates_in_events(folder: Folder, files: Sequence[str]) -> list[float]:
    held = folder.scalars(min(files, default=""))
    rates: list[float] = next((held[tag].value.tolist() for tag in sorted(held) if is_rate(tag)), [])
    return [float(rate) for rate in rates]


def _of_tables(folder: Folder, tables: Mapping[str, frozenset[str]]) -> list[Run]:
    """A run a table, or a run two of them: `train.csv` and `val.csv` are one."""
    parts = {path: other for path in tables if (other := _other_part(tables, path)) is not None}
    whole = [path for path in tables if path not in parts.values()]
    return [
        _of_table(folder, tables, [path, *filter(None, [parts.get(path)])], alone=len(whole) == 1) for path in whole
    ]


def _other_part(tables: Mapping[str, frozenset[str]], path: str) -> str | None:
    """The table of the validation to a table of the training, where no name in either says which part it is of."""
    if any(map(is_validation, tables[path])):
        return None
    beside = (other for other in other_paths(path, is_validation=False) if other in tables)
    return next(
        (o for o in beside if tables[o] & tables[path] - PLACES and not any(map(is_validation, tables[o]))), None
    )


def _of_table(folder: Folder, tables: Mapping[str, frozenset[str]], paths: Sequence[str], *, alone: bool) -> Run:
    names = tables[paths[0]]
    return Run(
        root=parent(paths[0]),
        because=tuple(map(said, paths)),
        sure=Sureness.PERHAPS,
        at=max(map(folder.modified_at, paths)),
        trained=len(paths) > 1 or (has_training(names) and not _is_range_test(_rates_in_table(folder, paths[0]))),
        facts={"table": paths[0], "names": names, "alone": alone, "parts": [(p, tables[p]) for p in paths[1:]]},
    )


def _table(facts: Mapping[str, Any]) -> Raw | None:
    """Its table; of a validation in a file of its own each series with that word."""
    table, names = facts.get("table"), facts.get("names", ())
    if not table:
        return None
    section = table_of(table, names)
    for path, held in facts.get("parts", ()):
        measured = {f"val_{name}": {"column": name} for name in metrics_in(held)}
        losses = {"val_loss": {"column": losses_in(held)["train_loss"]}} if "train_loss" in losses_in(held) else {}
        section = {"path": [table, path], "columns": {**section["columns"], **losses, **measured}}
    return section


def describe(folder: Folder, run: Run) -> Raw:
    """What was found; of a run that may come, event files anywhere."""
    facts = run.facts or {"events": "", "tags": (), "alone": True}
    table = facts.get("table")
    near = [parent(run.root), parent(table or ""), ""] if facts["alone"] else []  # of several runs, whose would it be?
    places = dict.fromkeys([run.root, *near])
    tracked = folder.matching(join(run.root, TRACKED))
    config = config_of(folder, [*(path for place in places for path in below(place, *CONFIGS)), *tracked])
    return one_stream(
        "Training",
        checkpoint=_models(folder, list(places)),
        table=_table(facts),
        events=events_of(facts["events"], tags_of(facts["tags"])) if "events" in facts else None,
        config=config,
        completion=epochs_of(folder, config),
    )


def _models(folder: Folder, places: Sequence[str]) -> list[str]:
    """What the model may be called, in the nearest folder that has one; anywhere near while none has."""
    every = [join(place, inner) for place in places for inner in ("", *INNER)]
    has_one = [place for place in every if folder.matching(*below(place, *MODELS))]
    return [path for place in has_one[:1] or places for path in below(place, *MODELS)]


SPEC = TrainerSpec(
    id="plain",
    label="Plain logs",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="event files with scalars; a CSV, TSV, JSONL or JSON with an epoch or step column and a loss, or "
        "a metric of a known name",
        reads="tags and columns with usual names of losses and metrics (`train.csv` and `val.csv` are one table); a "
        "total from `config.yaml`, `hparams.yaml`, Accelerate's `hparams.yml` and the like",
        judged="`model.safetensors`, else the newest model file beside it",
        proven="recorded with a loop of one's own",
    ),
)
