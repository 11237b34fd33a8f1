"""Bytes -> CRC32C (Castagnoli) as TFRecord stores it, for one buffer or for a column of many.

A CRC is linear over GF(2): every byte adds a term that depends only on its value and on how many
bytes follow it. `place_tables` holds these terms, so many equally long records are checked with
one table look-up for each byte position that differs. Refuses nothing and opens nothing.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.uint32]

_POLYNOMIAL = 0x82F63B78
_ONES = 0xFFFFFFFF
_MASK_DELTA = 0xA282EAD8
_BLOCK = 256
_SHORT = 48
"""Below this many bytes a Python loop is quicker than numpy's calls."""


@cache
def _byte_table() -> tuple[int, ...]:
    """CRC of each single byte, without inversions."""
    entries = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
        entries.append(crc)
    return tuple(entries)


@cache
def _tables(count: int) -> Words:
    first = np.array(_byte_table(), np.uint32)
    tables = np.empty((count, 256), np.uint32)
    tables[0] = first
    for follow in range(1, count):
        before = tables[follow - 1]
        tables[follow] = (before >> np.uint32(8)) ^ first[before & np.uint32(255)]
    return tables


def place_tables(length: int) -> Words:
    """Terms of bytes in buffers of up to `length` bytes: shape (at least `length`, 256).

    Row k, column b is what byte b adds to the CRC when k bytes follow it.
    """
    return _tables(-(-length // 64) * 64)


def crc32c(data: bytes | memoryview, crc: int = 0) -> int:
    """CRC32C of `data`, going on from the CRC of what came before."""
    state = crc ^ _ONES
    if len(data) > _SHORT:
        state, data = _whole_blocks(state, data)
    table = _byte_table()
    for byte in data:
        state = table[(state ^ byte) & 255] ^ (state >> 8)
    return state ^ _ONES


def masked(crc: int) -> int:
    """The form in which TFRecord stores a CRC: rotated by 15 bits plus a constant."""
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & _ONES


def masked_column(crc: Words) -> Words:
    """`masked` for many CRCs at once."""
    return (crc >> np.uint32(15) | crc << np.uint32(17)) + np.uint32(_MASK_DELTA)


def _whole_blocks(state: int, data: bytes | memoryview) -> tuple[int, bytes | memoryview]:
    """The state after all whole blocks, and the rest: fewer bytes than the loop minds."""
    blocks = len(data) // _BLOCK
    terms = _block_terms(np.frombuffer(data, np.uint8, blocks * _BLOCK).reshape(blocks, _BLOCK))
    for term in terms:
        state = _advance(state, _BLOCK) ^ term
    rest = data[blocks * _BLOCK :]
    if len(rest) <= _SHORT:
        return state, rest
    terms = _block_terms(np.frombuffer(rest, np.uint8).reshape(1, len(rest)))
    return _advance(state, len(rest)) ^ terms[0], b""


def _block_terms(blocks: NDArray[np.uint8]) -> list[int]:
    """The CRC of each row, from a zero state and without inversions."""
    if len(blocks) < 16:
        return _few_terms(blocks)
    width = blocks.shape[1]
    tables = place_tables(width)
    terms = np.zeros(len(blocks), np.uint32)
    for place in range(width):
        # wrap: every byte is a valid index, and this mode skips the bounds check
        terms ^= tables[width - 1 - place].take(blocks[:, place], mode="wrap")
    return terms.tolist()


def _few_terms(blocks: NDArray[np.uint8]) -> list[int]:
    width = blocks.shape[1]
    places = np.arange(width - 1, -1, -1, dtype=np.intp) * 256
    chosen = place_tables(width).reshape(-1).take(blocks + places)
    return cast(list[int], np.bitwise_xor.reduce(chosen, axis=1).tolist())


def _advance(state: int, zeros: int) -> int:
    """The state after `zeros` zero bytes, of which there are at least four."""
    tables = _rows(zeros)
    return tables[0][state & 255] ^ tables[1][state >> 8 & 255] ^ tables[2][state >> 16 & 255] ^ tables[3][state >> 24]


@cache
def _rows(zeros: int) -> tuple[list[int], ...]:
    tables = place_tables(_BLOCK)
    return tuple(tables[zeros - 1 - byte].tolist() for byte in range(4))
