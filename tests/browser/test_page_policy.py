"""The page's policy as a real browser lives with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from support.server import RunningServer
from support.states import good_state
from support.waiting import wait_for

from collectors.store import Store

NOTE_CHANNELS = """
window.channels = [];
for (const name of ["WebSocket", "SharedWorker"]) {
  const real = window[name];
  window[name] = function (...args) { window.channels.push(name + " " + args[0]); return new real(...args); };
}
"""


def opened(browser: Any, serve: Callable[..., RunningServer]) -> RunningServer:
    """Open the page on a good state, and wait until Dash has drawn it."""
    server = serve()
    store = Store(server.state_dir)
    store.write_state(good_state())
    store.write_heartbeat(datetime.now(UTC), 5, 1)
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NOTE_CHANNELS})
    browser.driver.get(server.url)
    browser.wait_for_element("#page")
    return server


def test_the_page_opens_no_socket(browser: Any, serve: Callable[..., RunningServer]) -> None:
    """Dash's backend would open one for every page; a frame without storage would then hang."""
    opened(browser, serve)
    wait_for(lambda: browser.driver.execute_script("return document.readyState") == "complete", "all scripts")

    assert browser.driver.execute_script("return window.channels") == []


def test_the_policy_refuses_a_script_that_is_not_ours(browser: Any, serve: Callable[..., RunningServer]) -> None:
    """What a file's text might smuggle into the page does not run."""
    opened(browser, serve)
    inject = "const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s);"
    browser.driver.execute_script(inject)
    refusals = wait_for(lambda: browser.driver.get_log("browser"), "the refusal in the console")

    assert browser.driver.execute_script("return window.ran") is None
    assert "Content Security Policy" in refusals[0]["message"]


def test_the_page_asks_nobody_but_its_own_server(browser: Any, serve: Callable[..., RunningServer]) -> None:
    """No version check, no font, no script from elsewhere."""
    server = opened(browser, serve)
    loaded = "return performance.getEntriesByType('resource').map((entry) => entry.name)"

    addresses = wait_for(lambda: browser.driver.execute_script(loaded), "the page's files")

    assert [address for address in addresses if not address.startswith((server.url, "data:"))] == []
