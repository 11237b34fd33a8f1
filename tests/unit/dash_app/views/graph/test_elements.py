"""A small pipeline -> every element of it, number by number; what an edge says for each pair of statuses."""

from __future__ import annotations

from typing import Any

import pytest
from support.graph_cases import a_pipeline
from support.states import running_state

from collectors.contract.state import DashboardState
from dash_app.views.graph.elements import graph_elements, graph_positions

PLACES = [(2.0, 0.0), (1.0, 0.0), (0.0, 0.0), (3.0, 1.0)]
EDGES = [(2, 1), (1, 0), (2, 0), (0, 3)]


def small(nodes: dict[str, dict[str, Any]] | None = None) -> DashboardState:
    """Stages s2, s1, s0, s3 from the left, s1 and s0 in a frame; `nodes` are told of, beside s2."""
    raw = running_state().model_dump(mode="json")
    pipeline = a_pipeline(PLACES, EDGES, [0, 0]).model_dump(mode="json")
    raw["pipeline"] = {**raw["pipeline"], **{name: pipeline[name] for name in ("stages", "edges", "groups", "views")}}
    told = {"updated_at": "2026-11-23T12:00:00Z", "since": None, "checks": [], "artifacts": []}
    done = {"s2": {"status": "done", "message": "1 of 1", "checks": ["logs"]}}
    raw["nodes"] = {name: {**told, **node} for name, node in (done | (nodes or {})).items()}
    return DashboardState.model_validate(raw)


def test_a_node_says_its_stage_its_size_and_its_frame() -> None:
    """In the order of work, not of the file; centres stand apart, and nothing of them moves the page."""
    nodes = [element["data"] for element in graph_elements(small())][:4]
    size = {"w": 208.0, "h": 104.0}
    quiet = {"view": "flow", "progress": None, "ends_at": None, "silent_since": None}
    unknown = {"status": "idle", "message": "not reported", "checks": []}
    framed = {"frame": "flow-0", "frame_label": "g0"}
    alone = {"frame": None, "frame_label": None}

    assert nodes == [
        {"id": "s2", "label": "Stage 2", "status": "done", "message": "1 of 1", "checks": ["logs"], "order": 0,
         **alone, **size, **quiet},
        {"id": "s1", "label": "Stage 1", "order": 1, **unknown, **framed, **size, **quiet},
        {"id": "s0", "label": "Stage 0", "order": 2, **unknown, **framed, **size, **quiet},
        {"id": "s3", "label": "Stage 3", "order": 3, **unknown, **alone, **size, **quiet},
    ]  # fmt: skip
    assert graph_positions(small()) == {
        "name": "preset",
        "positions": {
            "s2": {"x": 104, "y": 52},
            "s1": {"x": 344, "y": 52},
            "s0": {"x": 582, "y": 52},
            "s3": {"x": 822, "y": 198},
        },
        "fit": False,
    }
    assert graph_positions(None) == {"name": "preset", "positions": {}, "fit": False}


def test_an_edge_says_where_it_meets_its_cards_and_how_it_bends() -> None:
    """Bends as shares of the way and distances to its right, below s1 for a label is above; straight ones have none."""
    edges = {element["data"]["id"]: element["data"] for element in graph_elements(small())[4:]}
    ends = {"view": "flow", "leaves": "104px 0px", "enters": "-104px 0px"}

    assert list(edges) == ["s0>s3", "s1>s0", "s2>s0", "s2>s1"]
    assert edges["s2>s1"] == {"id": "s2>s1", "source": "s2", "target": "s1", "flow": "done", **ends}
    past = edges["s2>s0"]
    assert past["weights"] == "0.05926 0.05926 0.17778 0.83333 0.94444 0.94444"
    assert past["distances"] == "0.000 61.000 61.000 61.000 61.000 0.000"
    down = edges["s0>s3"]
    assert (down["weights"], down["distances"]) == ("0.02292 0.97708", "-15.629 15.629")


def test_frames_of_a_group_in_two_parts_have_names_of_their_own() -> None:
    state = small()
    apart = a_pipeline([(0, 0), (0, 1), (0, 2)], [], [0, None, 0])
    elements = graph_elements(state.model_copy(update={"pipeline": apart}))

    assert {e["data"]["id"]: e["data"]["frame"] for e in elements} == {"s0": "flow-0", "s1": None, "s2": "flow-1"}


@pytest.mark.parametrize(
    ("leaves", "enters", "flow"),
    [
        ("done", "running", "running"),
        ("fail", "running", "running"),
        ("fail", "done", "fail"),
        ("fail", "idle", "fail"),
        ("done", "fail", "done"),
        ("idle", "done", "done"),
        ("done", None, "done"),
        (None, "done", "done"),
        ("running", "idle", "idle"),
        (None, None, "idle"),
        ("stalled", "fail", "idle"),
    ],
)
def test_what_flows_into_a_running_stage_out_of_a_failed_one_and_else_where_something_is_done(
    leaves: str | None, enters: str | None, flow: str
) -> None:
    nodes = {name: {"status": status, "message": ""} for name, status in (("s1", leaves), ("s0", enters)) if status}
    elements = {element["data"]["id"]: element["data"] for element in graph_elements(small(nodes))}

    assert elements["s1>s0"]["flow"] == flow
