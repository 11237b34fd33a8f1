"""The page keeps still while it loads and follows a run; the keyboard gets past the bar; news is said once."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Any

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.page import Page, resize, text
from support.states import failing_state, ready_state, running_state
from support.waiting import wait_for

from collectors.contract.state import DashboardState

SHIFTS = """
const told = arguments[0], shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({type: "layout-shift", buffered: true});
requestAnimationFrame(() => setTimeout(() => told([
  shifts.filter((shift) => !shift.hadRecentInput).reduce((sum, shift) => sum + shift.value, 0),
  shifts.flatMap((shift) => [...shift.sources]).map(({node}) => (node?.outerHTML ?? "text").slice(0, 80)),
]), 100));
"""
"""How far the page has jumped since it was opened, as the browser itself counts it, and what did."""
MOST = 0.02
STOPS = """
return [...document.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex='0']")]
  .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0).length;
"""
"""How many elements the keyboard must be able to stop at."""
WATCH_OBSERVED = """
window.empty = [];
const look = () => {
  if (document.querySelector(".observed:has(time:empty)")) empty.push(document.querySelector("#verdict").innerText);
  requestAnimationFrame(look);
};
look();
"""
"""Notes every frame in which the bar does not tell when it was observed."""
SAID = """
window.said = [];
new MutationObserver((all) => all.forEach(({target}) => said.push(target.textContent)))
  .observe(document.querySelector("#announcer"), {childList: true, subtree: true, characterData: true});
"""


def shifted(driver: Any) -> tuple[float, list[str]]:
    """How far since the page was opened, and what."""
    amount, sources = driver.execute_async_script(SHIFTS)
    return float(amount), sources


def with_more(state: DashboardState, **completion: Any) -> DashboardState:
    raw = state.model_dump(mode="json")
    raw["metrics"]["swinmae"]["completion"] |= completion
    raw["nodes"]["swinmae"]["message"] = f"epoch {completion['epoch']:g} of 30"
    raw["verdict"]["reason"] = "swinmae still training"
    return DashboardState.model_validate(raw)


def test_nothing_jumps_while_the_page_loads_and_follows_a_run_to_its_end(page: Page) -> None:
    """On a desk and on a phone: load, another epoch, the end of the training."""
    driver = page.driver
    for width, height in ((1440, 900), (390, 844)):
        resize(driver, width, height, phone=width < 500)
        page.show(running_state())
        wait_for(lambda: text(driver, ".observed time"), "the first pulse")
        wait_for(lambda: driver.execute_script("return document.querySelectorAll('.stage-card').length"), "the graph")
        so_far = [shifted(driver)]

        page.write(with_more(running_state(), epoch=4, step=4))
        wait_for(lambda: "epoch 4 of 30" in driver.page_source, "the next epoch")
        so_far.append(shifted(driver))
        page.write(ready_state())
        wait_for(lambda: text(driver, ".verdict-word") == "READY", "the end")
        so_far.append(shifted(driver))

        steps = [after[0] - before[0] for before, after in pairwise([(0.0, []), *so_far])]
        assert max(steps) < MOST, so_far[-1]


def test_when_it_was_observed_is_told_by_a_bar_that_was_just_drawn(page: Page) -> None:
    """Every new state draws the bar anew; what is known already does not vanish until the next second."""
    driver = page.driver
    page.show(running_state())
    wait_for(lambda: text(driver, ".observed time"), "the first pulse")
    driver.execute_script(WATCH_OBSERVED)

    page.write(ready_state())
    wait_for(lambda: text(driver, ".verdict-word") == "READY", "the new bar")

    assert driver.execute_async_script("setTimeout(() => arguments[0](window.empty), 0)") == []


def test_a_jump_would_be_noticed(page: Page) -> None:
    """A block that comes late pushes everything down."""
    page.show(ready_state())
    page.driver.execute_script(
        "const late = document.createElement('div'); late.style.height = '300px';"
        "document.querySelector('main').prepend(late)"
    )

    assert shifted(page.driver)[0] > MOST


def test_the_first_stop_of_the_keyboard_leads_past_the_bar(page: Page) -> None:
    """It is unseen until it has the focus; from there the next stop is inside the content, in every view."""
    driver = page.driver
    page.show(ready_state(), "view=history")
    driver.execute_script("document.activeElement.blur()")

    ActionChains(driver).send_keys(Keys.TAB).perform()
    is_seen = "const e = document.activeElement; return e.matches('.skip') && e.getBoundingClientRect().top >= 0"
    wait_for(lambda: driver.execute_script(is_seen), "the skip link to be seen")
    ActionChains(driver).send_keys(Keys.ENTER).perform()
    ActionChains(driver).send_keys(Keys.TAB).perform()

    assert driver.execute_script("return document.activeElement.closest('main') !== null")


def test_on_a_phone_the_keyboard_reaches_everything_and_begins_as_the_eye_does(page: Page) -> None:
    """Sections stand in another order there: verdict, checks, then the rest; nothing is left out."""
    driver = page.driver
    resize(driver, 390, 844, phone=True)
    page.show(failing_state())
    stops = driver.execute_script(STOPS)
    driver.execute_script("document.activeElement.blur()")

    reached = []
    for _ in range(stops):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        reached.append(driver.execute_script("return document.activeElement.closest('main section')?.id ?? ''"))

    order = [place for place, _ in groupby(filter(None, reached))]
    assert order[:2] == ["verdict", "checklist"]
    assert {"verdict", "checklist", "graph-panel"} <= set(order)
    ActionChains(driver).send_keys(Keys.TAB).perform()
    assert driver.execute_script("return document.activeElement === document.body"), "more stops than were counted"


def test_a_verdict_is_said_once_and_not_at_every_look(page: Page) -> None:
    """Politely; another epoch with the same verdict is not news."""
    driver = page.driver
    first = with_more(running_state(), epoch=3, step=3)
    page.show(first)
    driver.execute_script(SAID)

    page.write(with_more(running_state(), epoch=4, step=4))
    wait_for(lambda: "epoch 4 of 30" in driver.page_source, "the next epoch")
    page.write(ready_state())
    wait_for(lambda: driver.execute_script("return said.length"), "the verdict to be said")

    assert driver.execute_script("return said") == ["Verdict: READY. All 9 checks passed."]
    assert driver.execute_script("return document.querySelector('#announcer').role") == "status"
