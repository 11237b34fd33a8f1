"""The programs of a soak: collector, page and training, each of which may be stopped, killed and started again."""

from __future__ import annotations

import json
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from support.server import ROOT, clean_environment

from collectors.store.folder import STATE_FILE

KEPT_RUNS = "10"
FAULTS = ("", "", "", "diverge", "stall", "corrupt")
"""How a training ends: mostly well."""


@dataclass
class Part:
    """One program."""

    name: str
    command: Sequence[str]
    log_file: Path
    life: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin another life."""
        self.life += 1
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command], cwd=ROOT, env=clean_environment(), stdout=log, stderr=log
            )

    def end(self, number: int) -> None:
        """Send a signal and wait for the end; what does not end is killed, and that is told."""
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            with self.log_file.open("a") as log:
                log.write("Traceback: it did not end\n")
            self.process.kill()
            self.process.wait()

    def seen(self) -> psutil.Process | None:
        """The running process, if it does."""
        is_there = self.process is not None and self.process.poll() is None
        return psutil.Process(self.process.pid) if is_there and self.process else None


@dataclass
class House:
    """All parts over one workspace and one state folder."""

    home: Path
    chance: random.Random
    port: int = 0
    parts: dict[str, Part] = field(default_factory=dict)
    trainings: int = 0
    is_training: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.workspace, self.state_dir = self.home / "workspace", self.home / "state"
        for folder in (self.workspace, self.state_dir):
            folder.mkdir(exist_ok=True)
        described = self.home / "dashboard.yaml"
        described.write_text("trainer: reference\n", encoding="utf-8")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        places = [str(self.workspace), "--state-dir", str(self.state_dir)]
        collect = ["collectors", "watch", *places, "--config", str(described), "--keep", KEPT_RUNS]
        page = ["dash_app", *places, "--no-collect", "--port", str(self.port)]
        for name, command in (("collector", collect), ("page", page)):
            self.parts[name] = Part(name, command, self.home / f"{name}.log")

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self.port}/"

    def train(self, stop: threading.Event, speed: float) -> None:
        """Replay a training into the empty workspace, over and over; some are killed on the way."""
        while not stop.is_set():
            self.empty()
            fault = self.chance.choice(FAULTS)
            command = [
                "dash_app.demo",
                str(self.workspace),
                "--speed",
                repr(speed),
                *(["--fault", fault] if fault else []),
            ]
            training = self.parts["training"] = Part("training", command, self.home / "training.log", self.trainings)
            self.is_training.set()
            training.start()
            while training.process and training.process.poll() is None and not stop.wait(0.5):
                pass
            training.end(signal.SIGKILL)
            self.is_training.clear()
            self.trainings += 1
            stop.wait(40)  # so long the end is looked at

    def empty(self) -> None:
        """Take away what the training before has left, as a person does."""
        for path in self.workspace.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def end(self) -> None:
        """Stop everything."""
        for part in list(self.parts.values()):
            part.end(signal.SIGTERM)


@dataclass
class TornReader:
    """Reads the state without a pause; whatever is not whole is noted."""

    path: Path
    reads: int = 0
    torn: list[str] = field(default_factory=list)

    def read(self, stop: threading.Event) -> None:
        """Until told to stop."""
        before = b""
        while not stop.is_set():
            try:
                found = (self.path / STATE_FILE).read_bytes()
            except OSError:
                found = before  # not there, or its folder is away
            self.reads += 1
            if found != before:
                before = found
                try:
                    json.loads(found)
                except ValueError:
                    self.torn.append(f"{len(found)} bytes at {time.time():.0f}")
            time.sleep(0.01)
