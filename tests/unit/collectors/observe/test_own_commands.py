"""The workspace's own programs: announced, bounded in time, in the workspace, without its absolute path."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest
from support.waiting import wait_for

from collectors.observe.own_commands import OUTPUT_LIMIT, Place, filled_in, run_command


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


def test_output_without_end_costs_no_memory(tmp_path: Path) -> None:
    """Only the last part is kept, however much is said; the time limit still holds."""
    before = psutil.Process().memory_info().rss

    code, output, _ = _run(tmp_path, "while True: print('x' * 100_000)", timeout=3)

    assert code is None
    assert len(output) <= OUTPUT_LIMIT + 100
    assert psutil.Process().memory_info().rss - before < 64 << 20


def test_a_daemon_that_holds_the_output_open_is_not_waited_for(tmp_path: Path) -> None:
    """It left the command's session, so it cannot be killed with it; the answer comes all the same."""
    program = (
        "import os, sys, time; print('scored', flush=True); pid = os.fork();\n"
        "if pid == 0:\n    os.setsid(); open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    )
    started = time.monotonic()

    code, output, _ = _run(tmp_path, program, timeout=30)

    assert (code, output) == (0, "scored\n")
    assert time.monotonic() - started < 20
    daemon = wait_for(lambda: int((tmp_path / "pid").read_text()), "the daemon's own word")
    os.kill(daemon, signal.SIGKILL)


def test_what_a_command_left_behind_in_its_session_is_ended(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(child.pid, flush=True)"
    )

    code, output, _ = _run(tmp_path, program)

    assert code == 0
    wait_for(lambda: not _runs(int(output)), "the child to be gone")


def _runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_arguments_that_no_program_can_have_are_told(tmp_path: Path) -> None:
    finished = run_command(["echo", "a\0b"], Place(tmp_path), lambda _: None)

    assert finished.exit_code is None
    assert "cannot be started" in finished.output


def test_what_is_announced_cannot_touch_the_terminal(tmp_path: Path) -> None:
    said: list[str] = []

    run_command(["echo", "\x1b[2J\u202e"], Place(tmp_path), said.append)

    assert said == ["running in the workspace: echo '\\x1b[2J\\u202e'"]
