"""The dashboard's own command judges what the trainers left."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

needs_collectors = pytest.mark.skipif(
    importlib.util.find_spec("collectors.__main__") is None, reason="the collectors' commands are not there yet"
)


def validate(workspace: Path, state_dir: Path) -> tuple[int, dict[str, object]]:
    """Run `validate --run-smoke` and give its exit code and verdict."""
    command = [sys.executable, "-m", "collectors", "validate", str(workspace), "--format", "json"]
    command += ["--run-smoke", "--smoke-python", sys.executable, "--state-dir", str(state_dir)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout, done.stderr
    verdict: dict[str, object] = json.loads(done.stdout)["verdict"]
    return done.returncode, verdict


@needs_collectors
def test_a_finished_training_is_ready(quick: Path, tmp_path: Path) -> None:
    """All nine checks pass, the smoke test with them."""
    code, verdict = validate(quick, tmp_path)

    assert (code, verdict["value"], verdict["passed"]) == (0, "ready", 9), verdict
