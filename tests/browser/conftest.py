"""One server and one Chromium for all tests that only write states and look.

`page` is that browser before that server, at 1440x900 and with the device's usual wishes; a test
that passed fails when its console holds an error. What stops or restarts a server takes `serve`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.browsers import Chromium, console_messages
from support.page import Page, resize
from support.server import RunningServer, start_server


@pytest.fixture(scope="session")
def shared_chromium(chromium: Chromium) -> Any:
    """The driver of the session's Chromium, in its first tab."""
    return chromium.driver


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server for the whole session, with a patient eye for the observer."""
    server = start_server(tmp_path_factory.mktemp("shared"), options=["--stale-after", "3600"])
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared_page(shared_server: RunningServer, shared_chromium: Any) -> Iterator[Page]:
    """The shared browser before that server."""
    yield Page(shared_chromium, shared_server.url, shared_server.state_dir)
    shared_chromium.get("about:blank")


@pytest.fixture
def page(shared_page: Page) -> Iterator[Page]:
    """The shared browser, put back to its usual size and wishes."""
    driver = shared_page.driver
    resize(driver, 1440, 900)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    yield shared_page
    driver.get("about:blank")
    assert console_messages(driver) == [], "the console is not empty"


@pytest.fixture
def own_page(browser: Chromium, shared_page: Page) -> Page:
    """The shared server in a tab of the test's own: for what leaves its marks in a browser."""
    return Page(browser.driver, shared_page.url, shared_page.state_dir)
