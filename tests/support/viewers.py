"""A server's port -> many viewers of one process: some poll as the page does, some listen to the stream.

    async with crowd(port, polling=200, listening=20) as viewers: ...

Each viewer counts what a person would notice: error answers, polls without an answer, and the state it last saw. A
connection that was closed while nobody asked is opened again without a count, as every browser does.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

PERIOD_SECONDS = 2.0
RETRY_SECONDS = 2.0
"""The page's own; a browser that is left to itself waits as long as the server says."""
ANSWER_SECONDS = 30.0
GONE = (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError)


@dataclass
class Viewer:
    """One viewer's notes."""

    port: int
    path: str = "/"
    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    """Polls without any answer, or streams that broke off instead of ending."""
    ended: int = 0
    """Streams that the server ended."""
    etag: str = ""
    """The state it saw last."""
    seen_at: float = 0.0
    """When it last heard from the server, by `time.monotonic`."""
    is_connected: bool = False
    """Whether its stream is open."""
    waits: list[float] = field(default_factory=list)
    """Seconds from each question to its answer."""

    @property
    def errors(self) -> int:
        """Answers that are no answer."""
        return sum(count for status, count in self.statuses.items() if status not in (200, 304))

    async def live(self) -> None:
        """Look until cancelled."""
        raise NotImplementedError

    def hear(self, pulse: bytes) -> None:
        """Note what a pulse says."""
        self.etag, self.seen_at = json.loads(pulse)["etag"], time.monotonic()


class Poller(Viewer):
    """Asks `api/pulse` every two seconds on a kept connection, with the ETag it knows."""

    async def live(self) -> None:
        """Ask until cancelled."""
        tag, connection = "", None
        await asyncio.sleep(random.uniform(0, PERIOD_SECONDS))
        while True:
            begun = time.monotonic()
            try:
                connection = await self._connected(connection)
                tag = await asyncio.wait_for(self._ask(*connection, tag), ANSWER_SECONDS)
                self.waits.append(time.monotonic() - begun)
            except GONE:
                self.lost, connection = self.lost + 1, None
            await asyncio.sleep(max(0.0, begun + PERIOD_SECONDS - time.monotonic()))

    async def _connected(
        self, kept: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if kept and not kept[0].at_eof() and not kept[1].is_closing():
            return kept
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tag: str) -> str:
        known = f"If-None-Match: {tag}\r\n" if tag else ""
        writer.write(f"GET {self.path}api/pulse HTTP/1.1\r\nHost: localhost\r\n{known}\r\n".encode())
        status, headers = await _head(reader)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.statuses[status] += 1
        self.seen_at = time.monotonic()
        if status == 200:
            self.hear(body)
        if headers.get("connection") == "close":
            writer.close()
        return headers.get("etag", tag)


class Listener(Viewer):
    """Follows `api/events`, and comes back when it ends, as the page does."""

    async def live(self) -> None:
        """Listen until cancelled."""
        while True:
            with suppress(*GONE):
                await self._follow(*await asyncio.open_connection("127.0.0.1", self.port))
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(f"GET {self.path}api/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            status, _ = await _head(reader)
            self.statuses[status] += 1
            self.is_connected = True
            while size := int(await reader.readline() or b"broken", 16):
                chunk = await reader.readexactly(size + 2)
                self.hear(chunk.partition(b"data: ")[2].partition(b"\n")[0])
            self.ended += 1
        except (*GONE, ValueError):
            self.lost += 1
        finally:
            self.is_connected = False
            writer.close()


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    named = (line.partition(":") for line in lines[1:] if line)
    return int(lines[0].split()[1]), {name.lower(): value.strip() for name, _, value in named}


@dataclass
class Crowd:
    """All viewers."""

    pollers: list[Poller]
    listeners: list[Listener]

    @property
    def all(self) -> list[Viewer]:
        """Everybody."""
        return [*self.pollers, *self.listeners]

    async def until(self, condition: Callable[[Viewer], bool], what: str, timeout_seconds: float = 60) -> None:
        """Wait until the condition holds for every viewer."""
        end = time.monotonic() + timeout_seconds
        while waiting := [viewer for viewer in self.all if not condition(viewer)]:
            assert time.monotonic() < end, f"{len(waiting)} viewers never {what}; the first: {waiting[0]}"
            await asyncio.sleep(0.05)

    async def all_see(self, etag: str) -> None:
        """Wait until every viewer has seen this state."""
        await self.until(lambda viewer: viewer.etag == etag, f"saw {etag}")

    async def all_hear(self) -> None:
        """Wait until every viewer has heard from the server again."""
        now = time.monotonic()
        await self.until(lambda viewer: viewer.seen_at > now, "heard from the server again")

    def lost_since(self, before: dict[int, int]) -> list[int]:
        """Polls each poller lost since `losses` was asked."""
        return [poller.lost - before[id(poller)] for poller in self.pollers]

    def losses(self) -> dict[int, int]:
        """What each poller lost so far."""
        return {id(poller): poller.lost for poller in self.pollers}


@asynccontextmanager
async def crowd(port: int, *, polling: int, listening: int, path: str = "/") -> AsyncIterator[Crowd]:
    """Viewers who come within two seconds and stay for the block."""
    gathered = Crowd([Poller(port, path) for _ in range(polling)], [Listener(port, path) for _ in range(listening)])
    lives = [asyncio.create_task(viewer.live()) for viewer in (*gathered.pollers, *gathered.listeners)]
    try:
        yield gathered
    finally:
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)
