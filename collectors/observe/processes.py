"""Host and process id of a writer -> whether it still runs here. Asks the system, opens no file.

Refuses to guess: another host's process, or one that cannot be looked at, is None.
"""

from __future__ import annotations

import os
import socket

import psutil

from collectors.evidence.documents import Heartbeat
from collectors.training.progress import WriterFacts
from collectors.training.series import EventFile
from collectors.training.stream_runs import StreamRun

YOUNG_SECONDS = 180.0
"""A training that runs elsewhere may need so long for its first record."""
START_SLACK_SECONDS = 60.0
"""Event files are named seconds after their process began; clocks may be corrected in between."""


def is_writer_alive(host: str | None, pid: int | None, file_started_at: float | None) -> bool | None:
    """Whether the process that began a file at `file_started_at` (Unix seconds) still runs here.

    False where no process of that id exists, or only one that started after the file; None
    where host or pid are unknown or of another machine.
    """
    if pid is None or host is None or host != socket.gethostname():
        return None
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        began = process.create_time()
    except psutil.NoSuchProcess:
        return False if _is_gone(pid) else None
    except psutil.Error:
        return None
    return file_started_at is None or began <= file_started_at + START_SLACK_SECONDS


def _is_gone(pid: int) -> bool:
    """Whether no process of that id exists, rather than none that /proc shows us."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:  # somebody else's, which `hidepid` hides
        return False
    return psutil.pid_exists(os.getpid())  # a thread's number, or there is no /proc: then not even we are found


def has_begun(file: EventFile, now: float) -> bool:
    """Whether a file that holds nothing yet is the beginning of a training: its process lives, or it is very young."""
    alive = is_writer_alive(file.name.host, file.name.pid, file.name.started_at)
    first = file.evidence.first_time
    return alive if alive is not None else first is not None and now - first < YOUNG_SECONDS


def writer_of(run: StreamRun | None, heartbeat: Heartbeat | None) -> WriterFacts | None:
    """Which process writes the stream, by its event file's name or the heartbeat; None where neither says."""
    if run is not None:
        name = run.latest_file.name
        if name.pid is not None:
            return WriterFacts(name.host, name.pid, is_writer_alive(name.host, name.pid, name.started_at))
    if heartbeat is not None and heartbeat.pid is not None:
        began = heartbeat.started_at.timestamp() if heartbeat.started_at else None
        return WriterFacts(heartbeat.host, heartbeat.pid, is_writer_alive(heartbeat.host, heartbeat.pid, began))
    return None
