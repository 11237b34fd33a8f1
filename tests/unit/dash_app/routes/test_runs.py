"""Runs, comparison and the pinned baseline over HTTP, on a real server over real snapshots."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.server import RunningServer, start_server
from support.states import diverged_state, good_state, ready_state, write_state
from support.wire import raw_get

from collectors.compare.compare import compare
from collectors.contract.delta import Delta
from collectors.contract.state import DashboardState
from collectors.store.runs import RunStore
from collectors.store.store import Store

Serve = Callable[..., RunningServer]
OLD, BAD = "run-20261101-000000", "run-20261102-000000"


def renamed(state: DashboardState, run_id: str, **meta: Any) -> DashboardState:
    raw = state.model_dump(mode="json")
    raw["meta"] |= {"run_id": run_id, "started_at": f"{run_id[4:8]}-{run_id[8:10]}-{run_id[10:12]}T00:00:00Z", **meta}
    return DashboardState.model_validate(raw)


def fill(state_dir: Path) -> None:
    """Two stored runs and another one that is current."""
    store = Store(state_dir)
    store.write_snapshot(renamed(ready_state(), OLD))
    store.write_snapshot(renamed(diverged_state(), BAD))
    write_state(state_dir, good_state())


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    server = start_server(tmp_path_factory.mktemp("runs"))
    fill(server.state_dir)
    yield server
    server.stop()


@pytest.fixture
def server(shared: RunningServer) -> RunningServer:
    """The shared server with nothing pinned."""
    RunStore(shared.state_dir).unpin()
    return shared


def pin(server: RunningServer, run_id: object, saw: dict[str, object] | None = None, **headers: str) -> Any:
    """What a browser on this very page sends; `saw` is what it saw pinned."""
    usual = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    body = json.dumps({"run_id": run_id, **(saw or {})})
    return server.client.post("api/baseline", content=body, headers=usual | headers)


def test_rows_come_newest_first_chosen_and_cut(server: RunningServer) -> None:
    told = server.get("/api/runs").json()

    assert [row["run_id"] for row in told["runs"]] == [BAD, OLD]
    assert (told["current"], told["total"]) == (good_state().meta.run_id, 2)
    assert [row["run_id"] for row in server.get("/api/runs?verdict=ready").json()["runs"]] == [OLD]
    assert [row["run_id"] for row in server.get("/api/runs?limit=1&offset=1").json()["runs"]] == [OLD]


def test_unchanged_rows_are_a_304(server: RunningServer) -> None:
    etag = server.get("/api/runs").headers["etag"]

    assert server.get("/api/runs", if_none_match=etag).status_code == 304
    pin(server, OLD)
    assert server.get("/api/runs", if_none_match=etag).status_code == 200


def test_a_comparison_is_the_delta_and_is_a_304_while_nothing_changed(server: RunningServer) -> None:
    answer = server.get(f"/api/compare?run={BAD}&baseline={OLD}")

    expected = compare(renamed(diverged_state(), BAD), renamed(ready_state(), OLD))
    assert Delta.model_validate_json(answer.content) == expected
    assert answer.json()["regression"]["value"] == "regression"
    etag = answer.headers["etag"]
    assert server.get(f"/api/compare?run={BAD}&baseline={OLD}", if_none_match=etag).status_code == 304
    assert server.get(f"/api/compare?run={OLD}&baseline={OLD}", if_none_match=etag).status_code == 200


def test_several_runs_stand_side_by_side_as_json_and_as_a_table(server: RunningServer) -> None:
    told = server.get(f"/api/compared.json?runs={OLD},{BAD},no-such-run").json()
    table = list(csv.reader(io.StringIO(server.get(f"/api/compared.csv?runs={OLD},{BAD}").text)))

    assert told["runs"] == table[0][3:] == [OLD, BAD], "one that is not there is left out"
    verdict = next(row for section in told["sections"] for row in section["rows"] if row["name"] == "verdict")
    assert verdict == {"name": "verdict", "values": ["READY", "NOT READY"], "differs": True}
    assert server.get("/api/compared.csv?runs=..%2f,no-such-run").status_code == 404


def test_without_names_the_current_state_is_compared_with_the_pinned_baseline(server: RunningServer) -> None:
    assert server.get("/api/compare").status_code == 404
    pin(server, OLD)

    told = server.get("/api/compare").json()

    assert (told["run"]["run_id"], told["baseline"]["run_id"]) == (good_state().meta.run_id, OLD)
    assert server.get("/api/compare?run=live").json() == told


def test_what_cannot_be_a_run_is_the_same_404_as_an_absent_run(server: RunningServer) -> None:
    absent = server.get(f"/api/compare?run=no-such-run&baseline={OLD}")

    assert absent.status_code == 404
    for odd in ("..%2fdashboard-state", "%2e%2e", "a%00b", "a" * 65, "run%0a", "-"):
        for query in (f"run={odd}&baseline={OLD}", f"run={OLD}&baseline={odd}"):
            answer = raw_get(server.url, f"/api/compare?{query}", "Host: localhost")
            assert answer.startswith(b"HTTP/1.1 404 "), query
            assert answer.endswith(absent.content)


def test_a_damaged_snapshot_is_told_and_does_no_harm_to_the_others(serve: Serve) -> None:
    server = serve()
    fill(server.state_dir)
    (server.state_dir / "runs" / f"{BAD}.json").write_text("{")

    rows = {row["run_id"]: row for row in server.get("/api/runs").json()["runs"]}
    assert rows[BAD]["problem"] and rows[OLD]["problem"] is None
    assert server.get(f"/api/compare?run={BAD}&baseline={OLD}").status_code == 503
    assert pin(server, BAD).status_code == 409
    assert server.get(f"/api/compare?run={OLD}&baseline={OLD}").status_code == 200


def test_a_baseline_is_pinned_and_taken_away(server: RunningServer) -> None:
    assert server.get("/api/baseline").json() == {"run_id": None, "pinned_at": None}

    before = server.get("/api/pulse").json()["runs"]
    answer = pin(server, OLD).json()
    assert answer == {"run_id": OLD, "runs": server.get("/api/pulse").json()["runs"]}
    assert answer["runs"] != before, "every open page is told"
    told = server.get("/api/baseline").json()
    assert told["run_id"] == RunStore(server.state_dir).baseline() == OLD
    assert abs(datetime.now(UTC) - datetime.fromisoformat(told["pinned_at"])) < timedelta(minutes=1)
    assert pin(server, None).status_code == 200
    assert server.get("/api/baseline").json() == {"run_id": None, "pinned_at": None}


def test_what_somebody_else_pinned_meanwhile_is_not_replaced_unseen(server: RunningServer) -> None:
    assert pin(server, OLD, {"replaces": None}).status_code == 200

    refused = pin(server, None, {"replaces": None})

    assert (refused.status_code, refused.json()["error"]) == (409, "replaced")
    assert OLD in refused.json()["message"] and RunStore(server.state_dir).baseline() == OLD
    assert pin(server, None, {"replaces": OLD}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
        {"Referer": "http://127.0.0.1/?embed=1"},
    ],
)
def test_nobody_else_pins(server: RunningServer, headers: dict[str, str]) -> None:
    refused = pin(server, OLD, **headers)

    assert refused.status_code == 403
    assert refused.json()["message"]
    assert RunStore(server.state_dir).baseline() is None


def test_a_browser_that_tells_its_origin_only_is_believed_when_it_is_ours(server: RunningServer) -> None:
    body = json.dumps({"run_id": OLD})
    host = server.url.removeprefix("http://").rstrip("/")

    def status(origin: dict[str, str]) -> int:
        headers = {"Content-Type": "application/json", **origin}
        return int(server.client.post("api/baseline", content=body, headers=headers).status_code)

    assert status({}) == status({"Origin": "null"}) == status({"Origin": "http://evil.example"}) == 403
    assert RunStore(server.state_dir).baseline() is None
    assert status({"Origin": f"http://{host}"}) == 200


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"run_id": 7}', b'{"run_id": null, "x": 1}', b"[" * 5000])
def test_a_malformed_wish_is_a_400(server: RunningServer, body: bytes) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}

    assert server.client.post("api/baseline", content=body, headers=headers).status_code == 400


def test_only_json_is_taken_and_only_known_verbs(server: RunningServer) -> None:
    assert pin(server, OLD, **{"Content-Type": "text/plain"}).status_code == 400
    refused = server.client.delete("api/baseline")

    assert (refused.status_code, refused.json()["error"]) == (405, "method_not_allowed")
    assert refused.headers["allow"] == "GET, HEAD, POST"


def test_an_absent_run_is_not_pinned(server: RunningServer) -> None:
    assert pin(server, "no-such-run").status_code == pin(server, "../x").status_code == 404


def test_off_loopback_nobody_pins_without_leave(serve: Serve) -> None:
    closed = serve(options=["--host", "0.0.0.0", "--trusted-hosts", "localhost", "--allow-anonymous"])
    fill(closed.state_dir)
    opened = serve(options=["--host", "0.0.0.0", "--trusted-hosts", "localhost", "--allow-anonymous", "--allow-pin"])
    fill(opened.state_dir)

    assert pin(closed, OLD).json()["error"] == "pinning_is_off"
    assert pin(opened, OLD).status_code == 200


def test_downloads_hold_every_chosen_row_and_no_formula(serve: Serve) -> None:
    server = serve()
    fill(server.state_dir)
    Store(server.state_dir).write_snapshot(renamed(ready_state(), "run-20261103-000000", workspace="=1+1"))

    answer = server.get("/api/runs.csv?verdict=ready")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["run_id"] for row in rows] == ["run-20261103-000000", OLD]
    assert rows[0]["workspace"] == "'=1+1"
    assert 'filename="runs.csv"' in answer.headers["content-disposition"]
    told = server.get("/api/runs.json").json()
    assert [row["run_id"] for row in told["runs"]] == ["run-20261103-000000", BAD, OLD]
