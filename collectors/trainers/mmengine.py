"""MMEngine: a work folder with `TIME/vis_data/scalars.json` and `config.py`, and `epoch_*.pth`, `iter_*.pth` above.

Recognised by rows with `step` and a rate or a loss in `scalars.json`, beside MMEngine's own copy of the config. Steps
of a training are iterations; validations stand at epochs where it counts by them. Totals are read from the text of
`config.py`, which is never executed. Judged is the best checkpoint, else the newest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from collectors.numbers import plural
from collectors.trainers.description import NO_CLOCK, below, one_stream, whole_table
from collectors.trainers.folder import Folder, join, parent, said
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

SCALARS: Final = "vis_data/scalars.json"
CONFIG: Final = "config.py"
NOT_RUN: Final = "config.py is code and is never run: only max_epochs or max_iters is read in its text"
MODELS: Final = ("epoch_*.pth", "iter_*.pth")
PLACES: Final = frozenset({"epoch", "iter", "step"})
PACE: Final = frozenset({"time", "data_time", "memory"})
"""How long a step took, under one name in training and validation."""
_TOTAL: Final = re.compile(r"\bmax_(epochs|iters)\s*=\s*(\d{1,12})\b")
_BY_STEP: Final = re.compile(r"\blog_metric_by_epoch\s*=\s*False\b")
_BEST: Final = re.compile(r"best_(.+)_(epoch|iter)_\d+\.pth")
_TRAINING: Final = re.compile(r"\btrain_cfg\s*=\s*dict\([^()]{0,1000}")


def recognise(folder: Folder) -> Sequence[Run]:
    """Every start: each has its own folder, named by its time."""
    found = [(path, list(_rows(folder, path))) for path in folder.matching(f"**/{SCALARS}")]
    return [_run(folder, path, rows) for path, rows in found if any(_is_training(row) for row in rows)]


def _rows(folder: Folder, path: str) -> Iterator[Mapping[str, Any]]:
    """Whole rows at the beginning and at the end of a file: the first epoch may be long."""
    tail = folder.ending(path)
    for line in [*folder.text(path).split("\n"), *tail.split("\n")]:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, Mapping) and "step" in row:
            yield row


def _is_training(row: Mapping[str, Any]) -> bool:
    return "iter" in row and bool({"lr", "loss"} & row.keys())


def _run(folder: Folder, path: str, rows: Sequence[Mapping[str, Any]]) -> Run:
    root = parent(parent(path))
    config = join(root, "vis_data", CONFIG)
    kept = folder.matching(*below(parent(root), "best_*.pth", *MODELS))
    return Run(
        root=root,
        because=tuple(map(said, [path, *([config] if folder.has(config) else []), *kept[:1]])),
        sure=Sureness.SURE if folder.has(config) else Sureness.LIKELY,
        about=_about(folder, path),
        at=folder.modified_at(path),
        facts={"rows": rows, "config": _text(folder, config)},
    )


def _text(folder: Folder, config: str) -> str:
    return folder.text(config) if folder.has(config) else ""


def _about(folder: Folder, path: str) -> str:
    """How far it is, by the last training row."""
    tail = folder.ending(path)
    steps = re.findall(r'"iter"\s*:\s*(\d{1,12})\b', tail)
    epochs = re.findall(r'"epoch"\s*:\s*(\d{1,12})\b', tail)
    told = [plural(int(steps[-1]), "iteration")] if steps else []
    return ", ".join([*told, *([f"epoch {epochs[-1]}"] if epochs else [])])


def describe(folder: Folder, run: Run) -> Raw:
    """Its rows, the total that the config says, the best model."""
    rows, config = run.facts.get("rows", ()), run.facts.get("config", "")
    by_epoch = any("epoch" in row for row in rows)
    table = whole_table(join(run.root, SCALARS) if run.facts else f"*/{SCALARS}", _names(rows))
    places = {"time": NO_CLOCK, "step": "iter", "epoch": ["epoch", "step"]}
    if not by_epoch or _BY_STEP.search(config):
        places = {"time": NO_CLOCK}
    above = parent(run.root)
    best = folder.newest(folder.matching(join(above, "best_*.pth")))
    series = dict(table["columns"])
    return one_stream(
        SPEC.label,
        checkpoint={
            "path": below(above, "best_*.pth", *MODELS),
            "says": {"step": {"key": "meta.iter", "at": "best" if best else "last"}},
        },
        table={**table, "columns": {**places, **series}},
        completion={**_total(config, by_epoch=by_epoch), **_monitor(best, series)},
    ) | {"checks": {"configs": {"enabled": False, "reason": NOT_RUN}}, "logs": below(above, "*.log", "*/*.log")}


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of numbers that are no place and no pace, in their order; while none is there, the loss."""
    found = {name: None for row in rows for name, value in row.items() if isinstance(value, (int, float))}
    return [name for name in found if name not in PLACES | PACE] or ["loss"]


def _total(config: str, *, by_epoch: bool) -> Raw:
    """Completion as the training's own section of the config says it; a key that is nowhere where it does not."""
    section = _TRAINING.search(config)
    total = _TOTAL.search(section[0] if section else config)
    if total is not None:
        return {"by": "epochs" if total[1] == "epochs" else "steps", "total": int(total[2])}
    return {"by": "epochs", "total": "max_epochs"} if by_epoch else {"by": "steps", "total": "max_iters"}


def _monitor(best: str | None, series: Mapping[str, Any]) -> Raw:
    """What the best checkpoint was chosen by, where its name is one of the series: `coco/bbox_mAP` has `_` there."""
    named = _BEST.fullmatch((best or "").rpartition("/")[2])
    found = next((name for name in series if named and name.replace("/", "_") == named[1]), None)
    return {"monitor": found} if found else {}


SPEC = TrainerSpec(
    id="mmengine",
    label="MMEngine",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`vis_data/scalars.json` with training rows (`iter`, `lr` or `loss`), beside `config.py`",
        reads="every series of `scalars.json` (iterations from 1; validations at epochs or iterations), `max_epochs` "
        "or `max_iters` from the text of `config.py`",
        judged="the newest `best_*.pth`, else the newest `epoch_*.pth` or `iter_*.pth`",
        proven="recorded with MMEngine 0.10",
        opaque="all else in `config.py`: it is code and is never run, so its values are neither shown nor compared",
    ),
)
