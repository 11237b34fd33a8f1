"""A short table is read without pandas, and says what pandas says of a long one."""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.evidence.scores import ScorePart, unpacked
from collectors.readers.scores import csv_part
from collectors.readers.scores.read import read_scores

WANTED = {"score": ["score"], "series:a": ["a"], "time": ["time"], "word": ["decision"], "stream": ["stream"]}
SCORES = [
    "0.5",
    "-1e-3",
    "1.5 ",
    "",
    "nan",
    "inf",
    "-Infinity",
    "1,5",
    "n/a",
    "x",
    "1_000",
    "12.",
    "0x10",
    "TRUE",
    "false",
]
TIMES = [
    "2026-01-01 00:00:02.540000", "2026-01-01T00:00:03Z", "2026-01-01T00:00:03+02:00", "2026-01-01", "1767225600",
    "1767225600123", "12.5", "", "nan", "2026-W01-1", "20260101T101010", "2026-13-01", "soon", "2026-06-31", "-",
]  # fmt: skip
WORDS = ["normal", " warn", "anomaly", "", "\u202e", "None", '"a,b"', "ß"]
ROWS = st.tuples(*map(st.sampled_from, (SCORES, SCORES, TIMES, WORDS, WORDS)))
MORE = st.sampled_from(["", ",more", ",more,more"])


def _read(data: bytes) -> ScorePart:
    return read_scores(io.BytesIO(data), len(data), wanted=WANTED)


def _as_long(data: bytes) -> ScorePart:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_part, "SHORT", -1)
        return _read(data)


def _plain(part: ScorePart) -> dict[str, Any]:
    """Everything but the packed numbers."""
    return {name: getattr(part, name) for name in part.__dataclass_fields__ if name != "columns"}


def _agree(data: bytes) -> None:
    short, long = _read(data), _as_long(data)

    assert _plain(short) == _plain(long)
    assert short.columns.keys() == long.columns.keys()
    for name, column in short.columns.items():
        np.testing.assert_array_equal(unpacked(column), unpacked(long.columns[name]), err_msg=name)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(ROWS, MORE), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_both_ways_read_the_same(rows: list[tuple[tuple[str, ...], str]], end: str, has_end: bool) -> None:
    lines = ["score,a,time,decision,stream", *(",".join(cells) + more for cells, more in rows)]
    _agree((end.join(lines) + (end if has_end else "")).encode())


@pytest.mark.parametrize(
    "rows",
    [
        "0.5,1",
        "TRUE,1,,true,s",
        "1,True,,,s\n0,,,,s",
        "1,1,,01,1.0\n1,1,,1,1",
        "0.5",
        '0.5,"1',
        '0.5,1,"2026-01-01"x,normal,s',
        "0.5;1",
        "\n\n0.5,1,,normal,s\n\n",
        "0.5,1,\0,normal,s",
    ],
)
def test_rows_that_do_not_fit_are_told_by_both(rows: str) -> None:
    _agree(f"score,a,time,decision,stream\n{rows}\n".encode())


def test_a_number_is_read_to_its_last_digit() -> None:
    """A score of exactly the threshold is above it; pandas 3.0 read one of three numbers another way than Python."""
    chance = random.Random(1)
    rows = [chance.uniform(0, 1) * 10.0 ** chance.randint(-8, 8) for _ in range(500)]

    long = _as_long(("score\n" + "".join(f"{value!r}\n" for value in rows)).encode())

    assert unpacked(long.columns["score"]).tolist() == rows
