"""What `dashboard.yaml` says of a stream's table: its files, how they are written, and which columns mean what."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, field_validator, model_validator
from pydantic_core import PydanticCustomError

from collectors.contract.line_pattern import checked_pattern
from collectors.contract.shapes import Names, RelativePath, Section, SomeNames, SomePaths, Values, as_list

LinePattern = Annotated[str, AfterValidator(checked_pattern)]
LinePatterns = Annotated[
    tuple[LinePattern, ...], BeforeValidator(as_list, json_schema_input_type=str | tuple[str, ...])
]
PLACES: Final = frozenset({"epoch", "step", "time"})
"""Columns that say where a row stands."""
USUAL_SERIES: Final = ("train_loss", "val_loss")
"""Series that are looked for by their usual names where no columns are named."""


class Column(Section):
    """A column, and which of its rows count."""

    column: Names
    """Column, or columns in order of preference."""
    where: dict[str, Values] = {}  # noqa: RUF012 -- pydantic copies it
    """Other column -> what it says in the rows that count, such as `mode: val`."""


def _as_column(value: object) -> object:
    """A name, or several, as the column of that name with all its rows."""
    return {"column": value} if isinstance(value, (str, list, tuple)) else value


AnyColumn = Annotated[Column, BeforeValidator(_as_column, json_schema_input_type=str | SomeNames | Column)]


class LossHistory(Section):
    """The table of losses a stream writes. `nan` in a cell is a diverged loss, unless its rows show that nothing was
    measured there: between validations at every so many epochs, or in the other's cell of two kinds of rows."""

    path: RelativePath | SomePaths
    """CSV, JSONL, `trainer_state.json`, Lightning `metrics.csv`, JSON lists or a text log; of a pattern the newest
    match. A list is several files that are one table, such as one a series, and all that its patterns match; their
    columns are named with their files (`train/loss`, `learn_error/Logloss`). One whose training goes on where that of
    the file before it was is a resume."""
    picture: RelativePath | None = None
    """Loss curve as a picture, shown in links only."""
    columns: dict[str, AnyColumn] = {}  # noqa: RUF012 -- pydantic copies it
    """`epoch`, `step`, `time` or a series name -> column, where the usual names do not fit. Of several for `epoch` or
    `step` each JSON row's own counts. `time` is a date or seconds since 1970, or seconds since the training began."""
    steps_are: Literal["epochs"] | None = None
    """`epochs` where its steps, or the places of columns of lists, count the epochs."""
    same_as_events: bool = False
    """It holds the numbers of the event files: one that differs there fails check 9. Where that is not said, values
    of which some agree and some do not fail it, and where none does, nothing can be told."""
    prefix: bool = False
    """Each row is a JSON object behind other text, as in `10:00:00 | INFO | train | {"epoch": 1}`."""
    lines: LinePatterns = ()
    """Patterns for a text log: what a named group finds is the value of that column; an epoch or step holds on until
    the next. In one of several files `value` is the series that the file is called."""

    @model_validator(mode="after")
    def _is_written_in_one_way(self) -> Self:
        if self.prefix and self.lines:
            raise PydanticCustomError("two_ways", "a table has a `prefix` or `lines`, not both")
        return self

    @field_validator("columns")
    @classmethod
    def _places_are_of_all_rows(cls, columns: dict[str, Column]) -> dict[str, Column]:
        for name in PLACES & columns.keys():
            if columns[name].where:
                raise PydanticCustomError("no_rows", f"`{name}` is a column of all rows: write `{name}: NAME`")
        return columns
