"""The command itself: what it prints, how it refuses, how it ends."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from support.server import ROOT, RunningServer, clean_environment
from support.waiting import wait_for
from support.workspaces import write, write_good, write_running, write_stream

from collectors.collect import Collector
from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.__main__ import main


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dash_app", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=20, check=False
    )


def test_it_prints_its_address_and_where_the_state_is(serve: Callable[..., RunningServer]) -> None:
    server = serve()

    assert server.log().splitlines() == [
        f"Training Dashboard: {server.url}",
        f"State: {server.state_dir}",
    ]


def test_on_every_address_it_prints_one_that_works_here(serve: Callable[..., RunningServer]) -> None:
    """`http://0.0.0.0/` is no address of a page, and no name that is trusted."""
    server = serve(options=["--host", "0.0.0.0", "--trusted-hosts", "dashboard.example", "--allow-anonymous"])

    assert server.url.startswith("http://localhost:")
    assert server.get("/").status_code == 200


def test_a_missing_workspace_is_one_line_and_exit_2(tmp_path: Path) -> None:
    ended = run(str(tmp_path / "nowhere"))

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: workspace ")
    assert "does not exist" in ended.stderr and ended.stderr.count("\n") == 1


def test_a_taken_port_is_one_line_that_proposes_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run(str(tmp_path), "--no-collect", "--port", str(port))

    assert ended.returncode == 2
    assert ended.stderr == f"error: port {port} is in use: try --port {port + 1}\n"


def test_a_demonstration_on_a_taken_port_names_what_to_type_to_make(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("--demo", "--port", str(port))

    typed = f"make demo PORT={port + 1}"
    assert ended.stderr == f"error: port {port} is in use: try --port {port + 1} (`{typed}`)\n"
    said = subprocess.run([*shlex.split(typed), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"-m dash_app --demo --port {port + 1}" in said.stdout


def test_an_address_of_another_machine_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--trusted-hosts", "a.example", "--allow-anonymous", "--host"]

    assert main([str(tmp_path), "--no-collect", *named, "203.0.113.7"]) == 2
    assert main([str(tmp_path), "--no-collect", *named, "no-such-host.invalid"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "error: cannot listen on 203.0.113.7" in told[0]


def test_help_and_version_are_no_errors(tmp_path: Path) -> None:
    assert "--trusted-hosts" in run("--help").stdout
    assert run("--version").returncode == 0


@pytest.mark.parametrize("ask", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_and_without_a_word(serve: Callable[..., RunningServer], ask: signal.Signals) -> None:
    """Also while a browser keeps its connection open."""
    server = serve()
    with httpx.Client(base_url=server.url) as client:
        client.get("healthz")
        server.process.send_signal(ask)
        code = server.process.wait(30)  # it must end by itself; how fast depends on the machine

    assert code == 0
    assert "Traceback" not in server.log()


def test_a_port_is_free_again_as_soon_as_the_server_ended(
    serve: Callable[..., RunningServer],
) -> None:
    first = serve()
    first.get("/")
    first.stop()

    again = serve(options=["--port", first.url.rstrip("/").rpartition(":")[2]])

    assert again.url == first.url


def telling(told: Path) -> list[str]:
    """Options of a command that writes what it is told, one line each time."""
    program = write(told.with_suffix(".py"), f"import sys; open({str(told)!r}, 'a').write(sys.stdin.read() + '\\n')")
    return ["--notify-command", shlex.join([sys.executable, str(program)])]


def test_the_pages_collector_tells_once_how_a_run_ended(serve: Callable[..., RunningServer], tmp_path: Path) -> None:
    """Nothing while it runs; then the training ends, and the command has it on standard input."""
    told = tmp_path / "told.jsonl"
    root = tmp_path / "ws"
    _, swinmae = write_running(root)
    server = serve(root, collect=True, options=telling(told))
    wait_for(lambda: server.get("/api/state").status_code == 200, "the first state")
    told_while_running = told.exists()

    write_stream(root, replace(swinmae, epochs=len(swinmae.val)))

    wait_for(told.exists, "the command to be called", 30)
    wait_for(lambda: "told" in server.log(), "what is said of it", 30)
    code = server.stop()
    messages = [json.loads(line) for line in told.read_text().splitlines()]
    state = Store(server.state_dir).read_state()
    assert state is not None
    assert not told_while_running
    assert [(one["event"], one["run_id"], one["passed"]) for one in messages] == [
        ("not_ready", state.meta.run_id, state.verdict.passed)
    ]
    assert "notify command: told not_ready" in server.log()
    assert code == 0


def test_the_pages_collector_keeps_as_many_runs_as_it_is_told(
    serve: Callable[..., RunningServer], tmp_path: Path
) -> None:
    """By the variable as by the option: the oldest goes when the new one is stored."""
    root, state_dir = tmp_path / "ws", tmp_path / "state"
    streams = write_good(root, time.time() - 9000)
    with Collector(root, Store(state_dir)) as collector:
        old = collector.export(at_end=True).meta.run_id
    for stream in streams:
        write_stream(root, replace(stream, start=stream.start + 500))

    server = serve(root, state_dir=state_dir, collect=True, env={"TRAINING_DASHBOARD_KEEP": "1"})

    def stored() -> list[str]:
        return [row["run_id"] for row in RunStore(server.state_dir).rows()]

    wait_for(lambda: stored() and stored() != [old], "the new run", 30)
    wait_for(lambda: old not in stored(), "the oldest to go", 30)
    assert len(stored()) == 1
