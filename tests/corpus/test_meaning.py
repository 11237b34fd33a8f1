"""What numbers mean, row by row: no false READY, no false NOT READY, whichever trainer wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from control_rows import ROWS as CONTROLS
from kind_rows import ROWS as KINDS
from meaning_case import Meaning, told_of, verdict_of, wrongs
from meaning_rows import ROWS as MEANINGS
from practice_rows import ROWS as PRACTICE

from collectors.readers.child.process import ReaderProcess

ROWS = [*MEANINGS, *CONTROLS, *KINDS, *PRACTICE]


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    """One reading child for all rows: starting one takes a second."""
    with ReaderProcess() as process:
        yield process


@pytest.mark.parametrize("case", ROWS, ids=[case.name for case in ROWS])
def test_meaning(case: Meaning, child: ReaderProcess, tmp_path: Path) -> None:
    """Verdict, outcomes, words and last values as the table says."""
    told = told_of(case, tmp_path, child)

    assert wrongs(case, told) == [], told.said


def test_the_tables_are_long_enough_and_say_each_thing_once() -> None:
    """Ninety meanings and forty honest controls at least; a name twice would hide a row."""
    names = [case.name for case in ROWS]

    assert len(MEANINGS) >= 90
    assert len(CONTROLS) >= 40
    assert len(set(names)) == len(names)
    assert {verdict_of(case) for case in MEANINGS} == {"ready", "not_ready", "incomplete", "training"}
