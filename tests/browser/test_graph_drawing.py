"""The graph as it is drawn in a real browser: every stage, nothing on top of anything."""

from __future__ import annotations

from itertools import combinations

import pytest
from graph_page import GraphPage, graph_page
from support.page import Page
from support.states import failing_state, ready_state, running_state, with_text
from support.waiting import wait_for

from collectors.contract.state import DashboardState
from dash_app.views.graph.layout import arrange
from dash_app.views.graph.routes import route_edges

DRAWN_BENDS = """
return Object.fromEntries(pipelineGraph.cy.edges().filter((e) => e.data('view') === pipelineGraph.view)
  .map((e) => [e.id(), (e.controlPoints() || []).map((p) => [p.x, p.y])]))
"""
CANVAS_COLOUR = "return pipelineGraph.cy.edges('[flow = \"done\"]')[0].style('line-color')"


def touching(page: GraphPage) -> list[tuple[str, str]]:
    pairs = combinations(page.cards().items(), 2)
    return [
        (a, b)
        for (a, one), (b, two) in pairs
        if one["left"] < two["right"]
        and two["left"] < one["right"]
        and one["top"] < two["bottom"]
        and two["top"] < one["bottom"]
    ]


def outside(page: GraphPage) -> list[str]:
    canvas = page.box("#graph-canvas")
    return [
        stage
        for stage, card in page.cards().items()
        if card["left"] < canvas["left"]
        or card["right"] > canvas["right"]
        or card["top"] < canvas["top"]
        or card["bottom"] > canvas["bottom"]
    ]


def many_stages(count: int) -> DashboardState:
    """A training flow of so many stages, fifteen in a column."""
    raw = ready_state().model_dump(mode="json")
    others = [stage for stage in raw["pipeline"]["stages"] if stage["view"] != "flow"]
    names = {stage["id"] for stage in others}
    many = [
        {
            "id": f"task-{n}",
            "label": f"Task {n}",
            "group": None,
            "view": "flow",
            "position": {"column": n // 15, "row": n % 15},
        }
        for n in range(count)
    ]
    raw["pipeline"]["stages"] = [*many, *others]
    raw["pipeline"]["edges"] = [{"source": f"task-{n}", "target": f"task-{n + 15}"} for n in range(count - 15)] + [
        edge for edge in raw["pipeline"]["edges"] if edge["target"] in names
    ]
    node = raw["nodes"]["patchtst"]
    raw["nodes"] |= {stage["id"]: node for stage in many}
    return DashboardState.model_validate(raw)


def test_all_eighteen_stages_stand_in_two_views_as_the_state_says(own_page: Page) -> None:
    """Status, message and name of every card are the state's."""
    state = failing_state()
    page = graph_page(own_page, state)
    flow = page.cards()
    page.show("gate")
    gate = page.cards()
    labels = {stage.id: stage.label for stage in state.pipeline.stages}

    assert (len(flow), len(gate)) == (8, 10)
    for stage, card in (flow | gate).items():
        node = state.nodes[stage]
        assert card["status"] == node.status.value
        assert card["name"] == f"{labels[stage]}, {node.status.value}, {node.message}"
        assert node.status.value in card["text"]


@pytest.mark.parametrize("view", ["flow", "gate"])
def test_the_whole_view_is_seen_readable_without_zooming_and_bent_where_it_was_computed(
    own_page: Page, view: str
) -> None:
    """At 1440x900: every card inside the panel, none on another, text at its full size. And what is proved of the
    computed ways holds for the drawn ones."""
    state = running_state()
    page = graph_page(own_page, state, f"?view={view}")
    page.wait(f"pipelineGraph.view === '{view}'", "the view of the address")

    assert outside(page) == []
    assert touching(page) == []
    assert page.viewport()["zoom"] >= 0.95
    assert page.box("#graph-canvas")["bottom"] < 900
    assert_bends(page, state, view)


def assert_bends(page: GraphPage, state: DashboardState, view: str) -> None:
    """Each edge's bends are those that were computed."""
    routes = route_edges(arrange(state.pipeline, view), state.pipeline.edges)

    drawn = page.ask(DRAWN_BENDS)

    assert drawn.keys() == {f"{source}>{target}" for source, target in routes}
    for (source, target), route in routes.items():
        bends = [place for point in drawn[f"{source}>{target}"] for place in point]
        wanted = [place for point in route.controls for place in point]
        assert bends == pytest.approx(wanted, abs=0.1)


def test_the_graph_fits_again_when_the_panel_changes_its_size(own_page: Page) -> None:
    """Narrower, wider, and back from a phone's list; nobody has zoomed."""
    page = graph_page(own_page, ready_state())
    page.size(390, 844)
    page.wait("document.getElementById('stage-list').clientHeight > 100", "the list of a phone")
    for width, height in ((1024, 768), (1700, 1000), (1440, 900)):
        page.size(width, height)
        wait_for(lambda width=width: page.ask("return innerWidth") == width, "the new size")
        wait_for(lambda: outside(page) == [], f"the graph to fit at {width} px")

    assert len(page.cards()) == 8
    assert 0.9 < page.viewport()["zoom"] < 1.2


def test_a_person_who_zoomed_keeps_that_zoom_when_the_panel_changes(own_page: Page) -> None:
    """Until the fit button is pressed."""
    page = graph_page(own_page, ready_state())
    page.press("[data-graph-tool='zoom-in']")
    zoomed = page.viewport()["zoom"]
    page.size(1300, 900)
    page.wait("pipelineGraph.cy.width() < 900", "the narrower canvas")

    assert page.viewport()["zoom"] == zoomed

    page.press("[data-graph-tool='fit']")
    assert outside(page) == []


def test_colours_follow_the_theme(own_page: Page) -> None:
    """The canvas takes them from the tokens, the system's wish and the switch alike."""
    page = graph_page(own_page, ready_state())
    assert page.ask(CANVAS_COLOUR) == "rgb(0,158,115)"

    page.media(prefers_color_scheme="dark")

    wait_for(lambda: page.ask(CANVAS_COLOUR) == "rgb(53,199,156)", "the dark colour")
    page.ask("document.documentElement.dataset.theme = 'light'")
    wait_for(lambda: page.ask(CANVAS_COLOUR) == "rgb(0,158,115)", "the light colour")


def test_three_hundred_stages_are_labelled_by_the_canvas(own_page: Page) -> None:
    """Label and word of the status are there, and the keyboard still has a button for each."""
    page = graph_page(own_page, many_stages(300))

    label = page.ask("return pipelineGraph.cy.getElementById('task-7').style('label')")

    assert label == "Task 7\n✓ done"
    assert len(page.cards()) == 300
    assert page.ask("return document.querySelectorAll('.stage-card *').length") == 0
    assert page.ask("return [...pipelineGraph.cards.values()].filter((c) => !c.hidden && c.tabIndex === 0).length") == 1


def test_text_of_files_is_shown_as_text(own_page: Page) -> None:
    """A message of markup runs nothing and adds no element."""
    hostile = "<img src=x onerror='window.ran = true'>" + " of a message that no card has room for" * 3
    page = graph_page(own_page, with_text(failing_state(), hostile))
    page.at("artifact-save").perform()
    page.wait("!document.querySelector('.graph-tip').hidden", "the tip with the whole text")
    page.at("artifact-save").click().perform()
    page.wait("document.querySelector('.stage-head')", "the details")

    assert page.ask("return window.ran") is None
    assert page.ask("return document.querySelectorAll('.graph-room img').length") == 0
    assert hostile in page.cards()["patchtst"]["name"]
