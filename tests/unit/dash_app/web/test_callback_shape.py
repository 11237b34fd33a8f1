"""Every callback of the real page, asked rightly once and wrongly in every place."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.callback_bodies import Body, right_bodies
from support.server import RunningServer, start_server
from support.states import good_state

from collectors.store.store import Store
from dash_app.web.callback_shape import callback_problem

CALLBACK = "_dash-update-component"
ODD = (None, 1, -1.5, True, "x", "", [], {}, [[[]]], {"a": {}}, [None], "..", "a.b")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = start_server(tmp_path_factory.mktemp("callbacks"))
    Store(running.state_dir).write_state(good_state())
    yield running
    running.stop()


@pytest.fixture(scope="module")
def bodies(server: RunningServer) -> list[Body]:
    """A right body for each callback that runs on the server, as the browser would send it."""
    return right_bodies(server.get("_dash-dependencies").json())


def test_a_right_body_is_answered(server: RunningServer, bodies: list[Body]) -> None:
    assert bodies
    assert {status(server, body) for body in bodies} <= {200, 204}


def test_a_body_that_is_wrong_in_one_place_is_never_the_servers_fault(
    server: RunningServer, bodies: list[Body]
) -> None:
    """Each place of each body is taken out or replaced by each odd thing; none is a 500."""
    wrong = [(place, body) for right in bodies for place, body in spoilt(right) if "'value'" not in place]

    assert len(wrong) > 300
    assert [place for place, body in wrong if status(server, body) >= 500] == []


def test_a_value_of_an_odd_kind_is_never_the_servers_fault(server: RunningServer, bodies: list[Body]) -> None:
    """What the browser keeps is text that anybody may send: a callback takes nothing for granted."""
    wrong = [(place, body) for right in bodies for place, body in spoilt(right) if "'value'" in place]

    assert len(wrong) > 30
    assert [place for place, body in wrong if status(server, body) >= 500] == []


def test_a_wire_of_another_callback_is_refused(server: RunningServer, bodies: list[Body]) -> None:
    for body in bodies:
        stolen = copy.deepcopy(body)
        stolen["inputs"][0]["id"] = "page"
        assert status(server, stolen) == 400


def test_an_id_with_other_keys_than_its_pattern_is_refused() -> None:
    pattern = '{"index":["ALL"],"type":"node"}'

    def told(given: Any) -> str | None:
        wires = {"inputs": [{"id": pattern, "property": "n_clicks"}], "state": [], "no_output": True}
        body = {"output": "..", "inputs": [[{"id": given, "property": "n_clicks"}]]}
        return callback_problem(json.dumps(body).encode(), {"..": wires})

    assert told({"index": "a", "type": "node"}) is None
    for wrong in ({"index": "a"}, {"index": "a", "type": "node", "more": 1}, "index", 7, ["index", "type"]):
        assert told(wrong) is not None, wrong


def spoilt(right: Body) -> Iterator[tuple[str, Body]]:
    for place in places(right):
        for odd in ODD:
            body = copy.deepcopy(right)
            parent_of(body, place)[place[-1]] = odd
            yield f"{place} = {odd!r} in {right['output'][:40]}", body
        body = copy.deepcopy(right)
        del parent_of(body, place)[place[-1]]
        yield f"{place} left out of {right['output'][:40]}", body


def places(value: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if so_far:
        yield so_far
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*so_far, key))


def parent_of(body: Body, place: tuple[Any, ...]) -> Any:
    parent: Any = body
    for key in place[:-1]:
        parent = parent[key]
    return parent


def status(server: RunningServer, body: Body) -> int:
    return server.client.post(CALLBACK, json=body).status_code
