"""Which runs are wished, in which order, and which page of them; nonsense is left out."""

from __future__ import annotations

from typing import Any

import pytest
from support.states import diverged_state, failing_state, ready_state

from collectors.contract.run_row import RunRow
from collectors.contract.state import DashboardState
from collectors.store.rows import damaged_row, row_of
from dash_app.reading.query import RunQuery, query_from, select_rows
from dash_app.reading.run_page import PAGE_ROWS, select_page


def a_row(run_id: str, day: int, state: DashboardState | None = None, **stream: Any) -> RunRow:
    """A row of a run that started on that day of November."""
    raw = (state or ready_state()).model_dump(mode="json")
    raw["meta"] |= {"run_id": run_id, "started_at": f"2026-11-{day:02}T12:00:00Z"}
    row = row_of(DashboardState.model_validate(raw), (1, 1))
    row["streams"]["patchtst"] |= stream  # type: ignore[typeddict-item] # a part of a row
    return row


ROWS = (
    damaged_row("run-20261104-000000", "not JSON", (1, 0)),
    a_row("run-c", 3, diverged_state(), final_val_loss=None),
    a_row("run-b", 2, failing_state(), final_val_loss=0.2),
    a_row("run-a", 1, ready_state(), final_val_loss=0.9),
)


def ids(**wish: Any) -> list[str]:
    return [row["run_id"] for row in select_rows(ROWS, query_from(wish))]


def test_without_a_wish_every_run_comes_newest_first_and_none_is_copied() -> None:
    assert select_rows(ROWS, RunQuery()) is ROWS


def test_words_verdict_and_days_choose() -> None:
    assert ids(text="RUN-A") == ["run-a"]
    assert ids(text="run b") == ["run-b"]
    assert ids(text="patchtst:final<0.5") == ["run-b"]
    assert ids(verdict="not_ready") == ["run-c", "run-b"]
    assert ids(verdict="damaged") == ["run-20261104-000000"]
    assert ids(since="2026-11-02", until="2026-11-03") == ["run-c", "run-b"]


def test_what_is_unknown_comes_last_whichever_way_is_sorted() -> None:
    """Nobody takes a run without a loss for the best one."""
    upwards = ids(sort="patchtst:final_val_loss", descending=False)
    downwards = ids(sort="patchtst:final_val_loss", descending=True)

    assert upwards[:2] == ["run-b", "run-a"]
    assert downwards[:2] == ["run-a", "run-b"]
    assert set(upwards[2:]) == set(downwards[2:]) == {"run-c", "run-20261104-000000"}


def test_a_page_after_the_last_is_the_last() -> None:
    rows = [a_row(f"run-{n:03}", 1) for n in range(PAGE_ROWS + 3)]

    shown = select_page(rows, query_from({"page": 99}))

    assert (len(shown.rows), shown.query.page, shown.pages, shown.found) == (3, 1, 2, PAGE_ROWS + 3)


@pytest.mark.parametrize(
    "wish",
    [None, 7, "x", [], {"page": -1}, {"sort": ["x"]}, {"sort": "nobody:knows"}, {"verdict": {}}, {"since": "x"}],
)
def test_nonsense_is_as_if_nothing_were_wished(wish: Any) -> None:
    assert select_rows(ROWS, query_from(wish)) is ROWS


def test_rows_are_sorted_by_a_value_of_the_config_and_days_are_those_of_the_reader() -> None:
    rows = [a_row(f"run-{n}", n, config=f'{{"lr": {lr}}}') for n, lr in ((3, '"auto"'), (2, 0.1), (1, 0.001))]

    def sorted_by(*, descending: bool) -> list[str]:
        wish = {"sort": "patchtst:config.lr", "descending": descending}
        return [row["run_id"][-1] for row in select_rows(rows, query_from(wish))]

    assert (sorted_by(descending=False), sorted_by(descending=True)) == (["1", "2", "3"], ["3", "2", "1"])
    assert "run-c" in ids(since="2026-11-04", zone="Pacific/Auckland"), "noon in London is the next day there"
    assert "run-c" not in ids(since="2026-11-04")
    assert ids(zone="../etc/passwd") == ids(zone="Nowhere/At_all") == ids()
