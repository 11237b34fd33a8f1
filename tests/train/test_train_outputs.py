"""A finished training leaves what `training-outputs` says, whole and readable."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import torch
import yaml
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

STREAMS = ("patchtst", "swinmae")
REQUIRED = {
    "patchtst": ("data.source", "data.path", "training.lr", "training.epochs", "model.mask_ratio", "device.amp"),
    "swinmae": ("data.source", "data.path", "data.fs", "training.lr", "training.epochs", "model.mask_ratio"),
}

both = pytest.mark.parametrize("stream", STREAMS)


def history(workspace: Path, stream: str) -> list[dict[str, str]]:
    """Read the loss history."""
    with (workspace / f"artifacts/loss/{stream}_loss_history.csv").open(newline="") as handle:
        return list(csv.DictReader(handle))


@both
def test_the_training_loss_falls(quick: Path, stream: str) -> None:
    """Two epochs on a small part of the data are enough to learn something."""
    losses = [float(row["train_loss"]) for row in history(quick, stream)]

    assert len(losses) == 2
    assert losses[1] < 0.9 * losses[0]


@both
def test_the_event_file_tells_the_same_losses_by_epoch(quick: Path, stream: str) -> None:
    """Scalars `loss/train` and `loss/val`, steps counted from 1."""
    (events,) = (quick / f"runs/{stream}_ssl").glob("events.out.tfevents.*")
    read = EventAccumulator(str(events)).Reload()

    for tag, column in (("loss/train", "train_loss"), ("loss/val", "val_loss")):
        scalars = read.Scalars(tag)
        assert [scalar.step for scalar in scalars] == [1, 2]
        assert [scalar.value for scalar in scalars] == pytest.approx(
            [float(row[column]) for row in history(quick, stream)], rel=1e-6
        )


@both
def test_the_loss_history_has_the_recorded_form(quick: Path, stream: str) -> None:
    """Header, CRLF and epochs from 1, as in the recorded samples."""
    lines = (quick / f"artifacts/loss/{stream}_loss_history.csv").read_bytes().split(b"\r\n")

    assert lines[0] == b"epoch,train_loss,val_loss"
    assert [line.split(b",")[0] for line in lines[1:-1]] == [b"1", b"2"]
    assert lines[-1] == b""


@both
def test_the_checkpoint_holds_only_plain_types_and_finite_tensors(quick: Path, stream: str) -> None:
    """Read with `weights_only=True`, of about 100,000 parameters, and about the best epoch."""
    content = torch.load(quick / f"checkpoints/{stream}_ssl.pt", weights_only=True)
    weights = content["model_state_dict"]
    best = min(history(quick, stream), key=lambda row: float(row["val_loss"]))

    assert set(content) == {"epoch", "model_state_dict", "config", "val_loss"}
    assert all(torch.isfinite(tensor).all() for tensor in weights.values())
    assert 80_000 < sum(tensor.numel() for tensor in weights.values()) < 120_000
    assert (content["epoch"], content["val_loss"]) == (int(best["epoch"]), float(best["val_loss"]))


@both
def test_the_config_has_the_keys_of_the_recorded_ones(quick: Path, stream: str) -> None:
    """Every key the dashboard requires is there, and the checkpoint carries the same config."""
    config = yaml.safe_load((quick / f"configs/{stream}_ssl_real.yaml").read_text())
    content = torch.load(quick / f"checkpoints/{stream}_ssl.pt", weights_only=True)

    for path in REQUIRED[stream]:
        section, key = path.split(".")
        assert config[section][key] is not None
    assert content["config"] == config


def test_the_scaler_was_learnt_from_all_channels(quick: Path) -> None:
    """Centre and scale for the six channels of the watch."""
    scaler = json.loads((quick / "artifacts/scaler_fdc.json").read_text())

    assert scaler["method"] == "zscore"
    assert len(scaler["center"]) == len(scaler["scale"]) == 6
    assert min(scaler["scale"]) > 0


@both
def test_the_loss_curve_is_a_picture(quick: Path, stream: str) -> None:
    """A PNG that Pillow verifies."""
    with Image.open(quick / f"artifacts/loss/{stream}_loss_curve.png") as picture:
        picture.verify()

        assert picture.format == "PNG"


@pytest.mark.parametrize(("folder", "files"), [("fdc", ["watch_a", "watch_b"]), ("vib", ["watch_c", "watch_d"])])
def test_every_input_file_has_a_data_quality_report(quick: Path, folder: str, files: list[str]) -> None:
    """Decision, reasons and numbers, one report a file."""
    reports = [json.loads(path.read_text()) for path in (quick / "artifacts/dqvl" / folder).glob("*.json")]

    assert sorted(report["file_id"] for report in reports) == [f"{name}.npz" for name in files]
    assert {report["decision"] for report in reports} == {"keep"}
    assert all(report["metrics"]["row_count"] > 40_000 for report in reports)


def test_the_split_policy_speaks_of_every_part(quick: Path) -> None:
    """Train, validation, calibration and normal are named."""
    text = (quick / "docs/calibration_split_policy.md").read_text()

    assert all(word in text for word in ("train", "validation", "calibration", "normal"))


def test_the_backup_holds_the_released_bytes(quick: Path) -> None:
    """Checkpoints and configs in the bundle are equal to those in the workspace."""
    (bundle,) = (quick / "artifacts/bundles").glob("run_bundle_*.zip")
    wanted = [f"{kind}_ssl{end}" for kind in STREAMS for end in (".pt", "_real.yaml")]
    with zipfile.ZipFile(bundle) as archive:
        copies = {name: archive.read(name) for name in archive.namelist()}

    assert {Path(name).name for name in copies} >= set(wanted)
    assert all(content == (quick / name).read_bytes() for name, content in copies.items())


def test_the_heartbeat_tells_how_the_run_ended(quick: Path) -> None:
    """Outcome of both streams, and aware times in order."""
    status = json.loads((quick / "run_status.json").read_text())
    began, told = (datetime.fromisoformat(status[key]) for key in ("started_at", "updated_at"))

    assert status["outcome"] == "completed"
    assert status["outcomes"] == dict.fromkeys(STREAMS, "completed")
    assert (status["stream"], status["epoch"], status["epochs"]) == ("swinmae", 2, 2)
    assert began.utcoffset() is not None
    assert began <= told


@both
def test_the_trivial_baselines_are_written_beside_the_trained_loss(quick: Path, stream: str) -> None:
    """Two baselines a stream, and whether the model beats the better one, whatever the answer."""
    report = json.loads((quick / f"artifacts/baselines/{stream}.json").read_text())

    assert len(report["baselines"]) == 2
    assert report["beats_better_baseline"] == (report["trained_val_loss"] < min(report["baselines"].values()))


def test_nothing_temporary_is_left(quick: Path) -> None:
    """No half-written file, and no resume state once the run has ended."""
    assert not list(quick.rglob("*.tmp"))
    assert not (quick / "train_state").exists()
