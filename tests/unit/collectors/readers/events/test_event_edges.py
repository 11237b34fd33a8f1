"""Events at their edges: numbers on the wire, borders found at once, whose steps fell first, and what is said when."""

from __future__ import annotations

import io

import numpy as np
import pytest
from support.build_events import (
    START,
    event,
    fast_scalar_file,
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
from support.event_reading import read, read_in_parts

from collectors.evidence.events import SessionStart
from collectors.readers.events.borders import BorderFinder
from collectors.readers.events.findings import MOST, EventFindings
from collectors.readers.events.points import Points
from collectors.readers.events.read import read_events
from collectors.readers.events.series import MAX_SEGMENTS, StepTracker
from collectors.readers.events.wire import NotAnEvent, fields, read_varint, signed


def texts(data: bytes, offset: int = 0) -> list[str]:
    """What is said of a file read from an offset on."""
    return [finding.text for finding in read_events(io.BytesIO(data), len(data), offset=offset).findings]


@pytest.mark.parametrize("number", [1, 15, 16, 17, 31, 2047, 2048, 1 << 28])
def test_a_field_of_any_number_is_found(number: int) -> None:
    """From 16 on its key takes two bytes."""
    data = key(number, 0) + varint(300) + key(1, 2) + varint(3) + b"abc"

    first, second = fields(data, 0, len(data))

    assert first[:2] == (number, 0)
    assert read_varint(data, first[2], first[3]) == (300, first[3])
    assert (second[:2], data[second[2] : second[3]]) == ((1, 2), b"abc")


@pytest.mark.parametrize(("wire", "size"), [(1, 8), (5, 4)])
def test_a_field_of_fixed_size_ends_where_it_ends(wire: int, size: int) -> None:
    data = key(3, wire) + bytes(size)

    assert list(fields(data, 0, len(data))) == [(3, wire, 1, 1 + size)]
    with pytest.raises(NotAnEvent, match="field 3 at byte 1 reaches beyond its message"):
        list(fields(data, 0, len(data) - 1))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x07", "unknown wire type 7 at byte 1"),
        (b"\x03", "unknown wire type 3 at byte 1"),
        (b"\x00\x01", "field number 0"),
        (b"\x0a\x05abc", "reaches beyond its message"),
        (b"\x08\xff\xff", "a number at byte 1 does not end"),
        (b"\x08" + b"\xff" * 10 + b"\x01", "a number at byte 1 does not end"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(NotAnEvent, match=said):
        list(fields(data, 0, len(data)))


@pytest.mark.parametrize("number", [0, 1, 127, 128, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_a_number_of_up_to_64_bits_is_read_whole(number: int) -> None:
    data = b"\x80" + varint(number) + b"\x01"

    assert read_varint(data, 1, len(data)) == (number, len(data) - 1)
    assert signed(number) == (number if number < 1 << 63 else number - (1 << 64))


def session(status: bytes, number: int = 7, seconds: float = START) -> bytes:
    """A framed session log."""
    return record(wall_time(seconds) + step(number) + message(7, status))


def test_a_start_record_is_kept_with_its_step_and_its_moment_and_no_other_session_log_is() -> None:
    stop, checkpoint, bare = (session(status) for status in (b"\x08\x02", b"\x08\x03\x12\x01x", b""))
    points = b"".join(record(event(n, [simple_value("loss", 1.0)])) for n in range(1, 30))

    found = read(header() + stop + checkpoint + bare + session(b"\x08\x01", 500, START + 5) + points)

    assert found.starts == (SessionStart(500, START + 5),)
    assert found.damaged == 0 and found.series["loss"].points == 29


def test_start_records_that_also_hold_a_value_are_each_found() -> None:
    """Records laid out alike are read as columns, which have no place for them."""
    value = message(5, message(1, simple_value("loss", 1.0)))
    records = [record(wall_time(START) + step(n) + value + message(7, b"\x08\x01")) for n in range(1, 40)]

    found = read(header() + b"".join(records))

    assert [start.step for start in found.starts] == list(range(1, 40))
    assert found.series["loss"].points == 39


def test_start_records_survive_reading_in_parts() -> None:
    first, second = session(b"\x08\x01", 1), session(b"\x08\x01", 2, START + 9)
    data = header() + first + second

    assert read_in_parts(data, [len(header() + first)]).starts == read(data).starts == (
        SessionStart(1, START), SessionStart(2, START + 9),
    )  # fmt: skip


def test_records_that_repeat_are_found_at_once_and_not_one_by_one() -> None:
    """Lengths and their checksums are compared many at a time; one by one a large file takes minutes."""
    steps = np.arange(1, 20_001)
    data = fast_scalar_file(["loss/train", "loss/val"], steps, np.ones((len(steps), 2)))

    found, one_by_one = BorderFinder().find(data), BorderFinder(vectorised=False).find(data)

    assert (found.stop, found.needed, found.damaged, found.absurd) == (len(data), 0, False, False)
    assert len(one_by_one.singles) == 2 * len(steps) + 1
    at_once = sum(run.count * len(run.pattern) for run in found.runs)
    assert at_once + len(found.singles) == len(one_by_one.singles)
    assert at_once > 0.9 * len(one_by_one.singles)


def test_steps_that_fall_are_told_in_the_order_of_the_file() -> None:
    """Not tag after tag: the later tag falls first here."""
    points = [("a", 1, 1), ("b", 5, 1), ("b", 2, 1), ("a", 9, 1), ("b", 3, 1), ("a", 4, 1), ("b", 9, 1)]
    evidence = read(scalar_file([(tag, step, float(value)) for tag, step, value in points]))

    falls = [finding.text for finding in evidence.findings if "go back" in finding.text]
    assert [text.partition(": ")[0] for text in falls] == [
        "steps of `b` go back from 5 to 2",
        "steps of `a` go back from 9 to 4",
    ]
    assert [(one.first_step, one.last_step) for one in evidence.segments] == [(1, 5), (2, 9), (4, 9)]


def test_what_is_odd_about_a_file_is_said_where_it_is_read_from_its_beginning() -> None:
    """A later reading sees no first record, and must not miss it."""
    whole = scalar_file(train_val(range(1, 4)))
    start = len(header())

    assert texts(whole) == texts(whole, start) == []
    assert texts(whole[start:]) == ["the first record names no file version such as `brain.Event:2`"]
    assert texts(whole, len(whole)) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", ["nothing has been written yet (no whole record)"]),
        (header(), ["holds no scalar yet"]),
        (record(b""), ["holds TFRecords but no event: none names no file version such as `brain.Event:2`"]),
        (
            header() + header()[:20],
            ["holds no scalar yet", "ends inside a record: it is being written, or was cut off"],
        ),
    ],
)
def test_a_file_without_a_scalar_says_what_it_has(data: bytes, said: list[str]) -> None:
    assert texts(data) == said


def test_details_are_kept_up_to_a_number_of_each_severity() -> None:
    """A file of nothing but damage costs no more memory than one with a little."""
    kept = EventFindings()
    kept.damaged_records(100, [(n, "damaged") for n in range(MOST + 5)])
    kept.steps_back(0, [(n, "loss", 9, 3) for n in range(MOST + 5)])

    assert MOST == 20
    assert [one.severity for one in kept.details] == ["warning"] * MOST + ["note"] * MOST
    assert (kept.details[0].where, kept.details[MOST - 1].where) == ("offset 100", "offset 119")


@pytest.mark.parametrize(
    ("sizes", "scalars"), [([], 1), ([1], 1), ([1, 1], 1), ([0], 0), ([2], 0), ([0, 2], 0), ([-1], 0)]
)
def test_a_tensor_of_one_number_alone_is_a_scalar(sizes: list[int], scalars: int) -> None:
    shape = b"".join(message(2, key(1, 0) + varint(size)) for size in sizes)
    tensor = key(1, 0) + varint(1) + message(2, shape) + message(5, np.float32(0.5).tobytes())

    found = read(record(event(1, [tensor_value("loss", tensor)])))
    assert sum(len(series.value) for series in found.series.values()) == scalars


def test_fields_of_a_summary_that_are_no_values_are_passed_over() -> None:
    more = message(2, simple_value("other", 7.0)) + key(1, 0) + varint(3)
    summary = message(5, message(1, simple_value("loss", 0.5)) + more)

    found = read(record(wall_time(START) + step(1) + summary))
    assert {tag: series.value.tolist() for tag, series in found.series.items()} == {"loss": [0.5]}


@pytest.mark.parametrize(
    ("beginning", "is_foreign"),
    [(bytes(7) + b"\x01", True), (b"\x01" + bytes(7) + b"\x01", False), (bytes(3) + b"\x10", False)],
)
def test_eight_bytes_tell_a_length_that_no_record_has(beginning: bytes, is_foreign: bool) -> None:
    assert EventFindings().is_foreign(beginning) is is_foreign


def test_steps_that_go_back_ever_again_make_a_bounded_number_of_segments() -> None:
    """Over all chunks of a reading together."""
    tracker = StepTracker()
    for _ in range(3):
        steps = np.tile(np.array([1, 2]), 60)
        place = np.arange(len(steps))
        tracker.add({"loss": Points(place, steps, np.arange(len(steps), dtype=float), np.zeros(len(steps)))})

    assert len(tracker.segments) == MAX_SEGMENTS


def test_a_segment_without_any_time_begins_at_none() -> None:
    found = read(record(event(1, [simple_value("loss", 0.5)], seconds=float("nan"))))

    assert [(one.first_time, one.last_time) for one in found.segments] == [(0.0, 0.0)]
