"""Compressed bytes in, plain bytes out, a bounded piece at a time.

Input: pieces of a deflate, gzip, bzip2 or xz stream. Output: pieces of at most 1 MiB for the next
sink. It refuses a stream that is damaged, goes on after its end, or unpacks to more than it may.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from collectors.readers.common.single_pass import CHUNK, Sink

MOST_XZ_MEMORY: Final = 128 << 20
MOST_STREAMS: Final = 100_000
"""Compressed streams in a row in one file (pigz and bgzip write many)."""
_ENGINE_ERRORS: Final = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


class UnpackProblem(Exception):
    """The stream cannot be unpacked further; the message says why."""


class Engine(Protocol):
    """What the decompressors of bz2 and lzma have in common."""

    @property
    def eof(self) -> bool:
        """The stream has ended, and its own checksum (if it has one) matched."""

    @property
    def needs_input(self) -> bool:
        """Nothing more comes out before more goes in."""

    @property
    def unused_data(self) -> bytes:
        """What followed the end of the stream."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return at most `max_length` bytes."""


class ZlibEngine:
    """zlib's decompressor with the manners of bz2's and lzma's."""

    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)

    @property
    def eof(self) -> bool:
        """The stream has ended, and its own checksum (if it has one) matched."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Nothing more comes out before more goes in."""
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What followed the end of the stream."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return at most `max_length` bytes; call again with no data while input is left."""
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def raw_deflate() -> Engine:
    """Engine for a zip entry."""
    return ZlibEngine(-15)


def gzip_stream() -> Engine:
    """Engine for one gzip stream, whose CRC and length it compares."""
    return ZlibEngine(31)


def bzip2_stream() -> Engine:
    """Engine for one bzip2 stream, whose CRC it compares."""
    return bz2.BZ2Decompressor()


def xz_stream() -> Engine:
    """Engine for one xz stream, whose checks it compares, within bounded memory."""
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_XZ_MEMORY)


def _named(error: Exception) -> UnpackProblem:
    if isinstance(error, lzma.LZMAError) and "emory" in str(error):
        return UnpackProblem(f"unpacking needs more than {MOST_XZ_MEMORY >> 20} MiB of memory: refused")
    return UnpackProblem(f"the compressed data are damaged: {error}")


class Unpacker:
    """A sink that unpacks what it is fed and feeds that to another sink.

    `magic`: how each further stream begins, where several may follow each other; None where nothing
    may follow the first. `guard` is called after each piece with the bytes taken in and given out so
    far; it raises to stop.
    """

    def __init__(self, new_engine: Callable[[], Engine], output: Sink, *, magic: bytes | None) -> None:
        self._new_engine, self._output, self._magic = new_engine, output, magic
        self._engine = new_engine()
        self._streams = 1
        self.guard: Callable[[int, int], None] = lambda taken, given: None
        self.taken = 0
        self.given = 0

    def feed(self, piece: memoryview) -> None:
        """Unpack the next bytes. Raises UnpackProblem and what the guard and the output raise."""
        data = bytes(piece)
        self.taken += len(data)
        while data:
            data = self._begin_next(data) if self._engine.eof else self._unpack(data)

    def finish(self) -> None:
        """Raise UnpackProblem unless the last stream came to its end."""
        if not self._engine.eof:
            raise UnpackProblem(f"the compressed data are cut short: they end after {self.given:,} unpacked bytes")
        self._output.finish()

    def _unpack(self, data: bytes) -> bytes:
        """Feed one piece of input; return what lies behind the end of the stream."""
        while True:
            try:
                plain = self._engine.decompress(data, CHUNK)
            except _ENGINE_ERRORS as error:
                raise _named(error) from None
            data = b""
            self.given += len(plain)
            if plain:
                self._output.feed(memoryview(plain))
            self.guard(self.taken, self.given)
            if self._engine.eof:
                return self._engine.unused_data
            # zlib may hold back output although it has taken all input.
            if self._engine.needs_input and len(plain) < CHUNK:
                return b""

    def _begin_next(self, data: bytes) -> bytes:
        """Start the next stream; zeros between and after streams are padding."""
        if self._magic is None:
            raise UnpackProblem(f"{len(data):,} bytes follow the end of the compressed data")
        data = data.lstrip(b"\0")
        if data and not data.startswith(self._magic[: len(data)]):
            raise UnpackProblem("other bytes follow the end of the compressed data")
        if data:
            self._streams += 1
            self._engine = self._new_engine()
        if self._streams > MOST_STREAMS:
            raise UnpackProblem(f"more than {MOST_STREAMS:,} compressed streams in a row")
        return data
