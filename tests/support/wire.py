"""An address and raw bytes -> the raw answer: what an HTTP client would tidy up on the way."""

from __future__ import annotations

import socket
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
