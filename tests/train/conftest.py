"""Real, small trainings for the tests in this folder; all of them need torch.

`quick` is one finished training of both streams, made once by the real command. `scratch` is a
copy of it that a test may spoil. `train(workspace, ...)` runs another one in this process.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
# `examples` is run from the checkout and never installed.
sys.path.insert(0, str(REPOSITORY))

HAS_TORCH = importlib.util.find_spec("torch") is not None

Command = Callable[..., subprocess.CompletedProcess[str]]


class LeftOut(pytest.Module):
    """A test file that is reported as skipped instead of being imported, which would fail."""

    def collect(self) -> list[pytest.Item]:
        """Skip the file."""
        pytest.skip("the trainer tests need torch: make test TRAIN=1", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Leave the files of this folder out where there is no torch."""
    return None if HAS_TORCH else LeftOut.from_parent(parent, path=module_path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs torch, so that it can be chosen or counted."""
    for item in items:
        if item.nodeid.startswith("tests/train/"):
            item.add_marker(pytest.mark.train)


def run_module(module: str, *arguments: object, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    """Run `python -m module` as a user would, in a folder, with nothing else on the path."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="session")
def pipeline() -> Command:
    """Run the pipeline's command in a process of its own."""

    def run(workspace: Path, *options: object) -> subprocess.CompletedProcess[str]:
        return run_module("examples.reference_pipeline", "--workspace", workspace, "--no-validate", *options)

    return run


@pytest.fixture(scope="session")
def train() -> Callable[..., int]:
    """Run the pipeline in this process, which has torch loaded already; gives the exit code."""
    from examples.reference_pipeline.__main__ import main  # noqa: PLC0415 - on the path only since this file

    def run(workspace: Path, *options: object) -> int:
        return main(["--workspace", str(workspace), "--no-validate", *map(str, options)])

    return run


@pytest.fixture(scope="session")
def quick(pipeline: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Workspace of a finished two-epoch training of both streams; not to be changed."""
    workspace = tmp_path_factory.mktemp("quick") / "workspace"
    done = pipeline(workspace, "--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    return workspace


@pytest.fixture
def scratch(quick: Path, tmp_path: Path) -> Path:
    """Copy of the finished workspace, times kept."""
    return Path(shutil.copytree(quick, tmp_path / "workspace"))


@pytest.fixture(scope="session")
def score() -> Command:
    """Run the workspace's own scoring command, from inside it."""

    def run(workspace: Path, stream: str, **other: str) -> subprocess.CompletedProcess[str]:
        files = {
            "checkpoint": f"checkpoints/{stream}_ssl.pt",
            "config": f"configs/{stream}_ssl_real.yaml",
        } | other
        arguments = [part for name, value in files.items() for part in (f"--{name}", value)]
        return run_module("inference.run_scoring_example", "--stream", stream, *arguments, cwd=workspace)

    return run
