"""What a person opened, closed and focused, while the state changes under it."""

from __future__ import annotations

from typing import Any

from selenium.webdriver.common.keys import Keys
from support.page import Page, text, texts
from support.states import failing_state, good_state
from support.waiting import wait_for

from collectors.contract.state import DashboardState


def with_detail(state: DashboardState, detail: str) -> DashboardState:
    """The same with other words in the third check: its row, and so the checklist, is drawn anew."""
    raw = state.model_dump(mode="json")
    raw["checklist"][2]["detail"] = detail
    return DashboardState.model_validate(raw)


def opened(driver: Any) -> set[str]:
    """Checks whose rows stand open."""
    script = (
        "return [...document.querySelectorAll('[data-check] details[open]')].map((d) => d.parentElement.dataset.check)"
    )
    return set(driver.execute_script(script))


def focused(driver: Any) -> str:
    """The check whose row has the focus."""
    return str(driver.execute_script("return document.activeElement.closest('[data-check]')?.dataset.check"))


def follow(page: Page, state: DashboardState, detail: str) -> None:
    """Write a state with these words and wait until they are on the page."""
    page.write(with_detail(state, detail))
    wait_for(lambda: detail in texts(page.driver, ".check-detail"), "the new words")


def test_rows_and_focus_stay_as_a_person_left_them_while_words_change(page: Page) -> None:
    """Opened and focused, left, closed again; and one that begins to fail opens by itself, and may be closed."""
    driver = page.driver
    page.show(good_state())
    row = driver.find_element("css selector", "#check-logs summary")
    row.send_keys(Keys.ENTER)
    assert (opened(driver), focused(driver)) == ({"logs"}, "logs")

    for number in range(3):
        follow(page, good_state(), f"{number} scalar records")

        assert (opened(driver), focused(driver)) == ({"logs"}, "logs")
    assert driver.execute_script("return document.activeElement.tagName") == "SUMMARY"

    driver.execute_script("document.activeElement.blur()")
    follow(page, good_state(), "after the focus went")
    assert driver.execute_script("return document.activeElement === document.body")
    assert opened(driver) == {"logs"}

    driver.execute_script("document.querySelector('#check-logs summary').click()")
    driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0]))")
    follow(page, good_state(), "after it was closed")
    assert opened(driver) == set()
    assert text(driver, ".verdict-word") == "INCOMPLETE"

    follow(page, failing_state(), "now one fails")
    assert opened(driver) == {"provenance"}
    driver.execute_script("document.querySelector('#check-provenance summary').click()")
    wait_for(lambda: opened(driver) == set(), "the row to close")
    follow(page, failing_state(), "it still fails")
    assert opened(driver) == set()


PRESS_AND_DRAW_ANEW = """
const row = document.querySelector('#check-logs');
const twin = row.cloneNode(true);
row.querySelector('summary').click();
row.replaceWith(twin);
"""
"""A person presses at the very moment at which a new state arrives: nothing can happen in between."""


def test_a_row_that_is_drawn_anew_while_it_is_pressed_opens(page: Page) -> None:
    driver = page.driver
    page.show(good_state())

    driver.execute_script(PRESS_AND_DRAW_ANEW)

    wait_for(lambda: opened(driver) == {"logs"}, "the new row to open")
