"""A real pseudo terminal that a program writes to, and what the person before it saw."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def terminal() -> Iterator[tuple[TextIO, Callable[[], str]]]:
    """Where to write, and everything that was written (asking for it closes the terminal)."""
    person, program = os.openpty()
    stream = os.fdopen(program, "w", encoding="utf-8")
    seen: list[bytes] = []

    def look() -> None:
        try:
            while part := os.read(person, 4096):
                seen.append(part)
        except OSError:  # how Linux says that the other end was closed
            return

    looking = threading.Thread(target=look)
    looking.start()

    def all_of_it() -> str:
        stream.close()
        looking.join()
        return b"".join(seen).decode()

    try:
        yield stream, all_of_it
    finally:
        all_of_it()
        os.close(person)
