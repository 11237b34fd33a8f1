"""When the state cannot be saved the page says so, and why, over the last good view."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from support.page import Page, freshness, open_page, text, texts
from support.server import RunningServer
from support.states import failing_state
from support.waiting import wait_for

from collectors.store.store import Store

WHY = "dashboard-state.json cannot be written: no space left on device"


def beat(page: Page, problem: str | None) -> None:
    Store(page.state_dir).write_heartbeat(datetime.now(UTC), 2.0, 1, problem=problem)


def test_the_page_says_that_the_state_is_not_saved_and_when_it_is_again(page: Page) -> None:
    driver = page.driver
    page.show(failing_state())
    assert freshness(driver) == "live"

    beat(page, WHY)
    sentence = wait_for(lambda: text(driver, "#feed-sentence"), "the sentence")

    assert sentence == f"State not saved: {WHY}. The last good state is shown."
    assert freshness(driver) == "stale"
    assert driver.title.startswith("(old) NOT READY")
    assert text(driver, ".verdict-word") == "NOT READY"
    assert len(texts(driver, ".check")) == 9

    beat(page, None)
    wait_for(lambda: text(driver, "#feed-sentence") == "", "the sentence to go")
    assert freshness(driver) == "live"


def test_without_any_state_the_bar_says_why_there_is_none(serve: Callable[..., RunningServer], browser: Any) -> None:
    server = serve()
    Store(server.state_dir).write_heartbeat(datetime.now(UTC), 2.0, 1, problem=WHY)

    open_page(browser.driver, server.url)

    assert text(browser.driver, ".verdict-word") == "NO STATE"
    assert f"State not saved: {WHY}." in text(browser.driver, "#verdict")


def test_the_reason_is_text_whatever_it_holds(page: Page) -> None:
    page.show(failing_state())

    beat(page, "<img src=x onerror='window.ran=1'>\x1b[31m")
    sentence = wait_for(lambda: text(page.driver, "#feed-sentence"), "the sentence")

    assert "<img src=x onerror='window.ran=1'>\\x1b[31m" in sentence
    assert page.driver.execute_script("return window.ran ?? null") is None
