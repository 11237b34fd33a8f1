"""The graph shows what the state says, and only what changed is sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dash import no_update
from dash.exceptions import PreventUpdate
from support.components import of_class, parts, text_of
from support.states import diverged_state, empty_state, failing_state, ready_state, running_state, with_text

from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from dash_app import ids
from dash_app.callbacks.graph import details_news, graph_news
from dash_app.views.graph.elements import Element, digests, graph_elements, graph_positions
from dash_app.views.graph.pipeline_graph import render_empty, render_graph_panel
from dash_app.views.graph.stage_details import render_stage_details
from dash_app.views.graph.stage_list import render_stage_list
from dash_app.views.page import render_page

STATES = [ready_state, failing_state, running_state, diverged_state, empty_state]
ELEMENTS, LAYOUT, NEWS, SHOWN = 0, 1, 2, 3


def by_id(state: DashboardState) -> dict[str, dict[str, Any]]:
    return {element["data"]["id"]: element["data"] for element in graph_elements(state)}


def shown(state: DashboardState | None) -> dict[str, str]:
    return digests(state, graph_elements(state))


def changed(state: DashboardState, **nodes: dict[str, Any]) -> DashboardState:
    """The same state with some fields of some nodes set; `_` in a stage's name stands for `-`."""
    raw = state.model_dump(mode="json")
    for name, fields in nodes.items():
        raw["nodes"][name.replace("_", "-")] |= fields
    return DashboardState.model_validate(raw)


@pytest.mark.parametrize("make", STATES)
def test_every_stage_of_both_views_is_a_node_with_the_status_of_the_state(make: Any) -> None:
    """Eighteen stages; nothing is turned into another status on the way."""
    state = make()

    statuses = {name: data["status"] for name, data in by_id(state).items() if "status" in data}

    assert len(statuses) == 18
    assert statuses == {name: node.status.value for name, node in state.nodes.items()}


def test_elements_carry_no_place_so_that_a_dragged_card_stays() -> None:
    """Places are the layout's; every node has one there."""
    state = ready_state()
    elements = graph_elements(state)

    assert {key for element in elements for key in element} == {"data"}
    assert graph_positions(state)["positions"].keys() == state.nodes.keys()


def test_edges_into_a_running_stage_flow_and_those_out_of_a_failed_one_say_so() -> None:
    """The flow is told by the two ends' statuses."""
    running, failing = by_id(running_state()), by_id(failing_state())

    assert running["dqvl>swinmae"]["flow"] == "running"
    assert running["dqvl>patchtst"]["flow"] == "done"
    assert failing["artifact-save>validation-gate"]["flow"] == "fail"
    assert by_id(empty_state())["dqvl>swinmae"]["flow"] == "idle"


def test_a_stage_that_the_state_does_not_tell_about_is_idle_never_done() -> None:
    """Cannot tell is no good news."""
    raw = ready_state().model_dump(mode="json")
    del raw["nodes"]["dqvl"]

    data = by_id(DashboardState.model_validate(raw))["dqvl"]

    assert (data["status"], data["message"]) == ("idle", "not reported")


def test_a_running_stream_tells_its_share_and_its_expected_end() -> None:
    """Instants, so that the page can count; an end only where the state knows one."""
    end = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
    raw = running_state().model_dump(mode="json")
    raw["metrics"]["swinmae"]["completion"]["expected_end_at"] = end.isoformat()

    data = by_id(DashboardState.model_validate(raw))

    assert data["swinmae"]["progress"] == pytest.approx(3 / 30)
    assert data["swinmae"]["ends_at"] == "2026-11-23T12:05:00.000Z"
    assert data["patchtst"]["ends_at"] is None


def test_a_stalled_stream_tells_since_when_it_is_silent_and_no_expected_end() -> None:
    """What is silent is not told to end in 95 s."""
    last = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    raw = running_state().model_dump(mode="json")
    raw["nodes"]["swinmae"]["status"] = "stalled"
    raw["metrics"]["swinmae"]["completion"] |= {
        "status": "stalled",
        "last_record_at": last.isoformat(),
        "expected_end_at": (last + timedelta(minutes=3)).isoformat(),
    }

    data = by_id(DashboardState.model_validate(raw))["swinmae"]

    assert (data["silent_since"], data["ends_at"]) == ("2026-11-23T12:00:00.000Z", None)


def test_a_finished_stage_shows_no_bar() -> None:
    """Progress is for what is under way."""
    assert by_id(ready_state())["patchtst"]["progress"] is None


def test_nothing_is_sent_when_nothing_changed() -> None:
    """A new version of the state that looks the same in the graph is no news."""
    state = running_state()
    later = state.model_copy(update={"notices": ("polling",)})

    with pytest.raises(PreventUpdate):
        graph_news(later, shown(state))


def test_what_may_change_is_sent_of_every_element() -> None:
    """Whole: an answer that the next one overtakes takes nothing along."""
    before = running_state()
    after = changed(before, swinmae={"status": "done", "message": "30 of 30 epochs"})

    news = graph_news(after, shown(before))

    assert [data["id"] for data in news[NEWS]] == [element["data"]["id"] for element in graph_elements(after)]
    told = {data["id"]: data for data in news[NEWS]}
    assert (told["swinmae"]["status"], told["swinmae"]["message"]) == ("done", "30 of 30 epochs")
    assert told["dqvl>swinmae"] == {"id": "dqvl>swinmae", "flow": "done"}
    assert news[SHOWN] == shown(after)


def test_an_update_never_sends_places_or_ways_so_zoom_pan_and_drags_survive() -> None:
    """Elements and layout stay as they are while the pipeline is the same; a drag has bent the ways of edges."""
    before = running_state()

    news = graph_news(changed(before, dqvl={"message": "1 warning"}), shown(before))

    assert news[ELEMENTS] is no_update
    assert news[LAYOUT] is no_update
    fixed = {"w", "h", "order", "view", "frame", "weights", "distances", "leaves", "enters"}
    assert not {key for data in news[NEWS] for key in data} & fixed


def test_details_that_look_the_same_are_not_sent_again() -> None:
    """A new version of the state that says nothing else about the stage."""
    details = render_stage_details(running_state(), "patchtst")
    _, digest = details_news(details, None)

    with pytest.raises(PreventUpdate):
        details_news(render_stage_details(running_state(), "patchtst"), digest)


def test_another_pipeline_is_drawn_anew() -> None:
    """A stage that moved or came makes a new drawing, with its places."""
    before = ready_state()
    raw = before.model_dump(mode="json")
    raw["pipeline"]["stages"][0]["position"]["row"] = 0.0
    after = DashboardState.model_validate(raw)

    news = graph_news(after, shown(before))

    assert news[ELEMENTS] == graph_elements(after)
    assert news[LAYOUT] == graph_positions(after)


def test_the_first_state_fills_an_empty_panel() -> None:
    """The page was opened before anything had been collected."""
    news = graph_news(ready_state(), shown(None))

    assert len([e for e in news[ELEMENTS] if "source" not in e["data"]]) == 18
    page = render_page(ready_state(), None)
    assert page[ids.GRAPH_EMPTY] == []
    assert len(page[ids.STAGE_LIST]) == 18


def test_without_a_state_the_panel_says_so_and_holds_every_part() -> None:
    """The wires find their elements, and a person finds a sentence."""
    panel = render_graph_panel(None)
    names = {getattr(part, "id", None) for part in parts(panel)}

    assert "once there is a state" in text_of(panel)
    assert {ids.GRAPH, ids.GRAPH_OVERLAY, ids.STAGE_LIST, ids.STAGE_DETAILS, ids.GRAPH_SHOWN} <= names


def test_the_legend_tells_each_status_by_icon_and_word() -> None:
    """Never by colour alone."""
    (legend,) = of_class(render_graph_panel(ready_state()), "legend")

    assert text_of(legend).split() == [status.value for status in Status]
    assert [icon.className for icon in of_class(legend, "icon")] == [f"icon icon-{s.value}" for s in Status]


@pytest.mark.parametrize("make", STATES)
def test_the_list_says_what_the_graph_says(make: Any) -> None:
    """A phone shows the same stages, states and messages, in the order of work."""
    state = make()
    rows = {
        of_class(row, "stage-row")[0].to_plotly_json()["props"]["data-stage"]: row for row in render_stage_list(state)
    }

    assert rows.keys() == state.nodes.keys()
    for name, node in state.nodes.items():
        assert f"is-{node.status.value}" in rows[name].className
        assert node.status.value in text_of(rows[name])
        assert node.message in text_of(rows[name])


def test_text_of_files_is_data_and_never_markup() -> None:
    """A message full of markup goes to the page as the same characters."""
    hostile = "<img src=x onerror=alert(1)>"
    state = with_text(ready_state(), hostile)

    assert by_id(state)["patchtst"]["message"] == hostile
    assert hostile in text_of(render_stage_list(state))


def test_elements_are_plain_json() -> None:
    """Nothing but text, numbers, lists and null goes over the wire."""
    elements: list[Element] = graph_elements(running_state())

    assert json.loads(json.dumps(elements, allow_nan=False)) == elements


def test_nothing_of_the_canvas_shows_or_moves_before_its_script_has_drawn_it() -> None:
    panel = render_graph_panel(ready_state())
    (canvas,) = of_class(panel, "graph-surface")
    props = canvas.to_plotly_json()["props"]

    assert props["stylesheet"] == [{"selector": "*", "style": {"opacity": 0}}]
    assert (props["minZoom"], props["maxZoom"], props["autoRefreshLayout"]) == (0.1, 4, False)
    assert props["elements"] == graph_elements(ready_state()) and props["layout"] == graph_positions(ready_state())
    assert getattr(of_class(panel, "graph-canvas")[0], "data-shown-view") == "flow"
    assert getattr(of_class(render_graph_panel(ready_state(), "gate"), "graph-canvas")[0], "data-shown-view") == "gate"
    assert getattr(of_class(render_graph_panel(None), "graph-canvas")[0], "data-shown-view") == ""
    assert of_class(panel, "stage-details")[0].tabIndex == 0


def test_the_graphs_tools_are_signs_or_icons_and_two_of_them_can_be_pressed_in() -> None:
    tools = of_class(render_graph_panel(ready_state()), "graph-tool")

    assert [getattr(tool, "data-graph-tool") for tool in tools] == ["zoom-out", "zoom-in", "fit", "pause", "touch"]
    assert [getattr(tool, "aria-pressed", None) for tool in tools] == [None, None, None, "false", "false"]
    assert [text_of(tool).split()[0] for tool in tools[:2]] == ["−", "+"]
    assert [len(of_class(tool, "icon")) for tool in tools] == [0, 0, 1, 1, 1]


def test_a_pipeline_without_stages_is_said_to_be_empty() -> None:
    state = ready_state()
    bare = state.model_copy(update={"pipeline": state.pipeline.model_copy(update={"stages": (), "edges": ()})})

    assert [len(render_empty(one)) for one in (state, bare, None)] == [0, 1, 1]


def test_the_list_has_rows_in_the_order_of_work_and_says_what_is_not_reported() -> None:
    raw = running_state().model_dump(mode="json")
    del raw["nodes"]["dqvl"]
    rows = render_stage_list(DashboardState.model_validate(raw))
    told = {getattr(of_class(row, "stage-row")[0], "data-stage"): row for row in rows}

    assert list(told)[:3] == ["orchestrator", "data-prep", "dqvl"]
    assert text_of(told["dqvl"]) == "Data quality idle not reported" and "is-idle" in told["dqvl"].className
    assert len(of_class(told["swinmae"], "stage-bar")) == 1 and not of_class(told["patchtst"], "stage-bar")
    assert [getattr(row, "data-stage-view") for row in rows] == ["flow"] * 8 + ["gate"] * 10
    assert render_stage_list(None) == []
