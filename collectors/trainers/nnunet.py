"""nnU-Net 2: folders `fold_N` with `training_log_*.txt`, `debug.json` and `checkpoint_*.pth`.

Recognised by a log that names nnU-Net and holds epochs. Epochs count from 0; `debug.json` says how many there are to
be. The learning rate is not read: it is written when an epoch begins, and would count one that was never over. Judged
is `checkpoint_final.pth`, else the best, else the newest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from collectors.trainers.description import below, one_stream
from collectors.trainers.folder import Folder, join, parent, said
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

LOGS: Final = "training_log_*.txt"
SETTINGS: Final = "debug.json"
FINAL: Final = "checkpoint_final.pth"
MODELS: Final = (FINAL, "checkpoint_best.pth", "checkpoint_latest.pth")
HIGHLIGHTS: Final = ("initial_lr", "batch_size", "weight_decay", "num_epochs", "num_iterations_per_epoch")
MOST_CLASSES: Final = 7
"""Classes whose Dice is shown, each by itself."""
_EPOCH: Final = re.compile(r"^[\d-]+ [\d:.]+: Epoch (\d{1,9}) ?$", re.M)
_DICE: Final = re.compile(r"^[\d-]+ [\d:.]+: Pseudo dice \[([^\]\n]{1,2000})\]", re.M)


def recognise(folder: Folder) -> Sequence[Run]:
    """Every fold that was trained; a log of a prediction alone is none."""
    folds: dict[str, list[str]] = {}
    for path in folder.matching(f"**/{LOGS}"):
        text = folder.text(path)
        if "nnU-Net" in text and _EPOCH.search(text):
            folds.setdefault(parent(path), []).append(path)
    return [_run(folder, root, logs) for root, logs in folds.items()]


def _run(folder: Folder, root: str, logs: Sequence[str]) -> Run:
    log = folder.newest(logs) or logs[0]
    there = [path for path in below(root, SETTINGS, *MODELS) if folder.has(path)]
    epochs = _EPOCH.findall(folder.ending(log)) or _EPOCH.findall(folder.text(log))
    return Run(
        root=root,
        because=tuple(map(said, [log, *there[:2]])),
        sure=Sureness.SURE,
        about=f"epoch {epochs[-1]} (from 0)",
        at=folder.modified_at(log),
        facts={"log": log},
    )


def describe(folder: Folder, run: Run) -> Raw:
    """The log's losses and Dice, `debug.json`, the final model."""
    log = run.facts.get("log", join(run.root, LOGS))
    dice = _dice_names(folder.text(log)) if run.facts else ["dice"]
    config = _settings(folder, join(run.root, SETTINGS))
    is_final = folder.has(join(run.root, FINAL))
    return one_stream(
        SPEC.label,
        checkpoint={
            "path": below(run.root, *MODELS),
            "says": {"epoch": {"key": "current_epoch", **({"at": "last"} if is_final else {})}},
        },
        table={
            "path": log,
            "lines": [
                r": Epoch (?P<epoch>\d+) ?$",
                r": train_loss (?P<train_loss>\S+)",
                r": val_loss (?P<val_loss>\S+)",
                _dice_pattern(dice),
            ],
            "columns": {name: name for name in ("train_loss", "val_loss", *dice)},
        },
        config=config,
        completion={"by": "epochs", "total": "num_epochs", "epochs_from": 0},
        metrics={name: _told_of(name, dice) for name in dice},
    )


def _settings(folder: Folder, path: str) -> Raw | None:
    """`debug.json`, written when a run begins, every value as text; None where it is not there."""
    found = folder.document(path)
    shown = {name: name for name in HIGHLIGHTS if isinstance(found.get(name), str)}
    return {"candidates": [path], "starts_run": True, "highlights": shown} if found else None


def _dice_names(text: str) -> list[str]:
    """A series for each class, as many as the first such line has; one has no number."""
    found = _DICE.search(text)
    count = min(found[1].count(",") + 1, MOST_CLASSES) if found else 1
    return ["dice"] if count == 1 else [f"dice_{number}" for number in range(1, count + 1)]


def _dice_pattern(names: Sequence[str]) -> str:
    """Finds the values of a list, each plain or as numpy prints it."""
    return r": Pseudo dice \[" + ", ".join(rf"(?:np\.float\d\d\()?(?P<{name}>[\w.-]+)\)?" for name in names)


def _told_of(name: str, every: Sequence[str]) -> dict[str, Any]:
    number = "" if len(every) == 1 else f", class {name.rpartition('_')[2]}"
    return {"better": "higher", "label": f"Pseudo Dice{number}"}


SPEC = TrainerSpec(
    id="nnunet",
    label="nnU-Net",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`training_log_*.txt` that names nnU-Net and holds epochs",
        reads=f"losses and pseudo Dice of each class (at most {MOST_CLASSES}) from the log (epochs from 0), "
        "`num_epochs` from `debug.json`",
        judged="`checkpoint_final.pth`, else `checkpoint_best.pth`, else `checkpoint_latest.pth`",
        proven="recorded with nnU-Net 2",
        opaque="learning rate, `progress.png`, `validation/summary.json`",
    ),
)
