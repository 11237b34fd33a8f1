"""A CSV with another header further down: a training was resumed with other metrics."""

from __future__ import annotations

import math

import pytest

from collectors.evidence.tables import LossTableEvidence
from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.read import read_loss_table

WANTED = LossColumns(series={"train_loss": ("train_loss",), "val_loss": ("val_loss",), "lr": ("lr",)})
FIRST = "epoch,train_loss,val_loss\n0,3,4\n1,2,3\n"


def read(text: str) -> LossTableEvidence:
    return read_loss_table(text.encode(), columns=WANTED)


def curve(evidence: LossTableEvidence, series: str) -> list[tuple[float | None, float]]:
    return [(row.epoch, row.values[series]) for row in evidence.rows if series in row.values]


def test_rows_below_another_header_are_read_by_its_columns() -> None:
    evidence = read(f"{FIRST}epoch,lr,train_loss,val_loss\n2,0.1,1.5,2.5\n3,0.05,1,2\n")

    assert curve(evidence, "train_loss") == [(0, 3), (1, 2), (2, 1.5), (3, 1)]
    assert curve(evidence, "val_loss") == [(0, 4), (1, 3), (2, 2.5), (3, 2)]
    assert curve(evidence, "lr") == [(2, 0.1), (3, 0.05)]
    assert (evidence.findings, evidence.columns) == ((), ("epoch", "train_loss", "val_loss", "lr"))


def test_a_row_that_cannot_be_read_there_is_named_by_its_line() -> None:
    evidence = read(f"{FIRST}epoch,train_loss\n\n2,1.5\n3,1,9\n4,0.5\n")

    assert curve(evidence, "train_loss") == [(0, 3), (1, 2), (2, 1.5), (4, 0.5)]
    assert [f.where for f in evidence.findings if "has 3 fields, the header has 2" in f.text] == ["line 7"]


def test_the_first_header_may_come_back_and_the_last_line_may_be_half_written() -> None:
    evidence = read(f"{FIRST}epoch,train_loss\n2,1.5\n{FIRST.partition(chr(10))[0]}\n3,1,2\n4,0.")

    assert curve(evidence, "train_loss") == [(0, 3), (1, 2), (2, 1.5), (3, 1)]
    assert curve(evidence, "val_loss")[-1] == (3, 2)
    assert evidence.partial_tail


@pytest.mark.parametrize("line", ["epoch,nothing,known", "epoch,1,2", "epochs,train_loss"])
def test_what_only_looks_like_a_header_costs_its_line_alone(line: str) -> None:
    evidence = read(f"{FIRST}{line}\n2,1,2\n")

    assert curve(evidence, "train_loss") == [(0, 3), (1, 2), (2, 1)]
    assert evidence.skipped_rows == 1
    assert not any(math.isnan(value) for _, value in curve(evidence, "val_loss"))
