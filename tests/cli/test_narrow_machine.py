"""The checklist where little is allowed: limits of address space, memory and descriptors, no /proc, no child at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.gathered import START, gather
from support.server import ROOT, clean_environment
from support.workspaces import write_good

from collectors.contract.values import Outcome, Status
from collectors.evidence.files import NOT_READ_HERE
from collectors.judge.checklist import judge
from collectors.judge.checks.part import LIMITS as MACHINE

MEMORY_GROUP = Path("/sys/fs/cgroup/memory")
LIMITS = {
    "2 GiB": "ulimit -v 2097152",
    "4 GiB": "ulimit -v 4194304",
    "8 GiB": "ulimit -v 8388608",
    "2 GiB, soft": "ulimit -Sv 2097152",
    "600 MB": "ulimit -v 600000",
    "64 descriptors": "ulimit -n 64",
}
MOUNTED = {
    "no /proc": "mount -t tmpfs none /proc",
    "noexec tmp": "mount -t tmpfs -o noexec none /dev/shm; export TMPDIR=/dev/shm",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("narrow") / "ws"
    write_good(root)
    return root


def outcomes(workspace: Path, *before: str) -> dict[str, str]:
    """Check -> outcome, of a whole run behind some other command."""
    command = [sys.executable, "-m", "collectors", "validate", str(workspace), "--format", "json"]
    finished = subprocess.run(
        [*before, *command, "--state-dir", str(workspace.parent / "state")],
        cwd=ROOT, capture_output=True, text=True, env=clean_environment(), timeout=120, check=False,
    )  # fmt: skip
    assert finished.returncode == 4, finished.stderr
    told: dict[str, Any] = json.loads(finished.stdout)
    return {check["id"]: check["outcome"] for check in told["checklist"]}


@pytest.fixture(scope="module")
def usual(workspace: Path) -> dict[str, str]:
    """What is said where nothing is short: a good training, its smoke test not run."""
    found = outcomes(workspace)
    assert sorted(set(found.values())) == ["pass", "skip"]
    return found


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
def test_under_a_limit_the_same_is_said(workspace: Path, usual: dict[str, str], limit: str) -> None:
    assert outcomes(workspace, "bash", "-c", f'{limit}; exec "$@"', "-") == usual


@pytest.mark.parametrize("mount", MOUNTED.values(), ids=MOUNTED)
def test_without_a_usual_folder_the_same_is_said(workspace: Path, usual: dict[str, str], mount: str) -> None:
    before = ["unshare", "--mount", "bash", "-c", f'{mount}; exec "$@"', "-"]
    if subprocess.run([*before, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    assert outcomes(workspace, *before) == usual


@pytest.fixture
def memory_group() -> Iterator[Path]:
    """A control group of 192 MiB; skips where none can be made."""
    group = MEMORY_GROUP / f"narrow-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(192 << 20))
    except OSError as error:
        pytest.skip(f"no control group can be made: {error}")
    yield group
    group.rmdir()


def test_in_a_control_group_of_little_memory_the_same_is_said(
    workspace: Path, usual: dict[str, str], memory_group: Path
) -> None:
    enter = f'echo $$ > {memory_group}/cgroup.procs; exec "$@"'
    assert outcomes(workspace, "bash", "-c", enter, "-") == usual


@pytest.mark.parametrize("python", ["/no/such/python", "/bin/false"], ids=["not there", "dies at once"])
def test_where_no_child_can_be_made_no_check_fails(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    """Whatever is in the files, nobody looked: all that depends on them cannot be told."""
    monkeypatch.setattr("sys.executable", python)
    seen = gather(workspace, START + 600)
    found, steps = judge(seen).checks, judge(seen).steps

    told = {check.id: check.detail for check in found if check.outcome is not Outcome.PASS}
    assert [check.id for check in found if check.outcome is Outcome.FAIL] == [], told
    assert {"checkpoints", "scaler", "configs", "backup", "split_policy"} <= told.keys()
    assert all(NOT_READ_HERE in told[name] for name in ("checkpoints", "scaler", "configs", "backup"))
    assert [s.id for s in seen.streams if s.progress.status is Status.FAIL] == []

    step = next(step for step in steps if step.action == MACHINE.action)
    assert {"checkpoints", "scaler", "configs", "backup"} <= {*step.clears}
    monkeypatch.undo()
    assert {*step.clears} <= {check.id for check in judge(gather(workspace, START + 600)).checks if check.passed}
