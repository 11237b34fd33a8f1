"""PyTorch Lightning: folders `version_N` with `metrics.csv`, event files, `hparams.yaml`, and `*.ckpt` in or near them.

Recognised by a `metrics.csv` with `epoch` and `step` in such a folder, or event files with the tag `epoch`; with a
checkpoint that names its Lightning version it is sure. The newest version with a training series is the run, for
`trainer.test()` makes newer ones; where it goes on with the one before it, both are one run. Judged is `last.ckpt`,
else the newest. How many epochs it was to train Lightning itself writes down nowhere; `LightningCLI` and Hydra do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from collectors.numbers import number_words, numbers_in
from collectors.trainers.description import below, config_of, epochs_of, events_of, one_stream, table_of, tags_of
from collectors.trainers.folder import Folder, count_in, is_below, join, last_cells, parent, said
from collectors.trainers.names import STEPS, has_training, losses_in, total_key
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

TABLE: Final = "metrics.csv"
HPARAMS: Final = "hparams.yaml"
CONFIGS: Final = ("config.yaml", ".hydra/config.yaml")
"""The whole command, as `LightningCLI` stores it in a version and Hydra above all of its run's files."""
PLACES: Final = frozenset({"epoch", "step"})
STOPPED: Final = "callbacks.EarlyStopping*.stopped_epoch"
_VERSION: Final = re.compile(r"version_\d+")
_STOPPING: Final = re.compile(
    rb"EarlyStopping\{'monitor': '([^'\\]{1,200})'.{0,2000}?patience(?:q.|r.{4}|\x94)?K(.)", re.S
)
"""A callback's key in a checkpoint, and its patience as one byte behind the name."""


@dataclass(frozen=True, slots=True)
class _Version:
    """One run's folders: a table and event files may lie in two trees, under the same name."""

    table: str | None
    events: str | None
    names: frozenset[str]
    resumes: bool = False
    """It goes on where another version beside it was saved, and is one run with it."""

    @property
    def place(self) -> str:
        """The folder of its table, else of its event files."""
        return parent(self.table) if self.table is not None else self.events or ""

    @property
    def base(self) -> str:
        """The folder that holds all its versions: two above `lightning_logs/version_0`."""
        return parent(parent(self.place)) if _is_version(self.place) else self.place


def recognise(folder: Folder) -> Sequence[Run]:
    """Every version."""
    tables = {parent(path): path for path in folder.named(TABLE) if _is_table(folder, path)}
    events = _event_folders(folder)
    versions = []
    for place, path in tables.items():
        beside = _partner(place, events)
        tags = events.pop(beside) if beside is not None else frozenset()
        names = frozenset(folder.columns(path)) | tags
        versions.append(_Version(path, beside, names - PLACES))
    versions += [_Version(None, place, names - PLACES) for place, names in events.items()]
    versions = [replace(version, resumes=_resumes(folder, version, versions)) for version in versions]
    return [_run(folder, version) for version in versions]


def _is_table(folder: Folder, path: str) -> bool:
    is_place = _is_version(parent(path)) or folder.has(join(parent(path), HPARAMS))
    return is_place and set(folder.columns(path)) >= PLACES


def _is_version(place: str) -> bool:
    return _VERSION.fullmatch(place.rpartition("/")[2]) is not None


def _event_folders(folder: Folder) -> dict[str, frozenset[str]]:
    """Folders of event files with the tag `epoch` in a version, or beside hyperparameters -> their tags."""
    found: dict[str, frozenset[str]] = {}
    for path in folder.event_files:
        place = parent(path)
        if _is_version(place) or folder.has(join(place, HPARAMS)):
            found[place] = found.get(place, frozenset()) | folder.tags(path)
    return {place: tags for place, tags in found.items() if tags & {"epoch", "hp_metric"}}


def _partner(place: str, events: Iterable[str]) -> str | None:
    """The event files of the same version: in its folder, or in a tree of their own beside."""
    name, base = place.rpartition("/")[2], parent(parent(place))
    beside = [e for e in events if e.rpartition("/")[2] == name and parent(parent(e)) == base and _is_version(place)]
    return place if place in events else next(iter(beside), None)


def _resumes(folder: Folder, version: _Version, versions: Iterable[_Version]) -> bool:
    """Whether its first record is a later one than a training's first: by its own stride, or the one before it.

    By its first record alone only beyond the first epoch: another training may log less often.
    """
    beside = (other.events for other in versions if parent(other.events or "") == parent(version.events or ""))
    before = [place for place in beside if place and numbers_in(place) < numbers_in(version.events or "")]
    own = _first_steps(folder, version.events) if before else ()
    if not own:
        return False
    told = own if len(own) > 1 else _first_steps(folder, max(before, key=numbers_in))
    is_later = len(told) > 1 and own[0] + 1 > told[1] - told[0]
    return is_later and (len(own) > 1 or _first_epoch(folder, version.events) > 0)


def _first_steps(folder: Folder, place: str | None) -> list[int]:
    """Steps of the training loss at the beginning of a version's first event file that has it."""
    for path in sorted(_event_files(folder, place)):
        series = folder.scalars(path)
        for tag in losses_in(series).get("train_loss", ()):
            return sorted(set(series[tag].step.tolist()))
    return []


def _first_epoch(folder: Folder, place: str | None) -> float:
    found = (folder.scalars(path).get("epoch") for path in sorted(_event_files(folder, place)))
    return next((float(series.value[0]) for series in found if series is not None and series.value.size), 0.0)


def _run(folder: Folder, version: _Version) -> Run:
    checkpoints = _checkpoints(folder, version)
    newest = folder.newest(checkpoints)
    events = _event_files(folder, version.events)
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


def _event_files(folder: Folder, place: str | None) -> list[str]:
    return [] if place is None else [path for path in folder.event_files if parent(path) == place]


def _checkpoints(folder: Folder, version: _Version) -> list[str]:
    """Lightning's own in the version's folder, else those near it that belong to no version."""
    places = [place for place in (version.place, version.events) if place is not None]
    own = [path for path in folder.matching("**/*.ckpt") if any(is_below(path, place) for place in places)]
    near = [p for p in folder.matching("**/*.ckpt") if is_below(p, version.base) and not _is_in_version(p)]
    return [path for path in own or near if b"pytorch-lightning_version" in folder.head(path)]


def _is_in_version(path: str) -> bool:
    return any(_VERSION.fullmatch(part) for part in path.split("/")[:-1])


def _about(folder: Folder, version: _Version) -> str:
    """How far the table is, by its last whole line; nothing where only event files are there."""
    if version.table is None:
        return ""
    row = dict(zip(folder.columns(version.table), last_cells(folder, version.table), strict=False))
    epoch, step = count_in(row.get("epoch", "")), count_in(row.get("step", ""))
    return f"epoch {number_words(epoch)} (from 0), step {number_words(step)}" if None not in (epoch, step) else ""


def describe(folder: Folder, run: Run) -> Raw:
    """A version's table and event files, its hyperparameters, its last checkpoint."""
    version: _Version = run.facts.get("version", _Version(join("lightning_logs/version_*", TABLE), None, frozenset()))
    config = config_of(folder, _configs(version))
    # A resume's own table begins in the middle; the event files of all versions hold the whole, run by run.
    table = version.table if not version.resumes else None
    events = parent(version.events) if version.events is not None and version.resumes else version.events
    return one_stream(
        SPEC.label,
        checkpoint=_candidates(run, version),
        table=table_of(table, version.names) if table else None,
        events=events_of(events, tags_of(version.names)) if events is not None else None,
        config=config,
        completion={"epochs_from": 0, **_completion(folder, config), **_stopping(folder, run.facts.get("checkpoint"))},
    )


def _configs(version: _Version) -> list[str]:
    """Where a version's hyperparameters and its command may stand."""
    places = dict.fromkeys([version.place, *([version.events] if version.events is not None else [])])
    return [
        *(join(place, HPARAMS) for place in places),
        *below(version.place, *CONFIGS),
        *below(version.base, *CONFIGS),
    ]


def _candidates(run: Run, version: _Version) -> list[str]:
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
        "monitor": "val_loss" if monitor in tags_of([monitor])["val_loss"] else monitor,
    }


SPEC = TrainerSpec(
    id="lightning",
    label="Lightning",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`metrics.csv` with `epoch` and `step`, or event files with the tag `epoch`, in `version_*` or "
        "beside `hparams.yaml`; `*.ckpt` that name their Lightning version",
        reads="table, event files (epochs by the tag `epoch`, from 0), `hparams.yaml`, `config.yaml` of "
        "LightningCLI, `.hydra/config.yaml`, an early stop by the checkpoint's callback",
        judged="`last.ckpt`, else the newest",
        proven="recorded with Lightning 2",
    ),
)
