"""Values -> bytes of event files, written the slow and obvious way: nothing is shared with the reader.

`event` makes one record's data, `record` frames it, `scalar_file` makes a whole file; `fast_scalar_file` makes a large
one by filling in numpy columns, checksums included.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

START = 1_795_435_105.0
"""Wall time of the first record, seconds since the Unix epoch."""


@cache
def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)  # noqa: PLW2901 - the usual way to build the table
        table.append(byte)
    return tuple(table)


def crc32c(data: bytes) -> int:
    """CRC32C, one byte after the other."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _table()[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> bytes:
    """The stored form of the checksum of `data`."""
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def record(data: bytes) -> bytes:
    """Frame one record."""
    length = struct.pack("<Q", len(data))
    return length + masked(length) + data + masked(data)


def varint(number: int) -> bytes:
    """Spell a number; a negative one as 64-bit two's complement."""
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes((*out, number))


def key(number: int, wire: int) -> bytes:
    """Spell a field's number and wire type."""
    return varint(number << 3 | wire)


def message(number: int, data: bytes) -> bytes:
    """Spell a length-delimited field."""
    return key(number, 2) + varint(len(data)) + data


def wall_time(seconds: float) -> bytes:
    """Spell an event's wall time."""
    return key(1, 1) + struct.pack("<d", seconds)


def step(number: int) -> bytes:
    """Spell an event's step."""
    return key(2, 0) + varint(number)


def simple_value(tag: str, value: float) -> bytes:
    """Spell one `Summary.Value` as TensorBoard's own writers do."""
    return message(1, tag.encode()) + key(2, 5) + struct.pack("<f", value)


def tensor_value(tag: str, tensor: bytes, plugin: str | None = "scalars") -> bytes:
    """Spell one `Summary.Value` as TensorFlow 2 does."""
    metadata = message(9, message(1, message(1, plugin.encode()))) if plugin is not None else b""
    return message(1, tag.encode()) + metadata + message(8, tensor)


def float_tensor(value: float) -> bytes:
    """Spell a float32 scalar in `float_val`."""
    return key(1, 0) + varint(1) + message(2, b"") + message(5, struct.pack("<f", value))


def content_tensor(dtype: int, content: bytes) -> bytes:
    """Spell a scalar in `tensor_content`."""
    return key(1, 0) + varint(dtype) + message(2, b"") + message(4, content)


def event(number: int, values: Iterable[bytes] = (), seconds: float = START) -> bytes:
    """Spell one event with summary values."""
    summary = b"".join(message(1, value) for value in values)
    return wall_time(seconds) + (step(number) if number else b"") + message(5, summary)


def session_start(hparams: Mapping[str, bool | float | str]) -> bytes:
    """Spell the `Summary.Value` with which TensorBoard's hparams plugin begins a session."""
    entries = b"".join(message(1, message(1, name.encode()) + message(2, _plain(v))) for name, v in hparams.items())
    data = message(1, b"hparams") + message(2, key(1, 0) + varint(0) + message(3, entries))
    return message(1, b"_hparams_/session_start_info") + message(9, message(1, data))


def _plain(value: bool | float | str) -> bytes:
    """Spell a `google.protobuf.Value`."""
    if isinstance(value, bool):
        return key(4, 0) + varint(value)
    return message(3, value.encode()) if isinstance(value, str) else key(2, 1) + struct.pack("<d", value)


def header(seconds: float = START) -> bytes:
    """Make the framed first record of every file."""
    return record(wall_time(seconds) + message(3, b"brain.Event:2"))


def scalar_file(points: Iterable[tuple[str, int, float]], gap: float = 1.0) -> bytes:
    """Make a file of one record a point (tag, step, value), `gap` seconds apart."""
    out = [header()]
    for count, (tag, number, value) in enumerate(points, 1):
        out.append(record(event(number, [simple_value(tag, value)], START + gap * count)))
    return b"".join(out)


def train_val(steps: Sequence[int]) -> list[tuple[str, int, float]]:
    """Make points of two losses, as the reference pipeline writes them."""
    return [(tag, n, 1.0 / (n + 2) + shift) for n in steps for tag, shift in (("loss/train", 0.0), ("loss/val", 0.1))]


Spelled = Callable[[str, float], bytes]
"""Tag and value -> one `Summary.Value` that ends with the value's four bytes."""


def as_tensor(tag: str, value: float) -> bytes:
    """Spell one `Summary.Value` as TensorFlow 2 does, its value at the very end."""
    return tensor_value(tag, float_tensor(value))


def fast_scalar_file(
    tags: Sequence[str],
    steps: NDArray[Any],
    values: NDArray[Any],
    *,
    start: float = START,
    spelled: Spelled = simple_value,
    begins: bool = True,
) -> bytes:
    """Make a large file: one record a tag and step, tags interleaved, 10 ms apart; `values` is (steps, tags).

    Without `begins` it goes on with a file that is there.
    """
    parts = [header(start)] if begins else []
    sizes = np.array([len(varint(int(n))) for n in (0, 1 << 7, 1 << 14, 1 << 21, 1 << 28)])
    width = sizes[np.searchsorted([1 << 7, 1 << 14, 1 << 21, 1 << 28], steps, side="right")]
    for size in np.unique(width):
        same = width == size
        columns = [
            _column(record(event(1 << 7 * (int(size) - 1), [spelled(tag, 1.0)])), steps[same], (start, values[same, n]))
            for n, tag in enumerate(tags)
        ]
        parts.append(np.concatenate(columns, axis=1).tobytes())
    return b"".join(parts)


def _column(example: bytes, steps: NDArray[Any], told: tuple[float, NDArray[Any]]) -> NDArray[Any]:
    """Records like the example, one a row, whose steps take as many bytes; `told` is the start and the values."""
    start, values = told
    size = len(varint(int(steps[0])))
    rows = np.tile(np.frombuffer(example, np.uint8), (len(steps), 1))
    rows[:, 13:21] = (start + steps * 0.01).astype("<f8").view(np.uint8).reshape(-1, 8)
    for place in range(size):
        rows[:, 22 + place] = (steps >> 7 * place & 127) | (128 if place < size - 1 else 0)
    rows[:, -8:-4] = values.astype("<f4").view(np.uint8).reshape(-1, 4)
    rows[:, -4:] = _masked_rows(rows[:, 12:-4]).view(np.uint8).reshape(-1, 4)
    return rows


def _masked_rows(data: NDArray[Any]) -> NDArray[Any]:
    table, crc = np.array(_table(), np.uint32), np.full(len(data), 0xFFFFFFFF, np.uint32)
    for place in range(data.shape[1]):
        crc = table[(crc ^ data[:, place]) & 0xFF] ^ (crc >> np.uint32(8))
    crc = ~crc
    return ((crc >> np.uint32(15) | crc << np.uint32(17)) + np.uint32(0xA282EAD8)).astype("<u4")
