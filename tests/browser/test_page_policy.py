"""The page's policy as a real browser lives with it."""

from __future__ import annotations

from typing import Any

from support.page import Page
from support.states import good_state
from support.waiting import wait_for

NOTE_CHANNELS = """
window.channels = [];
for (const name of ["WebSocket", "SharedWorker"]) {
  const real = window[name];
  window[name] = function (...args) { window.channels.push(name + " " + args[0]); return new real(...args); };
}
"""


def opened(page: Page) -> Any:
    """Open the page on a good state, wait until Dash has drawn it, and give its driver."""
    page.write(good_state())
    page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NOTE_CHANNELS})
    page.driver.get(page.url)
    wait_for(lambda: page.driver.find_elements("id", "page"), "the page")
    return page.driver


def test_the_page_asks_nobody_but_its_own_server_and_opens_no_socket(own_page: Page) -> None:
    """No version check, no font, no script from elsewhere. Dash's backend would open a socket for every page; a frame
    without storage would then hang."""
    driver = opened(own_page)
    wait_for(lambda: driver.execute_script("return document.readyState") == "complete", "all scripts")
    loaded = "return performance.getEntriesByType('resource').map((entry) => entry.name)"

    addresses = wait_for(lambda: driver.execute_script(loaded), "the page's files")

    assert [address for address in addresses if not address.startswith((own_page.url, "data:"))] == []
    assert driver.execute_script("return window.channels") == []


def test_the_policy_refuses_a_script_that_is_not_ours(own_page: Page) -> None:
    """What a file's text might smuggle into the page does not run."""
    driver = opened(own_page)
    inject = "const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s);"
    driver.execute_script(inject)
    refusals = wait_for(lambda: driver.get_log("browser"), "the refusal in the console")

    assert driver.execute_script("return window.ran") is None
    assert "Content Security Policy" in refusals[0]["message"]
