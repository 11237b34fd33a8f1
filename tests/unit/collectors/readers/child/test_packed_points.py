"""Evidence of an event file <-> bytes, and every length that could be a lie."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from support.build_events import scalar_file, train_val
from support.event_reading import comparable, read

from collectors.evidence.events import EventEvidence, ScalarSeries
from collectors.readers.child.evidence_json import from_json, to_json
from collectors.readers.child.packed_points import unpack

ODD = np.array([np.nan, np.inf, -0.0, 5e-324])
EVIDENCE = read(scalar_file(train_val(range(1, 30))) + b"\xa5" * 100)
VALUES = json.loads(to_json(EventEvidence(()))[8:])["values"]


def message(points: Any, body: bytes = b"", *, length: int | None = None) -> bytes:
    """Spell a message that may lie."""
    head = json.dumps({"values": VALUES, "points": points}).encode()
    return struct.pack("<Q", len(head) if length is None else length) + head + body


@pytest.mark.parametrize("evidence", [EVIDENCE, read(b""), read(b"junk" * 100)], ids=["points", "empty", "junk"])
def test_evidence_arrives_as_it_was_sent(evidence: EventEvidence) -> None:
    assert comparable(from_json(EventEvidence, to_json(evidence))) == comparable(evidence)


def test_every_bit_of_a_value_arrives() -> None:
    sent = ScalarSeries("\u202e/\u00e9", np.array([-(1 << 63), 0, 1, (1 << 63) - 1]), ODD, ODD[::-1])

    [got] = from_json(EventEvidence, to_json(EventEvidence((), {sent.tag: sent}))).series.values()

    assert (got.tag, got.step.tolist()) == (sent.tag, sent.step.tolist())
    assert got.time.tobytes() == ODD.tobytes()
    assert got.value.tobytes() == ODD[::-1].tobytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 8,
        message([["a", 1]], bytes(23)),
        message([["a", 1]], bytes(25)),
        message([["a", 1 << 60]], bytes(24)),
        message([["a", -1], ["b", 2]], bytes(24)),
        message([["a", 1], ["a", 1]], bytes(48)),
        message([["a", 0.5]], bytes(12)),
        message([["a", True]], bytes(24)),
        message([["a", None]]),
        message([7]),
        message(None),
        message([], length=1 << 63),
        message([], length=3),
        struct.pack("<Q", 2) + b"[]",
    ],
)
def test_a_length_that_lies_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^no EventEvidence: "):
        from_json(EventEvidence, data)


def test_the_columns_lie_as_their_numbers_need_it() -> None:
    _, series = unpack(to_json(EVIDENCE))

    assert all(c.flags.aligned for s in series.values() for c in (s.step, s.time, s.value))
