"""detectron2: an output folder with `metrics.json` (a JSON line each period), `last_checkpoint` and `config.yaml`.

Recognised by rows with `iteration` and `total_loss` in `metrics.json`, beside `last_checkpoint` or a config with
`SOLVER.MAX_ITER`. Iterations count from 0; the last evaluation stands one behind them. Judged is `model_final.pth`,
else the newest `model_*.pth`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from collectors.evidence.documents import value_at
from collectors.numbers import plural
from collectors.trainers.description import NO_CLOCK, below, events_of, one_stream, whole_table
from collectors.trainers.folder import Folder, join, parent, said
from collectors.trainers.names import is_count
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

TABLE: Final = "metrics.json"
LAST: Final = "last_checkpoint"
CONFIG: Final = "config.yaml"
TOTAL: Final = "SOLVER.MAX_ITER"
FINAL: Final = "model_final.pth"
MODELS: Final = (FINAL, "model_*.pth")
BEST: Final = "model_best.pth"
"""What a `BestCheckpointer` keeps: the newest by its time may be of any iteration."""
LOSS: Final = "total_loss"
PACE: Final = frozenset({"iteration", "time", "data_time", "rank_data_time", "eta_seconds"})
HIGHLIGHTS: Final = {
    "base_lr": "SOLVER.BASE_LR", "batch_size": "SOLVER.IMS_PER_BATCH", "max_iter": TOTAL, "seed": "SEED",
    "model": "MODEL.META_ARCHITECTURE", "weights": "MODEL.WEIGHTS",
}  # fmt: skip
_NAME: Final = re.compile(r'"([^"\\\n]{1,200})"\s*:\s*(?:-?\d|NaN|-?Infinity)')


def recognise(folder: Folder) -> Sequence[Run]:
    """Every folder with such a table."""
    return [_run(folder, path) for path in folder.named(TABLE) if _is_table(folder, path)]


def _is_table(folder: Folder, path: str) -> bool:
    try:
        row = json.loads(folder.text(path).partition("\n")[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(row, Mapping) and "iteration" in row and LOSS in row


def _run(folder: Folder, path: str) -> Run:
    root = parent(path)
    beside = [file for file in below(root, LAST, CONFIG) if folder.has(file)]
    steps = re.findall(r'"iteration":\s*(\d{1,12})\b[^\n]*"total_loss"', folder.ending(path))
    return Run(
        root=root,
        because=tuple(map(said, [path, *beside])),
        sure=Sureness.SURE if beside else Sureness.LIKELY,
        about=plural(int(steps[-1]) + 1, "iteration") if steps else "",
        at=folder.modified_at(path),
        facts={"names": _names(folder, path), "events": _has_events(folder, root)},
    )


def _names(folder: Folder, path: str) -> list[str]:
    """Names of numbers in the rows at the beginning and the end, the loss first."""
    found = _NAME.findall(folder.text(path) + folder.ending(path))
    return list(dict.fromkeys([LOSS, *(name for name in found if name not in PACE)]))


def _has_events(folder: Folder, root: str) -> bool:
    return any(parent(path) == root for path in folder.event_files)


def describe(folder: Folder, run: Run) -> Raw:
    """Its rows, its event files with the same numbers, the config's total, the final model."""
    names, config = run.facts.get("names", [LOSS]), join(run.root, CONFIG)
    table = whole_table(join(run.root, TABLE), names)
    tags = {series: [tag] for series, tag in table["columns"].items()}
    has_events, is_best = run.facts.get("events", True), folder.has(join(run.root, BEST))
    return one_stream(
        SPEC.label,
        checkpoint={
            "path": below(run.root, *MODELS),
            "says": {"step": {"key": "iteration", "from": 0, **({} if is_best else {"at": "last"})}},
        },
        table={**table, "columns": {"time": NO_CLOCK, **table["columns"]}},
        events=events_of(run.root, tags) if has_events else None,
        config=_config(folder, config),
        completion={"by": "steps", "total": TOTAL},
    ) | {"logs": below(run.root, "log.txt")}


def _config(folder: Folder, path: str) -> Raw | None:
    """`config.yaml`, written when a run begins; None where it is not this trainer's."""
    found = folder.document(path)
    shown = {name: key for name, key in HIGHLIGHTS.items() if _is_plain(value_at(found, key))}
    return {"candidates": [path], "highlights": shown} if is_count(value_at(found, TOTAL)) else None


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float))


SPEC = TrainerSpec(
    id="detectron2",
    label="detectron2",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`metrics.json` with `iteration` and `total_loss`, beside `last_checkpoint` or `config.yaml`",
        reads="every series of `metrics.json` (iterations from 0), event files, `SOLVER.MAX_ITER` of `config.yaml`",
        judged="`model_final.pth`, else the newest `model_*.pth`",
        proven="format only: detectron2's `utils/events.py`, `engine/hooks.py` and fvcore's `common/checkpoint.py`",
    ),
)
