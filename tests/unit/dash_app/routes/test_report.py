"""`GET report.html`: the report of what the page shows, as a file, from the real application."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
from support.asking import ask
from support.html_reading import read_page
from support.states import failing_state, ready_state, write_state

from collectors.compare.compare import compare
from collectors.contract.state import DashboardState
from collectors.presentation.charts.scale import MOST_SMOOTHING, SMOOTHING, Look
from collectors.presentation.page import Against, as_html
from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.app import create_app
from dash_app.reading.reader import StateReader
from dash_app.routes.report import _look
from dash_app.settings import settings_from

OLD = "run-20261101-000000"
Get = Callable[[str], httpx.Response]


def stored(state: DashboardState) -> DashboardState:
    raw = state.model_dump(mode="json")
    raw["meta"]["run_id"] = OLD
    return DashboardState.model_validate(raw)


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    """A failing state, and an older run that was ready."""
    Store(tmp_path / "state").write_snapshot(stored(ready_state()))
    write_state(tmp_path / "state", failing_state())
    return tmp_path / "state"


@pytest.fixture
def get(state_dir: Path) -> Get:
    """One GET to the application."""
    settings = settings_from([str(state_dir.parent), "--state-dir", str(state_dir), "--no-collect"], {})
    app = create_app(settings, StateReader(state_dir)).server
    return partial(ask, app)


def test_the_file_is_the_report_of_the_current_state(get: Get) -> None:
    answer = get("/report.html")

    assert answer.status_code == 200
    assert answer.text == as_html(failing_state())
    assert answer.headers["content-disposition"] == f'attachment; filename="{failing_state().meta.run_id}-report.html"'
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_the_pages_own_parameters_choose_run_baseline_and_scale(get: Get) -> None:
    run, baseline = failing_state(), stored(ready_state())
    delta = compare(run, baseline)

    assert get(f"/report.html?run={OLD}&view=gate&smoothing=0.3").text == as_html(baseline)
    assert get(f"/report.html?run=live&baseline={OLD}").text == as_html(run, Against(OLD, baseline, delta))
    assert get("/report.html?y=log").text == as_html(run, look=Look("log"))


def test_the_pinned_baseline_is_compared_unless_none_is_wished(get: Get, state_dir: Path) -> None:
    RunStore(state_dir).pin(OLD)

    assert f"baseline {OLD}" in read_page(get("/report.html").text).by_id("comparison").text
    assert get("/report.html?baseline=-").text == as_html(failing_state())


def test_a_pinned_baseline_that_is_gone_is_said_in_the_report(get: Get, state_dir: Path) -> None:
    RunStore(state_dir).pin(OLD)
    (state_dir / f"runs/{OLD}.json").unlink()

    words = read_page(get("/report.html").text).by_id("comparison").text

    assert f"the snapshot of the baseline {OLD} is not there or cannot be read" in words


@pytest.mark.parametrize("name", ["run", "baseline"])
@pytest.mark.parametrize("run", ["run-20260101-000000", "../state", "%3Cscript%3E", "a%0d%0ab"])
def test_a_run_that_is_not_there_is_the_one_404(get: Get, name: str, run: str) -> None:
    answer = get(f"/report.html?{name}={run}")

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_a_state_that_cannot_be_trusted_is_a_503(get: Get, state_dir: Path) -> None:
    """A report outlives the page: it is made of the state as it is, or not at all."""
    (state_dir / "dashboard-state.json").write_text("{")

    assert get("/report.html").status_code == 503


def test_a_damaged_run_is_a_503(get: Get, state_dir: Path) -> None:
    (state_dir / f"runs/{OLD}.json").write_text("{}")

    assert get(f"/report.html?run={OLD}").status_code == 503


@pytest.mark.parametrize(
    ("wished", "kind", "smoothing"),
    [
        ({}, "linear", SMOOTHING),
        ({"y": "log", "smoothing": "0"}, "log", 0.0),
        ({"y": "odd", "smoothing": str(MOST_SMOOTHING)}, "linear", MOST_SMOOTHING),
        ({"smoothing": str(MOST_SMOOTHING + 0.001)}, "linear", SMOOTHING),
        ({"smoothing": "-0.001"}, "linear", SMOOTHING),
        ({"smoothing": "nan"}, "linear", SMOOTHING),
        ({"smoothing": "much"}, "linear", SMOOTHING),
    ],
)
def test_charts_are_as_the_pages_address_has_them_where_that_can_be(
    wished: dict[str, str], kind: str, smoothing: float
) -> None:
    assert _look(wished) == Look(kind, smoothing)  # type: ignore[arg-type] # one of two words
