"""A stored run on the page: as old as it says, whatever becomes of the observer, the state or the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.page import Page, freshness, open_page, text
from support.server import RunningServer
from support.states import failing_state, ready_state, write_state
from support.waiting import wait_for

from collectors.contract.state import DashboardState
from collectors.store.store import Store

Serve = Callable[..., RunningServer]
LONG_AGO = timedelta(hours=2)


def stored_run() -> DashboardState:
    """A ready run that ended before the one that is watched."""
    state = ready_state()
    return state.model_copy(update={"meta": state.meta.model_copy(update={"run_id": "run-stored"})})


@pytest.fixture
def stored(page: Page) -> Iterator[Page]:
    """The shared page, one stored run beside its state."""
    Store(page.state_dir).write_snapshot(stored_run())
    yield page
    (page.state_dir / "runs/run-stored.json").unlink()


def opacity(driver: Any) -> float:
    """How solid the verdict is drawn; what is old is greyed."""
    return float(driver.execute_script("return getComputedStyle(document.querySelector('#verdict')).opacity"))


def press_back_to_live(driver: Any) -> None:
    driver.execute_script("document.querySelector('.snapshot-banner button').click()")
    wait_for(lambda: text(driver, ".verdict-word") == "NOT READY", "the current state")


def test_a_dead_observer_makes_no_stored_run_older(stored: Page) -> None:
    """What is said of the observer is true, and nothing is said of what is on screen."""
    driver = stored.driver
    stored.write(failing_state(), observed_at=datetime.now(UTC) - LONG_AGO)
    open_page(driver, stored.url, "run=run-stored")
    wait_for(lambda: text(driver, ".verdict-word") == "READY", "the stored run")

    wait_for(lambda: "The observer has stopped: it last looked on" in text(driver, "#feed-sentence"), "the sentence")
    assert "what you see" not in text(driver, "#feed-sentence")
    assert "collectors watch" in text(driver, "#feed-sentence")
    assert (freshness(driver), opacity(driver)) == ("stored", 1)
    wait_for(lambda: driver.title.startswith("(run-stored) READY"), "the title")

    press_back_to_live(driver)
    wait_for(lambda: freshness(driver) == "stale", "the current state to be old")
    assert "and what you see is from then" in wait_for(lambda: text(driver, "#feed-sentence"), "the sentence")
    wait_for(lambda: driver.title.startswith("(old) NOT READY"), "the title")
    wait_for(lambda: opacity(driver) < 1, "the current state to be greyed")


def test_a_broken_state_is_told_beside_a_stored_run_and_what_is_shown_is_not_called_the_last_good_one(
    stored: Page,
) -> None:
    driver = stored.driver
    stored.write(failing_state())
    open_page(driver, stored.url, "run=run-stored")
    (stored.state_dir / "dashboard-state.json").write_text("{")

    wait_for(lambda: "not complete JSON" in text(driver, "#feed-sentence"), "the sentence")
    assert "is shown" not in text(driver, "#feed-sentence")
    assert (freshness(driver), text(driver, ".verdict-word")) == ("stored", "READY")

    press_back_to_live(driver)
    wait_for(lambda: text(driver, "#feed-sentence").endswith("The last good state is shown."), "the whole sentence")
    assert freshness(driver) == "stale"


def test_nobody_observing_is_told_with_the_moment_of_the_current_state_only(stored: Page) -> None:
    driver = stored.driver
    stored.write(failing_state())
    (stored.state_dir / "heartbeat.json").unlink()
    open_page(driver, stored.url, "run=run-stored")

    wait_for(lambda: text(driver, "#feed-sentence").startswith("Nobody is observing this workspace. "), "the sentence")
    press_back_to_live(driver)
    wait_for(lambda: "; what you see was true on " in text(driver, "#feed-sentence"), "the moment")


def test_a_server_that_is_gone_makes_no_stored_run_older(serve: Serve, browser: Any) -> None:
    server, driver = serve(), browser.driver
    write_state(server.state_dir, failing_state())
    Store(server.state_dir).write_snapshot(stored_run())
    open_page(driver, server.url, "run=run-stored")
    wait_for(lambda: text(driver, ".verdict-word") == "READY", "the stored run")

    server.stop()
    wait_for(lambda: "has not reached its server" in text(driver, "#feed-sentence"), "the sentence", 30)

    assert "what you see" not in text(driver, "#feed-sentence")
    assert (freshness(driver), opacity(driver)) == ("stored", 1)
    driver.get_log("browser")  # the refused requests are the browser's own words
