"""Every route, method, callback and path trick, of nobody and of each role: what the table says, and nothing else."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from support.callback_bodies import Body, right_bodies
from support.signing_in import Guarded, knocked
from support.states import good_state, ready_state, write_state

from collectors.contract.access import Role
from collectors.contract.state import DashboardState
from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.auth.config import Access
from dash_app.auth.needs import CALLBACKS, NEEDS, OPEN, need_of
from dash_app.reading.history import RunHistory
from dash_app.web.gate import Gate

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
TRICKS = (
    "//api/state", "/api//state", "/./api/state", "/healthz/../api/state", "/healthz/", "/healthz%2f..%2fapi/state",
    "/healthz%00", "/HEALTHZ", "/healthz;/api/state", "/%2e%2e/api/state", "/api/state%20", "/login/../api/state",
    "/assets/page.css", "/assets/../api/state", "/_dash-component-suites/dash/../../api/state", "/api/state?x=/healthz",
    "/readyz/api/state", "/signed-out/", "/auth/callback/x", "/nowhere", "/api/runs/..%2fstate", "/%68ealthz/x",
)  # fmt: skip
WHO: tuple[Role | None, ...] = (None, *Role)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    home = tmp_path_factory.mktemp("guarded")
    write_state(home, good_state())
    return Guarded(home)


def paths(guarded: Guarded) -> list[str]:
    """Every address that the server's own routes have, with something in the place of what varies."""
    found = [str(route.path) for route in guarded.server.routes if hasattr(route, "path")]
    return sorted({re.sub(r"\{[^}]*\}", "x", path) or "/" for path in found})


async def let_in(scope: Any, receive: Any, send: Any) -> None:
    """What stands behind the gate here: it says only that somebody came so far."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def walked(guarded: Guarded, asked: list[tuple[str, str]], role: Role | None) -> dict[tuple[str, str], int]:
    """Status of each method and target, at the application's own gate."""
    headers = {"authorization": f"Bearer {guarded.tokens[role]}"} if role else {}
    answers = knocked(Gate(let_in, **gates(guarded)[0]), asked, **headers)
    return {one: answer.status for one, answer in answers.items()}


def gates(guarded: Guarded) -> list[Any]:
    return [layer.kwargs for layer in guarded.server.user_middleware if layer.cls is Gate]


def wanted(method: str, path: str, role: Role | None) -> int:
    """What the table says."""
    need = need_of(method, unquote(path.partition("?")[0]))
    if need is None:
        return 299
    return 401 if role is None else 299 if role.holds(need) else 403


@pytest.mark.parametrize("role", WHO)
def test_every_route_method_and_path_trick_is_answered_as_the_table_says(guarded: Guarded, role: Role | None) -> None:
    asked = [(method, path) for path in (*paths(guarded), *TRICKS) for method in METHODS]

    found = walked(guarded, asked, role)

    assert len(found) > 300
    assert {one: status for one, status in found.items() if status != wanted(*one, role)} == {}
    passed = {path for (method, path), status in found.items() if status == 299 and role is None}
    assert passed == (OPEN & {*paths(guarded)} if role is None else set())


def test_nobody_gets_anything_from_the_whole_application_but_what_is_open(guarded: Guarded) -> None:
    """Through all layers, as a server asks it: no status, no header and no word of what is there."""
    answers = knocked(guarded.server, [(m, p) for p in (*paths(guarded), *TRICKS) for m in METHODS])
    refused = {one: answer for one, answer in answers.items() if one[0] not in ("GET", "HEAD") or one[1] not in OPEN}

    assert {answer.status for answer in refused.values()} == {401}
    assert {json.loads(answer.body)["error"] for answer in refused.values()} == {"signed_out"}
    assert not [one for one, answer in refused.items() if {"etag", "location", "set-cookie"} & {*answer.headers}]
    assert {answer.headers["cache-control"] for answer in refused.values()} == {"no-store"}
    assert json.loads(answers["GET", "/healthz"].body) == {"status": "ok"}


def test_no_callback_answers_nobody_and_each_answers_a_viewer(guarded: Guarded) -> None:
    assert guarded.app.callback_map
    bodies = [{"output": output, "inputs": [], "changedPropIds": []} for output in guarded.app.callback_map]

    refused = {guarded.ask(CALLBACKS, method="POST", json=body).status_code for body in bodies}
    taken = {guarded.ask(CALLBACKS, Role.VIEWER, method="POST", json=body).status_code for body in bodies}

    assert refused == {401}
    assert not taken & {401, 403}


STORED = ("run-20261101-000000", "run-20261102-000000")
ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"tab": "runs", "shown-run": STORED[0], "baseline-choice": STORED[1], "overlay-runs": [STORED[1]]},
    {"tab": "runs", "selected-runs": [*STORED], "compared-runs": [*STORED], "runs-chart-wish": {"baseline": STORED[1]}},
    {"tab": "runs", "shown-run": "live", "baseline-choice": "-", "metric-wish": {"patchtst": {"val_loss": 9}}},
)
"""What somebody may have chosen, by the element that keeps it."""


@pytest.fixture
def store_of_runs(tmp_path: Path) -> Guarded:
    """Two runs, one of them pinned, and a current state."""
    raw = ready_state().model_dump(mode="json")
    for run_id in STORED:
        raw["meta"]["run_id"] = run_id
        Store(tmp_path).write_snapshot(DashboardState.model_validate(raw))
    RunStore(tmp_path).pin(STORED[1])
    write_state(tmp_path, good_state())
    return Guarded(tmp_path)


def files(home: Path) -> dict[str, tuple[int, int, str]]:
    """Each file and folder: which one it is, when it was last changed (ns), and its contents' digest."""
    return {
        path.relative_to(home).as_posix(): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in home.rglob("*")
    }


def called(guarded: Guarded) -> dict[str, set[int]]:
    """Statuses of every callback on the server, by its output, for an admin who has chosen each of these."""
    wires = guarded.ask("/_dash-dependencies", Role.ADMIN).json()
    statuses: dict[str, set[int]] = {}
    for body in (chosen for choices in ASKED for chosen in (with_choices(one, choices) for one in right_bodies(wires))):
        answer = guarded.ask(CALLBACKS, Role.ADMIN, method="POST", json=body)
        statuses.setdefault(body["output"], set()).add(answer.status_code)
    return statuses


def with_choices(body: Body, choices: dict[str, Any]) -> Body:
    for part in (*body["inputs"], *body["state"]):
        part["value"] = choices.get(part["id"])
    return body


def test_no_callback_writes_whatever_is_chosen(store_of_runs: Guarded) -> None:
    """Every one of them runs to its end, for somebody who may do everything."""
    before = files(store_of_runs.home)

    statuses = called(store_of_runs)

    on_server = {name for name, one in store_of_runs.app.callback_map.items() if "callback" in one}
    assert {*statuses} == on_server and len(on_server) > 5
    assert {name: found for name, found in statuses.items() if 200 not in found or found - {200, 204}} == {}
    assert files(store_of_runs.home) == before


def test_a_callback_that_wrote_what_was_there_already_would_be_noticed(
    store_of_runs: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, store = RunHistory.compared, RunStore(store_of_runs.home)
    monkeypatch.setattr(RunHistory, "compared", lambda *asked: (store.pin(STORED[1]), plain(*asked))[1])
    before = files(store_of_runs.home)

    called(store_of_runs)

    after = files(store_of_runs.home)
    assert {name for name in after if after[name] != before.get(name)} >= {"baseline.json"}


def test_a_socket_is_closed_before_it_is_opened(guarded: Guarded) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {guarded.tokens[Role.ADMIN]}".encode())]
    scope = {"type": "websocket", "path": "/_dash-ws-callback", "query_string": b"", "headers": headers}
    asyncio.run(guarded.server(scope, receive, send))

    assert sent == [{"type": "websocket.close", "code": 4401}]


def test_the_table_names_every_address_of_ours_and_no_other(guarded: Guarded) -> None:
    """A new route without a row would be told to nobody; a row without a route would be a promise."""
    ours = {
        str(route.path)
        for route in guarded.server.routes
        if getattr(route, "endpoint", None) is not None
        and not str(route.path).startswith(("/_", "/assets/"))
        and "{path" not in str(route.path)
    }

    assert ours - {need.path for need in NEEDS} == set()
    assert {need.path for need in NEEDS} - ours - {CALLBACKS} == {*ONLY_WITH_OIDC, *ONLY_OF_A_FLEET}


ONLY_OF_A_FLEET = ("/api/fleet", "/api/fleet/events")
ONLY_WITH_OIDC = ("/login", "/auth/callback", "/signed-out", "/sign-out", "/sign-out-everywhere")


def test_where_nobody_has_to_sign_in_nothing_is_refused(tmp_path: Path) -> None:
    free = Guarded(tmp_path, Access())

    assert free.ask("/api/pulse").status_code == 200
    assert free.ask("/nowhere").status_code == 404
    assert "vary" not in free.ask("/api/pulse").headers
