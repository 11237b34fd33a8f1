"""The report in a real browser without scripts, from a file: quiet, in two themes, on a phone; and the link to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.axe import violations
from support.browsers import console_messages
from support.page import Page, prefer, resize
from support.states import diverged_state, empty_state, failing_state, with_text
from support.waiting import wait_for
from test_hostile_page import MARKUP, SHOWN, write_hostile

from collectors.collect import CollectOptions, Collector
from collectors.compare.compare import compare
from collectors.contract.state import DashboardState
from collectors.presentation.page import Against, as_html
from collectors.presentation.palette import colour

LONG = "a_very_long_name_without_any_place_to_break_it_" * 5
STATES = {
    "diverged": diverged_state(),
    "empty": empty_state(),
    "long": with_text(failing_state(), LONG),
}


def page_of(state: DashboardState) -> str:
    """The report beside a baseline: every section is there."""
    raw = state.model_dump(mode="json")
    raw["meta"]["run_id"] = "run-20261101-000000"
    baseline = DashboardState.model_validate(raw)
    return as_html(state, Against(baseline.meta.run_id, baseline, compare(state, baseline)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for each state."""
    home = tmp_path_factory.mktemp("reports")
    for name, state in STATES.items():
        (home / f"{name}.html").write_text(page_of(state), encoding="utf-8")
    return home


@pytest.fixture
def reader(shared_chromium: Any) -> Iterator[Any]:
    """The browser with scripts switched off while a page loads; its console must stay empty."""
    yield shared_chromium
    shared_chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    shared_chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    shared_chromium.get("about:blank")
    assert console_messages(shared_chromium) == [], "the console is not empty"


def read_without_scripts(driver: Any, file: Path) -> None:
    """Load a page as a browser that runs nothing does; only the test may look into it afterwards."""
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    driver.get(file.as_uri())
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_report_follows_the_devices_theme(reader: Any, folder: Path, theme: str) -> None:
    prefer(reader, "prefers-color-scheme", theme)

    read_without_scripts(reader, folder / "diverged.html")

    ground = reader.execute_script("return getComputedStyle(document.body).backgroundColor")
    wished = colour("surface", theme)
    assert ground == f"rgb({', '.join(str(int(wished[i : i + 2], 16)) for i in (1, 3, 5))})"
    drawn = reader.execute_script("return document.querySelector('path.line-val').getBoundingClientRect().width")
    assert drawn > 100
    assert violations(reader) == []


@pytest.mark.browser
@pytest.mark.parametrize("name", STATES)
def test_nothing_scrolls_sideways_on_a_phone(reader: Any, folder: Path, name: str) -> None:
    """Neither at 390 px nor at 320, whatever names are in it."""
    for width in (390, 320):
        resize(reader, width, 844, phone=True)
        read_without_scripts(reader, folder / f"{name}.html")

        sizes = reader.execute_cdp_cmd("Page.getLayoutMetrics", {})
        assert sizes["cssContentSize"]["width"] == width, f"at {width} px"
    resize(reader, 1440, 900)


@pytest.mark.browser
def test_on_paper_it_is_light_and_holds_everything(reader: Any, folder: Path) -> None:
    """Whatever the device's theme is: paper is white."""
    read_without_scripts(reader, folder / "diverged.html")
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]

    reader.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": dark})

    script = "return getComputedStyle(document.body).getPropertyValue('--panel').trim()"
    assert reader.execute_script(script) == colour("panel", "light")
    printed = reader.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert len(printed["data"]) > 10_000
    reader.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_the_link_asks_for_what_the_page_shows(page: Page) -> None:
    """Run, baseline and scale of the address are in the link when somebody is about to follow it."""
    page.show(failing_state(), "y=log&baseline=-&view=gate")
    page.driver.execute_script("document.querySelector('a[data-report]').focus()")

    link = "return document.querySelector('a[data-report]').href"
    href = wait_for(lambda: "?" in page.driver.execute_script(link) and page.driver.execute_script(link), "the link")
    assert href == f"{page.url}report.html?y=log&baseline=-&view=gate"
    assert page.driver.execute_script("return document.querySelector('a[data-report]').download") == ""
    assert "log scale" in httpx.get(href).text


@pytest.mark.browser
def test_a_hostile_workspace_makes_a_quiet_report(reader: Any, tmp_path: Path) -> None:
    """Names, labels, tags and a validator that try everything, with scripts switched on: all of it is text."""
    write_hostile(tmp_path / "ws")
    with Collector(tmp_path / "ws", None, CollectOptions(run_validator=True, announce=str)) as collector:
        state = collector.collect()
    (tmp_path / "r.html").write_text(page_of(state), encoding="utf-8")

    reader.get((tmp_path / "r.html").as_uri())

    assert reader.execute_script("return window.ran") is None
    assert reader.execute_script("return document.querySelectorAll('img, main b b, script').length") == 0
    shown = reader.execute_script("return document.querySelector('main').textContent")
    assert MARKUP in shown and SHOWN in shown
    assert "\x1b" not in shown and "\u202e" not in shown
