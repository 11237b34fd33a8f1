"""Broken event files: what each costs, and what is said about it. One readable table."""

from __future__ import annotations

import gzip
import io
import itertools
import pickle
import struct
import time
from dataclasses import dataclass
from typing import BinaryIO, cast

import numpy as np
import pytest
from support.build_events import (
    event,
    fast_scalar_file,
    header,
    key,
    masked,
    message,
    record,
    scalar_file,
    simple_value,
    step,
    train_val,
    wall_time,
)
from support.event_reading import only_file, read

from collectors.evidence.events import EventEvidence, ReadBefore
from collectors.readers.events.borders import MAX_RECORD
from collectors.readers.events.join import join_events
from collectors.readers.events.read import read_events
from collectors.readers.events.resync import MAX_SEARCHES

HEAD = len(header())
EPOCHS = 20
GOOD = scalar_file(train_val(range(1, EPOCHS + 1)))
EPOCH = 48 + 46
TAIL = f"offset {HEAD + 10 * EPOCH}"
"""Where the eleventh epoch begins."""


def flipped(data: bytes, at: int) -> bytes:
    """Return the bytes with one bit of byte `at` the other way round."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def at_epoch(number: int, place: int = 0) -> int:
    """Return the position of a byte within the first record of an epoch, which count from 1."""
    return HEAD + (number - 1) * EPOCH + place


def framed_length(length: int) -> bytes:
    """Spell a sound header that claims `length` bytes."""
    return struct.pack("<Q", length) + masked(struct.pack("<Q", length))


@dataclass(frozen=True)
class Bad:
    """One broken file and what is expected of its evidence."""

    why: str
    data: bytes
    points: int = 0
    """Scalars that are still read."""
    damaged: int = 0
    partial: bool = False
    says: str = ""
    """Part of a finding, with its severity first; empty: nothing is said."""
    where: str | None = None


LONG = scalar_file(train_val(range(1, 201)))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
ALL = 2 * EPOCHS

TABLE = [
    Bad("empty file (tensorboardX before its first flush)", b"", says="note: nothing has been written yet"),
    Bad("header only", header(), says="note: holds no scalar yet"),
    Bad("one byte", GOOD[:1], partial=True, says="note: ends inside a record", where="offset 0"),
    Bad("half of the first length", GOOD[:7], partial=True, says="note: ends inside", where="offset 0"),
    Bad("half of the header record", GOOD[:30], partial=True, says="note: ends inside", where="offset 0"),
    Bad("cut inside a length", GOOD[: at_epoch(11, 5)], 20, partial=True, says="note: ends inside", where=TAIL),
    Bad("cut behind a length", GOOD[: at_epoch(11, 12)], 20, partial=True, says="note: ends inside", where=TAIL),
    Bad("cut inside the data", GOOD[: at_epoch(11, 30)], 20, partial=True, says="note: ends inside", where=TAIL),
    Bad("cut inside the checksum", GOOD[: at_epoch(11, 47)], 20, partial=True, says="note: ends inside", where=TAIL),
    Bad("cut at a border", GOOD[: at_epoch(11)], 20),
    Bad(
        "bit flip in a value", flipped(GOOD, at_epoch(11, 40)), ALL - 1, 1, says="warning: a record's data", where=TAIL
    ),
    Bad("bit flip in a wall time", flipped(GOOD, at_epoch(11, 15)), ALL - 1, 1, says="warning: a record's", where=TAIL),
    Bad("bit flip in a step", flipped(GOOD, at_epoch(11, 22)), ALL - 1, 1, says="warning: a record's", where=TAIL),
    Bad("bit flip in a tag", flipped(GOOD, at_epoch(11, 31)), ALL - 1, 1, says="warning: a record's", where=TAIL),
    Bad("bit flip in a field key", flipped(GOOD, at_epoch(11, 12)), ALL - 1, 1, says="warning: a record's", where=TAIL),
    Bad("bit flip in a data checksum", flipped(GOOD, at_epoch(11, 46)), ALL - 1, 1, says="warning: a", where=TAIL),
    Bad("bit flip in the header record", flipped(GOOD, 15), ALL, 1, says="warning: a record's", where="offset 0"),
    Bad("bit flip in a length", flipped(GOOD, at_epoch(11)), ALL - 1, 1, says="warning: the length of a", where=TAIL),
    Bad("bit flip in a length checksum", flipped(GOOD, at_epoch(11, 9)), ALL - 1, 1, says="warning: the", where=TAIL),
    Bad("bit flip in the first length", flipped(GOOD, 2), ALL, 1, says="warning: the length", where="offset 0"),
    Bad("bit flip in the last length", flipped(GOOD, len(GOOD) - 46), ALL - 1, says="error: the length of a record"),
    Bad("a damaged page of 4 KiB", LONG[:4096] + b"\xa5" * 4096 + LONG[8192:], 400 - 88, 2, says="warning: the length"),
    Bad(
        "two damaged lengths in a row",
        flipped(flipped(GOOD, at_epoch(11)), at_epoch(11, 48)),
        ALL - 2,
        1,
        says="warning: the length",
        where=TAIL,
    ),
    Bad(
        "three damaged records",
        flipped(flipped(flipped(GOOD, at_epoch(3, 20)), at_epoch(4, 20)), at_epoch(20, 20)),
        ALL - 3,
        3,
        says="warning: a record's",
        where=f"offset {at_epoch(3)}",
    ),
    Bad(
        "a byte is missing in the middle",
        GOOD[: at_epoch(11, 20)] + GOOD[at_epoch(11, 21) :],
        ALL - 2,
        2,
        says="warning: the length",
    ),
    Bad(
        "a byte is too many in the middle",
        GOOD[: at_epoch(11, 20)] + b"x" + GOOD[at_epoch(11, 20) :],
        ALL - 1,
        2,
        says="warning: the length",
    ),
    Bad("zeros at the end (space reserved, never written)", GOOD + bytes(4096), ALL, says="error: zero bytes where"),
    Bad("a few zeros at the end", GOOD + bytes(5), ALL, partial=True, says="note: ends inside"),
    Bad(
        "zeros in the middle of a record",
        GOOD[: at_epoch(11, 20)] + bytes(8) + GOOD[at_epoch(11, 28) :],
        ALL - 1,
        1,
        says="warning: a record's",
        where=TAIL,
    ),
    Bad("nothing but zeros", bytes(4096), says="error: is not an event file", where="offset 0"),
    Bad(
        "absurd length beyond the file",
        GOOD + framed_length(1 << 62),
        ALL,
        says="error: claims a record of 4,611,686,0",
    ),
    Bad("just absurd length", GOOD + framed_length(MAX_RECORD + 1), ALL, says="error: claims a record of 268,435,457"),
    Bad("long but possible length", GOOD + framed_length(MAX_RECORD), ALL, partial=True, says="note: ends inside"),
    Bad("length of all ones", GOOD + framed_length((1 << 64) - 1), ALL, says="error: claims a record"),
    Bad("a PNG picture", PNG, says="error: is not an event file: it begins like a PNG picture", where="offset 0"),
    Bad("gzip", gzip.compress(GOOD), says="error: is not an event file: it begins like gzip data", where="offset 0"),
    Bad("a pickle", pickle.dumps({"loss": [1.0] * 20}), says="error: is not an event file: it begins like a pickle"),
    Bad(
        "a CSV",
        b"epoch,train_loss\r\n1,0.5\r\n",
        says="error: is not an event file: it begins like text (`epoch,train_`",
    ),
    Bad("a short text", b"hello", says="error: is not an event file: it begins like text (`hello`)", where="offset 0"),
    Bad("a table", b"step\tloss\r\n1\t0.5\r\n", says="error: is not an event file: it begins like text (`step"),
    Bad("random bytes", bytes(range(140, 250)), says="error: is not an event file: it begins like no format known"),
    Bad(
        "TFRecords of examples, not events",
        record(message(1, message(1, b"x"))) * 9,
        says="error: holds TFRecords but no",
    ),
    Bad("no file version", GOOD[HEAD:], ALL, says="warning: the first record names no file version"),
    Bad("empty records", header() + record(b"") * 20, says="note: holds no scalar yet"),
    Bad("sound checksum over no message", GOOD + record(b"\xff" * 20), ALL, 1, says="warning: a record with a good"),
    Bad("a field beyond its record", GOOD + record(message(5, b"abc")[:-1]), ALL, 1, says="warning: a record with"),
    Bad("a value beyond its summary", GOOD + record(message(5, b"\x0a\x7f")), ALL, 1, says="warning: a record with"),
    Bad(
        "a group", GOOD + record(key(5, 3)), ALL, 1, says="warning: a record with a good checksum is no event: unknown"
    ),
    Bad(
        "field number 0", GOOD + record(b"\x00\x01"), ALL, 1, says="warning: a record with a good checksum is no event"
    ),
    Bad("a varint of eleven bytes", GOOD + record(b"\x10" + b"\x80" * 10 + b"\x01"), ALL, 1, says="warning: a record"),
    Bad("an endless varint", GOOD + record(b"\x10" + b"\xff" * 3), ALL, 1, says="warning: a record with"),
    Bad(
        "step with the wrong wire type",
        header() + record(wall_time(1.0) + message(2, b"xx") + b"") * 12,
        says="note: holds",
    ),
    Bad(
        "tag without a value",
        header() + record(event(1, [message(1, b"loss")])) * 12,
        says="note: holds no scalar, but 12",
    ),
    Bad("not one record sound", header() + flipped(record(event(1)), 20) * 40, 0, 40, says="warning: 20 more damaged"),
    Bad(
        "a second file glued behind the first", GOOD + GOOD, 2 * ALL, says="note: steps of `loss/train` go back from 20"
    ),
    Bad(
        "the same record forty times",
        header() + record(event(3, [simple_value("loss", 1.0)])) * 40,
        40,
        says="note: 39 p",
    ),
    Bad(
        "infinite wall time",
        header() + record(event(3, [simple_value("loss", 1.0)], float("inf"))) * 40,
        40,
        says="note",
    ),
    Bad(
        "no wall time",
        header() + record(step(3) + message(5, message(1, simple_value("loss", 1.0)))) * 9,
        9,
        says="note",
    ),
]


def sentences(evidence: EventEvidence) -> list[str]:
    """Return findings as the table spells them."""
    return [f"{f.severity}: {f.text}" for f in evidence.findings]


@pytest.mark.parametrize("bad", TABLE, ids=[bad.why for bad in TABLE])
def test_broken_file_costs_only_what_is_broken(bad: Bad) -> None:
    evidence = read(bad.data)

    said = [f for f in evidence.findings if bad.says and f"{f.severity}: {f.text}".startswith(bad.says)]
    assert sum(len(series.value) for series in evidence.series.values()) == bad.points
    assert (evidence.damaged, evidence.partial_tail) == (bad.damaged, bad.partial)
    assert bool(said) is bool(bad.says), sentences(evidence)
    assert bad.where is None or said[0].where == bad.where
    assert bad.says or not evidence.findings


def test_the_table_is_long_enough() -> None:
    assert len({bad.why for bad in TABLE}) == len(TABLE) >= 50


def test_a_damaged_length_says_what_is_skipped_and_reading_goes_on() -> None:
    evidence = read(flipped(GOOD, at_epoch(11)))

    assert evidence.end_offset == len(GOOD)
    assert "48 bytes are skipped up to the next sound one" in evidence.findings[0].text
    assert evidence.lost_tags == ("loss/train",)


def test_without_a_sound_record_behind_it_a_damaged_length_says_how_much_is_lost_and_ends_there() -> None:
    evidence = read(GOOD[: at_epoch(11)] + b"\xa5" * 500)

    assert evidence.end_offset == at_epoch(11)
    assert "the last 500 bytes are not read" in evidence.findings[0].text


@pytest.mark.parametrize("place", [*range(12), 44])
def test_a_flip_in_any_length_or_its_checksum_costs_that_record_alone(place: int) -> None:
    """Each record of the file in turn, each bit of that byte."""
    starts = [HEAD + n * EPOCH + second for n in range(EPOCHS) for second in (0, 48)][:-1]
    for start, bit in itertools.product(starts, range(8)):
        data = bytearray(GOOD)
        data[start + place] ^= 1 << bit
        evidence = read(bytes(data))
        assert sum(len(s.value) for s in evidence.series.values()) == ALL - 1
        assert (evidence.damaged, evidence.end_offset) == (1, len(GOOD))
        assert [f.where for f in evidence.findings] == [f"offset {start}"]


@pytest.mark.parametrize("length", [255, 256, 257, 512, 1 << 16])
def test_the_next_sound_record_is_found_whatever_its_length(length: int) -> None:
    """Some of these lengths have a single bit set in all their bytes."""
    short = event(1, [simple_value("loss", 1.0)])
    filled = (short + message(15, bytes(length - len(short) - more)) for more in (2, 3, 4))  # a field that no event has
    (data,) = (one for one in filled if len(one) == length)
    evidence = read(GOOD + bytes([1]) * 12 + record(data))

    assert (evidence.damaged, evidence.end_offset) == (1, len(GOOD) + 12 + len(record(data)))


def test_records_in_the_skipped_bytes_of_a_damaged_one_are_not_sought_for_ever() -> None:
    """Sound headers that each claim megabytes, twelve bytes apart: every one is tested in vain."""
    hostile = bytes(12) + framed_length(30 << 20) * 100_000 + bytes(40 << 20)
    started = time.process_time()

    evidence = read(GOOD + b"\1" + hostile)

    assert evidence.findings[0].severity == "error"
    assert time.process_time() - started < 5


def test_thousands_of_damaged_lengths_cost_no_more_than_some() -> None:
    evidence = read(header() + (b"\1" * 12 + record(event(1, [simple_value("loss", 1.0)]))) * 3000)

    assert evidence.damaged == MAX_SEARCHES == len(evidence.series["loss"].value)
    assert "not read" in evidence.findings[0].text


@pytest.mark.parametrize("damage", [13, 16, 22, 32, 42, 46])
def test_one_damaged_record_among_many_costs_that_record_alone(damage: int) -> None:
    """Deep inside a run of equal records, where the fast path works."""
    data = fast_scalar_file(["loss/train", "loss/val"], np.arange(200, 20_200), np.ones((20_000, 2)))
    size = (len(data) - HEAD) // 20_000
    start = HEAD + 7_777 * size

    evidence = read(flipped(data, start + damage))

    assert evidence.damaged == 1
    assert len(evidence.series["loss/train"].step) == 19_999
    assert len(evidence.series["loss/val"].step) == 20_000
    assert [str(f).rsplit("(", 1)[1] for f in evidence.findings] == [f"offset {start})"]


def test_a_file_that_became_shorter_is_said() -> None:
    evidence = read(GOOD[:100], offset=500)

    assert sentences(evidence) == [
        "error: has 100 bytes, fewer than the 500 that were read before: it was replaced or cut off"
    ]
    assert evidence.end_offset == 0


def test_a_file_that_shrinks_while_it_is_read_ends_where_it_ends() -> None:
    evidence = read_events(io.BytesIO(GOOD[: at_epoch(11, 30)]), len(GOOD))

    assert (evidence.partial_tail, evidence.end_offset) == (True, at_epoch(11))


def test_an_offset_between_borders_is_found_out() -> None:
    evidence = read(GOOD, offset=at_epoch(2, 3))

    assert sentences(evidence)[0].startswith("warning: the length of a record contradicts its checksum")
    assert evidence.series["loss/val"].step[0] == 2


def test_a_sparse_file_of_many_gigabytes_costs_nothing() -> None:
    """A sound header that claims a quarter of a gigabyte, in a handle that counts what is read of it."""
    handle = _Sparse(GOOD + framed_length(1 << 40))
    started = time.perf_counter()

    evidence = read_events(cast(BinaryIO, handle), 64 << 30)

    assert "claims a record of 1,099,511,627,776 bytes" in evidence.findings[0].text
    assert handle.bytes_read <= 4 << 20
    assert time.perf_counter() - started < 1


def many_tags(count: int) -> bytes:
    return header() + b"".join(record(event(1, [simple_value(f"tag{n}", 1.0)])) for n in range(count))


def test_two_thousand_tags_are_the_most_and_wanted_ones_are_kept_beyond() -> None:
    evidence = read(many_tags(2_050), before=ReadBefore(wanted=("tag2040", "elsewhere")))

    assert list(evidence.series) == [*(f"tag{n}" for n in range(2_000)), "tag2040"]
    assert evidence.open_steps.keys() == evidence.series.keys()
    assert sentences(evidence) == ["warning: has more than 2,000 tags: the others are not read"]
    assert read(many_tags(2_000)).findings == ()


def test_tags_are_counted_over_all_parts_of_a_file_and_said_once() -> None:
    data, first = many_tags(2_050), many_tags(1_500)
    before = read(data[: len(first)])

    later = read(data, offset=len(first), before=ReadBefore(before.open_steps, tuple(before.series)))
    again = read(data, offset=len(first), before=ReadBefore(before.open_steps, tuple(before.series)))

    assert list(later.series) == [f"tag{n}" for n in range(1_500, 2_000)]
    assert [str(f) for f in join_events(join_events(before, later), again).findings if f.severity == "warning"] == [
        "has more than 2,000 tags: the others are not read"
    ]


def test_a_record_of_very_many_values_is_read_in_part_and_said() -> None:
    data = header() + record(event(1, [simple_value("x", 0.5)] * 10_001)) + record(event(2, [simple_value("x", 0.25)]))

    evidence = read(data)

    assert len(evidence.series["x"].value) == 10_001
    assert sentences(evidence)[0] == "warning: a record holds more than 10,000 values: the others are not read"


def test_a_real_file_with_each_byte_damaged_never_raises_and_never_invents() -> None:
    """Every byte of a recorded file, one after the other: what is read was written."""
    data = only_file("recorded/patchtst").read_bytes()
    truth = {tag: set(s.value.tolist()) for tag, s in read(data).series.items()}

    for place in range(len(data)):
        evidence = read(flipped(data, place))
        assert evidence.findings
        assert all(set(s.value.tolist()) <= truth[tag] for tag, s in evidence.series.items())


class _Sparse(io.RawIOBase):
    """A handle over a head and zeros without end."""

    def __init__(self, head: bytes) -> None:
        self._head, self._at, self.bytes_read = head, 0, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        data = self._head[self._at : self._at + size]
        self._at, self.bytes_read = self._at + size, self.bytes_read + size
        return data + bytes(size - len(data))
