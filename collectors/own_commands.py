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
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TAIL_LINES = 12
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
    announce(f"running in the workspace: {shlex.join(arguments)}")
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
    try:
        raw, _ = process.communicate(timeout=place.timeout_seconds)
        return Finished(process.returncode, _text(raw, place))
    except subprocess.TimeoutExpired:
        raw = _stop(process)
        return Finished(None, f"{_text(raw, place)}\nstopped after {place.timeout_seconds:g} s".lstrip())
    except BaseException:
        _stop(process)
        raise


def _stop(process: subprocess.Popen[bytes]) -> bytes:
    """Kill the command with all it started: they share a session of their own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    raw, _ = process.communicate()
    return raw


def _text(raw: bytes, place: Place) -> str:
    """Output as text, without the workspace's absolute path."""
    text = raw[-OUTPUT_LIMIT:].decode("utf-8", "replace")
    for prefix in {str(place.workspace.resolve()), str(place.workspace.absolute())}:
        text = text.replace(prefix + "/", "").replace(prefix, ".")
    return text


def _without_own_settings(environ: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in environ.items() if not k.startswith("TRAINING_DASHBOARD_")}
