"""`/api/runs` and its neighbours over real snapshots, without a server: cuts, bounds and whose wish it is."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.routing import Router
from support.states import good_state, ready_state

from collectors.contract.state import DashboardState
from collectors.store.backend import StoreProblem
from collectors.store.folder import STATE_FILE
from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.reading.history import RunHistory
from dash_app.reading.reader import StateReader
from dash_app.routes import runs as runs_api
from dash_app.routes.runs import add_runs_api, is_embedded
from dash_app.settings import Settings
from dash_app.web.origin import is_from_this_page

IDS = ("run-20261103-000000", "run-20261102-000000", "run-20261101-000000")
"""Newest first."""


def dated(run_id: str) -> DashboardState:
    """A stored run that began on the day of its id."""
    raw = ready_state().model_dump(mode="json")
    raw["meta"] |= {"run_id": run_id, "started_at": f"{run_id[4:8]}-{run_id[8:10]}-{run_id[10:12]}T00:00:00Z"}
    return DashboardState.model_validate(raw)


class Place:
    """The routes over a folder with three runs."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        store = Store(folder)
        for run_id in IDS:
            store.write_snapshot(dated(run_id))
        store.write_state(good_state())
        self.folder = folder
        self.history = RunHistory(StateReader(folder), RunStore(folder))
        self.app: Any = type("Server", (), {"router": Router()})()
        add_runs_api(self.app, self.history, Settings(workspace=folder, state_dir=folder, **settings))

    def ask(self, path: str, method: str = "GET", **wishes: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app.router)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.request(method, path, **wishes)

        return asyncio.run(once())

    def ids(self, query: str) -> list[str]:
        """Ids of the runs that are answered."""
        return [row["run_id"] for row in self.ask(f"/api/runs?{query}").json()["runs"]]

    def pin(self, run_id: Any, **headers: str) -> httpx.Response:
        usual = {"Sec-Fetch-Site": "same-origin"}
        return self.ask("/api/baseline", "POST", json={"run_id": run_id}, headers=usual | headers)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", (0, 1, 2)),
        ("limit=1", (0,)),
        ("limit=2", (0, 1)),
        ("limit=0", ()),
        ("limit=99", (0, 1, 2)),
        ("offset=1", (1, 2)),
        ("offset=1&limit=1", (1,)),
        ("offset=9", ()),
        ("limit=-1", (0, 1, 2)),
        ("limit=two&offset=x", (0, 1, 2)),
        ("limit=%C2%B2", (0, 1, 2)),
        ("limit=1234567", (0, 1, 2)),
        ("limit=12345678&offset=00000001", (0, 1, 2)),
    ],
)
def test_rows_are_cut_as_asked_and_what_is_no_number_is_left_out(
    place: Place, query: str, places: tuple[int, ...]
) -> None:
    assert place.ids(query) == [IDS[at] for at in places]


def test_one_answer_has_so_many_rows_at_most(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are asked for, and without asking as many as is usual."""
    assert (runs_api.USUAL_ROWS, runs_api.MOST_ROWS) == (200, 1000)
    monkeypatch.setattr(runs_api, "MOST_ROWS", 2)
    assert place.ids("limit=3") == list(IDS[:2])
    monkeypatch.setattr(runs_api, "USUAL_ROWS", 1)
    assert place.ids("") == list(IDS[:1])


def test_the_answer_counts_all_and_those_that_were_found(place: Place) -> None:
    told = place.ask("/api/runs?text=20261102&limit=0").json()

    assert (told["total"], told["found"], told["runs"]) == (3, 1, [])
    assert (told["current"], told["baseline"]) == (good_state().meta.run_id, None)


def test_a_state_that_cannot_be_read_is_no_current_run(place: Place) -> None:
    assert place.ask("/api/runs").json()["current"] == good_state().meta.run_id
    (place.folder / STATE_FILE).write_text("{")

    assert place.ask("/api/runs").json()["current"] is None


def test_a_run_is_answered_as_it_is_stored(place: Place) -> None:
    answer = place.ask(f"/api/runs/{IDS[0]}")

    assert answer.content == (place.folder / "runs" / f"{IDS[0]}.json").read_bytes()
    again = place.ask(f"/api/runs/{IDS[0]}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert place.ask("/api/runs/no-such-run").status_code == 404
    (place.folder / "runs" / f"{IDS[1]}.json").write_text("{")
    broken = place.ask(f"/api/runs/{IDS[1]}")
    assert (broken.status_code, broken.json()["error"]) == (503, "unreadable")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"run={IDS[0]}&baseline={IDS[1]}", 200),
        (f"run={IDS[0]}", 404),
        (f"baseline={IDS[1]}", 200),
        (f"run=live&baseline={IDS[1]}", 200),
        (f"run=gone&baseline={IDS[1]}", 404),
        (f"run={IDS[0]}&baseline=gone", 404),
        (f"run={IDS[0]}&baseline=-", 404),
    ],
)
def test_a_comparison_needs_both_sides(place: Place, query: str, status: int) -> None:
    assert place.ask(f"/api/compare?{query}").status_code == status


def test_a_current_state_that_is_not_there_yet_is_not_an_absent_run(place: Place) -> None:
    (place.folder / STATE_FILE).unlink()

    answer = place.ask(f"/api/compare?baseline={IDS[1]}")

    assert (answer.status_code, answer.json()["error"]) == (503, "absent")


def test_of_two_sides_the_broken_one_is_told(place: Place) -> None:
    (place.folder / "runs" / f"{IDS[1]}.json").write_text("{")

    answer = place.ask(f"/api/compare?run={IDS[0]}&baseline={IDS[1]}")

    assert answer.status_code == 503 and f"{IDS[1]}.json" in answer.json()["message"]


def test_pinning_is_answered_with_what_the_next_pulse_tells(place: Place) -> None:
    before = place.history.reader.current().runs_version

    told = place.pin(IDS[1]).json()

    assert told == {"run_id": IDS[1], "runs": place.history.reader.current().runs_version}
    assert told["runs"] != before
    pinned = place.ask("/api/baseline").json()
    assert pinned["run_id"] == IDS[1]
    assert datetime.fromisoformat(pinned["pinned_at"]).timestamp() == pytest.approx(time.time(), abs=600)
    assert place.pin(None).json()["run_id"] is None
    assert place.pin("no-such-run").status_code == place.pin("../x").status_code == 404


def test_what_cannot_be_saved_is_said(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(run_id: str | None, by: str | None) -> None:
        raise StoreProblem("baseline.json cannot be written: the disk is full")

    monkeypatch.setattr(place.history, "pin", full)
    answer = place.pin(IDS[0])

    assert (answer.status_code, answer.json()["error"]) == (503, "not_saved")
    assert "the disk is full" in answer.json()["message"]


@pytest.mark.parametrize("kind", ["text/plain", "", "application/jsonp", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_called_json_pins_nothing(place: Place, kind: str) -> None:
    assert place.pin(IDS[0], **{"Content-Type": kind}).status_code == 400
    assert place.pin(IDS[0], **{"Content-Type": "application/json; charset=utf-8"}).status_code == 200


@pytest.mark.parametrize("body", ['{"run_id": 7}', '{"run_id": ["a"]}', '{"other": null}', '"run_id"', "null", "{"])
def test_a_wish_that_is_none_is_malformed(place: Place, body: str) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}

    answer = place.ask("/api/baseline", "POST", content=body, headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (400, "malformed")
    assert RunStore(place.folder).baseline() is None


def test_where_pinning_is_off_nobody_pins(tmp_path: Path) -> None:
    """Off this machine it needs leave."""
    closed = Place(tmp_path / "closed", host="0.0.0.0")
    opened = Place(tmp_path / "opened", host="0.0.0.0", allow_pin=True)

    assert closed.pin(IDS[0]).json()["error"] == "pinning_is_off"
    assert opened.pin(IDS[0]).status_code == 200


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://evil.example", "host": "a"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://a", "host": "a"}, False),
        ({"sec-fetch-site": "", "origin": "http://a", "host": "a"}, False),
        ({"origin": "http://A:1", "host": "a:1"}, True),
        ({"origin": "http://a:2", "host": "a:1"}, False),
        ({"origin": "null", "host": ""}, False),
        ({"origin": "http://[", "host": "["}, False),
        ({"host": "a"}, False),
        ({}, False),
    ],
)
def test_a_wish_is_ours_when_the_browser_says_so(headers: dict[str, str], is_ours: bool) -> None:
    assert is_from_this_page(Headers(headers)) is is_ours


@pytest.mark.parametrize(
    ("referer", "is_one"),
    [
        ("/?embed=1", True),
        ("/?embed=0&embed=1", True),
        ("/?embed=1&embed=0", True),
        ("/?embed=%31", True),
        ("/?embed=0" + "&embed=0" * 200, True),
        ("[/?embed=0", True),
        ("/?embed=11", False),
        ("", False),
    ],
)
def test_a_page_that_says_embed_in_any_of_its_ways_pins_nothing(referer: str, is_one: bool) -> None:
    assert is_embedded(Headers({"referer": f"http://a{referer}"} if referer else {})) is is_one
