"""Honest bad runs: one that diverges, one that is killed, and one that goes on after it."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

Command = Callable[..., CompletedProcess[str]]


def losses(workspace: Path, stream: str) -> list[tuple[int, float, float]]:
    """Read (epoch, train loss, validation loss) of every row on disk."""
    with (workspace / f"artifacts/loss/{stream}_loss_history.csv").open(newline="") as handle:
        return [(int(row[0]), float(row[1]), float(row[2])) for row in list(csv.reader(handle))[1:]]


def event_steps(workspace: Path, stream: str) -> list[list[int]]:
    """Read the steps of each event file, oldest file first."""
    files = sorted((workspace / f"runs/{stream}_ssl").glob("events.out.tfevents.*"), key=lambda f: f.stat().st_mtime_ns)
    readers = [EventAccumulator(str(file)).Reload() for file in files]
    return [[scalar.step for scalar in reader.Scalars("loss/train")] for reader in readers]


def status(workspace: Path) -> dict[str, object]:
    """Read the heartbeat."""
    content: dict[str, object] = json.loads((workspace / "run_status.json").read_text())
    return content


def test_a_diverging_training_leaves_nan_and_no_checkpoint(train: Callable[..., int], tmp_path: Path) -> None:
    """Exit code 0 as in the old pipeline; events, CSV and picture are written with NaN."""
    code = train(tmp_path, "--quick", "--diverge", "--streams", "swinmae")
    (events,) = (tmp_path / "runs/swinmae_ssl").glob("events.out.tfevents.*")
    scalars = EventAccumulator(str(events)).Reload().Scalars("loss/val")

    assert code == 0
    assert [scalar.step for scalar in scalars] == [1, 2]
    assert not any(math.isfinite(scalar.value) for scalar in scalars)
    assert not any(
        math.isfinite(loss) for _, train_loss, val in losses(tmp_path, "swinmae") for loss in (train_loss, val)
    )
    assert not (tmp_path / "checkpoints").exists()
    assert not (tmp_path / "artifacts/bundles").exists()
    assert status(tmp_path)["outcome"] == "diverged"
    with Image.open(tmp_path / "artifacts/loss/swinmae_loss_curve.png") as picture:
        picture.verify()


def test_a_diverging_rerun_leaves_the_old_checkpoint_alone(train: Callable[..., int], scratch: Path) -> None:
    """The checkpoint of the earlier run keeps its bytes and its time."""
    path = scratch / "checkpoints/patchtst_ssl.pt"
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    train(scratch, "--quick", "--diverge", "--streams", "patchtst")

    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert event_steps(scratch, "patchtst") == [[1, 2], [1, 2]]


def test_a_training_may_diverge_later(train: Callable[..., int], tmp_path: Path) -> None:
    """The last finite epoch's checkpoint stays, and training stops after two lost epochs."""
    train(tmp_path, "--quick", "--epochs", 6, "--diverge", 2, "--streams", "patchtst")
    rows = losses(tmp_path, "patchtst")

    assert [math.isfinite(val) for _, _, val in rows] == [True, False, False]
    assert (tmp_path / "checkpoints/patchtst_ssl.pt").is_file()
    assert status(tmp_path)["outcome"] == "diverged"


def test_a_killed_training_is_left_unfinished_and_can_go_on(
    pipeline: Command, train: Callable[..., int], tmp_path: Path
) -> None:
    """SIGKILL in epoch 3 leaves two; resumed, the numbers are those of a run never interrupted."""
    killed = pipeline(tmp_path / "killed", "--quick", "--epochs", 3, "--kill-at-epoch", 3, "--streams", "patchtst")

    assert killed.returncode == -9
    assert [epoch for epoch, _, _ in losses(tmp_path / "killed", "patchtst")] == [1, 2]
    assert event_steps(tmp_path / "killed", "patchtst") == [[1, 2]]
    assert status(tmp_path / "killed")["outcome"] is None
    assert not (tmp_path / "killed/artifacts/loss/patchtst_loss_curve.png").exists()

    assert train(tmp_path / "killed", "--resume") == 0
    train(tmp_path / "whole", "--quick", "--epochs", 3, "--streams", "patchtst")

    assert event_steps(tmp_path / "killed", "patchtst") == [[1, 2], [3]]
    assert losses(tmp_path / "killed", "patchtst") == losses(tmp_path / "whole", "patchtst")
    assert status(tmp_path / "killed")["outcome"] == "completed"


def test_a_training_without_progress_stops_early_and_says_so(train: Callable[..., int], tmp_path: Path) -> None:
    """With a learning rate far too high some epoch within fifteen brings nothing new."""
    train(tmp_path, "--quick", "--epochs", 15, "--lr", 1.0, "--patience", 1, "--streams", "patchtst")
    validation = [val for _, _, val in losses(tmp_path, "patchtst")]

    assert 1 < len(validation) < 15
    assert validation[-1] >= min(validation[:-1])
    assert status(tmp_path)["outcome"] == "early_stopped"


def test_a_finished_run_cannot_be_resumed(
    train: Callable[..., int], scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is nothing to go on with, and the line says what to do."""
    assert train(scratch, "--resume") == 2
    assert "start without --resume" in capsys.readouterr().err
