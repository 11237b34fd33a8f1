"""An open page shows the state, however fast that changes, however slow the browser, and whatever was lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from support.browsers import blocked, console_messages, fresh_tab
from support.observing import observed
from support.page import open_page
from support.server import RunningServer
from support.shown import changing, shown
from support.states import empty_state, failing_state, running_state
from support.waiting import wait_for

from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.store.store import Store
from dash_app.views.graph.elements import graph_elements

Serve = Callable[..., RunningServer]
AWAY = """
const plain = window.fetch;
window.refused = 0;
window.fetch = (...asked) =>
  String(asked[0]).includes("api/curves") && refused < 2
    ? (refused += 1, Promise.resolve(new Response("", {status: 404})))
    : plain(...asked);
"""
"""The next two questions about curves are answered as of a run that is not there."""


def changed(state: DashboardState, number: int, chance: random.Random) -> DashboardState:
    """The state with the next stage at another point, and no other: what is lost of it stays lost."""
    raw = state.model_dump(mode="json")
    stage = sorted(raw["nodes"])[number % len(raw["nodes"])]
    raw["nodes"][stage] |= {"status": chance.choice(list(Status)).value, "message": f"change {number}"}
    return DashboardState.model_validate(raw)


def drawn_otherwise(state: DashboardState) -> DashboardState:
    """As before the workspace was recognised: the same stages in another drawing."""
    raw = state.model_dump(mode="json")
    raw["pipeline"]["stages"][0]["label"] = "Not recognised yet"
    return DashboardState.model_validate(raw)


@contextmanager
def throttled(driver: Any, times: float, latency_ms: int) -> Iterator[None]:
    """A browser that is slower so many times, behind a wire with that much delay."""
    free = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", free | {"latency": latency_ms})
    driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": times})
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 1})
        driver.execute_cdp_cmd("Network.emulateNetworkConditions", free)


def write_fast(store: Store, changes: int, chance: random.Random) -> DashboardState:
    """Write so many states, ten a second; the last one is returned."""
    state = empty_state()
    for number in range(changes):
        state = changed(state, number, chance)
        store.write_state(state)
        time.sleep(0.1)  # the pace is what is tested; nothing is waited for
    return state


def settled(driver: Any, url: str, state: DashboardState) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the open page shows in the end, and what one shows that is opened now."""
    with fresh_tab(driver):
        open_page(driver, url)
        wait_for(lambda: shown(driver)["verdict"][1] == "live", "the fresh page to be live", 60)
        fresh = shown(driver)
    assert fresh["nodes"] == changing({element["data"]["id"]: element["data"] for element in graph_elements(state)})
    with suppress(AssertionError):  # the caller's comparison tells what differs
        wait_for(lambda: shown(driver) == fresh, "the open page to show the same", 60)
    return shown(driver), fresh


def follow_fast(serve: Serve, driver: Any, seed: int, changes: int, *, slower: float) -> None:
    """Open a page that changes while it still loads, and goes on to."""
    chance = random.Random(seed)
    server = serve(options=["--stale-after", "3600"])
    store = Store(server.state_dir)
    store.write_state(drawn_otherwise(empty_state()))
    with observed(store), throttled(driver, slower, 150):
        driver.get(server.url)
        last = write_fast(store, changes, chance)
        open_one, fresh = settled(driver, server.url, last)
    assert open_one == fresh


def test_an_open_page_ends_at_the_state_however_fast_it_changes(serve: Serve, browser: Any) -> None:
    """On a browser that is slowed down a little: Chromium does so by turning in circles, on a core of its own."""
    follow_fast(serve, browser.driver, 1, 10, slower=2)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_fifty_changes_in_five_seconds_leave_nothing_behind(serve: Serve, browser: Any, seed: int) -> None:
    follow_fast(serve, browser.driver, 100 + seed, 50, slower=6)


def test_an_answer_that_was_lost_is_asked_for_again_with_the_next_pulse(serve: Serve, browser: Any) -> None:
    """The server was reached for the news and not for what they are: it was restarted, or a proxy gave up."""
    driver = browser.driver
    server = serve(options=["--stale-after", "3600"])
    store = Store(server.state_dir)
    store.write_state(running_state())
    with observed(store):
        open_page(driver, server.url)
        with blocked(driver, "*_dash-update-component*"):
            store.write_state(failing_state())
            wait_for(lambda: any("did not respond" in m for m in console_messages(driver)), "an answer to be lost")

        open_one, fresh = settled(driver, server.url, failing_state())

    assert open_one == fresh
    console_messages(driver)  # each lost answer is told there


def test_a_run_that_was_away_for_a_moment_has_its_curves_again(serve: Serve, browser: Any) -> None:
    """Its files were moved and moved back: whoever asked meanwhile was told that there is no such run."""
    driver = browser.driver
    server = serve(options=["--stale-after", "3600"])
    store = Store(server.state_dir)
    store.write_state(running_state())
    with observed(store):
        open_page(driver, server.url)
        driver.execute_script(AWAY)
        store.write_state(failing_state())
        wait_for(lambda: driver.execute_script("return window.refused"), "a question about curves")

        open_one, fresh = settled(driver, server.url, failing_state())

    assert open_one == fresh
    assert fresh["curves"]
