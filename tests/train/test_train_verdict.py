"""The dashboard's own command judges what the trainers left."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

Judge = Callable[..., tuple[int, dict[str, str | int]]]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Run `python -m collectors validate` on a workspace; gives its exit code and verdict."""

    def run(workspace: Path, *options: str) -> tuple[int, dict[str, str | int]]:
        command = [sys.executable, "-m", "collectors", "validate", str(workspace), "--format", "json", *options]
        command += ["--smoke-python", sys.executable, "--state-dir", str(tmp_path / "state")]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=300, check=False)
        assert done.stdout, done.stderr
        verdict: dict[str, str | int] = json.loads(done.stdout)["verdict"]
        return done.returncode, verdict

    return run


def test_a_finished_training_is_ready(quick: Path, judge: Judge) -> None:
    """All nine checks pass, the smoke test with them."""
    code, verdict = judge(quick, "--run-smoke")

    assert (code, verdict["value"], verdict["passed"], verdict["total"]) == (0, "ready", 9, 9), verdict


def test_a_diverged_training_is_not_ready_because_it_diverged(
    train: Callable[..., int], scratch: Path, judge: Judge
) -> None:
    """Although the checkpoints of the good run before it still lie there."""
    train(scratch, "--quick", "--diverge")
    code, verdict = judge(scratch)

    assert (code, verdict["value"]) == (1, "not_ready")
    assert "diverged" in str(verdict["reason"])


def test_a_killed_training_is_not_ready_because_it_did_not_end(
    pipeline: Callable[..., CompletedProcess[str]], tmp_path: Path, judge: Judge
) -> None:
    """Nothing says so on disk: the writer's process is gone, and epochs are missing."""
    killed = pipeline(tmp_path / "workspace", "--quick", "--kill-at-epoch", 2)
    code, verdict = judge(tmp_path / "workspace")

    assert killed.returncode == -9
    assert (code, verdict["value"]) == (1, "not_ready")
    assert "epoch 1 of 2" in str(verdict["reason"])
