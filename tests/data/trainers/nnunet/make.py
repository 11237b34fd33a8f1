"""nnU-Net 2.8.1: `python ../record.py nnunet`, with `torch` and `nnunetv2` installed.

`folder`: fold 0 of a 2d model, 6 of 6 epochs (from 0) of 3 iterations, `training_log_*.txt`, `debug.json`,
`checkpoint_best.pth`, `checkpoint_final.pth`, `validation/summary.json`, below the results folder of a data set. The
plans are cut to a tiny network. `killed`: SIGKILL after epoch 4 of 50: `checkpoint_latest.pth` (each 2 epochs), no
final one. Images made here, seed 7; `progress.png` is left out of the archives for its size.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import torch
from nnunetv2.experiment_planning import plan_and_preprocess_api as prepare
from nnunetv2.run.run_training import get_trainer_from_args
from skimage import io

LIBRARIES = ("nnunetv2", "torch")
RECORDINGS = ("folder", "killed")
EPOCHS = {"folder": 6, "killed": 50}
INPUT = Path("/tmp/toy-home")
ENVIRONMENT = {
    "nnUNet_raw": str(INPUT / "raw"),
    "nnUNet_preprocessed": str(INPUT / "preprocessed"),
    "nnUNet_results": "/tmp/toy",
    "nnUNet_n_proc_DA": "1",
}
LEFT_OUT = {"progress.png"}
LINE = re.compile(r"^\S+ \S+: (?P<name>Epoch|Current learning rate:|train_loss|val_loss|Pseudo dice) (?P<value>.*?) *$")
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?|nan")


def _log(folder: Path) -> str:
    found = sorted(folder.rglob("training_log_*.txt"))
    return found[-1].read_text() if found else ""


KILLED = {"killed": lambda folder: "Epoch 5" in _log(folder)}


def train(recording: str) -> None:
    """Make the images, plan, and train in the present folder."""
    draw = np.random.default_rng(7)
    source = INPUT / "raw" / "Dataset001_Toy"
    for part in ("imagesTr", "labelsTr"):
        (source / part).mkdir(parents=True)
    for case in range(10):
        label = np.zeros((32, 32), np.uint8)
        top, left = draw.integers(4, 16, 2)
        label[top : top + 12, left : left + 12] = 1
        image = np.clip(draw.normal(60 + 120 * label, 15), 0, 255).astype(np.uint8)
        io.imsave(source / "imagesTr" / f"toy_{case:03d}_0000.png", image, check_contrast=False)
        io.imsave(source / "labelsTr" / f"toy_{case:03d}.png", label, check_contrast=False)
    about = {"channel_names": {"0": "grey"}, "labels": {"background": 0, "square": 1}, "numTraining": 10}
    (source / "dataset.json").write_text(json.dumps({**about, "file_ending": ".png"}))
    prepare.extract_fingerprints([1], num_processes=1)
    prepare.plan_experiments([1])
    _shrink(INPUT / "preprocessed" / "Dataset001_Toy" / "nnUNetPlans.json")
    prepare.preprocess([1], configurations=["2d"], num_processes=[1])
    torch.manual_seed(7)
    torch.set_num_threads(1)
    trainer = get_trainer_from_args("1", "2d", 0, device=torch.device("cpu"))
    trainer.num_epochs, trainer.save_every = EPOCHS[recording], 2
    trainer.num_iterations_per_epoch, trainer.num_val_iterations_per_epoch = 3, 2
    trainer.run_training()
    trainer.perform_actual_validation()


def _shrink(path: Path) -> None:
    """Three stages of few channels, two images a batch: with two, deep supervision gives each output no weight."""
    plans = json.loads(path.read_text())
    planned = plans["configurations"]["2d"]
    planned["batch_size"] = 2
    network = planned["architecture"]["arch_kwargs"]
    network["n_stages"], network["features_per_stage"] = 3, [2, 4, 4]
    for name in ("kernel_sizes", "strides", "n_conv_per_stage"):
        network[name] = network[name][:3]
    network["n_conv_per_stage_decoder"] = network["n_conv_per_stage_decoder"][:2]
    path.write_text(json.dumps(plans, indent=4))


def read(recording: str, folder: Path) -> dict[str, object]:
    """The log line by line, and what each checkpoint kept of it unrounded; by torch."""
    log = sorted(folder.rglob("training_log_*.txt"))[-1]
    series: dict[str, dict[str, object]] = {}
    epoch = -1
    for line in log.read_text().splitlines():
        found = LINE.match(line)
        if not found:
            continue
        values = [float(value) for value in NUMBER.findall(re.sub(r"np\.float\d+", "", found["value"]))]
        if found["name"] == "Epoch":
            epoch = int(values[0])
            continue
        kept = series.setdefault(found["name"], {"file": log.relative_to(folder).as_posix(), "at": [], "values": []})
        kept["at"].append(epoch)
        kept["values"].append(values[0])
    models = []
    for path in sorted(folder.rglob("*.pth")):
        held = torch.load(path, map_location="cpu", weights_only=False)
        names = ("train_losses", "val_losses", "mean_fg_dice", "ema_fg_dice")
        says = {name: [float(v) for v in held["logging"][name]] for name in names}
        says |= {"current_epoch": held["current_epoch"], "trainer_name": held["trainer_name"]}
        models.append({"file": path.relative_to(folder).as_posix(), "says": says})
    return {
        "ended": "killed" if recording == "killed" else "complete",
        "unit": "epoch",
        "first": series["train_loss"]["at"][0],
        "last": series["train_loss"]["at"][-1],
        "total": EPOCHS[recording],
        "total_said_by": "fold_0/debug.json: num_epochs (text)",
        "series": series,
        "models": models,
        "judged": next((m["file"] for m in models if "final" in m["file"]), models[0]["file"]),
    }
