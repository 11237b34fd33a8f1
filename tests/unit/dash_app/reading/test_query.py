"""Which runs are wished, in which order, and which page of them; nonsense is left out."""

from __future__ import annotations

from typing import Any

import pytest
from support.states import diverged_state, failing_state, ready_state

from collectors.contract.run_row import RunRow
from collectors.contract.state import DashboardState
from collectors.store.rows import damaged_row, row_of
from dash_app.reading.query import USUAL_COLUMNS, RunQuery, asked_run, query_from, select_rows, streams_of
from dash_app.reading.run_filter import verdict_of
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


@pytest.mark.parametrize(
    ("wish", "understood"),
    [
        ({"page": 999_999}, {"page": 999_999}),
        ({"page": 1_000_000}, {"page": 0}),
        ({"page": 1}, {"page": 1}),
        ({"page": "1"}, {"page": 0}),
        ({"text": "  a  "}, {"text": "a"}),
        ({"text": "x" * 201}, {"text": "x" * 200}),
        ({"verdict": "damaged"}, {"verdict": "damaged"}),
        ({"since": "2026-11-01", "until": "2026-11-1"}, {"since": "2026-11-01", "until": ""}),
        ({"since": "2026-11-0x", "until": "----------"}, {"since": "", "until": ""}),
        ({"sort": ""}, {"sort": "started"}),
        ({"sort": "run"}, {"sort": "run"}),
        ({"descending": False}, {"descending": False}),
        ({"descending": "0"}, {"descending": False}),
        ({"descending": "1"}, {"descending": True}),
        ({"columns": ["epochs", "no-such", "started"]}, {"columns": ("started", "epochs")}),
        ({"columns": "epochs"}, {"columns": USUAL_COLUMNS}),
    ],
)
def test_what_is_understood_of_a_wish(wish: dict[str, Any], understood: dict[str, Any]) -> None:
    assert query_from(wish) == RunQuery(**understood)


@pytest.mark.parametrize(
    "wish",
    [
        {"text": "x"},
        {"verdict": "ready"},
        {"since": "2026-11-01"},
        {"until": "2026-11-09"},
        {"descending": False},
        {"sort": "run"},
    ],
)
def test_any_wish_is_less_than_everything(wish: dict[str, Any]) -> None:
    assert not query_from(wish).is_everything
    assert query_from({"page": 3, "columns": []}).is_everything


def test_rows_are_sorted_by_facts_measures_and_metrics() -> None:
    assert ids(sort="run", descending=False) == ["run-20261104-000000", "run-a", "run-b", "run-c"]
    assert ids(sort="started", descending=False)[:3] == ["run-a", "run-b", "run-c"]
    assert ids(sort="verdict", descending=False)[0] == "run-a" and ids(sort="verdict")[0] == "run-20261104-000000"
    assert ids(sort="passed") == ["run-a", "run-c", "run-b", "run-20261104-000000"]
    assert ids(sort="passed", descending=False)[-2:] == ["run-a", "run-20261104-000000"]
    assert ids(sort="patchtst:epochs", descending=False)[-1] == ids(sort="no-one:epochs")[0] == "run-20261104-000000"
    assert ids(sort="patchtst:metric.nothing") == [row["run_id"] for row in ROWS]
    assert ids(sort="patchtst:no_measure") == ids(sort=":epochs") == [row["run_id"] for row in ROWS]


def test_days_choose_with_their_ends_and_words_are_looked_for_in_all_that_a_row_says() -> None:
    assert ids(since="2026-11-03", until="2026-11-03") == ["run-c"]
    assert ids(text="not json") == ["run-20261104-000000"] and ids(text="run- workspace b") == ["run-b"]
    assert ids(text="run-a nothing") == []
    assert ids(text="run-c", verdict="ready") == []


@pytest.mark.parametrize(
    ("count", "page", "shown", "pages"), [(0, 0, 0, 1), (50, 1, 50, 1), (51, 1, 1, 2), (51, 0, 50, 2), (101, 1, 50, 3)]
)
def test_a_page_has_fifty_rows(count: int, page: int, shown: int, pages: int) -> None:
    rows = [a_row(f"run-{n:03}", 1) for n in range(1)] * count

    found = select_page(rows, query_from({"page": page}))

    assert (len(found.rows), found.pages, found.found, found.total) == (shown, pages, count, count)
    assert found.query.page == min(page, pages - 1)
    assert RunQuery().on_page(-1).page == 0
    few = select_page(ROWS, query_from({"text": "run-a"}))
    assert (few.found, few.total) == (1, 4)


def test_the_run_of_an_address_is_what_it_names_first_and_no_more_than_an_id() -> None:
    asked = {
        "/?run=a&run=b": "a", "/?x=1&run=c": "c", "/?run=live": None, "/?run=": None, "/": None,
        "/?run=" + "x" * 65: "x" * 64,
    }  # fmt: skip

    assert {address: asked_run(address) for address in asked} == asked


def test_a_damaged_row_has_a_verdict_of_its_own_and_streams_come_as_the_newest_runs_have_them() -> None:
    assert [verdict_of(row) for row in ROWS] == ["damaged", "not_ready", "not_ready", "ready"]
    assert streams_of(ROWS) == ("patchtst", "swinmae")


def test_rows_are_sorted_by_a_value_of_the_config_and_days_are_those_of_the_reader() -> None:
    rows = [a_row(f"run-{n}", n, config=f'{{"lr": {lr}}}') for n, lr in ((3, '"auto"'), (2, 0.1), (1, 0.001))]

    def sorted_by(*, descending: bool) -> list[str]:
        wish = {"sort": "patchtst:config.lr", "descending": descending}
        return [row["run_id"][-1] for row in select_rows(rows, query_from(wish))]

    assert (sorted_by(descending=False), sorted_by(descending=True)) == (["1", "2", "3"], ["3", "2", "1"])
    assert "run-c" in ids(since="2026-11-04", zone="Pacific/Auckland"), "noon in London is the next day there"
    assert "run-c" not in ids(since="2026-11-04")
    assert ids(zone="../etc/passwd") == ids(zone="Nowhere/At_all") == ids()
