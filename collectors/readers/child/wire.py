"""Messages between the parent and the reading child: length, then JSON, with a descriptor beside it.

Input: a socket. Output: bytes. Refuses messages over `MAX_MESSAGE` and descriptors that were not sent.
"""

from __future__ import annotations

import select
import socket
import struct
from typing import Final

MAX_MESSAGE: Final = 256 * 1024 * 1024
"""Bytes; the largest loss table becomes less."""
HELLO: Final = b"ready"
"""The child's first message: its start does not count as reading."""
_LENGTH: Final = struct.Struct(">Q")
_CHUNK: Final = 1024 * 1024


class ConnectionEnded(Exception):
    """The other side is gone."""


def send(channel: socket.socket, message: bytes, fd: int | None = None) -> None:
    """Send one message; a descriptor travels with its length. Raises OSError when nobody listens."""
    head = _LENGTH.pack(len(message))
    if fd is None:
        channel.sendall(head)
    else:
        socket.send_fds(channel, [head], [fd])
    channel.sendall(message)


def has_answer(channel: socket.socket, seconds: float) -> bool:
    """Wait until the other side has begun to answer, or has gone; False if it did neither in time."""
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def receive(channel: socket.socket, seconds: float) -> bytes:
    """Return one message; raise ConnectionEnded, or TimeoutError when it stops coming for `seconds`."""
    channel.settimeout(seconds)
    return _body(channel, _exactly(channel, _LENGTH.size))


def receive_with_fd(channel: socket.socket) -> tuple[bytes, int]:
    """Return one message and the descriptor sent with it; waits without end. Raises ConnectionEnded."""
    head, fds, _, _ = socket.recv_fds(channel, _LENGTH.size, 1)
    if len(head) != _LENGTH.size or not fds:
        raise ConnectionEnded
    return _body(channel, head), fds[0]


def _body(channel: socket.socket, head: bytes) -> bytes:
    (length,) = _LENGTH.unpack(head)
    if length > MAX_MESSAGE:
        raise ConnectionEnded
    return _exactly(channel, length)


def _exactly(channel: socket.socket, size: int) -> bytes:
    got = bytearray()
    while len(got) < size:
        try:
            part = channel.recv(min(size - len(got), _CHUNK))
        except ConnectionError:
            part = b""
        if not part:
            raise ConnectionEnded
        got += part
    return bytes(got)
