"""A batch of lines that are all alike is cut at once; any other is left to be cut one by one."""

from __future__ import annotations

import pytest

from collectors.readers.tables.cells import MAX_GRID, grid_of
from collectors.readers.tables.columns import EARLY_STOP, LossColumns
from collectors.readers.tables.read import read_loss_table


def wide(columns: int) -> str:
    return "\n".join(",".join(str(n) for n in range(columns)) for _ in range(2))


def test_lines_that_are_all_alike_are_cut_at_once() -> None:
    grid = grid_of("1,2.5\n3,\n", 7, ",", 2)

    assert grid is not None
    assert (list(grid.places), grid.of(0), grid.of(1), grid.plain) == ([7, 8], ["1", "3"], ["2.5", ""], True)
    underscored = grid_of("1,2_5", 1, ",", 2)
    assert underscored is not None and not underscored.plain
    widest = grid_of(wide(MAX_GRID), 1, ",", MAX_GRID)
    assert widest is not None and widest.of(MAX_GRID - 1) == [str(MAX_GRID - 1)] * 2


@pytest.mark.parametrize(
    ("batch", "delimiter", "width"),
    [
        ("1,2\n3", ",", 2),
        ("1,2,3\n4", ",", 2),
        ("1\n2", ",", 1),
        (wide(MAX_GRID + 1), ",", MAX_GRID + 1),
        ("1 2\n3 4", " ", 2),
        ('1,"2"', ",", 2),
        ("1,2#", ",", 2),
        ("1,2\0", ",", 2),
        ("1,\u0662", ",", 2),
    ],
)
def test_lines_that_are_not_are_cut_one_by_one(batch: str, delimiter: str, width: int) -> None:
    assert grid_of(batch, 1, delimiter, width) is None


@pytest.mark.parametrize(
    ("flags", "stopped"),
    [(("False", "TRUE"), True), (("yes", "no"), False), (("0", "1"), True), (("1", ""), True), (("", ""), None)],
)
def test_the_last_word_of_a_column_tells_whether_a_training_was_stopped_early(
    flags: tuple[str, str], stopped: bool | None
) -> None:
    rows = "".join(f"{n},0.5,{flag}\n" for n, flag in enumerate(flags, 1))
    columns = LossColumns(series={"train_loss": ("train_loss",), EARLY_STOP: ("stopped",)})

    found = read_loss_table(f"epoch,train_loss,stopped\n{rows}".encode(), columns=columns)
    assert (found.early_stop, len(found.rows)) == (stopped, 2)


def test_a_quoted_line_of_far_too_many_fields_is_told_by_their_number() -> None:
    found = read_loss_table(b'epoch,train_loss\n1,"0.5"\n2,0.4' + b"," * 10_010 + b"\n")

    assert "has 10,012 fields, the header has 2: the row is skipped (line 3)" in [str(one) for one in found.findings]
