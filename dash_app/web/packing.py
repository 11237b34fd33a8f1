"""Whole answers -> smaller ones: brotli or gzip, as the browser asks.

Streams (events) pass untouched, and so does what is small, a part of a file or packed already. What was
packed once is kept by its content, so that the chart library is packed once a process and not once a visitor.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib

import anyio.to_thread
import brotli  # type: ignore[import-untyped] # ships no types
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST_BYTES = 500
LARGEST_BYTES = 16 << 20
KEPT_BYTES = 8 << 20
"""The page's own files take three of them; what was shown an hour ago nobody asks for again."""
PART_OF_A_FILE = 206
PACKABLE = ("text/", "application/json", "application/javascript", "image/svg+xml")


class Compression:
    """Packs answers whose length is known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept = _Kept()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        coding = best_coding(scope)
        if coding is None:
            await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, _Packer(coding, self._kept, send))


class _Packer:
    """Holds one answer back until it is whole, then sends it packed."""

    def __init__(self, coding: str, kept: _Kept, send: Send) -> None:
        self._coding, self._kept, self._send = coding, kept, send
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_worth_packing(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            await self._gather(self._start, message)

    async def _gather(self, start: Message, message: Message) -> None:
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        body = await self._kept.packed(bytes(self._body), self._coding)
        headers = MutableHeaders(scope=start)
        headers["Content-Encoding"] = self._coding
        headers["Content-Length"] = str(len(body))
        headers.add_vary_header("Accept-Encoding")
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


class _Kept:
    """What was packed already, by content, the oldest forgotten first."""

    def __init__(self) -> None:
        self._packed: dict[tuple[str, bytes], bytes] = {}
        self._size_bytes = 0
        self._packing: dict[tuple[str, bytes], asyncio.Task[bytes]] = {}

    async def packed(self, body: bytes, coding: str) -> bytes:
        key = (coding, hashlib.sha256(body).digest())
        found = self._packed.pop(key, None)
        if found is not None:
            self._packed[key] = found
            return found
        # Visitors who come together wait for one packing; one who leaves does not end it for the others.
        task = self._packing.get(key) or asyncio.create_task(self._pack_and_keep(key, body))
        self._packing[key] = task
        return await asyncio.shield(task)

    async def _pack_and_keep(self, key: tuple[str, bytes], body: bytes) -> bytes:
        try:
            body_packed = await anyio.to_thread.run_sync(packed, body, key[0])
        finally:
            del self._packing[key]
        self._packed[key] = body_packed
        self._size_bytes += len(body_packed)
        while self._size_bytes > KEPT_BYTES:
            self._size_bytes -= len(self._packed.pop(next(iter(self._packed))))
        return body_packed


def packed(body: bytes, coding: str | None) -> bytes:
    """Pack an answer: `br`, `gzip`, or nothing at all."""
    if coding is None:
        return body
    if coding == "gzip":
        return gzip.compress(body, compresslevel=9, mtime=0)
    found: bytes = brotli.compress(body, quality=5)
    return found


def best_coding(scope: Scope) -> str | None:
    """The coding in which an answer to this request is packed; None where it is not."""
    if scope["type"] != "http" or scope["method"] == "HEAD":
        return None
    asked = Headers(scope=scope).get("accept-encoding", "").replace(" ", "").lower()
    refused = {word.partition(";")[0] for word in asked.split(",") if word.endswith((";q=0", ";q=0.0"))}
    named = {word.partition(";")[0] for word in asked.split(",")} - refused
    return next((coding for coding in ("br", "gzip") if coding in named), None)


def _is_worth_packing(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    length = headers.get("content-length", "")
    return (
        start["status"] != PART_OF_A_FILE
        and length.isdigit()
        and SMALLEST_BYTES <= int(length) <= LARGEST_BYTES
        and "content-encoding" not in headers
        and headers.get("content-type", "").startswith(PACKABLE)
    )
