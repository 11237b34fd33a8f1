"""Keras: a `CSVLogger` table, TensorBoard folders `train` and `validation`, a `History` as JSON, `*.keras` models.

Recognised by event files with the tag `epoch_loss` in `train`, or by a table in `CSVLogger`'s order whose epochs begin
at 0 beside a model of Keras. Epochs count from 0; Keras writes down nowhere how many there were to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from collectors.trainers.description import CONFIGS, below, config_of, epochs_of, events_of, one_stream, table_of
from collectors.trainers.folder import Folder, is_below, last_count, parent, said
from collectors.trainers.names import metrics_in
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

LOSS: Final = "epoch_loss"
MODELS: Final = ("*.keras", "*/*.keras", "*.weights.h5", "*.h5", "*/*.weights.h5", "*/*.h5", "saved_model.pb",
                 "*/saved_model.pb")  # fmt: skip
KERAS_ZIP: Final = b"metadata.json"
MOST: Final = 100
"""Tables, and documents, that are looked into: a folder of data holds many."""


@dataclass(frozen=True, slots=True)
class _Signs:
    """What one training of Keras left."""

    table: str | None = None
    logs: str | None = None
    """The folder above `train` and `validation`."""
    model: str | None = None
    history: str | None = None

    @property
    def every(self) -> list[str]:
        """Each sign's path; of event files the folder."""
        return [path for path in (self.table, self.logs and f"{self.logs}/train", self.history, self.model) if path]


def recognise(folder: Folder) -> Sequence[Run]:
    """Every training that left a series; a model alone is none."""
    logs = [parent(parent(path)) for path in folder.matching("**/train/*tfevents*") if LOSS in folder.tags(path)]
    found = {parent(path): _Signs(table=path) for path in folder.matching("**/*.csv")[:MOST] if _is_table(folder, path)}
    for place in dict.fromkeys(logs):
        root = next((r for r in found if is_below(place, r) and _is_free(place, r, logs)), parent(place))
        found[root] = replace(found.get(root, _Signs()), logs=place)
    for path in folder.matching("**/*.json")[:MOST]:
        if _is_history(folder, path):
            root = parent(path)
            found[root] = replace(found.get(root, _Signs()), history=path)
    runs = [_run(folder, root, signs) for root, signs in found.items()]
    return [run for run in runs if run is not None]


def _is_free(place: str, root: str, logs: Sequence[str]) -> bool:
    """Whether these are the only event files below a table's folder."""
    return all(other == place for other in logs if is_below(other, root))


def _is_table(folder: Folder, path: str) -> bool:
    """`CSVLogger` writes the epoch, from 0, and then every name in order."""
    names = folder.columns(path)
    if names[:1] != ("epoch",) or "loss" not in names or list(names[1:]) != sorted(names[1:]):
        return False
    return any(row[:1] == ["0"] for row in folder.rows(path)[:1])


def _is_history(folder: Folder, path: str) -> bool:
    lists = folder.document(path)
    return "loss" in lists and all(isinstance(values, list) for values in lists.values())


def _run(folder: Folder, root: str, signs: _Signs) -> Run | None:
    near = [path for path in folder.matching(*below(root, *MODELS)) if _is_model(folder, path)]
    whole = replace(signs, model=folder.newest(near))
    is_sure = whole.logs is not None or len(whole.every) > 1
    if not is_sure and len(folder.columns(whole.table or "")) < 3:
        return None  # a table of one column is anybody's
    return Run(
        root=root,
        because=tuple(map(said, whole.every)),
        sure=Sureness.SURE if is_sure else Sureness.LIKELY,
        about=_about(folder, whole),
        at=max((folder.modified_at(path) for path in whole.every if path != whole.logs), default=0.0),
        facts={"signs": whole},
    )


def _is_model(folder: Folder, path: str) -> bool:
    head = folder.head(path)
    return KERAS_ZIP in head or head.startswith(b"\x89HDF") or path.endswith("saved_model.pb")


def _about(folder: Folder, signs: _Signs) -> str:
    if signs.table is None:
        return ""
    epoch = last_count(folder, signs.table)
    return f"epoch {epoch} (from 0)" if epoch is not None else ""


def describe(folder: Folder, run: Run) -> Raw:
    """Its table, or history, its event files, the newest model."""
    signs: _Signs = run.facts.get("signs", _Signs(table="training.csv"))
    table = signs.table or signs.history
    names = folder.columns(table) if table == signs.table and table else folder.document(table or "")
    config = config_of(folder, below(run.root, *CONFIGS))
    tags = {"train_loss": [f"train/{LOSS}"], "val_loss": [f"validation/{LOSS}"]}
    tags |= {name: [_tag_of(name)] for name in metrics_in(names)}
    return one_stream(
        SPEC.label,
        checkpoint=below(run.root, *MODELS),
        table=_table_section(table, names, is_history=table != signs.table) if table else None,
        events=events_of(signs.logs, tags, steps_are="epochs") if signs.logs is not None else None,
        config=config,
        completion={**epochs_of(folder, config), **({} if table != signs.table else {"epochs_from": 0})},
    )


def _tag_of(column: str) -> str:
    """Where the TensorBoard callback writes what a column of the table holds."""
    is_measured = column.startswith("val_")
    return f"{'validation' if is_measured else 'train'}/epoch_{column.removeprefix('val_')}"


def _table_section(path: str, names: Iterable[str], *, is_history: bool) -> Raw:
    """A history holds a value an epoch, and no epoch."""
    return {**table_of(path, names), **({"steps_are": "epochs"} if is_history else {})}


SPEC = TrainerSpec(
    id="keras",
    label="Keras",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`train/` with the tag `epoch_loss`; a `CSVLogger` table from epoch 0, or a `History` as JSON, "
        "beside a `*.keras` or HDF5 model",
        reads="table, event files of `train` and `validation` (steps are epochs, from 0), history",
        judged="the newest `*.keras`, else `*.h5`",
        proven="recorded with Keras 3",
        opaque="SavedModel, `backup/` of BackupAndRestore",
    ),
)
