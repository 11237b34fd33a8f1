"""The two programs of the workspace that are ever executed: scoring command and external validator.

Input: an argument list of the configuration. Output: exit code and last lines. Runs only when the
operator asked for it, prints the command first, and never outlives its time limit.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from collectors.visible import visible_text

TAIL_LINES = 12
GRACE_SECONDS = 2.0
"""How long output is waited for after the command has ended."""
LOOK_SECONDS = 0.02
OUTPUT_LIMIT = 1 << 20
"""Bytes of output that are kept: the last ones."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended."""

    exit_code: int | None
    """None when it was stopped or could not be started."""
    output: str
    """What it printed, both streams in order, bounded."""

    @property
    def tail(self) -> str:
        """Its last lines."""
        return "\n".join(self.output.rstrip().splitlines()[-TAIL_LINES:])


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how the workspace's programs run."""

    workspace: Path
    python: str = sys.executable
    timeout_seconds: float = 600.0


def filled_in(command: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The argument list with its placeholders replaced; other braces stay as they are."""
    filled = []
    for argument in command:
        text = argument
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        filled.append(text)
    return filled


def run_command(arguments: Sequence[str], place: Place, announce: Callable[[str], None]) -> Finished:
    """Announce a command, run it in the workspace without standard input, and wait for its end."""
    announce(str(visible_text(f"running in the workspace: {shlex.join(arguments)}")))
    try:
        process = subprocess.Popen(
            list(arguments),
            cwd=place.workspace,
            env=_without_own_settings(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return Finished(None, f"cannot be started: {error.strerror}: {arguments[0]}")
    except ValueError as error:  # a NUL among the arguments
        return Finished(None, f"cannot be started: {error}")
    return _finished(process, place)


def _finished(process: subprocess.Popen[bytes], place: Place) -> Finished:
    """Wait for its end while its output is read: all of it, of which only the last part is kept."""
    last = _LastBytes(process)
    try:
        in_time = _has_ended(process, place.timeout_seconds)
    finally:
        _stop(process)
    output = _text(last.when_closed(GRACE_SECONDS), place)
    if in_time:
        return Finished(process.returncode, output)
    return Finished(None, f"{output}\nstopped after {place.timeout_seconds:g} s".lstrip())


def _has_ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for its end without taking note of it, so that its id stays its own until all is killed."""
    end = time.monotonic() + seconds
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Kill the command with all it started and left behind: they share a session of their own."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class _LastBytes:
    """Reads a command's output as fast as it comes and keeps the end of it, however much it is."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            raise ValueError("the command has no output pipe")
        self._pipe = process.stdout
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._read, name="output", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with suppress(OSError, ValueError):
            while piece := os.read(self._pipe.fileno(), 1 << 16):
                self._kept += piece
                del self._kept[:-OUTPUT_LIMIT]

    def when_closed(self, seconds: float) -> bytes:
        """What was kept, once nobody writes any more, or after `seconds`: a daemon may hold the pipe open."""
        self._thread.join(seconds)
        kept = bytes(self._kept)
        if not self._thread.is_alive():
            self._pipe.close()
        return kept


def _text(raw: bytes, place: Place) -> str:
    """Output as text, without the workspace's absolute path."""
    text = raw[-OUTPUT_LIMIT:].decode("utf-8", "replace")
    for prefix in {str(place.workspace.resolve()), str(place.workspace.absolute())}:
        text = text.replace(prefix + "/", "").replace(prefix, ".")
    return text


def _without_own_settings(environ: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in environ.items() if not k.startswith("TRAINING_DASHBOARD_")}
