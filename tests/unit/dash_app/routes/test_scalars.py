"""`GET api/scalars`: what the event files hold and nobody configured, read when somebody asks, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response
from support.build_events import event, record, simple_value
from support.workspaces import write_good

from collectors.collect import Collector
from collectors.contract.state import DashboardState
from collectors.store.store import Store
from dash_app.reading.reader import StateReader
from dash_app.routes.scalars import ScalarsRoute
from dash_app.settings import Settings
from dash_app.views.curves.losses import losses_now

EXTRA = {"eval/auc": [0.5, float("nan"), 0.9], "<aux>": [3.0, 2.0, 1.0]}


class Place:
    """A training whose event file holds more than is configured, and its state."""

    def __init__(self, folder: Path) -> None:
        self.root, self.state_dir = folder / "ws", folder / "state"
        write_good(self.root)
        (self.events,) = (path for path in self.root.rglob("*tfevents*") if "patchtst" in str(path))
        with self.events.open("ab") as file:
            for tag, values in EXTRA.items():
                file.writelines(record(event(n, [simple_value(tag, v)])) for n, v in enumerate(values, 1))
        with Collector(self.root, Store(self.state_dir)) as collector:
            collector.export()

    @property
    def state(self) -> DashboardState:
        seen = StateReader(self.state_dir).current().state
        assert seen is not None
        return seen

    def ask(self, query: str, **settings: bool) -> Response:
        made = Settings(workspace=self.root, state_dir=self.state_dir, **settings)
        route = ScalarsRoute(StateReader(self.state_dir), made, patience_seconds=60)
        scope = {"type": "http", "method": "GET", "headers": [], "query_string": query.encode()}
        return anyio.run(route.answer, Request(scope))

    def told(self, query: str) -> dict[str, Any]:
        found = json.loads(bytes(self.ask(query).body))
        assert isinstance(found, dict)
        return found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_scalars_that_nobody_configured_are_listed_and_read_on_demand(place: Place) -> None:
    state = place.state
    assert state.metrics["patchtst"].beside == tuple(EXTRA)
    group = losses_now(state)["patchtst"]["groups"][-1]
    assert group == {
        "key": "//", "title": "2 more scalars in the event files", "names": "eval/auc, <aux>", "open": False,
    }  # fmt: skip
    assert losses_now(state, is_snapshot=True)["patchtst"]["groups"] == [], "a stored run's files may be others now"

    told = place.told(f"run={state.meta.run_id}&stream=patchtst&first=0")

    auc, aux = told["members"]
    assert (told["count"], auc["series"], auc["last"], auc["odd"]) == (2, "eval/auc", "0.9", "1 not finite")
    (curve,) = auc["data"]["curves"]
    assert (curve["value"], curve["step"]) == (pytest.approx([0.5, None, 0.9]), [1, 2, 3])
    assert curve["epoch"] == [1, 2, 3], "as those of its losses are"
    assert aux["data"]["curves"][0]["name"] == "&lt;aux&gt;"
    rest = place.told(f"run={state.meta.run_id}&stream=patchtst&first=1")
    assert [member["series"] for member in rest["members"]] == ["<aux>"]


def test_another_run_and_a_page_without_previews_answer_nothing(place: Place) -> None:
    run = place.state.meta.run_id
    for query, status in (
        ("run=gone&stream=patchtst&first=0", 404), (f"run={run}&stream=gone&first=0", 404),
        (f"run={run}&stream=patchtst", 400), (f"run={run}&stream=patchtst&first=-1", 400),
        (f"run={run}&stream=patchtst&first=0&tag=x", 400),
    ):  # fmt: skip
        assert place.ask(query).status_code == status
    assert place.ask(f"run={run}&stream=patchtst&first=0", preview=False).status_code == 404
    place.events.unlink()
    assert place.ask(f"run={run}&stream=patchtst&first=0").status_code == 410
