"""Recorded times, host and process id -> now and here; every value stays what it was.

Pure. Moved are: the time of each event record (with the checksum over it), the start, host and
process id in an event file's name, and the same facts in `run_status.json`. Nothing else.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.readers.events.crc32c import crc32c, masked
from dash_app.demo.recording import RecordingProblem

STATUS_FILE = "run_status.json"
EVENT_MARK = "events.out.tfevents."
WALL_TIME = b"\x09"
"""Field 1 of an event, a double; every writer puts it first."""
HEAD_BYTES, FOOT_BYTES = 12, 4


@dataclass(frozen=True)
class Moved:
    """Where the recorded run has moved to.

    Times are seconds since the Unix epoch; `speed` 2 makes a recorded minute last 30 seconds.
    """

    recorded_start: float
    start: float
    speed: float
    host: str
    pid: int

    def time(self, recorded: float) -> float:
        """Give the moment that stands for a recorded one."""
        return self.start + (recorded - self.recorded_start) / self.speed

    def instant(self, recorded: str) -> str:
        """Give an ISO 8601 instant, moved, with the precision it had."""
        moved = datetime.fromtimestamp(self.time(datetime.fromisoformat(recorded).timestamp()), UTC)
        return moved.isoformat(timespec="microseconds" if "." in recorded else "seconds")


def is_event_file(path: str) -> bool:
    """Whether a path is an event file's."""
    return path.rpartition("/")[2].startswith(EVENT_MARK)


def moved_path(path: str, to: Moved) -> str:
    """Give an event file the start, host and process id it has now; others keep their path."""
    if not is_event_file(path):
        return path
    folder, _, name = path.rpartition("/")
    start, _, rest = name.removeprefix(EVENT_MARK).partition(".")
    # A host name may hold dots: process id and count are the last two.
    _, _, count = rest.rsplit(".", 2)
    return f"{folder}/{EVENT_MARK}{int(to.time(float(start)))}.{to.host}.{to.pid}.{count}"


def moved_status(data: bytes, to: Moved) -> bytes:
    """Move the heartbeat: its times, its host and its process id."""
    status = json.loads(data)
    status |= {"pid": to.pid, "host": to.host}
    status |= {key: to.instant(status[key]) for key in ("started_at", "updated_at")}
    return (json.dumps(status, indent=2) + "\n").encode()


class EventMover:
    """Moves the records of one event file, which may come in any pieces."""

    def __init__(self, to: Moved) -> None:
        self._to = to
        self._rest = b""

    def records(self, data: bytes) -> Iterator[bytes]:
        """Give the records that are whole now, one by one."""
        self._rest += data
        while (record := self._next()) is not None:
            yield moved_record(record, self._to)

    def _next(self) -> bytes | None:
        if len(self._rest) < HEAD_BYTES:
            return None
        whole = HEAD_BYTES + int.from_bytes(self._rest[:8], "little") + FOOT_BYTES
        if len(self._rest) < whole:
            return None
        record, self._rest = self._rest[:whole], self._rest[whole:]
        return record


def moved_record(record: bytes, to: Moved) -> bytes:
    """Move one record: its time changes and the checksum over it. Raises RecordingProblem."""
    head, event, foot = record[:HEAD_BYTES], record[HEAD_BYTES:-FOOT_BYTES], record[-FOOT_BYTES:]
    if event[:1] != WALL_TIME or masked(crc32c(event)) != int.from_bytes(foot, "little"):
        raise RecordingProblem("an event record that does not begin with its time, or whose checksum is wrong")
    (recorded,) = struct.unpack_from("<d", event, 1)
    moved = WALL_TIME + struct.pack("<d", to.time(recorded)) + event[9:]
    return head + moved + masked(crc32c(moved)).to_bytes(4, "little")
