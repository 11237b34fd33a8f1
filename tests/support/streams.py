"""An address -> server-sent events, read from a plain socket as they come."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit


class EventStream:
    """One open `GET api/events`; close it, or use it in a `with`."""

    def __init__(self, url: str, *headers: str, method: str = "GET", timeout_seconds: float = 10) -> None:
        """`url` is the page's address with a final slash."""
        place = urlsplit(url)
        self._socket = socket.create_connection((place.hostname or "", place.port or 80), timeout_seconds)
        lines = [f"{method} {place.path}api/events HTTP/1.1", "Host: localhost", *headers, "", ""]
        self._socket.sendall("\r\n".join(lines).encode())
        self._file = self._socket.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        self.headers = {name.lower(): value for name, value in iter(self._header, ("", ""))}

    def _header(self) -> tuple[str, str]:
        name, _, value = self._file.readline().decode().strip().partition(":")
        return name, value.strip()

    def lines(self) -> list[str]:
        """The next chunk's lines; none when the server ended the stream. Raises TimeoutError."""
        size = int(self._file.readline() or b"0", 16)
        chunk = self._file.read(size)
        self._file.readline()
        return chunk.decode().splitlines()

    def pulse(self) -> dict[str, Any]:
        """What the next pulse says. Raises EOFError when the server ended the stream."""
        while lines := self.lines():
            if "event: pulse" in lines:
                found: dict[str, Any] = json.loads(lines[lines.index("event: pulse") + 1].removeprefix("data: "))
                return found
        raise EOFError("the stream has ended")

    def pulse_where(self, name: str, value: Any) -> dict[str, Any]:
        """The first pulse of the next ten that says this."""
        told = [pulse := self.pulse()]
        while pulse[name] != value and len(told) < 10:
            told.append(pulse := self.pulse())
        assert pulse[name] == value, f"{name} never was {value!r}: {[one[name] for one in told]}"
        return pulse

    def close(self) -> None:
        """Go away without a word, as a closed tab does."""
        self._file.close()
        self._socket.close()

    def __enter__(self) -> EventStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
