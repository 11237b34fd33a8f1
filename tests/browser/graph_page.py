"""What the graph's browser tests share: a page on a state, and questions to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from selenium.webdriver.common.action_chains import ActionChains
from support.page import Page, mouse_over
from support.waiting import wait_for

from collectors.contract.state import DashboardState
from collectors.store.store import Store

HEARTBEAT_SECONDS = 600
"""Long enough that nobody counts as dead while a test runs."""


@dataclass
class GraphPage:
    """The dashboard, open in a browser, over a state folder that the test writes."""

    driver: Any
    state_dir: Path

    def write(self, state: DashboardState) -> None:
        """Put a state where the server reads it."""
        Store(self.state_dir).write_state(state)

    def beat(self, ago: timedelta = timedelta(0), seconds: float = HEARTBEAT_SECONDS) -> None:
        """Say that somebody looked so long ago, and how often it is done."""
        Store(self.state_dir).write_heartbeat(datetime.now(UTC) - ago, seconds, 1)

    def ask(self, script: str, *arguments: Any) -> Any:
        """Run a script that returns something."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script: str, what: str) -> Any:
        """Wait until a script returns something true."""
        return wait_for(lambda: self.ask(f"return {script}"), what)

    def cards(self) -> dict[str, dict[str, Any]]:
        """Shown cards by stage: status, name and box on screen."""
        found = self.ask(
            "return [...document.querySelectorAll('.stage-card')].filter((c) => c.offsetParent).map((c) => {"
            "const r = c.getBoundingClientRect(); return {stage: c.dataset.stage, status: c.dataset.status,"
            "name: c.ariaLabel ?? c.textContent, text: c.innerText,"
            "left: r.left, top: r.top, right: r.right, bottom: r.bottom}})"
        )
        return {card["stage"]: card for card in found}

    def viewport(self) -> dict[str, float]:
        """Zoom and pan of the canvas."""
        return self.ask("const c = pipelineGraph.cy; return {zoom: c.zoom(), x: c.pan().x, y: c.pan().y}")

    def box(self, selector: str) -> dict[str, float]:
        """Where an element stands on screen."""
        return self.ask("return document.querySelector(arguments[0]).getBoundingClientRect().toJSON()", selector)

    def press(self, selector: str) -> None:
        """Click an element where the person would, scrolled into sight."""
        self.driver.find_element("css selector", selector).click()

    def at(self, stage: str) -> ActionChains:
        """A mouse over the middle of a card."""
        card = self.driver.find_element("css selector", f".stage-card[data-stage='{stage}']")
        return mouse_over(self.driver, card, card.rect["width"] / 2, card.rect["height"] / 2)

    def show(self, view: str) -> None:
        """Change to another view, by its tab."""
        self.press(f"a[data-view='{view}']")
        self.wait(f"pipelineGraph.view === '{view}'", f"the view {view}")

    def size(self, width: int, height: int, **more: Any) -> None:
        """Give the page another size."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False, **more}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def media(self, **features: str) -> None:
        """Wish for dark colours or less motion; `_` stands for `-`."""
        wishes = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wishes})


def graph_page(shown: Page, state: DashboardState, query: str = "") -> GraphPage:
    """Write a state, open the page, and wait until the graph is drawn and fits."""
    page = GraphPage(shown.driver, shown.state_dir)
    page.write(state)
    page.beat()
    page.size(1440, 900)
    page.driver.get(shown.url + query)
    page.wait("window.pipelineGraph && pipelineGraph.cy && pipelineGraph.cards.size > 0", "the cards")
    page.wait("document.querySelector('.graph-room').dataset.motion", "the motion switch")
    return page
