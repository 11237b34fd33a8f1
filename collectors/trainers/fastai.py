"""fastai: the `history.csv` of CSVLogger, and `models/*.pth` of `learn.save` and SaveModelCallback.

Recognised by a table that begins with `epoch,train_loss,valid_loss` and ends with a `time` of minutes and seconds.
Epochs count from 0; fastai writes down nowhere how many there were to be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from collectors.numbers import plural
from collectors.trainers.description import CONFIGS, below, config_of, epochs_of, one_stream, whole_table
from collectors.trainers.folder import Folder, join, last_count, parent, said
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

TABLE: Final = "history.csv"
COLUMNS: Final = ("epoch", "train_loss", "valid_loss")
MODELS: Final = ("models/model.pth", "models/*.pth", "*.pth", "*.pkl")
MOST_TABLES: Final = 100
"""Tables that are looked into: a folder of data holds many."""
_TIME: Final = re.compile(r"\d+(?::\d\d)+")


def recognise(folder: Folder) -> Sequence[Run]:
    """Every folder with such a table, whatever it is called."""
    return [_run(folder, path) for path in folder.matching("**/*.csv")[:MOST_TABLES] if _is_table(folder, path)]


def _is_table(folder: Folder, path: str) -> bool:
    names = folder.columns(path)
    if names[:3] != COLUMNS or names[-1] != "time":
        return False
    return all(_TIME.fullmatch(row[-1]) for row in folder.rows(path)[:1] if row)


def _run(folder: Folder, path: str) -> Run:
    models = folder.matching(*below(parent(path), *MODELS[:2]))
    epoch = last_count(folder, path)
    return Run(
        root=parent(path),
        because=tuple(map(said, [path, *models[:1]])),
        sure=Sureness.SURE if models else Sureness.LIKELY,
        about=plural(epoch + 1, "epoch") if epoch is not None else "",
        at=folder.modified_at(path),
        facts={"table": path},
    )


def describe(folder: Folder, run: Run) -> Raw:
    """Its table with every column, the model that was best, else the newest one."""
    path = run.facts.get("table", join(run.root, TABLE))
    config = config_of(folder, below(run.root, *CONFIGS))
    table = whole_table(path, [name for name in folder.columns(path) if name not in {"epoch", "time"}])
    return one_stream(
        SPEC.label,
        checkpoint=below(run.root, *MODELS),
        table={**table, "columns": {"time": "time", **table["columns"]}},
        config=config,
        completion=epochs_of(folder, config),
    )


SPEC = TrainerSpec(
    id="fastai",
    label="fastai",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="a table `epoch,train_loss,valid_loss,...,time` with times such as `00:02`",
        reads="every column of the table (epochs from 0, and how long each took); a total from `config.yaml` and "
        "the like",
        judged="`models/model.pth` (SaveModelCallback), else the newest of `models/`",
        proven="recorded with fastai 2",
    ),
)
