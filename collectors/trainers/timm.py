"""timm's training script: a run's folder with `summary.csv`, `args.yaml`, `last.pth.tar`, `model_best.pth.tar`.

Recognised by a `summary.csv` that begins with `epoch,train_`, beside an `args.yaml` with `sched` and `epochs` or a
checkpoint. Epochs count from 0. A schedule of cycles (cosine, tanh, poly) adds `cooldown_epochs` to `epochs`, and with
`warmup_prefix` the warm-up; all others train `epochs` alone. What is computed of them is the total, as timm does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from collectors.numbers import plural
from collectors.trainers.description import below, config_of, one_stream, whole_table
from collectors.trainers.folder import Folder, join, last_count, parent, said
from collectors.trainers.names import is_count
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

TABLE: Final = "summary.csv"
ARGS: Final = "args.yaml"
MODELS: Final = ("model_best.pth.tar", "last.pth.tar", "checkpoint-*.pth.tar")
CYCLES: Final = frozenset({"cosine", "tanh", "poly"})
"""Schedules whose length timm computes anew."""


def recognise(folder: Folder) -> Sequence[Run]:
    """Every run's folder below `output/train`."""
    return [_run(folder, path) for path in folder.named(TABLE) if _is_table(folder, path)]


def _is_table(folder: Folder, path: str) -> bool:
    names = folder.columns(path)
    return names[:1] == ("epoch",) and "train_loss" in names and any(name.startswith("eval_") for name in names)


def _run(folder: Folder, path: str) -> Run:
    root = parent(path)
    args = folder.document(join(root, ARGS))
    is_its_own = isinstance(args.get("sched"), str) and is_count(args.get("epochs"))
    models = folder.matching(*below(root, *MODELS))
    signs = [*([join(root, ARGS)] if is_its_own else []), *models[:1]]
    return Run(
        root=root,
        because=tuple(map(said, [path, *signs])),
        sure=Sureness.SURE if signs else Sureness.LIKELY,
        about=_about(folder, path, total_of(args)),
        at=max(folder.modified_at(one) for one in (path, *models)),
    )


def _about(folder: Folder, path: str, total: int | None) -> str:
    epoch = last_count(folder, path)
    return f"{epoch + 1} of {plural(total, 'epoch')}" if epoch is not None and total is not None else ""


def total_of(args: Mapping[str, Any]) -> int | None:
    """How many epochs its arguments make; None where they do not say it."""
    epochs, schedule = args.get("epochs"), args.get("sched", "cosine")
    if not is_count(epochs) or not isinstance(epochs, int):
        return None
    if schedule not in CYCLES:
        return epochs + (_count(args, "warmup_epochs") if args.get("warmup_prefix") else 0)
    if args.get("lr_cycle_mul", 1.0) != 1.0:
        return None
    length = epochs * max(1, _count(args, "lr_cycle_limit", 1))
    return (
        length + _count(args, "cooldown_epochs") + (_count(args, "warmup_epochs") if args.get("warmup_prefix") else 0)
    )


def _count(args: Mapping[str, Any], name: str, usual: int = 0) -> int:
    found = args.get(name)
    return found if isinstance(found, int) and is_count(found) else usual


def describe(folder: Folder, run: Run) -> Raw:
    """Its summary with every column, its arguments, its best checkpoint."""
    path = join(run.root, TABLE)
    config = config_of(folder, [join(run.root, ARGS)])
    args = folder.document(join(run.root, ARGS))
    names = [name for name in folder.columns(path) if name != "epoch"]
    metric = f"eval_{args.get('eval_metric', 'top1')}"
    says = {"epoch": {"key": "epoch", "from": 0}, **({metric: "metric"} if metric in names else {})}
    return one_stream(
        SPEC.label,
        checkpoint={"path": below(run.root, *MODELS), "says": says},
        table=whole_table(path, names),
        config=config and {**config, "starts_run": True},
        completion={"by": "epochs", "total": total_of(args) or "epochs", "epochs_from": 0},
        metrics={name: {"better": "higher", "unit": "%"} for name in names if name.startswith("eval_top")},
    )


SPEC = TrainerSpec(
    id="timm",
    label="timm",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="`summary.csv` with `epoch`, `train_loss` and `eval_` columns, beside an `args.yaml` with "
        "`sched`, or a `*.pth.tar`",
        reads="every column of the summary (epochs from 0), `args.yaml`; the total with cooldown, as its schedule "
        "counts",
        judged="`model_best.pth.tar`, else `last.pth.tar`",
        proven="recorded with timm 1",
    ),
)
