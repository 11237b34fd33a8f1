"""One callback with several wires, asked rightly and with one thing wrong: what is said of each; without a server."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from dash import Input, Output

from dash_app.web.callback_shape import callback_problem

PATTERN = '{"index":["ALL"],"type":"node"}'
NODE = {"id": {"index": 1, "type": "node"}, "property": "n_clicks"}
CALLBACK: dict[str, Any] = {
    "inputs": [{"id": "a", "property": "x"}, {"id": PATTERN, "property": "n_clicks"}],
    "state": [{"id": "b", "property": "y"}],
    "output": [Output("c", "data"), Output("d", "data", allow_duplicate=True)],
    "no_output": False,
}
RIGHT: dict[str, Any] = {
    "output": "..c.data...d.data..",
    "outputs": [{"id": "c", "property": "data"}, {"id": "d", "property": "data@1f"}],
    "inputs": [{"id": "a", "property": "x", "value": 1}, [NODE, NODE]],
    "state": [{"id": "b", "property": "y"}],
    "changedPropIds": ["a.x"],
}
NAME = RIGHT["output"]


def told(**changes: Any) -> str | None:
    body = {key: value for key, value in (copy.deepcopy(RIGHT) | changes).items() if value is not None}
    return callback_problem(json.dumps(body).encode(), {NAME: CALLBACK})


def test_a_right_body_has_nothing_wrong() -> None:
    assert told() is None
    assert told(changedPropIds=None) is None
    assert told(inputs=[RIGHT["inputs"][0], []]) is None, "no element fits the pattern now"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"output": None}, "must be an object that names its output"),
        ({"output": "e.data"}, "no callback has this output"),
        ({"inputs": RIGHT["inputs"][:1]}, "inputs must be the callback's own: 2 in their order"),
        ({"inputs": RIGHT["inputs"][::-1]}, "inputs must be"),
        ({"inputs": [{"id": "a", "property": "z"}, []]}, "inputs must be"),
        ({"inputs": [{"id": "a"}, []]}, "inputs must be"),
        ({"inputs": [{"id": "a", "property": "x"}, NODE]}, "inputs must be"),
        ({"inputs": [{"id": "a", "property": "x"}, [NODE, {"id": {"index": []}, "property": "n_clicks"}]]}, "inputs"),
        (
            {"inputs": [{"id": "a", "property": "x"}, [{"id": {"index": [], "type": "n"}, "property": "n_clicks"}]]},
            "inp",
        ),
        ({"inputs": {}}, "inputs must be"),
        ({"state": None}, "state must be the callback's own: 1 in their order"),
        ({"state": [{"id": "b", "property": 7}]}, "state must be"),
        ({"outputs": None}, "outputs must be the callback's own"),
        ({"outputs": RIGHT["outputs"][:1]}, "outputs must be"),
        ({"outputs": RIGHT["outputs"][0]}, "outputs must be"),
        ({"changedPropIds": "a.x"}, "changedPropIds"),
        ({"changedPropIds": ["a.x", 1]}, "changedPropIds"),
    ],
)
def test_one_thing_that_is_wrong_is_named(changes: dict[str, Any], said: str) -> None:
    assert (told(**changes) or "").startswith(said) or said in (told(**changes) or "")


def test_a_single_output_is_no_list_and_where_there_is_none_nothing_is_asked_of_it() -> None:
    def problem(outputs: Any, **callback: Any) -> str | None:
        body = {"output": "c.data", "outputs": outputs, "inputs": []}
        wires = {"inputs": [], "state": [], "output": Output("c", "data"), "no_output": False} | callback
        return callback_problem(json.dumps(body).encode(), {"c.data": wires})

    assert problem({"id": "c", "property": "data"}) is None
    assert problem([{"id": "c", "property": "data"}]) is not None
    assert problem(None, no_output=True) is None
    assert Input("c", "data").component_id_str() == "c"


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b'{"output": 1}'])
def test_what_is_no_object_with_an_output_is_said_to_be_none(body: bytes) -> None:
    assert callback_problem(body, {NAME: CALLBACK}) is not None
