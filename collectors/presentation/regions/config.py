"""State -> the highlights of the final configs, key by key, a column a stream. Pure."""

from __future__ import annotations

from collectors.contract.state import DashboardState
from collectors.numbers import value_words
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import table


def config(state: DashboardState) -> Element:
    """Return the table, or a sentence where no config says anything."""
    runs = state.metrics.values()
    keys = dict.fromkeys(key for run in runs for key in run.config)
    if not keys:
        return el("p", "No values of a config to show.", class_="empty")
    rows = (
        el("tr", el("th", el("code", key), scope="row"), (el("td", value_words(run.config.get(key))) for run in runs))
        for key in keys
    )
    return table(("Key", *(run.label for run in runs)), rows, "delta-table config-table")
