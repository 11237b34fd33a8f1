"""What moves tells a state, moves only while it means something, and can be stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from graph_page import GraphPage, graph_page
from support.page import Page
from support.states import ready_state, running_state
from support.waiting import wait_for

from collectors.contract.state import DashboardState

MOVING = """
return document.getAnimations().filter((a) => a.playState === 'running' && a.animationName)
  .map((a) => [a.animationName, a.effect.target.dataset.stage]).filter((pair) => pair[1])
"""
OFFSET = "return pipelineGraph.cy.getElementById('dqvl>swinmae').style('line-dash-offset')"
PRESSED = "return document.querySelector('[data-graph-tool=pause]').getAttribute('aria-pressed')"
HIDE = """
Object.defineProperty(document, 'hidden', {value: arguments[0], configurable: true});
document.dispatchEvent(new Event('visibilitychange'));
"""


def moving(page: GraphPage) -> set[tuple[str, str]]:
    return {(name, stage) for name, stage in page.ask(MOVING)}


def flows(page: GraphPage) -> bool:
    """Whether the edge into the running stage moves; asked twice, as long apart as it takes."""
    before = page.ask(OFFSET)
    try:
        wait_for(lambda: page.ask(OFFSET) != before, "the edge to move", 1.0)
    except AssertionError:
        return False
    return True


def stands_still(page: GraphPage) -> bool:
    return moving(page) == set() and not flows(page)


def changed(state: DashboardState, stage: str, **fields: Any) -> DashboardState:
    raw = state.model_dump(mode="json")
    raw["nodes"][stage] |= fields
    return DashboardState.model_validate(raw)


def test_running_pulses_stalled_breathes_and_the_rest_is_still(own_page: Page) -> None:
    """Only what is under way moves: done, failed and idle cards do not."""
    state = changed(changed(running_state(), "patchtst", status="stalled"), "run-summary", status="idle")
    page = graph_page(own_page, state)

    wait_for(lambda: moving(page), "the first movement")

    assert moving(page) == {("pulse", "orchestrator"), ("pulse", "swinmae"), ("breathe", "patchtst")}
    assert flows(page)
    assert page.ask("return getComputedStyle(pipelineGraph.cards.get('run-summary')).borderTopStyle") == "dashed"


def test_everything_stands_still_when_it_is_paused_unseen_unwished_or_old(own_page: Page) -> None:
    """Each of the four stops it, and it goes on when the reason is gone; the pause button tells its state."""
    page = graph_page(own_page, running_state())
    pause = "[data-graph-tool='pause']"

    def old() -> None:
        page.beat(ago=timedelta(hours=2), seconds=1)

    for reason, stop, resume in (
        ("pause", lambda: page.press(pause), lambda: page.press(pause)),
        ("a hidden tab", lambda: page.ask(HIDE, True), lambda: page.ask(HIDE, False)),
        ("less motion", lambda: page.media(prefers_reduced_motion="reduce"), page.media),
        ("an old state", old, page.beat),
    ):
        wait_for(lambda: moving(page) and flows(page), f"movement before {reason}")
        stop()
        wait_for(lambda: stands_still(page), f"everything to stand still: {reason}")
        assert "running" in page.cards()["swinmae"]["text"]
        assert page.ask(PRESSED) == ("true" if reason == "pause" else "false")
        resume()


def test_a_stage_that_ends_glows_once_and_one_that_fails_shakes_once(own_page: Page) -> None:
    """Only the change is shown: nothing glows when the page is opened. It is said aloud too."""
    state = running_state()
    page = graph_page(own_page, state)
    seen = "window.seen = []; document.addEventListener('animationstart', (e) => seen.push(e.animationName))"
    page.ask(seen)

    page.write(changed(state, "swinmae", status="done", message="30 of 30 epochs"))
    page.wait("seen.includes('glow')", "the glow")
    page.wait("!document.querySelector('.settles')", "the end of the glow")
    page.write(changed(state, "swinmae", status="fail", message="val_loss NaN at epoch 4"))
    page.wait("seen.includes('shake')", "the shake")
    page.wait("!document.querySelector('.shakes')", "the end of the shake")

    assert page.ask("return seen.filter((name) => name === 'glow' || name === 'shake')") == ["glow", "shake"]
    assert page.ask("return document.getElementById('graph-announcer').textContent") == "SwinMAE: fail."
    ring = page.ask("return getComputedStyle(pipelineGraph.cards.get('swinmae')).boxShadow")
    assert ring != "none"


def test_an_opened_page_shows_no_change(own_page: Page) -> None:
    """Stages that were done before it was opened do not glow."""
    page = graph_page(own_page, ready_state())

    assert page.ask("return document.querySelectorAll('.settles, .shakes').length") == 0
    assert page.ask("return document.getElementById('graph-announcer').textContent") == ""


def test_durations_are_counted_in_the_page(own_page: Page) -> None:
    """The state holds instants; the card, the details and the list tell the time left or silent."""
    now = datetime.now(UTC)
    raw = running_state().model_dump(mode="json")
    raw["metrics"]["swinmae"]["completion"]["expected_end_at"] = (now + timedelta(minutes=10)).isoformat()
    raw["nodes"]["patchtst"]["status"] = "stalled"
    raw["metrics"]["patchtst"]["completion"]["last_record_at"] = (now - timedelta(minutes=6, seconds=5)).isoformat()
    page = graph_page(own_page, DashboardState.model_validate(raw), "?stage=swinmae")

    page.wait("document.querySelector('.stage-head time[data-left]')", "the details")

    wait_for(lambda: "about 10 min left" in page.cards()["swinmae"]["text"], "the time left")
    assert "silent for 6 min" in page.cards()["patchtst"]["text"]
    assert "about 10 min left" in page.ask("return document.querySelector('.stage-head').innerText")
