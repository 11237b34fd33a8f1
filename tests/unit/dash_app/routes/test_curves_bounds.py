"""How much one question of a chart may ask, and from how many rows on only the new ones are sent; without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route, Router
from support.asking import ask
from support.states import ready_state

from collectors.contract.state import DashboardState
from collectors.store.store import Store
from dash_app.reading.reader import StateReader
from dash_app.routes.curves import CurvesRoute


def with_points(count: int, names: tuple[str, ...] = ("val_loss",)) -> DashboardState:
    """A run whose one stream has so many points of these metrics."""
    raw = ready_state().model_dump(mode="json")
    places = {name: list(range(1, count + 1)) for name in ("epoch", "step", "time")}
    series = {name: {**places, "value": [1.0 / n for n in range(1, count + 1)]} for name in names}
    raw["metrics"] = {"patchtst": {**raw["metrics"]["patchtst"], "series": series}}
    return DashboardState.model_validate(raw)


class Asked:
    """The route over one state folder."""

    def __init__(self, folder: Path, state: DashboardState) -> None:
        Store(folder).write_state(state)
        self.reader = StateReader(folder)
        self.run_id = state.meta.run_id
        self.app = Router(routes=[Route("/api/curves", CurvesRoute(self.reader).answer)])

    def __call__(self, more: str = "", run: str | None = None) -> Any:
        return ask(self.app, f"/api/curves?run={run or self.run_id}&stream=patchtst{more}")

    @property
    def digest(self) -> str:
        """Of the curves that are kept beside the state."""
        state = self.reader.current().state
        assert state is not None and state.metrics["patchtst"].curves is not None
        return state.metrics["patchtst"].curves


@pytest.mark.parametrize(("count", "is_in_segments"), [(100, False), (101, True)])
def test_of_a_curve_with_more_than_a_hundred_rows_only_the_new_ones_are_sent(
    tmp_path: Path, count: int, is_in_segments: bool
) -> None:
    asked = Asked(tmp_path, with_points(count))
    whole, news = asked().json(), asked(f"&since={asked.digest}").json()

    assert whole["digest"] == news["digest"] == asked.digest
    (all_rows,), (new_rows,) = (told["parts"][""]["curves"] for told in (whole, news))
    assert len(all_rows["value"]) == count and "segments" not in all_rows
    assert ("segments" in new_rows, "value" in new_rows) == (is_in_segments, not is_in_segments)
    assert not is_in_segments or new_rows["segments"] == [[0, count]]
    metric = asked(f"&series=val_loss&since={asked.digest}").json()["parts"]["val_loss"]["curves"]
    assert ["segments" in curve for curve in metric] == [is_in_segments]


def test_at_most_64_metrics_are_answered_at_once(tmp_path: Path) -> None:
    names = tuple(f"m{n}" for n in range(65))
    asked = Asked(tmp_path, with_points(3, names))
    every = "".join(f"&series={name}" for name in names)

    most, more = asked(every.rpartition("&")[0]), asked(every)

    assert (most.status_code, len(most.json()["parts"])) == (200, 64)
    assert (more.status_code, more.json()["message"]) == (400, "at most 64 series are answered at once")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("", 200),
        ("&since=x", 200),
        ("&since=x&since=y", 400),
        ("&stream=patchtst", 400),
        ("&odd=1", 400),
        ("&series=val_loss", 200),
        ("&series=val_loss&series=no-such", 404),
    ],
)
def test_run_and_stream_are_named_once_and_nothing_else_is_understood(tmp_path: Path, more: str, status: int) -> None:
    assert Asked(tmp_path, with_points(3))(more).status_code == status


def test_a_stored_run_is_answered_beside_the_current_one(tmp_path: Path) -> None:
    stored = with_points(5)
    stored = stored.model_copy(update={"meta": stored.meta.model_copy(update={"run_id": "run-old"})})
    Store(tmp_path).write_snapshot(stored)
    asked = Asked(tmp_path, with_points(3))

    def count(run: str) -> int:
        return len(asked(run=run).json()["parts"][""]["curves"][0]["value"])

    assert (count("run-old"), count(asked.run_id)) == (5, 3)
    assert (asked(run="run-none").status_code, asked(run="no-run").status_code) == (404, 204)
    assert asked().json()["version"] != asked(run="run-old").json()["version"]
