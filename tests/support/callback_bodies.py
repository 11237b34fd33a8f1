"""The wires of a page (`_dash-dependencies`) -> what its browser would send to each callback on the server."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]


def right_bodies(wires: list[Body]) -> list[Body]:
    """A right body for each callback that runs on the server, with null for every value."""
    return [right_body(wire) for wire in wires if not wire["clientside_function"]]


def right_body(wire: Body) -> Body:
    def asked(part: str) -> list[Body]:
        return [{"id": one["id"], "property": one["property"], "value": None} for one in wire[part]]

    return {
        "output": wire["output"],
        "outputs": outputs(wire["output"]),
        "inputs": asked("inputs"),
        "state": asked("state"),
        "changedPropIds": [f"{one['id']}.{one['property']}" for one in wire["inputs"][:1]],
    }


def outputs(named: str) -> Any:
    if not named.startswith(".."):
        return output(named)
    return [output(one) for one in named[2:-2].split("...")]


def output(named: str) -> Body:
    name, _, prop = named.rpartition(".")
    return {"id": name, "property": prop}
