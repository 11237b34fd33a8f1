"""The command itself: what it prints, how it refuses, how it ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from support.server import ROOT, RunningServer, clean_environment

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
    server = serve(options=["--host", "0.0.0.0", "--trusted-hosts", "dashboard.example"])

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


def test_an_address_of_another_machine_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--trusted-hosts", "a.example", "--host"]

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
