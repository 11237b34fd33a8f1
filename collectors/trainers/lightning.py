"""PyTorch Lightning: folders `version_N` with `metrics.csv`, event files, `hparams.yaml`, and `*.ckpt` in or near them.

Recognised by a `metrics.csv` with `epoch` and `step` in such a folder, or event files with the tag `epoch`; with a
checkpoint that names its Lightning version it is sure. The newest version with a training series is the run, for
`trainer.test()` makes newer ones; where it goes on with the one before it, both are one run. Judged is `last.ckpt`,
else the newest. How many epochs it was to train Lightning itself writes down nowhere; `LightningCLI` and Hydra do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from collectors.numbers import number_words, numbers_in
from collectors.trainers.description import below, config_of, epochs_of, events_of, one_stream, table_of, tags_of
from collectors.trainers.folder import Folder, count_in, is_below, join, last_cells, parent, said
from collectors.trainers.lightning_versions import Version, event_files_in, gone_on_with, is_version, tables_of
from collectors.trainers.names import STEPS, has_training, losses_in, total_key
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

TABLE: Final = "metrics.csv"
HPARAMS: Final = "hparams.yaml"
CONFIGS: Final = ("config.yaml", ".hydra/config.yaml")
"""The whole command, as `LightningCLI` stores it in a version and Hydra above all of its run's files."""
PLACES: Final = frozenset({"epoch", "step"})
STOPPED: Final = "callbacks.EarlyStopping*.stopped_epoch"
SAYS: Final = {"step": "loops.fit_loop.epoch_loop.state_dict._batches_that_stepped", "config": "hyper_parameters"}
"""What a checkpoint of Lightning 2 says of itself: the step by which it logs, and the hyperparameters it had then."""
TUNED: Final = {"level": "warn", "reason": "Lightning writes hparams.yaml before its tuner may change a value"}
_STOPPING: Final = re.compile(
    rb"EarlyStopping\{'monitor': '([^'\\]{1,200})'.{0,2000}?patience(?:q.|r.{4}|\x94)?K(.)", re.S
)
"""A callback's key in a checkpoint, and its patience as one byte behind the name."""


def recognise(folder: Folder) -> Sequence[Run]:
    """Every version."""
    tables = {parent(path): path for path in folder.named(TABLE) if _is_table(folder, path)}
    events = _event_folders(folder)
    versions = []
    for place, path in tables.items():
        beside = _partner(place, events)
        tags = events.pop(beside) if beside is not None else frozenset()
        names = frozenset(folder.columns(path)) | tags
        versions.append(Version(path, beside, names - PLACES))
    versions += [Version(None, place, names - PLACES) for place, names in events.items()]
    ordered = sorted(versions, key=lambda version: numbers_in(version.place))
    whole: dict[str, Version] = {}
    for version in ordered:
        whole[version.place] = replace(version, before=gone_on_with(folder, version, whole.values()))
    parts = {version.before.place for version in whole.values() if version.before is not None}
    return [_run(folder, version) for place, version in whole.items() if place not in parts]


def _is_table(folder: Folder, path: str) -> bool:
    is_place = is_version(parent(path)) or folder.has(join(parent(path), HPARAMS))
    return is_place and set(folder.columns(path)) >= PLACES


def _event_folders(folder: Folder) -> dict[str, frozenset[str]]:
    """Folders of event files with the tag `epoch` in a version, or beside hyperparameters -> their tags."""
    found: dict[str, frozenset[str]] = {}
    for path in folder.event_files:
        place = parent(path)
        if is_version(place) or folder.has(join(place, HPARAMS)):
            found[place] = found.get(place, frozenset()) | folder.tags(path)
    return {place: tags for place, tags in found.items() if tags & {"epoch", "hp_metric"}}


def _partner(place: str, events: Iterable[str]) -> str | None:
    """The event files of the same version: in its folder, or in a tree of their own beside."""
    name, base = place.rpartition("/")[2], parent(parent(place))
    beside = [e for e in events if e.rpartition("/")[2] == name and parent(parent(e)) == base and is_version(place)]
    return place if place in events else next(iter(beside), None)


def _run(folder: Folder, version: Version) -> Run:
    checkpoints = _checkpoints(folder, version)
    newest = folder.newest(checkpoints)
    events = event_files_in(folder, version.events)
    told = [path for path in (version.table, *events[-1:], newest) if path]
    because = [version.table and said(version.table), events and f"event files in {said(version.events or '')}"]
    return Run(
        root=version.place,
        because=tuple(words for words in (*because, newest and said(newest)) if words),
        sure=Sureness.SURE if len(told) > 1 or version.table is None else Sureness.LIKELY,
        about=_about(folder, version),
        at=max((folder.modified_at(path) for path in told), default=0.0),
        trained=has_training(version.names),
        facts={"version": version, "checkpoint": newest},
    )


def _checkpoints(folder: Folder, version: Version) -> list[str]:
    """Lightning's own in the version's folder, else those near it that belong to no version."""
    places = [place for place in (version.place, version.events) if place is not None]
    own = [path for path in folder.matching("**/*.ckpt") if any(is_below(path, place) for place in places)]
    near = [p for p in folder.matching("**/*.ckpt") if is_below(p, version.base) and not _is_in_version(p)]
    return [path for path in own or near if b"pytorch-lightning_version" in folder.head(path)]


def _is_in_version(path: str) -> bool:
    return any(is_version(part) for part in path.split("/")[:-1])


def _about(folder: Folder, version: Version) -> str:
    """How far the table is, by its last whole line; nothing where only event files are there."""
    if version.table is None:
        return ""
    row = dict(zip(folder.columns(version.table), last_cells(folder, version.table), strict=False))
    epoch, step = count_in(row.get("epoch", "")), count_in(row.get("step", ""))
    return f"epoch {number_words(epoch)} (from 0), step {number_words(step)}" if None not in (epoch, step) else ""


def describe(folder: Folder, run: Run) -> Raw:
    """A version's table and event files, its hyperparameters, its last checkpoint."""
    version: Version = run.facts.get("version", Version(join("lightning_logs/version_*", TABLE), None, frozenset()))
    config = config_of(folder, _configs(version))
    is_own = config is not None and config["candidates"][0].endswith(HPARAMS)  # LightningCLI and Hydra write others
    about = {"hparams_are": "config"} if is_own else {}
    # A resume's own table begins in the middle; the event files of all versions hold the whole, run by run.
    is_resumed = version.before is not None
    table = None if is_resumed and version.events is not None else tables_of(version)
    events = parent(version.events) if version.events is not None and is_resumed else version.events
    return one_stream(
        SPEC.label,
        checkpoint={"path": _candidates(run, version), "says": SAYS},
        table=table_of(table, version.names) if table else None,
        events=events_of(events, tags_of(version.names), **about) if events is not None else None,
        config=config,
        completion={"epochs_from": 0, **_completion(folder, config), **_stopping(folder, run.facts.get("checkpoint"))},
    ) | {"checks": {"config_says": TUNED}}


def _configs(version: Version) -> list[str]:
    """Where a version's hyperparameters and its command may stand."""
    places = dict.fromkeys([version.place, *([version.events] if version.events is not None else [])])
    return [
        *(join(place, HPARAMS) for place in places),
        *below(version.place, *CONFIGS),
        *below(version.base, *CONFIGS),
    ]


def _candidates(run: Run, version: Version) -> list[str]:
    """The last checkpoint, then the newest, in the folder where they were found."""
    found: str | None = run.facts.get("checkpoint")
    place = parent(found) if found else join(version.place, "checkpoints")
    return below(place, "last.ckpt", "*.ckpt")


def _completion(folder: Folder, config: Raw | None) -> Raw:
    by_epochs = epochs_of(folder, config)
    said_in = folder.document(config["candidates"][0]) if config else {}
    steps = total_key(said_in, STEPS) if total_key(said_in) is None else None
    return {"by": "steps", "total": steps} if steps else by_epochs


def _stopping(folder: Folder, checkpoint: str | None) -> Raw:
    """What a checkpoint says of an early stop: what was monitored, and how many values it waited."""
    found = _STOPPING.search(folder.head(checkpoint)) if checkpoint else None
    if found is None or not found[2][0]:
        return {}
    monitor = found[1].decode("utf-8", "replace")
    return {
        "stopped_key": STOPPED,
        "patience": found[2][0],
        "monitor": "val_loss" if "val_loss" in losses_in([monitor]) else monitor,
    }


SPEC = TrainerSpec(
    id="lightning",
    label="Lightning",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`metrics.csv` with `epoch` and `step`, or event files with the tag `epoch`, in `version_*` or "
        "beside `hparams.yaml`; `*.ckpt` that name their Lightning version",
        reads="table (of a resume with those before it), event files (epochs by the tag `epoch`, from 0), "
        "`hparams.yaml`, LightningCLI's `config.yaml`, `.hydra/config.yaml`, and of the checkpoint an early stop, its "
        "step and its hyperparameters",
        judged="`last.ckpt`, else the newest",
        proven="recorded with Lightning 2",
    ),
)
