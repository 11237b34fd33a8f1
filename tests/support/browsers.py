"""The machine -> a Chromium that tests can drive, and what its console said.

A missing Chromium or driver fails the test that wants it, with what to install; it never skips.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from dash.testing.browser import Browser
from selenium import webdriver

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new",
    "--window-size=1440,900",
    "--force-device-scale-factor=1",
    "--hide-scrollbars",
    "--no-sandbox",  # tests may run as root, where Chromium refuses to start with one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

KEPT = "cookies,local_storage,indexeddb,cache_storage,service_workers"
"""What a site may leave in a browser beside files to load faster."""


def chromium_binary() -> str:
    """Path of Chromium: `CHROMIUM` in the environment, else the first known name on the path."""
    named = os.environ.get("CHROMIUM", "")
    found = named or next(filter(None, map(shutil.which, BROWSER_NAMES)), None)
    if not found or not shutil.which("chromedriver"):
        pytest.fail("browser tests need Chromium and chromedriver: `make browser` installs both")
    return found


def chromium_options() -> webdriver.ChromeOptions:
    """Options for a headless Chromium that talks to nobody but the page under test."""
    options = webdriver.ChromeOptions()
    options.binary_location = chromium_binary()
    for flag in FLAGS:
        options.add_argument(flag)
    return options


class Chromium(Browser):  # type: ignore[misc] # dash[testing] tells no types
    """dash[testing]'s browser with our options, and a console that is told from warnings on."""

    def get_webdriver(self) -> Any:
        """Start it."""
        return webdriver.Chrome(options=chromium_options())


@contextmanager
def fresh_tab(driver: Any) -> Iterator[None]:
    """A tab of its own, to which nothing was done and for which nothing is kept; the one before comes back."""
    before = driver.current_window_handle
    driver.switch_to.new_window("tab")
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": KEPT})
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    console_messages(driver)
    try:
        yield
    finally:
        driver.get("about:blank")
        driver.close()
        driver.switch_to.window(before)
        console_messages(driver)  # the last words of a page whose server is gone


def set_viewport(driver: Any, width: int, height: int) -> None:
    """Give the page itself this size in CSS pixels; the window's own frame is not counted."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def console_messages(driver: Any) -> list[str]:
    """What the console said since the last look, errors only (a refused CSP rule is one)."""
    return [entry["message"] for entry in driver.get_log("browser")]


def console_is_empty(driver: Any) -> bool:
    """True when nothing went wrong in the page since the last look."""
    return not console_messages(driver)


@contextmanager
def blocked(driver: Any, pattern: str) -> Iterator[None]:
    """Refuse addresses in the browser, as an extension or a company's filter does."""
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": [pattern]})
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
