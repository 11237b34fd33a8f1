"""Cells of some lines of a table -> a part of numbers, and the rows that hold no numbers.

A batch of lines that are all alike (as many fields, no quotes, no comments) is cut up at once, which
takes a third of the time; any other batch is cut line by line elsewhere. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.table_rows import Floats
from collectors.readers.tables.columns import EARLY_STOP, GRADIENT, Chosen
from collectors.readers.tables.numbers import column, moments
from collectors.readers.tables.parts import MAX_TOLD, Part
from collectors.readers.text.text import brief

FLAGS: Final = {"true": "1", "yes": "1", "false": "0", "no": "0"}
MAX_GRID: Final = 64
"""Columns of a table that is cut up at once; of a wider one only the wanted columns are cut out."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Lines cut into fields."""

    places: Sequence[int]
    """Number of each line."""
    of: Callable[[int], list[str]]
    """Place of a column -> its cells."""
    plain: bool
    """Nothing but ASCII without underscores: Python's own reading of numbers is exact."""

    @classmethod
    def of_rows(cls, rows: list[tuple[int, list[str]]], *, plain: bool) -> Cells:
        """Lines that were cut one by one."""
        return cls([place for place, _ in rows], lambda at: [row[at] for _, row in rows], plain)


def grid_of(batch: str, first: int, delimiter: str, width: int) -> Cells | None:
    """All lines of a batch cut at once; None where they are not all alike."""
    batch = batch.removesuffix("\n")
    if not 2 <= width <= MAX_GRID or delimiter == " " or not batch.isascii() or any(sign in batch for sign in '"#\0'):
        return None
    signs = np.frombuffer(f"{batch}\n".encode("ascii"), np.uint8)
    between = signs[(signs == ord(delimiter)) | (signs == ord("\n"))]
    if len(between) % width:
        return None
    by_line = between.reshape(-1, width)
    if not (by_line[:, -1] == ord("\n")).all() or not (by_line[:, :-1] == ord(delimiter)).all():
        return None
    flat = batch.replace("\n", delimiter).split(delimiter)
    return Cells(range(first, first + len(by_line)), lambda at: flat[at::width], "_" not in batch)


def part_of(cells: Cells, chosen: Chosen) -> tuple[Part, dict[int, str]]:
    """The numbers of all lines, and which lines are wrong: line number -> the sentence that says why."""
    numbers = _Numbers(cells, {})
    axes = [numbers.axis(name, at) for name, at in (("epoch", chosen.epoch), ("step", chosen.step))]
    series = {name: numbers.read(name, at) for name, at in chosen.series.items()}
    for name, rules in chosen.rules.items():
        for rule in rules:
            series[name] = (series[name][0], series[name][1] & rule.mask(cells.of(rule.place)))
    if chosen.gradient is not None:
        series[GRADIENT] = column(cells.of(chosen.gradient), plain=cells.plain)[:2]
    times = [np.nan] * len(cells.places) if chosen.time is None else moments(cells.of(chosen.time))
    part = Part(
        place=np.array(cells.places, np.int64),
        epoch=axes[0],
        step=axes[1],
        time=np.array(times, np.float64),
        values={name: values for name, (values, _) in series.items()},
        present={name: present for name, (_, present) in series.items()},
    )
    if not numbers.wrong:
        return part, {}
    sound = np.ones(len(cells.places), np.bool_)
    sound[list(numbers.wrong)] = False
    return part.chosen(sound), {cells.places[row]: why for row, why in sorted(numbers.wrong.items())}


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Reads columns, and notes the rows with a cell that is no number."""

    cells: Cells
    wrong: dict[int, str]

    def read(self, name: str, at: int) -> tuple[Floats, NDArray[np.bool_]]:
        """One column's numbers, and which rows have one."""
        cells = self.cells.of(at)
        if name == EARLY_STOP:
            cells = [FLAGS.get(cell.strip().lower(), cell) for cell in cells]
        values, present, wrong = column(cells, plain=self.cells.plain)
        for row in wrong:
            told = len(self.wrong) < MAX_TOLD
            self.wrong.setdefault(row, f"{name} is {brief(cells[row])}, a number was expected" if told else "")
        return values, present

    def axis(self, name: str, at: int | None) -> Floats:
        """One column of counts, NaN where a row has none; a count that is NaN is wrong."""
        if at is None:
            return np.full(len(self.cells.places), np.nan)
        values, present = self.read(name, at)
        for row in np.flatnonzero(present & np.isnan(values)).tolist():
            self.wrong.setdefault(row, f"{name} is NaN, a number was expected")
        return values
