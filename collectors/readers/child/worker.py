"""The reading child: an open file and a reader's name -> evidence as JSON, one after the other.

Started by `collectors.readers.child.process` as `python -m collectors.readers.child.worker FD`. Input:
requests on the socket FD. Output: answers on it. Limits its own memory and processor time before it
reads, and refuses to live on after running out of either: the parent starts another one.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import json
import math
import os
import resource
import socket
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final

from collectors.files.problems import describe_error
from collectors.readers.child.evidence_json import to_json
from collectors.readers.child.options import from_plain
from collectors.readers.child.wire import HELLO, ConnectionEnded, receive_with_fd, send
from collectors.start import quick_start

NICENESS: Final = 5
"""Training comes first."""
INTERPRETER_BYTES: Final = 1 << 30


def main(argv: list[str]) -> int:
    """Serve until the parent hangs up; 0 then, 1 after running out of memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
    _end_with_parent(sys.stdin.fileno())
    with contextlib.suppress(ConnectionEnded, ConnectionError), socket.socket(fileno=int(argv[1])) as channel:
        send(channel, HELLO)
        while True:
            message, fd = receive_with_fd(channel)
            with os.fdopen(fd, "rb") as handle:
                answer, is_well = _answer(json.loads(message), handle)
            send(channel, answer)
            if not is_well:
                return 1
    return 0


def _end_with_parent(pipe: int) -> None:
    """Let the system end this process when the other end of the pipe is closed, whatever it is busy with.

    Nothing is ever written to it, so its one signal (SIGIO, which ends a process) is that nobody holds it any more.
    Not PR_SET_PDEATHSIG: that comes when the *thread* that started us ends, of a parent that lives on.
    """
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)


def _answer(request: dict[str, Any], handle: BinaryIO) -> tuple[bytes, bool]:
    """Return `E` and the evidence, `P` and a problem, or `M` and how much this machine allows where that is less
    than was asked for, when memory ran out (not well any more)."""
    allowed = (
        b"" if _at_start(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY else b"%d" % _at_start(resource.RLIMIT_AS)[0]
    )
    try:
        read = _reader(request["module"], request["function"])
        allowed = _limit(request["memory_bytes"], request["seconds"])
        return b"E" + to_json(_read(read, request, handle)), True
    except MemoryError:
        return b"M" + allowed, False
    except OSError as error:
        return b"P" + f"cannot be read: {describe_error(error)}".encode(), True


def _read(read: Any, request: dict[str, Any], handle: BinaryIO) -> Any:
    handle.seek(0)  # the position is shared with the parent, and with readings before this one
    options = from_plain(request["options"])
    if request["takes"] == "bytes":
        return read(handle.read(request["size"]), **options)
    return read(handle, request["size"], **options)


def _reader(module: str, function: str) -> Any:
    if module not in sys.modules:
        with quick_start():
            importlib.import_module(module)
    return getattr(sys.modules[module], function)


def _limit(memory_bytes: int, seconds: float) -> bytes:
    """Allow that much on top of what the interpreter and its modules take now, and no more than was allowed here.

    Return in digits how many bytes of address space there are, where it is less; else nothing.
    """
    _lower(resource.RLIMIT_CPU, math.ceil(time.process_time() + seconds) + 1)
    wanted = _address_space() + memory_bytes
    given = _lower(resource.RLIMIT_AS, wanted)
    return b"%d" % given if given < wanted else b""


def _lower(kind: int, wanted: int) -> int:
    """Set a soft limit to what is wanted, or to what it was at the start where that is less; the hard one stays."""
    soft, hard = _at_start(kind)
    given = wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)
    resource.setrlimit(kind, (given, hard))
    return given


@cache
def _at_start(kind: int) -> tuple[int, int]:
    """Both limits before we first changed them."""
    return resource.getrlimit(kind)


def _address_space() -> int:
    """Bytes that the interpreter and its modules take; a generous guess where there is no /proc to tell."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except OSError:
        return INTERPRETER_BYTES
    return pages * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
