"""When a connection ends and which of several, in one process: real sockets, and a clock that a test moves on."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from dash_app.web import connections
from dash_app.web.connections import LimitedProtocol, most_connections

HEAD = b"GET /%b HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n"
SPOILT = b"\x00 no request\r\n\r\n"


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time stands still until a test moves it on: a busy machine changes nothing."""

    now = 1000.0

    def time(self) -> float:
        """Seconds that tests have let pass."""
        return self.now


class House:
    """A server in this process, and its ends of the connections in the order they came."""

    def __init__(self) -> None:
        self.ends: list[LimitedProtocol] = []
        self.clients: list[asyncio.StreamWriter] = []
        self.release = asyncio.Event()
        self.config = Config(self.app, interface="asgi3", http=LimitedProtocol, log_config=None, timeout_keep_alive=75)
        self.state = ServerState()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what was sent; `/slow` waits until it may, `/huge` sends more than a client takes unread."""
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        if scope["path"] == "/slow":
            await self.release.wait()
        body = bytes(64 << 20) if scope["path"] == "/huge" else body or b"ok"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    async def open(self, sent: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which this was sent, taken in by the server."""
        count = len(self.ends)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 10)
        self.clients.append(writer)  # who forgets its end closes it
        writer.write(sent)
        while len(self.ends) == count:
            await asyncio.sleep(0)
        await settled()
        return reader, writer

    def end(self) -> LimitedProtocol:
        """The server's end of a new connection."""
        self.ends.append(LimitedProtocol(config=self.config, server_state=self.state, app_state={}))
        return self.ends[-1]

    async def started(self) -> House:
        """Listen."""
        self.config.load()
        server = await asyncio.get_running_loop().create_server(self.end, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return self

    def is_open(self) -> list[bool]:
        """Of each connection whether the server still holds it."""
        return [not end.transport.is_closing() for end in self.ends]


async def settled() -> None:
    """Let everything happen that needs no more time: each round, all sockets are looked at once or more."""
    for _ in range(10):
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.002)


async def passed(seconds: float) -> None:
    """Move the clock on."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Clock)
    loop.now += seconds
    await settled()


def run(story: Callable[[House], Awaitable[None]]) -> None:
    """Tell a story of a house."""

    async def told() -> None:
        await story(await House().started())

    with asyncio.Runner(loop_factory=Clock) as runner:
        runner.run(told())


@pytest.mark.parametrize(
    ("sent", "seconds", "answer"),
    [
        (b"", 10, b""),
        (HEAD % b"", 10, b"HTTP/1.1 408"),
        (HEAD % b"" + b"\r\n" + HEAD % b"", 10, b"HTTP/1.1 200"),
        (POST + b"12", 30, b"HTTP/1.1 408"),
    ],
    ids=["nothing", "head", "next-head", "body"],
)
def test_so_long_is_waited_for_a_part_of_a_request_and_no_longer(sent: bytes, seconds: float, answer: bytes) -> None:
    async def story(house: House) -> None:
        reader, _ = await house.open(sent)
        await passed(seconds - 0.5)
        assert house.is_open() == [True]
        await passed(0.7)
        if house.ends[0]._refused:
            await passed(1.1)
        assert house.is_open() == [False]
        assert (await reader.read()).startswith(answer)

    run(story)


async def is_refused_after_ten_seconds(house: House) -> None:
    """The head that has begun is waited for so long and no longer."""
    await passed(9.5)
    assert house.ends[0]._refused is False
    await passed(1)
    assert house.ends[0]._refused is True


def test_what_is_sent_while_a_request_is_answered_is_not_waited_for_until_the_answer_is_there() -> None:
    """Then the head that began has its ten seconds; a whole request may be made for as long as it takes."""

    async def story(house: House) -> None:
        await house.open(HEAD % b"slow" + b"\r\n" + HEAD % b"")
        await passed(100)
        assert house.is_open() == [True]
        house.release.set()
        await settled()
        await is_refused_after_ten_seconds(house)

    run(story)


def test_a_connection_that_rests_is_not_ended_by_the_time_for_a_head() -> None:
    async def story(house: House) -> None:
        _, writer = await house.open(HEAD % b"" + b"\r\n")
        await passed(70)
        assert house.is_open() == [True]
        writer.write(HEAD % b"")
        await settled()
        await is_refused_after_ten_seconds(house)

    run(story)


def test_an_answer_that_is_not_taken_is_left_after_a_minute_and_one_that_is_taken_is_not() -> None:
    async def story(house: House) -> None:
        _, taken = await house.open(HEAD % b"huge" + b"\r\n")
        taker = taken.transport
        taker.pause_reading()
        left = (await house.open(HEAD % b"huge" + b"\r\n"))[1]
        left.transport.pause_reading()
        await settled()
        assert [end._stalled is not None for end in house.ends] == [True, True]
        house.ends[0].resume_writing()
        house.ends[0].pause_writing()
        await passed(59)
        assert house.is_open() == [True, True]
        house.ends[0].resume_writing()
        await passed(1.5)
        assert house.is_open() == [True, False]

    run(story)


def test_a_refused_client_may_send_on_for_a_second_or_a_mebibyte() -> None:
    async def story(house: House) -> None:
        for _ in range(3):
            await house.open()
        for end in house.ends:
            end.data_received(SPOILT)
        rest = (1 << 20) - len(SPOILT)
        house.ends[0].data_received(bytes(rest))
        house.ends[1].data_received(bytes(rest + 1))
        assert house.is_open() == [True, False, True]
        await passed(0.5)
        assert house.is_open() == [True, False, True]
        await passed(0.7)
        assert house.is_open() == [False, False, False]

    run(story)


def test_the_one_that_waits_longest_makes_room_and_none_that_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "most_connections", lambda: 3)

    async def story(house: House) -> None:
        await house.open(HEAD % b"slow" + b"\r\n")
        _, second = await house.open()
        await house.open(HEAD % b"")
        second.write(HEAD % b"" + b"\r\n")  # answered after the third came
        await settled()
        await house.open()
        assert house.is_open() == [True, True, False, True]
        await house.open()
        assert house.is_open() == [True, False, False, True, True]

    run(story)


def test_where_all_are_answered_the_newest_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "most_connections", lambda: 2)

    async def story(house: House) -> None:
        for _ in range(2):
            await house.open(HEAD % b"slow" + b"\r\n")
        reader, _ = await house.open()
        await passed(1.1)
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 503") and b'"error":"too_many_connections"' in answer
        assert b"connection: close\r\n" in answer.lower() and house.is_open() == [True, True, False]

    run(story)


def test_of_answers_that_nobody_takes_the_oldest_are_left_where_they_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is 64 MiB, less what the system takes at once: two are within the bound, three are not."""

    async def story(house: House) -> None:
        for _ in range(4):
            _, writer = await house.open(HEAD % b"huge" + b"\r\n")
            writer.transport.pause_reading()
            while house.ends[-1]._stalled is None and not house.ends[-1].transport.is_closing():
                await settled()
        assert house.is_open() == [False, False, True, True]

    run(story)


def test_the_limits_are_those_that_are_documented() -> None:
    """In docs/deploy.md, in these words."""
    assert (connections.MOST_HEAD_BYTES, connections.MOST_HEADERS) == (64 * 1024, 100)
    assert (connections.MOST_WAITING, connections.MOST_UNTAKEN_BYTES) == (16, 128 * 1024 * 1024)


@pytest.mark.parametrize(
    ("descriptors", "most"), [(resource.RLIM_INFINITY, 1000), (1 << 20, 1000), (3003, 1000), (2999, 999), (256, 85)]
)
def test_a_third_of_all_descriptors_are_connections_and_at_most_a_thousand(
    monkeypatch: pytest.MonkeyPatch, descriptors: int, most: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (descriptors, descriptors))

    assert most_connections() == most


def test_a_refusal_names_what_was_too_much_and_ends_the_connection() -> None:
    async def answered(house: House, sent: bytes) -> bytes:
        reader, writer = await house.open()
        writer.write(sent)
        await settled()
        await passed(1.1)
        return await reader.read()

    async def story(house: House) -> None:
        told: dict[str, Any] = {
            "spoilt": await answered(house, SPOILT),
            "headers": await answered(house, HEAD % b"" + b"A: b\r\n" * 100 + b"\r\n"),
            "waiting": await answered(house, (HEAD % b"slow" + b"\r\n") * 18),
        }
        assert told["spoilt"].startswith(b"HTTP/1.1 400 \r\n") and b'"malformed"' in told["spoilt"]
        assert b"a request's head may have 100 headers and 65,536 bytes" in told["headers"]
        assert told["headers"].startswith(b"HTTP/1.1 431 \r\n")
        assert told["waiting"].startswith(b"HTTP/1.1 429 \r\n")
        assert b"at most 16 requests may wait behind another one" in told["waiting"]

    run(story)
