"""An epoch that is written twice: which of its rows counts, and when both do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.build_tables import Row, csv_table

from collectors.evidence.tables import LossRow
from collectors.readers.tables.read import read_loss_table

HEAD = ("epoch", "step", "train_loss", "val_loss")


def rows_of(*rows: Row) -> tuple[list[tuple[object, ...]], list[str], int]:
    """Rows as (epoch, step, losses), what was said, and how many values were replaced."""
    evidence = read_loss_table(csv_table([HEAD, *rows]))
    told = [(row.epoch, row.step, row.values) for row in evidence.rows]
    return told, [str(finding) for finding in evidence.findings], evidence.duplicate_epochs


def test_a_later_step_of_one_epoch_is_a_row_of_its_own() -> None:
    """A log by steps: neither is a repetition."""
    told, said, replaced = rows_of((1, 10, 3.0, ""), (1, 20, 2.0, ""), (1, "", "", 2.5))

    assert told == [(1, 10, {"train_loss": 3.0}), (1, 20, {"train_loss": 2.0, "val_loss": 2.5})]
    assert (said, replaced) == ([], 0)


@pytest.mark.parametrize("step", [10, 5, ""])
def test_the_same_or_an_earlier_step_replaces_the_row(step: int | str) -> None:
    """The run was resumed or the row repeated: the last one is kept, in the place of the first."""
    told, said, replaced = rows_of((1, 10, 3.0, 4.0), (1, step, 2.0, 1.0), (2, 20, 1.0, 1.0))

    assert told == [(1, 10, {"train_loss": 2.0, "val_loss": 1.0}), (2, 20, {"train_loss": 1.0, "val_loss": 1.0})]
    assert said == ["epoch 1 occurs twice: the last one is kept (line 3)"]
    assert replaced == 2


def test_a_row_without_a_step_takes_the_one_that_its_other_half_has() -> None:
    told, _, _ = rows_of((1, "", 3.0, ""), (1, 10, "", 4.0), (1, 12, 2.0, ""))

    assert told[0] == (1, 10, {"train_loss": 3.0, "val_loss": 4.0})
    assert told[1] == (1, 12, {"train_loss": 2.0})


def test_halves_with_different_steps_are_one_row_with_the_later_step() -> None:
    for first, second in ((10, 12), (12, 10)):
        told, said, _ = rows_of((0, 1, 9.0, ""), (2, first, 3.0, ""), (2, second, "", 4.0), (1, 1, 9.0, ""))
        assert told[1] == (2, 12, {"train_loss": 3.0, "val_loss": 4.0})
        assert said == ["epochs go back from 2 to 1: out of order (line 5)"]


def test_without_epochs_the_step_tells_what_belongs_together() -> None:
    table: list[Row] = [
        ("step", "train_loss", "val_loss"),
        (1, 9.0, 9.0),
        (10, 3.0, ""),
        (10, "", 4.0),
        (10, 2.0, ""),
    ]

    evidence = read_loss_table(csv_table(table))

    assert list(evidence.rows)[1:] == [
        LossRow(None, 10, None, {"train_loss": 2.0, "val_loss": 4.0}),
    ]
    assert "step 10 occurs twice: the last one is kept" in str(evidence.findings[-1])


def test_rows_without_epoch_and_step_never_belong_together() -> None:
    table: list[Row] = [("train_loss", "val_loss"), (3.0, ""), ("", 4.0), (1.0, 1.0)]

    assert len(read_loss_table(csv_table(table)).rows) == 3


def test_many_repetitions_are_told_singly_at_first_and_then_counted() -> None:
    many = [(1, 1, float(n), float(n)) for n in range(30)]

    told, said, replaced = rows_of(*many, (2, 2, 1.0, 1.0))

    assert told[0] == (1, 1, {"train_loss": 29.0, "val_loss": 29.0})
    assert replaced == 58
    singly = [text for text in said if "occurs twice" in text]
    assert said[-1].endswith(f"{29 - len(singly)} more rows repeat an epoch: the last ones are kept")
    assert 0 < len(singly) < 29


def test_many_falls_are_told_singly_at_first_and_then_counted() -> None:
    saw = [(at, at, 1.0, 1.0) for at in (n // 2 + (0 if n % 2 else 5) for n in range(40))]

    _, said, _ = rows_of(*saw)

    falls = [text for text in said if "epochs go back from" in text]
    more = [text for text in said if text.endswith("more times")]
    count = int(np.sum(np.diff([row[0] for row in saw]) < 0))
    assert more == [f"epochs go back {count - len(falls)} more times"]


def test_epochs_that_fall_while_steps_rise_void_nothing() -> None:
    """With another batch size a resumed training counts its epochs anew: every row is still its own."""
    rows = [(1.0, 10, 0.9, 0.9), (2.0, 20, 0.8, 0.8), (3.0, 30, 0.7, 0.7), (2.0, 40, 0.6, 0.6), (2.5, 50, 0.5, 0.5)]

    told, said, replaced = rows_of(*rows)

    assert [row[1] for row in told] == [10, 20, 30, 40, 50]
    assert replaced == 0
    assert said == ["epochs go back while steps rise: the steps count (another batch size?)"]


def test_a_value_that_is_no_number_takes_part_like_any_other() -> None:
    told, _, _ = rows_of((1, 1, 3.0, ""), (1, 1, "", "nan"), (2, 2, 1.0, 1.0))

    values = told[0][2]
    assert isinstance(values, dict)
    assert (values["train_loss"], math.isnan(values["val_loss"])) == (3.0, True)


def test_a_training_that_is_resumed_twice_throws_away_both_ends() -> None:
    """The second time from before the first: what was reached before counts, not the row just above."""
    rows: list[Row] = [(n, n, 3.0, 3.0) for n in [*range(1, 101), 60, *range(50, 111)]]

    told, said, _ = rows_of(*rows)

    assert [row[0] for row in told] == list(range(1, 111))
    assert [text.partition(":")[2] for text in said] == [
        f" the training was resumed there, and what it had thrown away does not count (line {line})"
        for line in (102, 103)
    ]


def test_two_rows_behind_a_step_back_are_a_resume_and_a_single_one_is_out_of_order() -> None:
    resumed, said, _ = rows_of(*((epoch, "", 1.0 / epoch, "") for epoch in (1, 2, 3, 4, 2, 3)))
    assert [epoch for epoch, *_ in resumed] == [1, 2, 3]
    assert "the training was resumed there" in said[0]
    _, said, _ = rows_of(*((epoch, "", 1.0 / epoch, "") for epoch in (1, 2, 3, 4, 2)))
    assert "out of order" in said[0]
