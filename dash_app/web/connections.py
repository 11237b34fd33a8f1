"""One connection -> its requests within limits: uvicorn's own protocol with what it has no setting for.

A head is at most `MOST_HEAD_BYTES` and `MOST_HEADERS` (else 431), and whole within `HEAD_SECONDS`; a body within
`BODY_SECONDS` (else 408); few requests wait behind one that is answered (else 429); an answer is taken, if slowly, and
not left for `STALLED_SECONDS`, and all answers together have so many bytes that wait to be taken. A process holds so
many connections that descriptors are left for everything else it does: the one that has been waiting longest without a
whole request makes room, whoever it belongs to, and where all are being answered the newest gets a 503. It knows no
address: all pages may come through one proxy. The host of a whole address (`GET http://host/ HTTP/1.1`) takes the place
of the Host header.
"""

from __future__ import annotations

import asyncio
import re
import resource
import time
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from dash_app.web.answers import failure

MOST_HEAD_BYTES: Final = 64 << 10
MOST_HEADERS: Final = 100
HEAD_SECONDS: Final = 10.0
BODY_SECONDS: Final = 30.0
STALLED_SECONDS: Final = 60.0
MOST_UNTAKEN_BYTES: Final = 128 << 20
"""Of all answers of a process that the system has not taken for their clients yet: the charts' library has 5 MB."""
LINGER_SECONDS: Final = 1.0
MOST_LINGER_BYTES: Final = 1 << 20
"""So long, and so much, what a refused client still sends is thrown away: a reset might take the refusal from it."""
MOST_CONNECTIONS: Final = 1000
MOST_WAITING: Final = 16
"""Requests of one connection behind the one that is answered; no browser sends any, a proxy a few."""
_PIECE_BYTES: Final = 8 << 10
"""The parser gets so much at once, so that a head without an end is noticed soon."""
_AUTHORITY_ENDS: Final = re.compile(rb"[/?#]")


def most_connections() -> int:
    """How many connections a process holds: each may have a file open too, and a third of all is left for the rest."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, soft // 3)


class LimitedProtocol(HttpToolsProtocol):
    """HTTP/1.1 within limits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._stalled_since = 0.0
        self._waiting_since = time.monotonic()
        self._is_in_head = True
        self._unread, self._head_bytes, self._headers = 0, 0, 0
        self._refused = False
        self._answered: RequestResponseCycle | None = None
        """What is being answered, or was last; `cycle` is what came last, and may wait behind it."""

    @property
    def is_waiting(self) -> bool:
        """Whether it is the client's turn: no request of it is whole and unanswered."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin; where there are too many, another one ends, or this one."""
        super().connection_made(transport)
        self._expect(HEAD_SECONDS)
        if len(self.connections) > most_connections():
            waiting = [one for one in self.connections if isinstance(one, LimitedProtocol) and one.is_waiting]
            others = [one for one in waiting if one is not self and not one.transport.is_closing()]
            if others:
                min(others, key=lambda one: one._waiting_since).transport.abort()
            else:
                self._refuse(503, "too_many_connections", "too many connections are open; try again")

    def connection_lost(self, exc: Exception | None) -> None:
        """End; what is being answered is told too, where another request waits behind it."""
        self._expect(None)
        self._watch_writing(None)
        self._leave_unanswered()
        self.pipeline.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent; where it was refused already, throw it away, and soon the connection too."""
        if self._refused:
            self._unread += len(data)
            if self._unread > MOST_LINGER_BYTES:
                self.transport.abort()
            return
        if self._deadline is None and self.is_waiting:
            self._expect(HEAD_SECONDS)
        for start in range(0, len(data), _PIECE_BYTES):
            if self._refused or self.transport.is_closing():
                break
            piece = data[start : start + _PIECE_BYTES]
            self._unread = self._unread + len(piece) if self._is_in_head else 0
            super().data_received(piece)
            if self._unread > MOST_HEAD_BYTES + _PIECE_BYTES and not self._refused:
                self._refuse_head()

    def on_message_begin(self) -> None:
        """A head begins, perhaps in the middle of a piece."""
        self._is_in_head, self._head_bytes, self._headers = True, 0, 0
        self._unread = self._unread or 1
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header, of the head or behind the body."""
        self._headers += 1
        self._count(len(name) + len(value) + len(b": \r\n"))
        super().on_header(name, value)

    def _count(self, more: int) -> None:
        self._head_bytes += more
        if self._head_bytes > MOST_HEAD_BYTES or self._headers > MOST_HEADERS:
            raise ValueError("the head is too large")  # ends the parser, which asks for a refusal

    def on_headers_complete(self) -> None:
        """The head is whole; the body is expected."""
        self._is_in_head, self._unread = False, 0
        self._expect(BODY_SECONDS)
        if len(self.pipeline) >= MOST_WAITING:
            raise ValueError("too many requests wait")  # ends the parser, which asks for a refusal
        self._take_host_of_address()
        super().on_headers_complete()
        if not self.pipeline:
            self._answered = self.cycle

    def _take_host_of_address(self) -> None:
        """What is asked decides, not what a header says beside it (RFC 9112, 3.2.2); uvicorn drops that part."""
        scheme, is_whole, rest = self.url.partition(b"://")
        if is_whole and b"/" not in scheme:
            asked = _AUTHORITY_ENDS.split(rest, maxsplit=1)[0]
            self.headers[:] = [(name, asked if name == b"host" else value) for name, value in self.headers]

    def on_message_complete(self) -> None:
        """The request is whole; the next head may follow."""
        self._is_in_head = True
        self._expect(None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It is the client's turn again; the next head may have begun meanwhile."""
        self._waiting_since = time.monotonic()
        if self.pipeline:
            self._answered = self.pipeline[-1][0]
        super().on_response_complete()
        if self._is_in_head and self._unread and self._deadline is None:
            self._expect(HEAD_SECONDS)

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser did not take."""
        if self._head_bytes > MOST_HEAD_BYTES or self._headers > MOST_HEADERS:
            self._refuse_head()
        elif len(self.pipeline) >= MOST_WAITING:
            self._refuse(429, "too_many_waiting", f"at most {MOST_WAITING} requests may wait behind another one")
        else:
            self._refuse(400, "malformed", msg)

    def pause_writing(self) -> None:
        """The client does not take its answer; once it is clear that it never will, it is left."""
        super().pause_writing()
        self._watch_writing(STALLED_SECONDS)
        self._stalled_since = time.monotonic()
        self._bound_untaken()

    def _bound_untaken(self) -> None:
        """Where too much waits to be taken, leave those others that have been taking nothing for longest."""
        others = [one for one in self.connections if isinstance(one, LimitedProtocol) and one._stalled and one != self]
        others = sorted((one for one in others if not one.transport.is_closing()), key=lambda one: one._stalled_since)
        untaken = sum(one.transport.get_write_buffer_size() for one in (self, *others))
        for one in others:
            if untaken <= MOST_UNTAKEN_BYTES:
                break
            untaken -= one.transport.get_write_buffer_size()
            one.transport.abort()

    def resume_writing(self) -> None:
        """It takes it."""
        self._watch_writing(None)
        super().resume_writing()

    def _watch_writing(self, seconds: float | None) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
        self._stalled = None if seconds is None else self.loop.call_later(seconds, self.transport.abort)

    def _expect(self, seconds: float | None) -> None:
        """Let the connection end after so long, unless something else is expected until then."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        self._deadline = None
        if self._unread or not self._is_in_head:
            self._refuse(408, "timeout", "the request did not come in time")
        else:
            self.transport.close()

    def _refuse_head(self) -> None:
        words = f"a request's head may have {MOST_HEADERS} headers and {MOST_HEAD_BYTES:,} bytes"
        self._refuse(431, "head_too_large", words)

    def _refuse(self, status: int, error: str, message: str) -> None:
        """Answer, unless an answer is being given, and end the connection."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._expect(None)
        if self._leave_unanswered():
            self.transport.abort()
            return
        answer = failure(status, error, message)
        answer.headers["Connection"] = "close"
        head = [b"HTTP/1.1 %d \r\n" % status, *(b"%b: %b\r\n" % header for header in answer.raw_headers), b"\r\n"]
        self.transport.write(b"".join(head) + answer.body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._deadline = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _leave_unanswered(self) -> bool:
        """Whoever is making an answer sees the client gone, and writes no more; whether a part of it was sent."""
        one = self._answered
        if one is None or one.response_complete:
            return False
        one.disconnected, one.waiting_for_100_continue = True, False
        one.message_event.set()
        return one.response_started
