"""The reading child: an open file and a reader's name -> evidence as JSON, one after the other.

Started by `collectors.readers.child.process` as `python -m collectors.readers.child.worker FD`. Input:
requests on the socket FD. Output: answers on it. Limits its own memory and processor time before it
reads, and refuses to live on after running out of either: the parent starts another one.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import resource
import socket
import sys
import time
from typing import Any, BinaryIO, Final

import psutil

from collectors.files.problems import describe_error
from collectors.readers.child.evidence_json import to_json
from collectors.readers.child.options import from_plain
from collectors.readers.child.wire import HELLO, ConnectionEnded, receive_with_fd, send
from collectors.start import quick_start

NICENESS: Final = 5
"""Training comes first."""


def main(argv: list[str]) -> int:
    """Serve until the parent hangs up; 0 then, 1 after running out of memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
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


def _answer(request: dict[str, Any], handle: BinaryIO) -> tuple[bytes, bool]:
    """Return `E` and the evidence, `P` and a problem, or `M` when memory ran out (not well any more)."""
    try:
        read = _reader(request["module"], request["function"])
        _limit(request["memory_bytes"], request["seconds"])
        return b"E" + to_json(_read(read, request, handle)), True
    except MemoryError:
        return b"M", False
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


def _limit(memory_bytes: int, seconds: float) -> None:
    """Allow that much on top of what the interpreter and its modules take now."""
    memory = psutil.Process().memory_info().vms + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, resource.RLIM_INFINITY))
    processor = math.ceil(time.process_time() + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (processor, resource.RLIM_INFINITY))


if __name__ == "__main__":
    sys.exit(main(sys.argv))
