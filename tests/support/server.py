"""A workspace -> the real server on a free port, as a child process of the test."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import httpx
from support.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
"""As long as gunicorn is given: a busy machine takes its time, and how fast it starts is what `make bench` measures."""
_LEFT: list[int] = []
"""Ports of servers that have ended. A browser has the scripts of their addresses in its cache, compiled, which saves
every page a second; so has a person's whose server is started again."""


@dataclass
class RunningServer:
    """One `python -m dash_app`."""

    process: subprocess.Popen[bytes]
    workspace: Path
    state_dir: Path
    log_file: Path
    url: str = ""
    """Address of the page, with a final slash."""

    @cached_property
    def client(self) -> httpx.Client:
        """The test's client: it knows the address, keeps its connection, follows no redirect."""
        return httpx.Client(base_url=self.url, timeout=10, verify=False)

    def get(self, path: str = "/", **headers: str) -> httpx.Response:
        """One GET; `_` in a header's name stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path.lstrip("/"), headers=named)

    def log(self) -> str:
        """All it has printed so far, both streams."""
        return self.log_file.read_text(errors="replace")

    def stop(self, wait_seconds: float = 10) -> int:
        """Ask it to end (SIGTERM); kill what does not. Gives the exit code."""
        if "client" in vars(self):
            self.client.close()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(wait_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            _LEFT.extend({httpx.URL(self.url).port} - {None, *_LEFT} if self.url else ())


def clean_environment(**more: str) -> dict[str, str]:
    """This environment without our own variables, which could change what a test sees."""
    ours = {name: value for name, value in os.environ.items() if "TRAINING_DASHBOARD" not in name}
    return ours | more


def start_server(
    home: Path,
    workspace: Path | None = None,
    *,
    state_dir: Path | None = None,
    collect: bool = False,
    options: Sequence[str] = (),
    env: dict[str, str] | None = None,
) -> RunningServer:
    """Start `python -m dash_app` with a port of its own choice and wait until it answers."""
    home.mkdir(parents=True, exist_ok=True)
    server = RunningServer(
        process=None,  # type: ignore[arg-type] # set below, once the folders exist
        workspace=workspace or home / "workspace",
        state_dir=state_dir or home / "state",
        log_file=home / "server.log",
    )
    for folder in (server.workspace, server.state_dir):
        folder.mkdir(exist_ok=True)
    what = [str(server.workspace), "--state-dir", str(server.state_dir), *([] if collect else ["--no-collect"])]
    return _started(server, [*what, *options], env or {})


def start_fleet(home: Path, root: Path, *, options: Sequence[str] = ()) -> RunningServer:
    """Start `python -m dash_app --fleet` over the state directories in `root`."""
    home.mkdir(parents=True, exist_ok=True)
    server = RunningServer(process=None, workspace=root, state_dir=root, log_file=home / "server.log")  # type: ignore[arg-type] # set below
    return _started(server, ["--fleet", str(root), *options], {})


def _started(server: RunningServer, arguments: Sequence[str], env: dict[str, str]) -> RunningServer:
    server.process = _launch(server, arguments, env)
    try:
        server.url = wait_for(lambda: _announced(server), "the server's address", START_SECONDS)
        wait_for(lambda: httpx.get(f"{server.url}healthz").status_code == 200, "the server to answer", START_SECONDS)
    except BaseException:
        server.stop()  # nobody else knows it
        raise
    return server


def _launch(server: RunningServer, arguments: Sequence[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dash_app", *arguments, "--port", str(_port())]
    with server.log_file.open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=clean_environment(**env),
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _port() -> int:
    """One that was used before and is free again, else 0: any."""
    while _LEFT:
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(("0.0.0.0", port := _LEFT.pop()))
            return port
    return 0


def _announced(server: RunningServer) -> str:
    if server.process.poll() is not None:
        raise RuntimeError(f"it ended with {server.process.returncode}: {server.log()}")
    found = re.search(r"http://\S+/", server.log())
    return found.group() if found else ""
