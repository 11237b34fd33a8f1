"""Whether a writer still runs here, also where not every process can be seen."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import psutil
import pytest

from collectors.observe.processes import is_writer_alive

HOST = socket.gethostname()
NOBODYS = 2**22 + 1
"""Above the largest process id."""


def unseen(*_: object) -> psutil.Process:
    """What a process is where /proc does not show it."""
    raise psutil.NoSuchProcess(1)


def test_a_living_process_is_alive_and_one_that_never_was_is_not() -> None:
    assert is_writer_alive(HOST, os.getpid(), None) is True
    assert is_writer_alive(HOST, NOBODYS, None) is False
    assert is_writer_alive(HOST, 10**12, None) is False
    assert is_writer_alive("elsewhere", NOBODYS, None) is None


def test_a_process_that_is_there_and_not_shown_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a /proc, not even we ourselves are found."""
    monkeypatch.setattr(psutil, "Process", unseen)
    monkeypatch.setattr(psutil, "pid_exists", lambda _: False)

    assert is_writer_alive(HOST, os.getpid(), None) is None
    assert is_writer_alive(HOST, NOBODYS, None) is False


def test_without_a_proc_a_living_process_is_not_called_dead() -> None:
    look = f"from collectors.observe.processes import *; print(is_writer_alive({HOST!r}, os.getpid(), None))"
    hidden = ["unshare", "--mount", "bash", "-c", 'mount -t tmpfs none /proc; exec "$@"', "-"]
    if subprocess.run([*hidden, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")

    told = subprocess.run([*hidden, sys.executable, "-c", look], capture_output=True, text=True, check=True)

    assert told.stdout == "None\n"
