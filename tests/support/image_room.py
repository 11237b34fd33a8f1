"""The Dockerfile -> a room like its container, without docker: the built wheel in a read-only root, run by nobody.

As in the image, the package is built from what the Dockerfile copies and installed into an environment without pip;
the process is the first of its process room, with a network of its own. Unlike the image, interpreter, system
libraries and dependencies are those of the machine that runs the tests. Needs root, for mounts and another user.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import psutil
from support.dockerfile import copy_context, environment, final
from support.waiting import wait_for

NOBODY = 10001
ENTER = Path(__file__).with_name("enter_room.py")
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/sbin", "/etc/ld.so.cache")
DEPENDENCIES = "/opt/dependencies"
GUNICORN = """#!/opt/dashboard/bin/python
import sys
from gunicorn.app.wsgiapp import run
sys.exit(run())
"""


def build_wheel(home: Path) -> Path:
    """Build the wheel from what the image's first stage sees; it needs no network."""
    copy_context(home / "src")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    subprocess.run([*build, "--wheel-dir", home, home / "src"], check=True, capture_output=True)
    (wheel,) = home.glob("*.whl")
    return wheel


def install(wheel: Path, root: Path) -> Path:
    """Make a root that holds the wheel in `/opt/dashboard` and no source."""
    place = root / "opt" / "dashboard"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True, capture_output=True)
    (packages,) = place.glob("lib/python*/site-packages")
    # A path file adds a folder and runs none of its own path files: an editable install of ours stays unknown.
    (packages / "dependencies.pth").write_text(DEPENDENCIES)
    (place / "bin" / "gunicorn").write_text(GUNICORN)
    (place / "bin" / "gunicorn").chmod(0o755)
    return root


@dataclass
class Room:
    """One container; its log is what it printed."""

    outer: subprocess.Popen[bytes]
    log_file: Path
    environment: dict[str, str]

    @property
    def first(self) -> psutil.Process:
        """The container's process 1, as the machine sees it."""
        (inner,) = psutil.Process(self.outer.pid).children()
        return inner

    def log(self) -> str:
        """All it printed so far."""
        return self.log_file.read_text(errors="replace")

    def run(self, command: list[str], timeout_seconds: float = 30) -> subprocess.CompletedProcess[str]:
        """Run a command beside it, as `docker exec` and health checks do."""
        enter = ["nsenter", f"--target={self.first.pid}", "--mount", "--pid", "--net", "--root", "--wdns=/"]
        who = [f"--setuid={NOBODY}", f"--setgid={NOBODY}", "--", "/usr/bin/env", "-i"]
        named = [f"{key}={value}" for key, value in self.environment.items()]
        return subprocess.run(
            [*enter, *who, *named, *command], capture_output=True, text=True, timeout=timeout_seconds, check=False
        )

    def stop(self, wait_seconds: float = 60) -> int:
        """Send what `docker stop` sends, to process 1; gives the exit code."""
        if self.outer.poll() is None:
            self.first.send_signal(signal.Signals[final("STOPSIGNAL").rest])
        return self.outer.wait(wait_seconds)

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        if self.outer.poll() is None:
            self.outer.kill()
        self.outer.wait()


def open_room(root: Path, workspace: Path, state_dir: Path, command: list[str], **variables: str) -> Room:
    """Start a command in the image's room, over a workspace that may only be read and a state folder."""
    os.chown(state_dir, NOBODY, NOBODY)
    room = {
        "root": str(root),
        "shown": {**_machine(), "/workspace": str(workspace)},
        "writable": {"/state": str(state_dir)},
        "workdir": final("WORKDIR").rest,
        "user": int(final("USER").rest.partition(":")[0]),
        "group": int(final("USER").rest.partition(":")[2]),
        "command": command,
        "environment": environment() | variables,
    }
    enter = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", sys.executable, str(ENTER)]
    log_file = state_dir.with_name(f"{state_dir.name}-{command[0]}.log")
    with log_file.open("wb") as log:
        outer = subprocess.Popen([*enter, json.dumps(room)], stdout=log, stderr=log)
    opened = Room(outer, log_file, environment() | variables)
    wait_for(lambda: opened.first.uids().real == NOBODY, "the container's process")
    return opened


def _machine() -> dict[str, str]:
    base = [folder for folder in (sys.base_prefix,) if not folder.startswith("/usr")]
    shown = {folder: folder for folder in (*SYSTEM, *base) if Path(folder).exists()}
    return shown | {DEPENDENCIES: sysconfig.get_path("purelib")}
