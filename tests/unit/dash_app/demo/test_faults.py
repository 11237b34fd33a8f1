"""Each end of the demonstration gets the verdict it deserves, from the command that anybody runs."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.server import clean_environment

from dash_app.demo.faults import Die, Flip, steps_of
from dash_app.demo.recording import RecordedRun, RecordingProblem
from dash_app.demo.shipped import load_library

ROOT = Path(__file__).resolve().parents[4]
Judged = tuple[int, dict[str, Any], dict[str, dict[str, Any]]]
Judge = Callable[..., Judged]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Replay 300 times as fast, then validate: exit code, verdict, checks by id."""

    def run(*fault: str) -> Judged:
        places = [str(tmp_path / "workspace"), "--state-dir", str(tmp_path / "state")]
        _python("dash_app.demo", *places, "--speed", "300", *fault)
        done = _python("collectors", "validate", *places, "--format", "json")
        told = json.loads(done.stdout)
        return done.returncode, told["verdict"], {check["id"]: check for check in told["checklist"]}

    return run


def _python(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)


def outcomes(checks: dict[str, dict[str, Any]], outcome: str) -> set[str]:
    return {name for name, check in checks.items() if check["outcome"] == outcome}


def test_the_good_end_is_ready_thirteen_of_thirteen(judge: Judge) -> None:
    """The nine, and those of its decisions; check 6 says that its result was recorded."""
    code, verdict, checks = judge()

    assert (code, verdict["value"], verdict["passed"], verdict["total"]) == (0, "ready", 13, 13)
    assert checks["smoke"]["detail"].count("exit 0, recorded") == 2


def test_diverge_is_not_ready_because_the_losses_are_not_finite(judge: Judge) -> None:
    """A training that really diverged: it released what it had, and nobody backed it up."""
    code, verdict, checks = judge("--fault", "diverge")

    assert (code, verdict["value"]) == (1, "not_ready")
    assert verdict["reason"].startswith("PatchTST diverged")
    assert "patchtst: diverged, train_loss NaN since epoch 6" in verdict["evidence"]
    assert outcomes(checks, "fail") == {"training", "backup"}


def test_stall_is_not_ready_because_swinmae_did_not_end(judge: Judge, tmp_path: Path) -> None:
    """The writer is gone, so nobody waits for minutes of silence."""
    code, verdict, checks = judge("--fault", "stall")

    assert (code, verdict["value"]) == (1, "not_ready")
    assert verdict["reason"].startswith("SwinMAE fell silent at epoch 6 of 12")
    assert "swinmae: epoch 6 of 12, then silent" in verdict["evidence"]
    assert outcomes(checks, "fail") == {"training", "backup"}
    status = json.loads((tmp_path / "workspace/run_status.json").read_bytes())
    assert (status["stream"], status["outcome"]) == ("swinmae", None)


def test_corrupt_is_not_ready_because_a_checksum_fails(judge: Judge, tmp_path: Path) -> None:
    """One bit of the last checkpoint is another; the backup still has the right one, and says so."""
    code, verdict, checks = judge("--fault", "corrupt")

    assert (code, verdict["value"]) == (1, "not_ready")
    assert verdict["reason"].startswith("SwinMAE's checkpoint is damaged")
    assert "checkpoints/swinmae_ssl.pt: CRC" in verdict["evidence"]
    assert outcomes(checks, "fail") == {"checkpoints", "provenance", "thresholds"}  # calibrated with the sound one
    assert checks["smoke"]["outcome"] == "skip"
    with zipfile.ZipFile(tmp_path / "workspace/checkpoints/swinmae_ssl.pt") as damaged:
        assert damaged.testzip() is not None


def test_a_stall_ends_with_the_writers_death_half_way_through_swinmae() -> None:
    good = load_library().run("good")
    steps = steps_of(good, "stall")

    assert isinstance(steps[-1], Die)
    assert not any(isinstance(step, Die) for step in steps[:-1])
    assert len(steps) < len(steps_of(good, None))


def test_a_corruption_follows_the_last_save_and_changes_nothing_else() -> None:
    good = load_library().run("good")
    steps = steps_of(good, "corrupt")
    (flip,) = [step for step in steps if isinstance(step, Flip)]

    assert [step for step in steps if step is not flip] == list(steps_of(good, None))
    assert flip.at_seconds == max(w.at_seconds for w in good.writes if w.path == flip.path)


@pytest.mark.parametrize("fault", ["stall", "corrupt"])
def test_a_run_that_has_no_place_for_the_fault_is_refused(fault: str) -> None:
    empty = load_library().run("good").model_copy(update={"writes": ()})

    with pytest.raises(RecordingProblem):
        steps_of(RecordedRun.model_validate(empty.model_dump()), fault)
