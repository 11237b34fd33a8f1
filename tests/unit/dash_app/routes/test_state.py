"""The JSON routes of a real server over a real state folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from support.observing import emptied, put
from support.server import RunningServer, start_server
from support.states import failing_state, good_state
from support.wire import raw_get

from collectors.contract.state import DashboardState, state_to_json
from collectors.store.store import Store


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for the module; its state folder is emptied for each test."""
    server = start_server(tmp_path_factory.mktemp("api"))
    yield server
    server.stop()


@pytest.fixture
def server(running: RunningServer) -> RunningServer:
    return emptied(running)


def test_the_state_is_answered_as_it_is_stored(server: RunningServer) -> None:
    put(server, good_state())

    answer = server.get("/api/state")

    assert answer.status_code == 200
    assert answer.content == state_to_json(good_state())
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-cache"


def test_what_did_not_change_is_a_304_of_a_few_bytes(server: RunningServer) -> None:
    """Measured on the wire, headers and all; a changed state is the counter-proof."""
    put(server, good_state())
    etag = server.get("/api/state").headers["etag"]

    again = raw_get(server.url, "/api/state", "Host: localhost", f"If-None-Match: {etag}")
    assert again.startswith(b"HTTP/1.1 304 ")
    assert len(again) < 300
    put(server, failing_state())
    assert server.get("/api/state", if_none_match=etag).status_code == 200


def test_a_proxy_may_send_several_etags_or_a_star(server: RunningServer) -> None:
    put(server, good_state())
    etag = server.get("/api/state").headers["etag"]

    assert server.get("/api/state", if_none_match=f'"other", {etag}').status_code == 304
    assert server.get("/api/state", if_none_match="*").status_code == 304
    assert server.get("/api/state", if_none_match='"other"').status_code == 200


def test_the_pulse_says_which_state_is_true_and_when_somebody_looked(server: RunningServer) -> None:
    put(server, good_state())

    pulse = server.get("/api/pulse").json()

    assert pulse["etag"] in server.get("/api/state").headers["etag"]
    assert (pulse["condition"], pulse["sentence"]) == ("ok", None)
    assert (pulse["interval_seconds"], pulse["stale_after_seconds"]) == (5, 15)
    assert 0 <= seconds_between(pulse["observed_at"], pulse["now"]) < 5


def test_a_pulse_is_a_304_until_somebody_looks_again(server: RunningServer) -> None:
    put(server, good_state())
    etag = server.get("/api/pulse").headers["etag"]

    again = raw_get(server.url, "/api/pulse", "Host: localhost", f"If-None-Match: {etag}")
    assert again.startswith(b"HTTP/1.1 304 ")
    assert len(again) < 300
    put(server, good_state())
    assert server.get("/api/pulse", if_none_match=etag).status_code == 200


def test_without_a_state_every_route_says_so(serve: Callable[..., RunningServer]) -> None:
    server = serve()

    told = server.get("/api/state")

    assert told.status_code == server.get("/readyz").status_code == 503
    assert told.json()["error"] == server.get("/api/pulse").json()["condition"] == "absent"
    assert "There is no dashboard-state.json yet" in told.json()["message"]
    runs = server.get("/api/runs").json()
    assert runs == {"current": None, "baseline": None, "total": 0, "found": 0, "runs": []}
    assert server.get("/healthz").json() == {"status": "ok"}


def test_a_state_that_became_unreadable_is_not_answered_as_if_it_were_good(
    server: RunningServer,
) -> None:
    """The page keeps the last good one in view; a program must not take it for the truth."""
    put(server, good_state())
    assert server.get("/api/state").status_code == 200
    (server.state_dir / "dashboard-state.json").write_bytes(b'{"schema_version"')

    told = server.get("/api/state")
    assert told.status_code == server.get("/readyz").status_code == 503
    assert told.json()["error"] == "unreadable"
    assert server.get("/api/pulse").json()["sentence"] == told.json()["message"]


def test_a_newer_schema_has_its_own_word(server: RunningServer) -> None:
    raw = json.loads(state_to_json(good_state())) | {"schema_version": "3"}
    (server.state_dir / "dashboard-state.json").write_text(json.dumps(raw))

    assert server.get("/api/state").json()["error"] == "newer_schema"
    assert server.get("/readyz").status_code == 503


def test_ready_is_a_readable_state_and_a_live_observer(server: RunningServer) -> None:
    put(server, good_state())
    alive = server.get("/readyz")
    put(server, good_state(), age_seconds=60)
    dead = server.get("/readyz")
    (server.state_dir / "heartbeat.json").unlink()
    never = server.get("/readyz")

    assert (alive.status_code, dead.status_code, never.status_code) == (200, 503, 503)
    assert "last seen 60 s ago" in dead.json()["message"]
    assert "nobody has observed" in never.json()["message"]


def test_runs_are_listed_newest_first_with_what_a_row_needs(server: RunningServer) -> None:
    put(server, good_state())
    older = changed_run("run-20250101-000000", "2025-01-01T00:00:00Z")
    Store(server.state_dir).write_snapshot(older)
    Store(server.state_dir).write_snapshot(failing_state())

    told = server.get("/api/runs").json()

    assert told["current"] == good_state().meta.run_id
    assert [row["run_id"] for row in told["runs"]] == [
        failing_state().meta.run_id,
        "run-20250101-000000",
    ]
    assert told["runs"][0]["verdict"] == "not_ready"


def test_a_run_is_answered_by_its_id(server: RunningServer) -> None:
    Store(server.state_dir).write_snapshot(failing_state())

    told = server.get(f"/api/runs/{failing_state().meta.run_id}")

    assert told.content == state_to_json(failing_state())
    assert server.get(told.url.path, if_none_match=told.headers["etag"]).status_code == 304


def test_what_cannot_be_a_run_is_the_same_404_as_an_absent_run(server: RunningServer) -> None:
    """Nobody learns from the answer what lies outside the folder of runs."""
    put(server, good_state())
    absent = server.get("/api/runs/no-such-run")
    odd = ("..%2fdashboard-state", "%2e%2e", "a%00b", "a" * 65, "caf%C3%A9", "run%0a", "a/b")

    assert absent.status_code == 404
    for name in odd:
        answer = raw_get(server.url, f"/api/runs/{name}", "Host: localhost")
        assert answer.startswith(b"HTTP/1.1 404 ")
        assert answer.endswith(absent.content)


def test_every_route_answers_head_like_get_without_a_body(server: RunningServer) -> None:
    put(server, good_state())
    head = server.client.head("api/state")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == server.get("/api/state").headers["etag"]


def test_the_routes_only_show(serve: Callable[..., RunningServer], tmp_path: Path) -> None:
    """Nothing but looking is possible, and looking leaves no trace in the state folder."""
    server = serve(state_dir=tmp_path)
    statuses = {server.client.request(verb, "api/state").status_code for verb in ("POST", "DELETE")}

    assert statuses == {405}
    assert list(tmp_path.glob("*.json")) == []


def changed_run(run_id: str, started_at: str) -> DashboardState:
    raw = json.loads(state_to_json(good_state()))
    raw["meta"] |= {"run_id": run_id, "started_at": started_at}
    return DashboardState.model_validate_json(json.dumps(raw))


def seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
