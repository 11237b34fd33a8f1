"""Any bytes, any cut, any flip: the event reader never raises, and both its paths agree."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.build_events import (
    content_tensor,
    event,
    float_tensor,
    header,
    message,
    record,
    scalar_file,
    simple_value,
    tensor_value,
    train_val,
)
from support.event_reading import comparable, read, read_in_parts

from collectors.evidence.events import EventEvidence
from collectors.readers.events import chunk
from collectors.readers.events.proto import Event, parse_event
from collectors.readers.events.read import read_events_one_by_one
from collectors.readers.events.series import MAX_SEGMENTS

FILE = scalar_file(train_val(range(1, 60)))

any_step = st.one_of(st.integers(0, 300), st.integers(-(1 << 63), (1 << 63) - 1))
any_float = st.floats(width=32)
any_time = st.one_of(st.floats(1e9, 2e9), st.floats())
tags = st.sampled_from(["loss/train", "loss/val", "loss/evil", "lr", "a" * 60, ""])

plain = st.builds(simple_value, tags, any_float)
in_list = st.builds(lambda tag, v: tensor_value(tag, float_tensor(v)), tags, any_float)
in_content = st.builds(lambda tag, v: tensor_value(tag, content_tensor(2, struct.pack("<d", v))), tags, st.floats())
no_scalar = st.builds(lambda tag, b: message(1, tag.encode()) + message(5, b), tags, st.binary(max_size=40))
values = st.lists(st.one_of(plain, plain, in_list, in_content, no_scalar), min_size=1, max_size=3)
a_record = st.builds(lambda n, v, t: record(event(n, v, t)), any_step, values, any_time)
odd_record = st.one_of(st.builds(record, st.binary(max_size=60)), st.builds(lambda r: r[:-1] + b"\0", a_record))


@st.composite
def event_files(draw: st.DrawFn) -> bytes:
    """Draw a file: repeated blocks of a few records, odd ones between, whole or with any tail."""
    parts = [header()] if draw(st.booleans()) else []
    for _ in range(draw(st.integers(1, 4))):
        block = draw(st.lists(st.one_of(a_record, a_record, a_record, odd_record), min_size=1, max_size=4))
        parts += block * draw(st.sampled_from([1, 2, 9, 40, 300]))
    return b"".join(parts) + draw(st.one_of(st.just(b""), st.binary(max_size=30)))


@st.composite
def varying_files(draw: st.DrawFn) -> bytes:
    """Draw a file of many records that all differ: rising steps, changing values, a few odd ones."""
    count, first, spacing = draw(st.integers(1, 200)), draw(st.integers(0, 20_000)), draw(st.integers(1, 5))
    layout = draw(st.lists(st.tuples(tags, st.sampled_from(["plain", "list", "content"])), min_size=1, max_size=4))
    odd = draw(st.dictionaries(st.integers(0, count), odd_record, max_size=3))
    parts = [header()]
    for n in range(count):
        for tag, kind in layout:
            value = (n * 37 % 101) / 7
            spelled = {
                "plain": simple_value(tag, value),
                "list": tensor_value(tag, float_tensor(value)),
                "content": tensor_value(tag, content_tensor(2, struct.pack("<d", value))),
            }[kind]
            parts.append(record(event(first + n * spacing, [spelled], 1.7e9 + n)))
        parts.append(odd.get(n, b""))
    return b"".join(parts)


def one_by_one(data: bytes) -> EventEvidence:
    """Read every record by itself."""
    return read_events_one_by_one(io.BytesIO(data), len(data))


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_evidence(data: bytes) -> None:
    evidence = read(data)

    assert 0 <= evidence.end_offset <= len(data)
    assert evidence.findings or evidence.end_offset == len(data)


@settings(deadline=None)
@given(st.integers(0, len(FILE)))
def test_any_cut_is_a_live_writer_or_a_border_and_never_an_error(size: int) -> None:
    evidence = read(FILE[:size])

    assert evidence.partial_tail is (evidence.end_offset < size)
    assert not [f for f in evidence.findings if f.severity != "note"]


@settings(deadline=None)
@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_any_changed_byte_is_noticed(place: int, change: int) -> None:
    evidence = read(FILE[:place] + bytes([FILE[place] ^ change]) + FILE[place + 1 :])

    assert [f for f in evidence.findings if f.severity in ("warning", "error")]
    assert evidence.damaged <= 1


def test_the_two_paths_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast one hardly parses a record, the careful one parses them all: comparing them means something."""
    parsed: list[bytes] = []

    def counting(data: bytes) -> Event:
        parsed.append(data)
        return parse_event(data)

    monkeypatch.setattr(chunk, "parse_event", counting)

    read(FILE)
    fast = len(parsed)
    one_by_one(FILE)

    assert fast <= 10
    assert len(parsed) - fast == 2 * 59 + 1


@settings(max_examples=60, deadline=None)
@given(event_files())
def test_fast_path_and_careful_path_agree(data: bytes) -> None:
    assert comparable(read(data)) == comparable(one_by_one(data))


@settings(max_examples=60, deadline=None)
@given(varying_files())
def test_fast_path_and_careful_path_agree_where_every_record_differs(data: bytes) -> None:
    assert comparable(read(data)) == comparable(one_by_one(data))


@settings(max_examples=60, deadline=None)
@given(varying_files(), st.data())
def test_fast_path_and_careful_path_agree_on_damaged_files(data: bytes, draw: st.DataObject) -> None:
    damaged = bytearray(data)
    for place in draw.draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=4)):
        damaged[place] ^= draw.draw(st.integers(1, 255))

    assert comparable(read(bytes(damaged))) == comparable(one_by_one(bytes(damaged)))


@settings(max_examples=60, deadline=None)
@given(st.one_of(event_files(), varying_files()), st.data())
def test_split_at_any_sizes_equals_one_read(data: bytes, draw: st.DataObject) -> None:
    cuts = draw.draw(st.lists(st.integers(0, len(data)), max_size=4))

    whole = read(data)
    assume(whole.steps_back < MAX_SEGMENTS - 1)  # more are disorder, of which a bounded number is told

    assert comparable(read_in_parts(data, cuts)) == comparable(whole)
