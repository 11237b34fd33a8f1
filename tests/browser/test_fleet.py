"""The page of many workspaces, used: news, keys, finding, the way into one and back, and a server that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from support.axe import violations
from support.browsers import Chromium, console_messages
from support.fleets import put
from support.page import resize
from support.server import RunningServer, start_fleet
from support.states import failing_state, ready_state, write_state
from support.waiting import wait_for

pytestmark = pytest.mark.browser
ROWS = "return [...document.querySelectorAll('[data-row]')].map((row) => row.dataset.row)"
FOCUSED = "return document.activeElement.closest('[data-row]')?.dataset.row"
IS_WIDE = "return document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    home = tmp_path_factory.mktemp("fleet")
    put(home / "root", "gearbox", "not_ready", runs=["ready", "not_ready"], labels={"team": "red"})
    put(home / "root", "größe 4/5".replace("/", "%"), "training", labels={"team": "blue"})
    put(home / "root", "pump", "ready", runs=["ready"])
    put(home / "root", "oven", "silent")
    server = start_fleet(home, home / "root", options=["--stale-after", "3600"])
    yield server
    server.stop()


def rows(driver: Any) -> list[str]:
    found = driver.execute_script(ROWS)
    assert isinstance(found, list)
    return found


def typed(driver: Any, *keys: str) -> None:
    driver.switch_to.active_element.send_keys(*keys)


def test_somebody_finds_by_keys_what_they_look_for_goes_into_it_and_comes_back(
    browser: Chromium, fleet: RunningServer
) -> None:
    driver = browser.driver
    driver.get(fleet.url)
    wait_for(lambda: driver.execute_script("return 'scripts' in document.documentElement.dataset"), "the scripts")
    assert rows(driver) == ["gearbox", "oven", "größe 4%5", "pump"]

    typed(driver, "j", "j")
    assert driver.execute_script(FOCUSED) == "oven"
    typed(driver, "k", "/")
    typed(driver, "blue")
    wait_for(lambda: rows(driver) == ["größe 4%5"], "what was typed to be found")
    assert driver.current_url.endswith("?text=blue")
    assert driver.switch_to.active_element.get_attribute("id") == "fleet-text"
    typed(driver, Keys.ENTER)
    assert driver.current_url.endswith("?text=blue")
    wait_for(lambda: driver.execute_script(FOCUSED) == "größe 4%5", "the first that was found")
    typed(driver, Keys.ENTER)
    wait_for(lambda: driver.find_elements(By.CSS_SELECTOR, "#verdict .verdict"), "the page of the workspace")
    assert "/w/gr%C3%B6%C3%9Fe%204%255/" in driver.current_url
    wait_for(lambda: driver.execute_script("return document.documentElement.dataset.condition") == "ok", "its pulse")
    driver.find_element(By.CSS_SELECTOR, "#page .to-fleet").click()
    wait_for(lambda: len(rows(driver)) == 4, "all workspaces")


@pytest.mark.parametrize(("size", "theme"), [((1440, 900), "light"), ((390, 844), "dark"), ((320, 640), "light")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Chromium, fleet: RunningServer, size: tuple[int, int], theme: str
) -> None:
    driver = browser.driver
    resize(driver, *size)
    driver.get(f"{fleet.url}?theme={theme}")
    wait_for(lambda: len(rows(driver)) == 4, "all workspaces")

    assert violations(driver) == []
    assert not driver.execute_script(IS_WIDE)
    driver.execute_script("document.getElementById('fleet-keys').showModal()")
    assert violations(driver, "#fleet-keys") == []


def test_news_come_by_themselves_and_a_server_that_is_gone_is_said(chromium: Chromium, tmp_path: Path) -> None:
    root, driver = tmp_path / "root", chromium.driver
    for name in ("one", "two"):
        put(root, name, "ready")
    server = start_fleet(tmp_path, root, options=["--stale-after", "3600"])
    try:
        driver.get(server.url)
        assert len(rows(driver)) == 2
        driver.execute_script("document.querySelector('[data-row=one] a').focus(); window.same = true")
        kept = driver.find_element(By.CSS_SELECTOR, "[data-row=one]")

        write_state(root / "two", failing_state(), observed_at=datetime.now(UTC))
        wait_for(lambda: rows(driver) == ["two", "one"], "the news")
        put(root, "three", "training")
        wait_for(lambda: rows(driver) == ["two", "three", "one"], "the new workspace")
        write_state(root / "one", ready_state().model_copy(update={"notices": ("other",)}))

        assert driver.execute_script("return window.same") is True
        assert driver.execute_script(FOCUSED) == "one"
        assert kept is not None and driver.title.startswith("(1) All workspaces")
        assert console_messages(driver) == []
    finally:
        server.stop()
    sentence = "return document.getElementById('fleet-sentence').textContent"
    wait_for(lambda: "has not reached its server" in driver.execute_script(sentence), "the sentence", 40)
    assert driver.execute_script("return document.documentElement.dataset.freshness") == "stale"
    driver.get("about:blank")
    console_messages(driver)  # what a browser says of a server that is gone
