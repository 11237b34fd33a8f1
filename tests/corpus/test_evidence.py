"""Evidence that lies in the files is compared, row by row: what contradicts itself, and the nearest honest training."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from meaning_case import Meaning, told_of, wrongs

from collectors.readers.child.process import ReaderProcess

TABLES = sorted(path.stem for path in Path(__file__).parent.glob("evidence_rows_*.py"))
ROWS: list[Meaning] = [row for table in TABLES for row in import_module(table).ROWS]


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    """One reading child for all rows: starting one takes a second."""
    with ReaderProcess() as process:
        yield process


@pytest.mark.parametrize("case", ROWS, ids=[case.name for case in ROWS])
def test_evidence(case: Meaning, child: ReaderProcess, tmp_path: Path) -> None:
    """Verdict, outcomes and words as the table says."""
    told = told_of(case, tmp_path, child)

    assert wrongs(case, told) == [], told.said


def test_each_name_stands_once_and_what_is_wrong_stands_beside_what_is_honest() -> None:
    """A name twice would hide a row; a check that fails everything would fail the controls."""
    names = [case.name for case in ROWS]

    assert len({*names}) == len(names)
    for table in TABLES:
        rows: list[Meaning] = import_module(table).ROWS
        assert any(row.expected != "ready" for row in rows), table
        assert any(row.expected == "ready" and row.name.startswith("control:") for row in rows), table
