"""Rows that cannot be counted are told singly up to a bound, and counted beyond it."""

from __future__ import annotations

import pytest
from support.build_tables import Row, csv_table

from collectors.readers.tables.parts import MAX_TOLD
from collectors.readers.tables.read import read_loss_table


def said_of(count: int) -> list[str]:
    """What is said of so many rows whose epoch is no possible count."""
    broken = [(float("inf"), 0.5, 0.5)] * count
    rows: list[Row] = [("epoch", "train_loss", "val_loss"), (1, 0.5, 0.5), *broken, (2, 0.25, 0.5)]
    evidence = read_loss_table(csv_table(rows))

    assert [row.epoch for row in evidence.rows] == [1, 2]
    assert evidence.skipped_rows == count
    return [finding.text for finding in evidence.findings]


@pytest.mark.parametrize(
    ("extra", "more"), [(-1, []), (0, []), (1, ["1 more rows are skipped"]), (30, ["30 more rows are skipped"])]
)
def test_as_many_as_the_bound_are_told_singly(extra: int, more: list[str]) -> None:
    said = said_of(MAX_TOLD + extra)

    singly = [text for text in said if text == "epoch inf is no possible count: the row is skipped"]
    assert len(singly) == min(MAX_TOLD, MAX_TOLD + extra)
    assert said[len(singly) :] == more


@pytest.mark.parametrize(
    ("epoch", "step", "is_kept"),
    [
        (1.5, 10, True),
        (1, 10.5, False),
        ("inf", 10, False),
        ("-inf", 10, False),
        (1, "inf", False),
        (1, -1, True),
        (1e300, 10, False),
        (1, 1e300, False),
        ("nan", 10, False),
        ("", 10, True),
        (1, "nan", False),
        (1, "", True),
    ],
)
def test_an_epoch_may_be_a_share_and_a_step_may_not(epoch: float | str, step: float | str, is_kept: bool) -> None:
    evidence = read_loss_table(csv_table([("epoch", "step", "train_loss"), (epoch, step, 0.5), (3, 30, 0.25)]))

    assert len(evidence.rows) == 1 + is_kept
    assert evidence.skipped_rows == (not is_kept)


def test_a_time_before_computers_or_after_us_is_none() -> None:
    times = (-1, 0, 1_700_000_000, 1e12, 1e18)
    rows: list[Row] = [("epoch", "train_loss", "wall_time"), *((n, 0.5, time) for n, time in enumerate(times))]

    found = [row.time for row in read_loss_table(csv_table(rows)).rows]

    assert found[2] == 1_700_000_000
    assert found[0] is None and found[1] is None and found[4] is None


def test_a_quoted_part_does_not_decide_which_sign_holds_columns_apart() -> None:
    """Neither does one behind it: of three quoted parts none counts."""
    table = b'"a;b;c",epoch,"d;e;f","train;loss;",train_loss\nx,1,y,z,0.5\n'

    evidence = read_loss_table(table)

    assert [(row.epoch, row.values) for row in evidence.rows] == [(1, {"train_loss": 0.5})]
