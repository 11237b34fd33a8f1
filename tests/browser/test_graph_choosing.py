"""Selecting a stage, by every means, and what a person keeps when the state changes."""

from __future__ import annotations

import json
from typing import Any

from graph_page import GraphPage, graph_page
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.page import Page, mouse_over
from support.states import failing_state, running_state
from support.waiting import wait_for

from collectors.contract.state import DashboardState

FOCUSED = "return document.activeElement.dataset.stage || null"
SELECTED = "return [...document.querySelectorAll('.stage-card[aria-current]')].map((c) => c.dataset.stage)"
TOLD = "return (document.querySelector('.stage-head:not(:has(.stage-why)) .stage-label') || {}).textContent || null"
"""The selected stage whose details are shown; null for one that the page has chosen by itself."""
LISTEN = """
window.answers = [];
const plain = window.fetch;
window.fetch = async (...call) => {
  const answer = await plain(...call);
  if (String(call[0].url || call[0]).includes('_dash-update-component')) answers.push(await answer.clone().text());
  return answer;
};
"""

LATE = """
const cy = pipelineGraph.cy, messages = [];
const stage = () => cy.getElementById("patchtst");
stage().data("message", "epoch 0");
messages.push(stage().data("message"));
await null;
messages.push(stage().data("message"));
const old = stage().json();
cy.remove(stage());
cy.add({...old, data: {...old.data, message: "epoch 0"}});
await null;
messages.push(stage().data("message"));
return messages;
"""


def changed(state: DashboardState, stage: str, **fields: Any) -> DashboardState:
    raw = state.model_dump(mode="json")
    raw["nodes"][stage] |= fields
    return DashboardState.model_validate(raw)


def keys(page: GraphPage, *pressed: str) -> None:
    for key in pressed:
        ActionChains(page.driver).send_keys(key).perform()


def answers_about(page: GraphPage, output: str) -> list[Any]:
    bodies = [json.loads(text)["response"] for text in page.ask("return answers") if text]
    return [body[output] for body in bodies if output in body]


def test_an_update_changes_one_card_and_nothing_a_person_did(own_page: Page) -> None:
    """Zoom, pan, a dragged card, selection, view and scroll stay; the drawing is not sent again."""
    state = running_state()
    page = graph_page(own_page, state)
    page.press("[data-graph-tool='zoom-in']")
    page.at("artifact-save").click_and_hold().move_by_offset(0, 40).move_by_offset(0, 30).release().perform()
    page.at("swinmae").click().perform()
    wait_for(lambda: page.ask(TOLD) == "SwinMAE", "the details")
    page.ask("scrollTo(0, 120)")
    before, box = page.viewport(), page.box("#graph-canvas")
    place = page.ask("return pipelineGraph.cy.getElementById('artifact-save').position()")
    page.ask(LISTEN)

    page.write(changed(state, "dqvl", message="2 warnings in 5 reports"))

    wait_for(lambda: "2 warnings" in page.cards()["dqvl"]["text"], "the new message")
    assert page.viewport() == before
    assert page.box("#graph-canvas") == box
    assert page.ask("return pipelineGraph.cy.getElementById('artifact-save').position()") == place
    assert page.ask(SELECTED) == ["swinmae"]
    (sent,) = answers_about(page, "graph-news")
    assert "2 warnings in 5 reports" in [data.get("message") for data in sent["data"]]
    assert answers_about(page, "graph") == []


def test_a_new_version_that_looks_the_same_sends_nothing_to_the_graph(own_page: Page) -> None:
    """A notice came: the graph's wire answers without a body."""
    state = running_state()
    page = graph_page(own_page, state)
    page.ask(LISTEN)

    page.write(state.model_copy(update={"notices": ("polling instead of notifications",)}))

    page.wait("document.querySelector('.notices')", "the notice")
    assert answers_about(page, "graph-news") == []
    assert answers_about(page, "graph-shown") == []


def test_what_is_written_late_into_the_drawing_is_corrected_at_once(own_page: Page) -> None:
    """The component writes what was true before, into an element that is there and into one that it adds anew."""
    page = graph_page(own_page, running_state())
    told = page.ask("return pipelineGraph.cy.getElementById('patchtst').data('message')")

    late = page.ask(LATE)

    assert late == ["epoch 0", told, told]


def test_each_view_keeps_its_own_zoom(own_page: Page) -> None:
    """To the gate and back: what was zoomed stays zoomed, the other view fits."""
    page = graph_page(own_page, failing_state())
    page.press("[data-graph-tool='zoom-in']")
    page.press("[data-graph-tool='zoom-in']")
    zoomed = page.viewport()

    page.show("gate")
    fitted = page.viewport()
    page.show("flow")

    assert fitted["zoom"] < zoomed["zoom"]
    assert page.viewport() == zoomed


def test_the_keyboard_reaches_selects_and_leaves_every_stage(own_page: Page) -> None:
    """Tab follows the edges, arrows move along them, Enter and Space select, Escape clears."""
    page = graph_page(own_page, failing_state())
    page.ask("document.querySelector('[data-graph-tool=pause]').focus()")
    order = []
    for _ in range(8):
        keys(page, Keys.TAB)
        order.append(page.ask(FOCUSED))

    assert order[0] == "orchestrator"
    assert order[2:5] == ["dqvl", "patchtst", "swinmae"]
    assert order[-1] == "run-summary"

    page.ask("pipelineGraph.cards.get('data-prep').focus()")
    walked = []
    for key in (Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.ARROW_UP):
        keys(page, key)
        walked.append(page.ask(FOCUSED))
    assert walked[:3] == ["dqvl", "swinmae", "artifact-save"]
    assert walked[3] in {"patchtst", "swinmae"}

    page.ask("pipelineGraph.cards.get('artifact-save').focus()")
    keys(page, Keys.ENTER)
    wait_for(lambda: page.ask(TOLD) == "Artifact save", "the details")
    assert "stage=artifact-save" in page.driver.current_url
    keys(page, Keys.ESCAPE)
    wait_for(lambda: page.ask(TOLD) is None, "the stage that tells most by itself")
    assert page.ask("return document.querySelector('.stage-why').firstChild.textContent") == "First to fail"
    assert page.ask(SELECTED) == []


def test_a_stage_and_its_checks_find_each_other(own_page: Page) -> None:
    """A stage marks its rows of the checklist, a chip opens its row, a row marks its stages."""
    page = graph_page(own_page, failing_state(), "?stage=artifact-save")
    page.wait("document.querySelector('[data-find-check=provenance]')", "the chips")

    related = page.ask("return [...document.querySelectorAll('.check.is-related')].map((c) => c.dataset.check)")
    page.press("[data-find-check='scaler']")

    assert related == ["checkpoints", "scaler", "logs", "backup", "provenance"]
    assert page.ask("return document.querySelector('#check-scaler details').open")
    page.press("#check-training summary")
    marked = page.ask("return [...document.querySelectorAll('.stage-card.is-related')].map((c) => c.dataset.stage)")
    assert {"patchtst", "swinmae", "validation-gate"} <= set(marked)


def test_the_background_clears_the_selection_and_the_address(own_page: Page) -> None:
    """A click beside every card."""
    page = graph_page(own_page, failing_state(), "?stage=swinmae")
    wait_for(lambda: page.ask(SELECTED) == ["swinmae"], "the stage of the address")
    graph = page.driver.find_element("id", "graph")

    mouse_over(page.driver, graph, 6, 6).click().perform()

    wait_for(lambda: page.ask(SELECTED) == [], "no selection")
    wait_for(lambda: "stage=" not in page.driver.current_url, "the address without a stage")


def test_a_phone_shows_the_list_with_states_and_details(own_page: Page) -> None:
    """Same stages and states, the details of the pressed one, nothing scrolls sideways."""
    state = failing_state()
    page = graph_page(own_page, state)
    page.size(390, 844, mobile=True)
    page.wait("document.getElementById('stage-list').clientHeight > 100", "the list")
    script = "return [...document.querySelectorAll('.stage-row')].filter((r) => r.offsetParent).map((r) => r.innerText)"
    rows = page.ask(script)

    page.press(".stage-row[data-stage='artifact-save']")

    wait_for(lambda: page.ask(TOLD) == "Artifact save", "the details")
    assert len(rows) == 8
    assert all(state.nodes[stage].status.value in row for stage, row in zip(state.nodes, rows, strict=False))
    assert page.ask("return document.documentElement.scrollWidth") == 390
    assert page.ask("return getComputedStyle(document.getElementById('graph')).visibility") == "hidden"
    assert page.box(".stage-row")["height"] >= 44


def test_rows_that_are_drawn_anew_keep_to_their_view_and_their_marks(own_page: Page) -> None:
    """A new state replaces rows of the list and of the checklist; what a person sees marked stays marked."""
    page = graph_page(own_page, running_state(), "?stage=swinmae")
    page.size(390, 844, mobile=True)
    page.wait("document.getElementById('stage-list').clientHeight > 100", "the list")
    shown = "return [...document.querySelectorAll('.stage-row')].filter((r) => r.offsetParent).length"
    related = "return [...document.querySelectorAll('.check.is-related')].map((c) => c.dataset.check)"
    wait_for(lambda: page.ask(related) == ["training"], "the checks of the stage")

    page.write(failing_state())
    wait_for(lambda: "7 of 9" in page.ask("return document.getElementById('stage-list').textContent"), "the new rows")

    assert page.ask(shown) == 8
    wait_for(lambda: page.ask(related) == ["training"], "the marks in the new checklist")
    assert page.ask("return document.querySelector('.stage-row[aria-current]').dataset.stage") == "swinmae"


def test_the_wheel_scrolls_the_page_past_the_graph(own_page: Page) -> None:
    """It does not zoom; with Ctrl it does, around the pointer, a little at a time."""
    page = graph_page(own_page, failing_state())
    canvas, before = page.box("#graph-canvas"), page.viewport()
    middle = {"x": canvas["x"] + 340, "y": canvas["y"] + 250}

    def wheel(modifiers: int) -> None:
        event = {"type": "mouseWheel", **middle, "deltaX": 0, "deltaY": -120, "modifiers": modifiers}
        page.driver.execute_cdp_cmd("Input.dispatchMouseEvent", event)

    page.ask("scrollTo(0, 100)")
    wheel(modifiers=0)
    page.wait("scrollY < 100", "the page to scroll")
    assert page.viewport() == before

    page.ask("scrollTo(0, 0)")
    wheel(modifiers=2)
    wait_for(lambda: page.viewport()["zoom"] > before["zoom"], "the wheel with Ctrl to zoom")
    assert page.viewport()["zoom"] < 1.5 * before["zoom"]


def test_a_finger_scrolls_the_page_past_the_graph(own_page: Page) -> None:
    """A swipe moves the page and not the graph; a tap still selects; its button lets a finger pan."""
    page = graph_page(own_page, failing_state())
    page.size(1440, 700)  # so that there is something to scroll
    page.wait("innerHeight === 700", "the new size")
    page.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    canvas, before = page.box("#graph-canvas"), page.viewport()

    def touch(kind: str, *points: dict[str, float]) -> None:
        page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def swipe() -> None:
        start = {"x": canvas["x"] + 20, "y": canvas["y"] + 250}  # beside every card
        touch("touchStart", start)
        for moved in range(12, 180, 12):
            touch("touchMove", {**start, "y": start["y"] - moved})
        touch("touchEnd")

    card = page.cards()["swinmae"]
    touch("touchStart", {"x": card["left"] + 40, "y": card["top"] + 30})
    touch("touchEnd")
    wait_for(lambda: page.ask(SELECTED) == ["swinmae"], "the tapped stage")
    assert page.viewport() == before

    page.ask("document.querySelector('[data-graph-tool=touch]').click()")
    swipe()
    wait_for(lambda: page.viewport()["y"] < before["y"] - 50, "the finger to pan")
    assert page.ask("return scrollY") == 0

    page.ask("document.querySelector('[data-graph-tool=touch]').click()")
    panned = page.viewport()
    swipe()
    page.wait("scrollY > 80", "the page to scroll under the finger")
    assert page.viewport() == panned
