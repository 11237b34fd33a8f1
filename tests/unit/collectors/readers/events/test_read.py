"""Event files of real writers and of our own making are read point by point."""

from __future__ import annotations

import csv
import io
import math
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import pytest
from support.build_events import (
    START,
    content_tensor,
    event,
    fast_scalar_file,
    float_tensor,
    header,
    key,
    message,
    record,
    scalar_file,
    simple_value,
    step,
    tensor_value,
    train_val,
    varint,
    wall_time,
)
from support.event_reading import DATA, comparable, only_file, points, read, read_file, read_in_parts

from collectors.evidence.events import ReadBefore
from collectors.readers.events.findings import MOST
from collectors.readers.events.join import join_events
from collectors.readers.events.read import read_events, read_events_one_by_one
from collectors.readers.events.series import MAX_SEGMENTS


@pytest.mark.parametrize("stream", ["patchtst", "swinmae"])
def test_recorded_events_are_the_recorded_loss_history(stream: str) -> None:
    """The trainer wrote each loss twice: to the event file in 32 bits, to the CSV in 64."""
    with (DATA / "recorded" / stream / f"{stream}_loss_history.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))

    evidence = read_file(only_file(f"recorded/{stream}"))

    for tag, column in (("loss/train", "train_loss"), ("loss/val", "val_loss")):
        expected = [(int(row["epoch"]), float(np.float32(float(row[column])))) for row in rows]
        assert points(evidence, tag) == expected
    assert (evidence.findings, evidence.damaged, evidence.partial_tail) == ((), 0, False)


def test_recorded_file_tells_its_start_its_end_and_one_segment() -> None:
    path = only_file("recorded/swinmae_running")

    evidence = read_file(path)

    assert evidence.end_offset == path.stat().st_size == 88 + 3 * 94
    assert evidence.records == 7
    assert evidence.file_version == "brain.Event:2"
    assert evidence.first_time is not None and evidence.last_time is not None
    assert 1795435565 < evidence.first_time < evidence.segments[0].first_time
    assert [(s.first_step, s.last_step, s.last_time) for s in evidence.segments] == [(1, 3, evidence.last_time)]
    assert evidence.open_steps == {"loss/train": 3, "loss/val": 3}


@pytest.mark.parametrize("writer", ["tensorboard", "tensorboard_v2", "tensorboardx"])
def test_real_writers_are_read_as_they_were_told(writer: str) -> None:
    """TensorBoard's event writer, its version 2 summaries and tensorboardX wrote 1/i and 1/i + 0.25."""
    evidence = read_file(only_file(f"events/{writer}"))

    for tag, shift in (("loss/train", 0.0), ("loss/val", 0.25)):
        assert points(evidence, tag) == [(i, float(np.float32(1 / i + shift))) for i in range(1, 6)]
        assert evidence.series[tag].time.tolist() == [1.7e9 + i for i in range(1, 6)]
    assert evidence.findings == ()


def test_texts_and_pictures_beside_scalars_are_counted_and_nan_is_kept() -> None:
    evidence = read_file(only_file("events/tensorboardx_mixed"))

    values = [value for _, value in points(evidence, "loss/train")]
    assert values[:3] == [1.0, 0.5, float(np.float32(1 / 3))]
    assert [math.isnan(value) for value in values] == [False, False, False, True, True]
    assert list(evidence.series) == ["loss/train"]
    assert (evidence.records, evidence.other_values, evidence.damaged) == (16, 10, 0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0, -0.0, 1e-45, 3.4028234663852886e38])
def test_every_float_is_kept(value: float) -> None:
    evidence = read(scalar_file([("loss", n, value) for n in range(40)]))

    assert [repr(v) for _, v in points(evidence, "loss")] == [repr(float(np.float32(value)))] * 40


HEAD = len(header())
TENSORS: list[tuple[str, bytes, float | None]] = [
    ("float32, listed", float_tensor(0.5), 0.5),
    ("float32, listed unpacked", key(1, 0) + b"\1" + key(5, 5) + struct.pack("<f", 0.5), 0.5),
    ("float32, content", content_tensor(1, struct.pack("<f", -2.5)), -2.5),
    ("float64, content", content_tensor(2, struct.pack("<d", 1e300)), 1e300),
    ("float64, listed", key(1, 0) + b"\2" + message(6, struct.pack("<d", 1 / 3)), 1 / 3),
    ("float16, content", content_tensor(19, struct.pack("<e", 1.5)), 1.5),
    ("float16, listed", key(1, 0) + varint(19) + message(13, varint(0x3E00)), 1.5),
    ("bfloat16, content", content_tensor(14, b"\xc0\x3f"), 1.5),
    ("bfloat16, listed", key(1, 0) + varint(14) + key(13, 0) + varint(0x3FC0), 1.5),
    ("int32, listed, negative", key(1, 0) + b"\3" + message(7, varint(-7)), -7.0),
    ("int32, content", content_tensor(3, struct.pack("<i", -7)), -7.0),
    ("int8, content", content_tensor(6, b"\xff"), -1.0),
    ("uint8, content", content_tensor(4, b"\xff"), 255.0),
    ("int16, content", content_tensor(5, b"\xfe\xff"), -2.0),
    ("uint16, content", content_tensor(17, b"\xfe\xff"), 65534.0),
    ("int64, listed", key(1, 0) + b"\11" + message(10, varint(1 << 40)), float(1 << 40)),
    ("int64, content", content_tensor(9, struct.pack("<q", -(1 << 40))), -float(1 << 40)),
    ("uint32, listed", key(1, 0) + varint(22) + message(16, varint(4_000_000_000)), 4e9),
    ("uint64, listed", key(1, 0) + varint(23) + message(17, varint(1 << 63)), float(1 << 63)),
    ("bool, listed", key(1, 0) + varint(10) + message(11, b"\1"), 1.0),
    ("no values: zero, as TensorFlow reads it", key(1, 0) + b"\1" + message(2, b""), 0.0),
    ("shape [1]", message(2, message(2, key(1, 0) + b"\1")) + float_tensor(3.0)[4:] + key(1, 0) + b"\1", 3.0),
    ("dtype after the value", message(5, struct.pack("<f", 4.0)) + key(1, 0) + b"\1", 4.0),
    ("a vector", message(2, message(2, key(1, 0) + b"\2")) + key(1, 0) + b"\1" + message(5, bytes(8)), None),
    ("unknown rank", message(2, key(3, 0) + b"\1") + key(1, 0) + b"\1" + message(5, bytes(4)), None),
    ("two values without a shape", key(1, 0) + b"\1" + message(5, bytes(8)), None),
    ("a text", key(1, 0) + b"\7" + message(8, b"hello"), None),
    ("complex", content_tensor(8, bytes(8)), None),
    ("content too short", content_tensor(1, b"\0\0"), None),
    ("unknown data type", content_tensor(99, bytes(4)), None),
    ("no data type", message(5, bytes(4)), None),
]


@pytest.mark.parametrize(("tensor", "expected"), [case[1:] for case in TENSORS], ids=[case[0] for case in TENSORS])
@pytest.mark.parametrize("count", [1, 40])
def test_tensor_scalars_of_every_encoding(tensor: bytes, expected: float | None, count: int) -> None:
    """One record goes the careful way, forty go the fast way."""
    data = header() + b"".join(record(event(n, [tensor_value("loss", tensor)])) for n in range(count))

    evidence = read(data)

    assert evidence.damaged == 0
    if expected is None:
        assert (evidence.series, evidence.other_values) == ({}, count)
    else:
        assert points(evidence, "loss") == [(n, expected) for n in range(count)]


@pytest.mark.parametrize(
    ("plugin", "is_scalar"), [("scalars", True), (None, True), ("histograms", False), ("x", False)]
)
def test_a_lone_number_counts_as_a_scalar_unless_another_plugin_wrote_it(plugin: str | None, is_scalar: bool) -> None:
    evidence = read(header() + record(event(1, [tensor_value("t", float_tensor(1.0), plugin)])))

    assert ("t" in evidence.series) is is_scalar


def _reversed_fields(n: int) -> bytes:
    value = key(2, 5) + struct.pack("<f", n / 8) + message(1, b"loss")
    return message(5, message(1, value)) + step(n) + wall_time(START + n)


def _unknown_fields(n: int) -> bytes:
    value = simple_value("loss", n / 8) + message(15, b"later") + key(14, 0) + b"\5" + key(13, 1) + bytes(8)
    return message(99, b"new") + event(n, [value], START + n) + key(1000, 5) + bytes(4)


def _repeated_fields(n: int) -> bytes:
    value = message(1, b"old") + key(2, 5) + bytes(4) + simple_value("loss", n / 8)
    return wall_time(1.0) + step(7) + event(n, [value], START + n) + (b"" if n else step(0))


def _in_two_summaries(n: int) -> bytes:
    return event(n, [simple_value("other", 1.0)], START + n) + message(5, message(1, simple_value("loss", n / 8)))


@pytest.mark.parametrize("spell", [_reversed_fields, _unknown_fields, _repeated_fields, _in_two_summaries])
def test_fields_in_any_order_repeated_or_unknown(spell: Callable[[int], bytes]) -> None:
    data = header() + b"".join(record(spell(n)) for n in range(300))

    evidence = read(data)

    assert points(evidence, "loss") == [(n, n / 8) for n in range(300)]
    assert evidence.series["loss"].time.tolist() == [START + n for n in range(300)]
    assert evidence.damaged == 0


def test_several_values_in_one_event_keep_their_order() -> None:
    values = [simple_value("a", 1.0), simple_value("b", 2.0), simple_value("a", 3.0)]

    evidence = read(header() + b"".join(record(event(n, values)) for n in range(50)))

    assert points(evidence, "a")[:4] == [(0, 1.0), (0, 3.0), (1, 1.0), (1, 3.0)]
    assert points(evidence, "b") == [(n, 2.0) for n in range(50)]


def test_steps_of_every_length_are_read_in_order() -> None:
    """The varint of a step grows at 128, 16,384, ...; negative steps take ten bytes."""
    steps = [-(1 << 63), -5, 0, 1, 127, 128, 16383, 16384, 1 << 21, 1 << 35, (1 << 63) - 1]
    steps = sorted(number + extra for number in steps[:-1] for extra in range(20)) + steps[-1:]

    evidence = read(scalar_file([("loss", n, 1.0) for n in steps]))

    assert evidence.series["loss"].step.tolist() == steps


def test_tags_of_any_kind_are_kept_as_text() -> None:
    tags = ["", "loss/train", "öäü/损失", "<script>", "a" * 1000]

    evidence = read(scalar_file([(tag, n, 1.0) for n in range(3) for tag in tags]))

    assert list(evidence.series) == tags


def test_a_tag_that_is_no_utf8_or_endless_does_no_harm() -> None:
    bad = message(1, b"\xff\xfe") + key(2, 5) + bytes(4)

    evidence = read(header() + record(event(1, [bad])) + record(event(1, [simple_value("a" * 2000, 1.0)])))

    assert list(evidence.series) == ["\ufffd\ufffd"]
    assert evidence.other_values == 1


def test_many_records_of_mixed_kinds_come_in_file_order() -> None:
    """Train every step, val every seventh, a histogram now and then, a tag of equal length beside them."""
    rng = np.random.default_rng(5)
    parts, expected = [header()], []
    for n in range(3000):
        tags = ["loss/train", *(["loss/val"] if n % 7 == 0 else []), *(["loss/trial"] if rng.random() < 0.2 else [])]
        for tag in tags:
            expected.append((tag, n))
            parts.append(record(event(n, [simple_value(tag, n / 4)], START + n)))
        if rng.random() < 0.05:
            parts.append(record(event(n, [message(1, b"w") + message(5, bytes(int(rng.integers(90, 99))))])))

    evidence = read(b"".join(parts))

    for tag in ("loss/train", "loss/val", "loss/trial"):
        assert points(evidence, tag) == [(n, n / 4) for name, n in expected if name == tag]
    assert comparable(evidence) == comparable(_one_by_one(b"".join(parts)))


def test_restart_and_reset_begin_a_new_segment_for_all_tags() -> None:
    data = scalar_file(train_val([*range(1, 11), *range(5, 13), *range(1, 4)]))

    evidence = read(data)

    assert [(s.first_step, s.last_step) for s in evidence.segments] == [(1, 10), (5, 12), (1, 3)]
    assert [str(f) for f in evidence.findings] == [
        f"steps of `loss/train` go back from 10 to 5: a restart, or written out of order (offset {HEAD + 10 * 94})",
        f"steps of `loss/train` go back from 12 to 1: a restart, or written out of order (offset {HEAD + 18 * 94})",
    ]


def test_tags_that_count_differently_are_no_restart() -> None:
    """Train by batch, val by epoch: 100, 200, 1, 300, 400, 2."""
    data = scalar_file([("train", 100, 1), ("train", 200, 1), ("val", 1, 1), ("train", 300, 1), ("val", 2, 1)])

    evidence = read(data)

    assert [(s.first_step, s.last_step) for s in evidence.segments] == [(1, 300)]
    assert evidence.findings == ()


def test_a_step_written_twice_is_kept_and_said() -> None:
    evidence = read(scalar_file([("loss", 1, 1.0), ("loss", 2, 2.0), ("loss", 2, 3.0)]))

    assert points(evidence, "loss") == [(1, 1.0), (2, 2.0), (2, 3.0)]
    assert len(evidence.segments) == 1
    assert "1 point repeats the step of the point before" in str(evidence.findings[0])


def test_steps_in_disorder_stay_bounded() -> None:
    rng = np.random.default_rng(0)

    evidence = read(scalar_file([("loss", int(n), 1.0) for n in rng.integers(0, 1000, 2000)]))

    assert len(evidence.segments) == MAX_SEGMENTS
    assert len(evidence.series["loss"].step) == 2000
    assert len(evidence.findings) <= MOST + 2
    assert len(join_events(evidence, evidence).segments) == MAX_SEGMENTS


@pytest.mark.parametrize("cut", [0, 5, 12, 87, 88, 100, 300, 840])
def test_reading_in_two_parts_gives_what_one_reading_gives(cut: int) -> None:
    data = only_file("recorded/patchtst").read_bytes()

    assert comparable(read_in_parts(data, [cut])) == comparable(read(data))


def test_a_damaged_length_that_is_met_again_is_told_once() -> None:
    data = scalar_file(train_val(range(1, 11))) + bytes(500)

    evidence = read_in_parts(data, [len(data) - 400, len(data) - 100])

    assert [f.severity for f in evidence.findings] == ["error"]
    assert comparable(evidence) == comparable(read(data))


def test_a_restart_exactly_where_reading_goes_on_is_noticed() -> None:
    data = scalar_file(train_val([*range(1, 11), *range(1, 4)]))

    evidence = read_in_parts(data, [HEAD + 10 * 94])

    assert [(s.first_step, s.last_step) for s in evidence.segments] == [(1, 10), (1, 3)]
    assert comparable(evidence) == comparable(read(data))


def test_resuming_goes_on_behind_the_last_whole_record() -> None:
    """Only the bytes behind the offset are read: a reader that would see the rest fails here."""
    data = scalar_file(train_val(range(1, 100)))
    first = read(data[:1000])

    handle = cast(BinaryIO, _OnlyFrom(data, first.end_offset))
    later = read_events(handle, len(data), offset=first.end_offset)

    assert first.partial_tail and first.end_offset < 1000
    assert first.records + later.records == read(data).records


def test_an_append_of_ten_records_reads_only_their_bytes() -> None:
    data = scalar_file(train_val(range(1, 5000)))
    before = len(scalar_file(train_val(range(1, 4995))))
    handle = _OnlyFrom(data, before)

    evidence = read_events(cast(BinaryIO, handle), len(data), offset=before)

    assert evidence.records == 10
    assert handle.bytes_read <= 2 * (len(data) - before)


def test_a_byte_budget_ends_at_a_border_and_goes_on_there() -> None:
    data = fast_scalar_file(["loss/train", "loss/val"], np.arange(1, 5001), np.ones((5000, 2)))
    part = read(data, budget=100_000)
    whole, parts = part, 1
    while part.more_to_read:
        part = read(data, offset=whole.end_offset, before=ReadBefore(whole.open_steps), budget=100_000)
        whole, parts = join_events(whole, part), parts + 1

    assert parts == 5
    assert comparable(whole) == comparable(read(data))


def test_a_record_longer_than_the_budget_is_still_read() -> None:
    data = header() + record(event(1, [message(1, b"w") + message(5, bytes(300_000))])) + record(event(2))

    evidence = read(data, offset=HEAD, budget=1)

    assert (evidence.records, evidence.more_to_read) == (1, True)


def test_a_record_longer_than_a_chunk_is_read_and_the_rest_too() -> None:
    long = record(event(1, [message(1, b"w") + message(4, bytes(5_000_000)), simple_value("loss", 2.0)]))
    data = (
        header() + record(event(0, [simple_value("loss", 1.0)])) + long + record(event(2, [simple_value("loss", 3.0)]))
    )

    evidence = read(data)

    assert points(evidence, "loss") == [(0, 1.0), (1, 2.0), (2, 3.0)]
    assert (evidence.other_values, evidence.findings) == (1, ())


def test_a_very_long_record_is_checked_but_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.readers.events.reading.CHUNK", 1 << 16)
    monkeypatch.setattr("collectors.readers.events.reading.MAX_DECODED", 1 << 18)
    long = record(event(1, [message(1, b"w") + message(4, bytes(300_000))]))
    bad = long[:-9] + b"\1" + long[-8:]

    evidence = read(header() + long + bad + record(event(2, [simple_value("loss", 3.0)])))

    assert points(evidence, "loss") == [(2, 3.0)]
    assert (evidence.records, evidence.damaged) == (3, 1)
    assert [f.where for f in evidence.findings] == [f"offset {HEAD + len(long)}", f"offset {HEAD}"]


def test_large_file_equals_its_columns() -> None:
    rng = np.random.default_rng(1)
    values = rng.standard_normal((40_000, 3)).astype(np.float32)
    steps = np.arange(90, 40_090)

    evidence = read(fast_scalar_file(["a", "bb", "cc"], steps, values))

    for column, tag in enumerate(("a", "bb", "cc")):
        series = evidence.series[tag]
        assert np.array_equal(series.step, steps)
        assert np.array_equal(series.value, values[:, column].astype(np.float64))
        assert np.array_equal(series.time, START + steps * 0.01)
    assert (evidence.damaged, evidence.findings, len(evidence.segments)) == (0, (), 1)


def test_memory_is_bounded_by_the_points_that_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.write_bytes(fast_scalar_file(["loss/train", "loss/val"], np.arange(400_000), np.ones((400_000, 2))))
    tracemalloc.start()
    with path.open("rb") as handle:
        evidence = read_events(handle, path.stat().st_size)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    kept = sum(s.step.size for s in evidence.series.values()) * 24
    assert kept == 800_000 * 24
    assert peak < 1.5 * kept + 40_000_000


class _OnlyFrom(io.RawIOBase):
    """A handle that counts what is read, and fails when it is asked for bytes before `first`."""

    def __init__(self, data: bytes, first: int) -> None:
        self._inner, self._first, self.bytes_read = io.BytesIO(data), first, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._inner.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        assert self._inner.tell() >= self._first
        data = self._inner.read(size)
        self.bytes_read += len(data)
        return data


def _one_by_one(data: bytes) -> Any:
    return read_events_one_by_one(cast(BinaryIO, io.BytesIO(data)), len(data))
