"""The image's own command -> a real gunicorn on a free port, without the rest of the container."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from support.dockerfile import final
from support.server import ROOT, clean_environment
from support.waiting import wait_for


@dataclass
class ImageServer:
    """One gunicorn with its workers."""

    process: subprocess.Popen[bytes]
    port: int
    prefix: str
    log_file: Path

    @property
    def url(self) -> str:
        """Address of the page, with a final slash."""
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def workers(self) -> set[int]:
        """Process ids of the workers that there are."""
        return {child.pid for child in psutil.Process(self.process.pid).children()}

    def log(self) -> str:
        """All it printed so far."""
        return self.log_file.read_text(errors="replace")

    def begun(self) -> int:
        """How many workers have begun to serve so far."""
        return self.log().count("Application startup complete")

    def kill_a_worker(self) -> None:
        """Kill one, as a machine without memory does."""
        os.kill(min(self.workers()), signal.SIGKILL)


@contextmanager
def image_server(home: Path, state_dir: Path, **variables: str) -> Iterator[ImageServer]:
    """Run the Dockerfile's CMD with its own environment until the block ends; only the port is another one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", *final("CMD").words]
    command[command.index("0.0.0.0:8050")] = f"127.0.0.1:{port}"
    places = {"TRAINING_DASHBOARD_WORKSPACE": str(home), "TRAINING_DASHBOARD_STATE_DIR": str(state_dir)}
    env = clean_environment(WEB_CONCURRENCY="2", **(places | variables))
    log_file = home / "gunicorn.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    server = ImageServer(process, port, variables.get("TRAINING_DASHBOARD_URL_PREFIX", "/"), log_file)
    try:
        wait_for(lambda: httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200, "gunicorn", 60)
        yield server
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Workers do not end with a killed gunicorn."""
    left = [] if process.poll() is not None else [process, *psutil.Process(process.pid).children()]
    for one in left:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait()
