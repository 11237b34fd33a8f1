"""A wish -> one page of the rows that fit it, with what their configs differ in, or all of them in groups. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from collectors.contract.run_row import RunRow
from dash_app.reading.query import RunQuery, select_rows
from dash_app.reading.run_configs import NO_CONFIGS, ConfigColumns, Group, config_columns, grouped

PAGE_ROWS = 50


@dataclass(frozen=True)
class Selection:
    """A page of the rows that were wished."""

    rows: tuple[RunRow, ...]
    """The page's rows."""
    found: int
    """How many fit the filters."""
    total: int
    """How many there are."""
    query: RunQuery
    """The wish, with a page that exists."""
    configs: ConfigColumns = NO_CONFIGS
    """Columns of configs that the found rows have."""
    groups: tuple[Group, ...] = ()
    """All that were found by a value of their config, where groups are wished."""

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, math.ceil(self.found / PAGE_ROWS))


def select_page(rows: Sequence[RunRow], query: RunQuery) -> Selection:
    """Return one page of the wished rows; a page after the last is the last."""
    found = select_rows(rows, query)
    last = max(0, (len(found) - 1) // PAGE_ROWS)
    page = min(query.page, last)
    shown = found[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
    groups = grouped(found, query.group) if query.group else ()
    asked = query.on_page(page)
    return Selection(tuple(shown), len(found), len(rows), asked, config_columns(found), tuple(groups))
