"""An address and raw bytes -> the raw answer: what an HTTP client would tidy up on the way."""

from __future__ import annotations

import asyncio
import socket
import time
from urllib.parse import urlsplit


def raw_exchange(url: str, request: bytes, timeout_seconds: float = 10) -> bytes:
    """Send bytes to the server behind `url` and return all it answers until it closes."""
    place = urlsplit(url)
    address = (place.hostname or "127.0.0.1", place.port or 80)
    with socket.create_connection(address, timeout_seconds) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def raw_get(url: str, path: str, *headers: str) -> bytes:
    """GET a path exactly as written; `Host` is only sent when given."""
    lines = [f"GET {path} HTTP/1.1", *headers, "Connection: close", "", ""]
    return raw_exchange(url, "\r\n".join(lines).encode("latin-1"))


def status_of(answer: bytes) -> int:
    """Return the status of a raw answer."""
    return int(answer.split(b" ", 2)[1])


class KeptConnection:
    """One connection that is kept for many GETs, as a browser keeps it; use it in a `with`."""

    def __init__(self, url: str, timeout_seconds: float = 10) -> None:
        place = urlsplit(url)
        self._socket = socket.create_connection((place.hostname or "", place.port or 80), timeout_seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str, *headers: str) -> bytes:
        """The whole raw answer, headers and body."""
        self._socket.sendall(request_for(path, *headers))
        answer = b""
        while (length := length_of(answer)) is None or len(answer) < length:
            part = self._socket.recv(1 << 20)
            if not part:
                raise EOFError("the server closed the connection")
            answer += part
        return answer

    @staticmethod
    def header(answer: bytes, name: str) -> str:
        """A header's value; empty when it is not there."""
        lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        found = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
        return found.get(name, "")

    def __enter__(self) -> KeptConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def request_for(path: str, *headers: str) -> bytes:
    """Spell a GET on a kept connection."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode("latin-1")


def length_of(answer: bytes) -> int | None:
    """Bytes of the whole answer that begins so; None until its headers are there."""
    head, end, _ = answer.partition(b"\r\n\r\n")
    if not end:
        return None
    found = KeptConnection.header(answer, "content-length")
    return len(head) + 4 + int(found or 0)


async def ask_together(url: str, path: str, clients: int, seconds: float) -> float:
    """Answers a second that so many clients get together, each asking as soon as it was answered."""
    place = urlsplit(url)
    ends, answered = time.monotonic() + seconds, 0

    async def ask() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 24)
        while time.monotonic() < ends:
            writer.write(request_for(path))
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly((length_of(head) or 0) - len(head))
            answered += 1
        writer.close()

    await asyncio.gather(*(ask() for _ in range(clients)))
    return answered / seconds


async def ask_together_anew(url: str, path: str, clients: int, seconds: float) -> float:
    """The same of a server that closes each connection."""
    place = urlsplit(url)
    ends, answered = time.monotonic() + seconds, 0
    request = request_for(path, "Connection: close")

    async def ask() -> None:
        nonlocal answered
        while time.monotonic() < ends:
            reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 24)
            writer.write(request)
            answered += bool(await reader.read(-1))
            writer.close()

    await asyncio.gather(*(ask() for _ in range(clients)))
    return answered / seconds
