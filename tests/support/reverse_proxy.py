"""A server's port -> another port before it, as a company's proxy stands there: under a path, with headers of its own.

It understands HTTP/1.1 as far as the page needs it (lengths, chunks, kept connections), passes streams on piece by
piece, and can keep answers back whose address holds a word, until they are released.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

ADDED = ("X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: dash.example.org")
CHUNKED, WITHOUT_BODY = b"chunked", (b"204", b"304")


@dataclass
class ReverseProxy:
    """Use it in a `with`; `url` is the page's address as a browser sees it."""

    upstream_port: int
    prefix: str = "/"
    strips: bool = False
    """Whether the server is asked without the prefix."""
    host: str | None = None
    """What the server is told as Host; null passes on what the browser said."""
    added: Sequence[str] = ADDED
    """Headers that the server gets besides."""
    held: tuple[str, ...] = ()
    """Words of addresses whose answers are kept back."""
    asked: list[str] = field(default_factory=list)
    """Paths, as the server was asked for them."""

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def __enter__(self) -> ReverseProxy:
        self._loop = asyncio.new_event_loop()
        self._released = asyncio.Event()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join(10)
        self._loop.close()

    def release(self) -> None:
        """Let go of everything that is kept back, from now on."""
        self._loop.call_soon_threadsafe(self._released.set)

    def _run(self, started: threading.Event) -> None:
        with suppress(asyncio.CancelledError):
            self._main = self._loop.create_task(self._serve(started))
            self._loop.run_until_complete(self._main)
        self._loop.run_until_complete(self._end_the_rest())

    async def _end_the_rest(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _serve(self, started: threading.Event) -> None:
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await asyncio.Event().wait()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One browser's connection, and one to the server for it, as long as both last."""
        upstream: asyncio.StreamWriter | None = None
        with suppress(OSError, EOFError, asyncio.IncompleteReadError, asyncio.CancelledError):
            answers, upstream = await asyncio.open_connection("127.0.0.1", self.upstream_port)
            while True:
                path = await self._pass_request(reader, upstream)
                if any(word in path for word in self.held):
                    await self._released.wait()
                await _pass_answer(answers, writer)
        for side in filter(None, (writer, upstream)):
            side.close()

    async def _pass_request(self, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter) -> str:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        verb, path, version = first.split(" ")
        if self.strips and path.startswith(self.prefix):
            path = "/" + path.removeprefix(self.prefix)
        if self.host:
            lines = [f"Host: {self.host}" if line.lower().startswith("host:") else line for line in lines]
        upstream.write("\r\n".join([f"{verb} {path} {version}", *lines, *self.added, "", ""]).encode("latin-1"))
        upstream.write(await reader.readexactly(int(_header(head, b"content-length") or 0)))
        self.asked.append(path)
        return path


async def _pass_answer(answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await answers.readuntil(b"\r\n\r\n")
    writer.write(head)
    if _header(head, b"transfer-encoding") == CHUNKED:
        size = 1
        while size:
            line = await answers.readline()
            size = int(line, 16)
            writer.write(line + await answers.readexactly(size + 2))
            await writer.drain()
    elif head.split(b" ", 2)[1] not in WITHOUT_BODY:
        writer.write(await answers.readexactly(int(_header(head, b"content-length") or 0)))
    await writer.drain()


def _header(head: bytes, name: bytes) -> bytes:
    lines = (line.partition(b":") for line in head.split(b"\r\n"))
    return next((value.strip() for key, _, value in lines if key.strip().lower() == name), b"")
