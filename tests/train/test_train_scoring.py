"""The scoring command of a workspace passes on what was trained, and on nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import torch

from examples.reference_pipeline.inference.run_scoring_example import main

Command = Callable[..., CompletedProcess[str]]

both = pytest.mark.parametrize("stream", ["patchtst", "swinmae"])


@pytest.fixture
def score_here(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Score in this process, from inside a workspace that may be spoilt; gives the exit code."""
    monkeypatch.chdir(scratch)

    def run(stream: str, checkpoint: str = "") -> int:
        file = checkpoint or f"checkpoints/{stream}_ssl.pt"
        return main(["--stream", stream, "--checkpoint", file, "--config", f"configs/{stream}_ssl_real.yaml"])

    return run


@both
def test_a_workspace_scores_its_own_checkpoint_wherever_it_stands(scratch: Path, score: Command, stream: str) -> None:
    """Moved to another folder, without the repository on the path, the losses are repeated."""
    done = score(scratch, stream)

    assert done.returncode == 0, done.stderr
    assert "32 validation windows scored" in done.stdout
    assert done.stdout.endswith("ok\n")


def test_a_swapped_checkpoint_is_refused(quick: Path, score: Command) -> None:
    """The other stream's checkpoint has other tensors; the line says which."""
    done = score(quick, "patchtst", checkpoint="checkpoints/swinmae_ssl.pt")

    assert done.returncode == 1
    assert "checkpoints/swinmae_ssl.pt does not fit the model of this config" in done.stderr
    assert "Traceback" not in done.stderr


@both
def test_nan_weights_are_refused(
    scratch: Path, score_here: Callable[..., int], capsys: pytest.CaptureFixture[str], stream: str
) -> None:
    """A checkpoint of the right shape with one NaN fails."""
    path = scratch / f"checkpoints/{stream}_ssl.pt"
    content = torch.load(path, weights_only=True)
    next(iter(content["model_state_dict"].values())).view(-1)[0] = float("nan")
    torch.save(content, path)

    assert score_here(stream) == 1
    assert "NaN or infinite weights" in capsys.readouterr().err


def test_a_flipped_byte_is_refused(
    scratch: Path, score_here: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """torch would load it; the archive's checksum tells."""
    path = scratch / "checkpoints/patchtst_ssl.pt"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)

    assert score_here("patchtst") == 1
    assert "checkpoints/patchtst_ssl.pt: expected a sound torch checkpoint" in capsys.readouterr().err


@pytest.mark.parametrize("gone", ["checkpoints/patchtst_ssl.pt", "artifacts/scaler_fdc.json", "data/fdc"])
def test_a_missing_file_is_named(
    scratch: Path, score_here: Callable[..., int], capsys: pytest.CaptureFixture[str], gone: str
) -> None:
    """Whatever scoring needs and cannot find, the line names it."""
    path = scratch / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()

    assert score_here("patchtst") == 1
    assert gone in capsys.readouterr().err


def test_a_config_of_another_training_is_refused(
    scratch: Path, score_here: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """With another mask ratio the model still fits, but the recorded loss cannot be repeated."""
    path = scratch / "configs/patchtst_ssl_real.yaml"
    path.write_text(path.read_text().replace("mask_ratio: 0.4", "mask_ratio: 0.8"))

    assert score_here("patchtst") == 1
    assert "cannot be repeated" in capsys.readouterr().err


def test_the_config_of_a_file_that_is_not_yaml_is_refused(
    scratch: Path, score_here: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """A config that cannot be read is a line, not a traceback."""
    (scratch / "configs/swinmae_ssl_real.yaml").write_text("model: [")

    assert score_here("swinmae") == 1
    assert "configs/swinmae_ssl_real.yaml" in capsys.readouterr().err
