"""State -> cytoscape elements and their places: data only, no colour, no class.

Statuses were decided in `collectors/`; here they are copied, with the instants that the page counts
from. Equal digests look the same, so that only what changed is sent. It knows no clock.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from collectors.contract.graph import Node, Pipeline, StageInfo
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.digest import short_digest
from collectors.numbers import iso_text
from dash_app.views.graph.layout import Arrangement, Frame, arrange, reading_order
from dash_app.views.graph.routes import Route, route_edges
from dash_app.views.graph.stage_progress import Progress, stage_progress

Element = dict[str, dict[str, Any]]

CHANGING: Final = frozenset({"id", "status", "message", "checks", "flow", "progress", "ends_at", "silent_since"})
"""What may change while the pipeline stays the same. The rest is not sent again: it would undo what
a person dragged."""


class _Drawing(NamedTuple):
    """What is fixed while the pipeline stays the same."""

    arrangements: Mapping[str, Arrangement]
    routes: Mapping[tuple[str, str], Route]
    orders: Mapping[str, int]


def graph_elements(state: DashboardState | None) -> list[Element]:
    """Return nodes, then edges, of every view; places are given by `graph_positions`."""
    if state is None:
        return []
    drawing = _drawing(state.pipeline)
    stages = sorted(state.pipeline.stages, key=lambda stage: drawing.orders[stage.id])
    nodes = [{"data": _node_data(stage, state, drawing)} for stage in stages]
    edges = [{"data": _edge_data(ends, route, state)} for ends, route in sorted(drawing.routes.items())]
    return nodes + edges


def graph_positions(state: DashboardState | None) -> dict[str, Any]:
    """Return the preset layout: stage id -> centre of its card, in graph units."""
    if state is None:
        return {"name": "preset", "positions": {}, "fit": False}
    centres = {
        stage: card.middle._asdict()
        for arrangement in _drawing(state.pipeline).arrangements.values()
        for stage, card in arrangement.cards.items()
    }
    return {"name": "preset", "positions": centres, "fit": False}


def digests(state: DashboardState | None, elements: Sequence[Element]) -> dict[str, str]:
    """Return the digest of the drawing (`pipeline`) and of all that its elements say (`look`)."""
    drawing = state.pipeline.model_dump_json() if state else ""
    return {"pipeline": short_digest(drawing), "look": short_digest(json.dumps(elements, sort_keys=True))}


def changing_data(elements: Iterable[Element]) -> list[dict[str, Any]]:
    """Return what may change of each element while the pipeline stays the same."""
    return [{key: value for key, value in e["data"].items() if key in CHANGING} for e in elements]


@lru_cache(maxsize=8)
def _drawing(pipeline: Pipeline) -> _Drawing:
    views = [view.id for view in pipeline.views]
    arrangements = {view: arrange(pipeline, view) for view in views}
    routes: dict[tuple[str, str], Route] = {}
    for arrangement in arrangements.values():
        routes |= route_edges(arrangement, pipeline.edges)
    order = [stage for view in views for stage in reading_order(pipeline, view)]
    return _Drawing(arrangements, routes, {stage: index for index, stage in enumerate(order)})


def _node_data(stage: StageInfo, state: DashboardState, drawing: _Drawing) -> dict[str, Any]:
    node = state.nodes.get(stage.id)
    status = node.status if node else Status.IDLE
    message = node.message if node else "not reported"
    arrangement = drawing.arrangements[stage.view]
    card = arrangement.cards[stage.id]
    return {
        "id": stage.id,
        "label": stage.label,
        "status": status.value,
        "message": message,
        "view": stage.view,
        "order": drawing.orders[stage.id],
        "w": card.right - card.left,
        "h": card.bottom - card.top,
        "checks": list(node.checks) if node else [],
        **_frame_data(stage, arrangement),
        **_progress_data(stage_progress(state, stage.id)),
    }


def _frame_data(stage: StageInfo, arrangement: Arrangement) -> dict[str, Any]:
    """Which frame stands around a stage: the page draws it around all that name the same one."""
    card = arrangement.cards[stage.id]
    holds: list[tuple[int, Frame]] = [
        (index, frame)
        for index, frame in enumerate(arrangement.frames)
        if frame.group == stage.group and frame.box.meets(card)
    ]
    if not holds:
        return {"frame": None, "frame_label": None}
    index, frame = holds[0]
    return {"frame": f"{stage.view}-{index}", "frame_label": frame.label}


def _progress_data(progress: Progress) -> dict[str, Any]:
    return {
        "progress": progress.share,
        "ends_at": iso_text(progress.ends_at) if progress.ends_at else None,
        "silent_since": iso_text(progress.silent_since) if progress.silent_since else None,
    }


def _edge_data(ends: tuple[str, str], route: Route, state: DashboardState) -> dict[str, Any]:
    source, target = ends
    nodes = state.nodes
    weights, distances = _along_and_across(route)
    views = {stage.id: stage.view for stage in state.pipeline.stages}
    return {
        "id": f"{source}>{target}",
        "source": source,
        "target": target,
        "view": views[source],
        "flow": _flow(nodes.get(source), nodes.get(target)),
        **_ports(route, ends, _drawing(state.pipeline).arrangements[views[source]]),
        **({"weights": weights, "distances": distances} if route.controls else {}),
    }


def _flow(source: Node | None, target: Node | None) -> str:
    """What passes an edge: `running` into a running stage, `fail` out of a failed one."""
    leaves = source.status if source else Status.IDLE
    enters = target.status if target else Status.IDLE
    if enters is Status.RUNNING:
        return Status.RUNNING.value
    if leaves is Status.FAIL:
        return Status.FAIL.value
    return (Status.DONE if Status.DONE in {leaves, enters} else Status.IDLE).value


def _ports(route: Route, ends: tuple[str, str], arrangement: Arrangement) -> dict[str, str]:
    """Where the edge meets its two cards, from their centres, as the canvas wants it."""
    (source, target), cards = ends, arrangement.cards
    leave, enter = cards[source].middle, cards[target].middle
    return {
        "leaves": f"{route.start.x - leave.x:g}px {route.start.y - leave.y:g}px",
        "enters": f"{route.end.x - enter.x:g}px {route.end.y - enter.y:g}px",
    }


def _along_and_across(route: Route) -> tuple[str, str]:
    """Control points as shares of the way from end to end and distances to its right."""
    (ax, ay), (bx, by) = route.start, route.end
    length = math.dist(route.start, route.end)  # ends are on two cards, which never touch
    ux, uy = (bx - ax) / length, (by - ay) / length
    offsets = [(x - ax, y - ay) for x, y in route.controls]
    along = [f"{(dx * ux + dy * uy) / length:.5f}" for dx, dy in offsets]
    across = [f"{dy * ux - dx * uy:.3f}" for dx, dy in offsets]
    return " ".join(along), " ".join(across)
