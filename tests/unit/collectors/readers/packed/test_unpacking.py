"""Compressed streams, fed in pieces of any size: the same bytes come out, and nothing after the end is overlooked."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable

import pytest

from collectors.readers.common.single_pass import CHUNK
from collectors.readers.packed.unpacking import (
    MOST_STREAMS,
    Engine,
    Unpacker,
    UnpackProblem,
    bzip2_stream,
    gzip_stream,
    raw_deflate,
    xz_stream,
)


class Kept:
    """What came out, in which pieces, and whether it ended."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.ended = False

    def feed(self, piece: memoryview) -> None:
        self.pieces.append(bytes(piece))

    def finish(self) -> None:
        self.ended = True

    @property
    def data(self) -> bytes:
        return b"".join(self.pieces)


def deflated(data: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


KINDS: list[tuple[Callable[[], Engine], Callable[[bytes], bytes], bytes]] = [
    (raw_deflate, deflated, b""),
    (gzip_stream, lambda data: gzip.compress(data, mtime=0), b"\x1f\x8b"),
    (bzip2_stream, bz2.compress, b"BZh"),
    (xz_stream, lzma.compress, b"\xfd7zXZ\x00"),
]
PLAIN = bytes(range(256)) * 40


def unpacked(
    engine: Callable[[], Engine], packed: bytes, *, magic: bytes | None = None, pieces: int = 1 << 20
) -> tuple[Kept, Unpacker]:
    out = Kept()
    unpacker = Unpacker(engine, out, magic=magic)
    for at in range(0, len(packed), pieces):
        unpacker.feed(memoryview(packed[at : at + pieces]))
    unpacker.finish()
    return out, unpacker


def problem(engine: Callable[[], Engine], packed: bytes, *, magic: bytes | None = None) -> str:
    with pytest.raises(UnpackProblem) as raised:
        unpacked(engine, packed, magic=magic)
    return str(raised.value)


def test_pieces_of_any_size_give_the_whole() -> None:
    for engine, pack, _ in KINDS:
        packed = pack(PLAIN)
        for pieces in (1, 7, len(packed)):
            out, unpacker = unpacked(engine, packed, pieces=pieces)
            assert out.data == PLAIN
            assert out.ended
            assert (unpacker.taken, unpacker.given) == (len(packed), len(PLAIN))


def test_what_unpacks_to_much_comes_in_pieces_of_a_mebibyte() -> None:
    for engine, pack, _ in KINDS:
        size = 2 * CHUNK + 3
        out, _unpacker = unpacked(engine, pack(bytes(size)))
        assert max(map(len, out.pieces)) <= CHUNK
        assert len(out.data) == size


def test_streams_in_a_row_are_one_with_padding_between_and_behind() -> None:
    for engine, pack, magic in KINDS[1:]:
        for packed in (pack(b"a") + pack(b"b"), pack(b"a") + bytes(5) + pack(b"b") + bytes(3)):
            for pieces in (1, len(packed)):
                assert unpacked(engine, packed, magic=magic, pieces=pieces)[0].data == b"ab"


def test_what_follows_the_end_is_refused() -> None:
    for engine, pack, magic in KINDS:
        one = pack(b"a")
        assert problem(engine, one + b"xy") == "2 bytes follow the end of the compressed data"
        assert problem(engine, one + bytes(2)) == "2 bytes follow the end of the compressed data"
        if magic:
            assert problem(engine, one + b"xy", magic=magic) == "other bytes follow the end of the compressed data"
            assert problem(engine, one + magic[:2] + b"xy", magic=magic) != ""
            assert "cut short" in problem(engine, one + magic[:1], magic=magic)


def test_what_ends_early_says_how_much_came_out() -> None:
    for engine, pack, _ in KINDS:
        assert problem(engine, pack(b"")[:-1]) == "the compressed data are cut short: they end after 0 unpacked bytes"
    assert problem(raw_deflate, b"") == "the compressed data are cut short: they end after 0 unpacked bytes"


def test_damage_is_told_in_the_words_of_who_found_it() -> None:
    for engine, pack, _ in KINDS[1:]:
        packed = bytearray(pack(PLAIN))
        packed[-6] ^= 0xFF
        assert problem(engine, bytes(packed)).startswith("the compressed data are damaged: ")
    assert problem(raw_deflate, b"\xff\xff").startswith("the compressed data are damaged: ")


def test_a_stream_that_wants_more_memory_than_is_given_is_refused() -> None:
    greedy = [{"id": lzma.FILTER_LZMA2, "dict_size": 256 << 20}]
    packed = lzma.compress(b"x", lzma.FORMAT_XZ, filters=greedy)

    assert problem(xz_stream, packed) == "unpacking needs more than 128 MiB of memory: refused"


def test_a_guard_hears_of_every_piece_and_may_stop() -> None:
    heard: list[tuple[int, int]] = []
    packed = deflated(bytes(3 * CHUNK))
    unpacker = Unpacker(raw_deflate, Kept(), magic=None)
    unpacker.guard = lambda taken, given: heard.append((taken, given))
    unpacker.feed(memoryview(packed))

    assert heard[0] == (len(packed), CHUNK)
    assert heard[-1] == (len(packed), 3 * CHUNK)


def test_streams_in_a_row_are_counted() -> None:
    empty = gzip.compress(b"", mtime=0)

    assert unpacked(gzip_stream, empty * MOST_STREAMS, magic=b"\x1f\x8b")[0].ended
    assert problem(gzip_stream, empty * (MOST_STREAMS + 1), magic=b"\x1f\x8b") == (
        "more than 100,000 compressed streams in a row"
    )
