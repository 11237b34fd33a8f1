"""Bytes of one record -> the `Event` they spell: wall time, step and scalar values.

A minimal reader of the protobuf wire format: fields in any order, repeated or unknown, the last
one counts. It also says where in the bytes each number stands, so that records of the same layout
can be read without parsing them again. Histograms, pictures, texts and graphs are counted, never
decoded. Raises `NotAnEvent` for bytes that are no protobuf message, and nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from collectors.readers.events.hparams import Hparams, session_hparams
from collectors.readers.events.tensor import Number, read_tensor
from collectors.readers.events.wire import FIXED32, FIXED64, LENGTH, VARINT, fields, read_varint, signed

MAX_TAG_BYTES: Final = 1024
"""A longer tag is nobody's: its value is counted, not kept."""
MAX_VALUES: Final = 10_000
"""Of one record; a writer puts a step's scalars into it, and nobody has so many."""

_SUMMARY: Final = 5
_SESSION_LOG: Final = 7
_START: Final = 1
"""Status of a session log."""
_NOT_SCALAR: Final = frozenset((3, 4, 5, 6))
"""Old histogram, picture, histogram, sound."""


@dataclass(slots=True)
class Scalar:
    """One value of a summary."""

    tag: str
    number: Number


@dataclass(slots=True)
class Event:
    """One record, decoded."""

    wall_time: float | None = None
    step: int = 0
    file_version: str | None = None
    scalars: list[Scalar] = field(default_factory=list)
    others: int = 0
    """Values that are not scalars."""
    is_cut: bool = False
    """It holds more values than are read."""
    hparams: Hparams = field(default_factory=dict)
    """Hyperparameters that a session began with."""
    is_start: bool = False
    """A session log with the status START."""
    time_at: int | None = None
    """Where the eight bytes of the wall time stand."""
    step_at: tuple[int, int] | None = None
    """First byte and number of bytes of the step's varint."""


def parse_event(data: bytes) -> Event:
    """Read one record's data; raises `NotAnEvent` where it breaks the wire format."""
    event = Event()
    for number, wire, start, stop in fields(data, 0, len(data)):
        if number == 1 and wire == FIXED64:
            event.wall_time, event.time_at = struct.unpack_from("<d", data, start)[0], start
        elif number == 2 and wire == VARINT:
            event.step, event.step_at = signed(read_varint(data, start, stop)[0]), (start, stop - start)
        elif wire == LENGTH:
            _read_contents(event, data, number, (start, stop))
    return event


def _read_contents(event: Event, data: bytes, number: int, span: tuple[int, int]) -> None:
    if number == _SUMMARY:
        _read_summary(event, data, span)
    elif number == 3:
        event.file_version = data[span[0] : span[1]].decode("utf-8", "replace")[:80]
    elif number == _SESSION_LOG:
        event.is_start = _status(data, span) == _START


def _status(data: bytes, span: tuple[int, int]) -> int:
    """What a session log says of its session; 0 where it says nothing."""
    told = [read_varint(data, at, end)[0] for n, wire, at, end in fields(data, *span) if n == 1 and wire == VARINT]
    return told[-1] if told else 0


def _read_summary(event: Event, data: bytes, span: tuple[int, int]) -> None:
    for number, wire, start, stop in fields(data, *span):
        if number == 1 and wire == LENGTH:
            if len(event.scalars) + event.others >= MAX_VALUES:
                event.is_cut = True
                return
            scalar = _read_value(data, start, stop)
            if scalar is None:
                event.others += 1
                event.hparams |= session_hparams(data, start, stop)
            else:
                event.scalars.append(scalar)


def _read_value(data: bytes, start: int, stop: int) -> Scalar | None:
    """One `Summary.Value`; None for what is not a scalar."""
    tag = (start, start)
    contents: tuple[int, int, int] | None = None
    plugin = b""
    for number, wire, at, end in fields(data, start, stop):
        if number == 2 and wire == FIXED32:
            contents = (2, at, end)
        elif wire == LENGTH and number == 1:
            tag = (at, end)
        elif wire == LENGTH and number == 9:
            plugin = _plugin_name(data, at, end) or plugin
        elif wire == LENGTH and (number in _NOT_SCALAR or number == 8):
            contents = (number, at, end)
    number_read = _number(data, contents, plugin)
    if number_read is None or tag[1] - tag[0] > MAX_TAG_BYTES:
        return None
    return Scalar(data[tag[0] : tag[1]].decode("utf-8", "replace"), number_read)


def _number(data: bytes, contents: tuple[int, int, int] | None, plugin: bytes) -> Number | None:
    """The scalar that the last of the alternatives spells, if it is one."""
    if contents is None:
        return None
    number, start, stop = contents
    if number == 2:
        return Number(struct.unpack_from("<f", data, start)[0], start, 4, "<f4")
    # The metadata may stand in a tag's first record only, so a lone number without any counts too.
    if number == 8 and plugin in (b"", b"scalars"):
        return read_tensor(data, start, stop)
    return None


def _plugin_name(data: bytes, start: int, stop: int) -> bytes:
    name = b""
    for at, end in _submessages(data, start, stop):
        for inner_at, inner_end in _submessages(data, at, end):
            name = data[inner_at:inner_end]
    return name


def _submessages(data: bytes, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Spans of field 1 where it is length-delimited: plugin data in metadata, its name in that."""
    for number, wire, at, end in fields(data, start, stop):
        if number == 1 and wire == LENGTH:
            yield at, end
