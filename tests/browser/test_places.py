"""Back and Forward lead along tabs and runs; how a place is looked at is no step of the way."""

from __future__ import annotations

from typing import Any

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.page import Page, text
from support.states import failing_state, ready_state
from support.waiting import wait_for

from collectors.store.store import Store

EARLIER = "run-20261122-080000"


def is_at(driver: Any, tab: str) -> bool:
    return bool(driver.execute_script("return document.querySelector('.tabs [aria-current]')?.dataset.tab") == tab)


def query(driver: Any) -> str:
    return str(driver.execute_script("return location.search"))


def test_back_and_forward_lead_along_tabs_and_runs_and_settings_are_no_steps(own_page: Page) -> None:
    """A run's name is a link, so that it can be opened elsewhere; a plain press stays on the page."""
    driver = own_page.driver
    state = failing_state()
    meta = state.meta.model_copy(update={"run_id": EARLIER})
    Store(own_page.state_dir).write_snapshot(state.model_copy(update={"meta": meta}))
    own_page.show(ready_state())
    before = driver.execute_script("return history.length")

    driver.find_element("css selector", "button[data-choice=y-scale][data-value=log]").click()
    wait_for(lambda: "y=log" in query(driver), "the setting in the address")
    assert driver.execute_script("return history.length") == before
    driver.find_element("css selector", "#tabs [data-tab=runs]").click()
    link = f".run-link[href='?run={EARLIER}']"
    wait_for(lambda: driver.find_elements("css selector", link), "the run's link")
    driver.find_element("css selector", link).click()
    wait_for(lambda: text(driver, ".verdict-word") == "NOT READY", "the earlier run")
    assert (f"run={EARLIER}" in query(driver), is_at(driver, "runs")) == (True, False)

    driver.back()
    wait_for(
        lambda: "run=" not in query(driver) and text(driver, "#run-label").startswith("run-20261123"), "the newest"
    )
    while not is_at(driver, "readiness"):  # leaving the history and choosing the run may be one step or two
        driver.back()
        wait_for(lambda: driver.execute_script("return document.readyState") == "complete", "the place before")
    assert query(driver) == "?y=log"
    driver.forward()
    wait_for(lambda: is_at(driver, "runs") and "tab=runs" in query(driver), "the history again")


def test_question_mark_lists_what_the_keyboard_can_do(own_page: Page) -> None:
    """Not while somebody types; a letter leads to a tab, Escape closes the list."""
    driver = own_page.driver
    own_page.show(ready_state())
    ActionChains(driver).send_keys("?").perform()

    is_open = "return document.querySelector('#shortcuts').open"
    wait_for(lambda: driver.execute_script(is_open), "the list")
    listed = text(driver, "#shortcuts")
    assert all(word in listed for word in ("theme", "tab", "Escape"))
    ActionChains(driver).send_keys(Keys.ESCAPE).perform()
    wait_for(lambda: not driver.execute_script(is_open), "the list to close")
    ActionChains(driver).send_keys("3").perform()
    wait_for(lambda: is_at(driver, "runs"), "the third tab")
    field = driver.find_element("css selector", "[data-filter=text] input")
    field.send_keys("1?")
    assert field.get_attribute("value") == "1?"
    assert is_at(driver, "runs") and not driver.execute_script(is_open)
