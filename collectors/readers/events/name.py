"""Name of an event file -> when it was begun, on which host, by which process.

Names carry a process id only in some writers; a number that may belong to the host name is never
taken for one, for a wrong process id would make a running training look dead.
"""

from __future__ import annotations

import re

from collectors.evidence.events import EventFileName

_NAME = re.compile(r"(?:.*[./_-])?tfevents\.(?P<start>\d{1,15})(?:\.(?P<rest>.+))?", re.ASCII | re.DOTALL)
_PROCESS = re.compile(r"(?P<host>.+)\.(?P<pid>[1-9]\d{0,9})\.(?P<number>\d{1,9})(?:\.v2)?", re.ASCII | re.DOTALL)
_ADDRESS = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:\.v2)?", re.ASCII)


def parse_event_file_name(name: str) -> EventFileName:
    """Read `events.out.tfevents.<start>.<host>.<pid>.<number>`; what it does not tell is None.

    tensorboardX and old TensorFlow writers leave out process and number; `.v2` may follow.
    """
    found = _NAME.fullmatch(name.rpartition("/")[2])
    if not found:
        return EventFileName(None, None, None)
    rest = found["rest"] or ""
    process = None if _ADDRESS.fullmatch(rest) else _PROCESS.fullmatch(rest)
    if process:
        return EventFileName(float(found["start"]), process["host"], int(process["pid"]))
    return EventFileName(float(found["start"]), rest.removesuffix(".v2") or None, None)
