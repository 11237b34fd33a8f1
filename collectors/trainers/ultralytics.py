"""Ultralytics (YOLO): a run's folder with `results.csv`, `args.yaml` and `weights/`.

Recognised by a `results.csv` whose columns are an epoch, `train/` losses and `metrics/`, beside an `args.yaml` with
`task` and `epochs`. Once a training has ended, early or not, both weights are rewritten with the epoch -1: that says
the end, where fewer epochs than `epochs` were trained. The column `time` counts seconds from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from collectors.numbers import plural
from collectors.trainers.description import below, config_of, one_stream, whole_table
from collectors.trainers.folder import Folder, join, last_count, parent, said
from collectors.trainers.names import is_count
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

TABLE: Final = "results.csv"
ARGS: Final = "args.yaml"
WEIGHTS: Final = ("weights/best.pt", "weights/last.pt")
PLACES: Final = frozenset({"epoch", "time"})
MONITORED: Final = ("metrics/mAP50-95(M)", "metrics/mAP50-95(P)", "metrics/mAP50-95(B)", "metrics/accuracy_top1")
"""What the best weights are best in, roughly: masks and poses add theirs to that of boxes."""
HIGHER: Final = ("metrics/mAP", "metrics/precision", "metrics/recall", "metrics/accuracy")
MEASURED: Final = "train_metrics"
"""Key in the weights: what was measured on the validation in their epoch, as the table prints it."""
ENDED: Final = {"epoch": -1}


def recognise(folder: Folder) -> Sequence[Run]:
    """Every run's folder: `runs/detect/train`, `train2` and so on."""
    return [_run(folder, path) for path in folder.named(TABLE) if _is_table(folder, path)]


def _is_table(folder: Folder, path: str) -> bool:
    """Old versions pad their names with blanks, new ones do not."""
    names = folder.columns(path)
    return "epoch" in names and any(n.startswith("train/") for n in names) and any(n.startswith("val/") for n in names)


def _run(folder: Folder, path: str) -> Run:
    root = parent(path)
    args = folder.document(join(root, ARGS))
    is_its_own = isinstance(args.get("task"), str) and is_count(args.get("epochs"))
    weights = [name for name in below(root, *WEIGHTS) if folder.has(name)]
    return Run(
        root=root,
        because=(said(path), *([said(join(root, ARGS))] if is_its_own else []), *map(said, weights[:1])),
        sure=Sureness.SURE if is_its_own else Sureness.LIKELY,
        about=_about(folder, path, args.get("epochs")),
        at=max(folder.modified_at(one) for one in (path, *weights)),
    )


def _about(folder: Folder, path: str, total: object) -> str:
    epoch = last_count(folder, path)
    return f"{epoch} of {plural(total, 'epoch')}" if epoch is not None and isinstance(total, int) else ""


def describe(folder: Folder, run: Run) -> Raw:
    """Its table with every column as it is called, its arguments, its best weights."""
    path = join(run.root, TABLE)
    config = config_of(folder, [join(run.root, ARGS)])
    names = [name for name in folder.columns(path) if name not in PLACES]
    monitored = next((name for name in MONITORED if name in names), None)
    table = whole_table(path, names)
    measured = [name for name in table["columns"].items() if name[1] == monitored or name[1].startswith("val/")]
    says = {series: f"{MEASURED}.{column}" for series, column in measured[:2]}
    return one_stream(
        SPEC.label,
        checkpoint={"path": below(run.root, *WEIGHTS), "ended": ENDED, "says": says},
        table=table,
        config=config and {**config, "starts_run": True},
        completion={"by": "epochs", "total": "epochs", **({"monitor": monitored} if monitored else {})},
        metrics={name: {"better": "higher"} for name in names if name.startswith(HIGHER)},
    )


SPEC = TrainerSpec(
    id="ultralytics",
    label="Ultralytics",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`results.csv` with `train/` and `val/` columns, beside an `args.yaml` with `task` and `epochs`",
        reads="every column of the table (padded or not), `args.yaml`; weights rewritten with epoch -1 say the end, "
        "early or not; what was measured in their epoch",
        judged="`weights/best.pt`, else `weights/last.pt`",
        proven="recorded with Ultralytics 8.4",
    ),
)
