"""A callback's body -> what is wrong with it, if anything, before Dash stumbles over it. Pure.

It compares the body with the wires of a callback that exists: same outputs, inputs and states, in their order.
The values themselves are the callback's own business. What lets it go stands at `DashGuard` in `dash_shims`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pydantic_core

Wire = tuple[str, str]
"""An element's id as Dash writes it (a pattern is JSON) and a property."""


def callback_problem(body: bytes, callbacks: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a body; null when Dash can take it. `callbacks` is Dash's own map."""
    try:
        # This parser ends at 200 levels; Python's own would exhaust the stack some calls later.
        request = pydantic_core.from_json(body)
    except ValueError as problem:
        return f"the body is not JSON: {problem}"
    if not isinstance(request, dict) or not isinstance(request.get("output"), str):
        return "the body must be an object that names its output"
    callback = callbacks.get(request["output"])
    if callback is None:
        return "no callback has this output"
    return _wiring_problem(request, callback)


def _wiring_problem(request: Mapping[str, Any], callback: Mapping[str, Any]) -> str | None:
    wanted = {
        "inputs": [(wire["id"], wire["property"]) for wire in callback["inputs"]],
        "state": [(wire["id"], wire["property"]) for wire in callback["state"]],
    }
    for part, wires in wanted.items():
        if not _are(request.get(part, []), wires):
            return f"{part} must be the callback's own: {len(wires)} in their order"
    if not callback["no_output"] and not _are_outputs(request.get("outputs"), callback["output"]):
        return "outputs must be the callback's own"
    changed = request.get("changedPropIds", [])
    if not (isinstance(changed, list) and all(isinstance(name, str) for name in changed)):
        return "changedPropIds must be a list of names"
    return None


def _are_outputs(given: Any, outputs: Any) -> bool:
    if not isinstance(outputs, list | tuple):
        return _is(given, (outputs.component_id_str(), outputs.component_property))
    return _are(given, [(output.component_id_str(), output.component_property) for output in outputs])


def _are(given: Any, wires: Sequence[Wire]) -> bool:
    return isinstance(given, list) and len(given) == len(wires) and all(map(_is, given, wires))


def _is(given: Any, wire: Wire) -> bool:
    """Whether this is the property a wire leads to, or all those that its pattern matched."""
    if '["ALL' in wire[0]:
        return isinstance(given, list) and all(_is_property(one, wire) for one in given)
    return _is_property(given, wire)


def _is_property(given: Any, wire: Wire) -> bool:
    name, prop = wire
    if not isinstance(given, dict) or not isinstance(given.get("property"), str):
        return False
    # Dash tells several callbacks with one output apart by a mark after an @.
    return given["property"].partition("@")[0] == prop and _is_id(given.get("id"), name)


def _is_id(given: Any, name: str) -> bool:
    if not name.startswith("{"):
        return bool(given == name)
    if not isinstance(given, dict) or set(given) != set(json.loads(name)):
        return False
    return all(isinstance(value, str | int | float) for value in given.values())
