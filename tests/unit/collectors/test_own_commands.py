"""The workspace's own programs: announced, bounded in time, in the workspace, without its absolute path."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from collectors.own_commands import Place, filled_in, run_command


def _run(tmp_path: Path, program: str, timeout: float = 30) -> tuple[int | None, str, list[str]]:
    said: list[str] = []
    finished = run_command([sys.executable, "-c", program], Place(tmp_path, timeout_seconds=timeout), said.append)
    return finished.exit_code, finished.output, said


def test_the_command_is_announced_before_it_runs(tmp_path: Path) -> None:
    code, output, said = _run(tmp_path, "print('hello')")

    assert (code, output) == (0, "hello\n")
    assert said[0].startswith("running in the workspace: ")


def test_it_runs_in_the_workspace_and_its_path_is_taken_out(tmp_path: Path) -> None:
    _, output, _ = _run(tmp_path, "import os; print(os.getcwd() + '/checkpoints/a.pt')")

    assert output == "checkpoints/a.pt\n"


def test_it_has_no_standard_input_and_none_of_our_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINING_DASHBOARD_STATE_DIR", "secret")

    _, output, _ = _run(
        tmp_path, "import os, sys; print(repr(sys.stdin.read()), 'TRAINING_DASHBOARD_STATE_DIR' in os.environ)"
    )

    assert output == "'' False\n"


def test_a_command_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(child.pid, flush=True); time.sleep(600)"
    )

    code, output, _ = _run(tmp_path, program, timeout=3)

    child = int(output.splitlines()[0])
    assert code is None
    assert "stopped after 3 s" in output
    deadline = time.monotonic() + 10
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the command's child survived"
        os.sched_yield()


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    finished = run_command(["no-such-program"], Place(tmp_path), lambda _: None)

    assert finished.exit_code is None
    assert "cannot be started" in finished.output


def test_only_known_placeholders_are_filled_in() -> None:
    command = ["{python}", "--set", "{a: 1}", "{stream}/{stream}"]

    assert filled_in(command, {"python": "py", "stream": "s"}) == ["py", "--set", "{a: 1}", "s/s"]
