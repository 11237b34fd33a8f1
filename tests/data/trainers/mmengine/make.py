"""MMEngine 0.10.7: `python ../record.py mmengine`, with `torch` and `mmengine` installed (and `setuptools<81`).

`folder`: `Runner` by epochs, 4 of 4, `work_dirs/toy/<start>/vis_data/scalars.json`, the config there, `epoch_*.pth`,
`best_accuracy_epoch_*.pth`, `last_checkpoint`. `iterations`: an `IterBasedTrainLoop` to 60 with a validation each 20,
`iter_*.pth`. Data made here, seed 7.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS, MODELS
from mmengine.runner import Runner
from torch.utils.data import Dataset

LIBRARIES = ("mmengine", "torch")
RECORDINGS = ("folder", "iterations")


@DATASETS.register_module()
class Points(Dataset):
    """Points and the side of a line on which each lies."""

    def __init__(self, first: int, last: int) -> None:
        draw = torch.Generator().manual_seed(7)
        self.rows = torch.randn(200, 4, generator=draw)[first:last]
        self.labels = (self.rows[:, 0] + self.rows[:, 1] > 0).long()

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        return {"inputs": self.rows[index], "labels": self.labels[index]}


@MODELS.register_module()
class Toy(BaseModel):
    """One linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(4, 2)

    def forward(self, inputs: torch.Tensor, labels: torch.Tensor, mode: str = "tensor") -> object:
        """Loss and accuracy, or scores and labels."""
        scores = self.layer(inputs)
        if mode == "loss":
            time.sleep(0.01)
            return {"loss_cls": torch.nn.functional.cross_entropy(scores, labels), "acc": _share(scores, labels)}
        return scores, labels


@METRICS.register_module()
class Accuracy(BaseMetric):
    """Share of right labels."""

    def process(self, data_batch: object, data_samples: list[torch.Tensor]) -> None:
        """Keep what a batch says."""
        scores, labels = data_samples
        self.results.append({"right": int((scores.argmax(1) == labels).sum()), "all": len(labels)})

    def compute_metrics(self, results: list[dict[str, int]]) -> dict[str, float]:
        """Of all batches."""
        return {"accuracy": sum(r["right"] for r in results) / sum(r["all"] for r in results)}


def _share(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return (scores.argmax(1) == labels).float().mean()


def _loader(first: int, last: int, *, shuffled: bool) -> dict[str, object]:
    return {
        "batch_size": 10,
        "num_workers": 0,
        "collate_fn": {"type": "default_collate"},
        "dataset": {"type": "Points", "first": first, "last": last},
        "sampler": {"type": "DefaultSampler" if not shuffled else "InfiniteSampler", "shuffle": shuffled},
    }


def train(recording: str) -> None:
    """Train in the present folder."""
    torch.set_num_threads(1)
    by_epoch = recording == "folder"
    known = _loader(0, 150, shuffled=not by_epoch)
    ends = {"by_epoch": True, "max_epochs": 4, "val_interval": 1}
    saves = {"type": "CheckpointHook", "by_epoch": by_epoch, "interval": 1 if by_epoch else 20, "save_best": "accuracy"}
    settings = {
        "model": {"type": "Toy"},
        "work_dir": "work_dirs/toy",
        "train_dataloader": known,
        "train_cfg": ends if by_epoch else {"by_epoch": False, "max_iters": 60, "val_interval": 20},
        "optim_wrapper": {"type": "OptimWrapper", "optimizer": {"type": "SGD", "lr": 0.2}},
        "param_scheduler": [{"type": "MultiStepLR", "milestones": [3], "by_epoch": by_epoch}],
        "val_dataloader": _loader(150, 200, shuffled=False),
        "val_cfg": {},
        "val_evaluator": {"type": "Accuracy"},
        "default_hooks": {
            "logger": {"type": "LoggerHook", "interval": 5, "log_metric_by_epoch": by_epoch},
            "checkpoint": saves,
        },
        "log_processor": {"type": "LogProcessor", "window_size": 5, "by_epoch": by_epoch},
        "default_scope": "mmengine",
        "randomness": {"seed": 7},
    }
    path = Path("toy.py")
    Config(settings).dump(str(path))
    Runner.from_cfg(Config.fromfile(str(path))).train()


def read(recording: str, folder: Path) -> dict[str, object]:
    """Each row of `scalars.json` (training and validation mixed) as JSON; the checkpoints by torch."""
    path = next(folder.glob("work_dirs/toy/*/vis_data/scalars.json"))
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    series: dict[str, dict[str, list[object]]] = {}
    for row in rows:
        part = "train" if "lr" in row else "val"
        for key in row.keys() - {"step", "epoch", "iter"}:
            kept = series.setdefault(f"{part}/{key}", {"file": path.relative_to(folder).as_posix(), "key": key})
            for name in ("step", "epoch", "iter"):
                if name in row:
                    kept.setdefault({"step": "at"}.get(name, name), []).append(row[name])
            kept.setdefault("values", []).append(row[key])
    models = []
    for file in sorted(folder.glob("work_dirs/toy/*.pth")):
        meta = torch.load(file, weights_only=False)["meta"]
        says = {"epoch": meta["epoch"], "iter": meta["iter"]}
        models.append({"file": file.relative_to(folder).as_posix(), "says": says})
    last = (folder / "work_dirs/toy/last_checkpoint").read_text()
    by_epoch = recording == "folder"
    return {
        "ended": "complete",
        "unit": "epoch" if by_epoch else "iteration",
        "steps_are": {"train": "iterations", "val": "epochs" if by_epoch else "iterations"},
        "first": 1,
        "last": max(series["val/accuracy"]["at"]),
        "total": 4 if by_epoch else 60,
        "total_said_by": "vis_data/config.py: train_cfg." + ("max_epochs" if by_epoch else "max_iters"),
        "series": dict(sorted(series.items())),
        "models": models,
        "last_checkpoint": last,
        "judged": next(m["file"] for m in models if "best_" in m["file"]),
    }
