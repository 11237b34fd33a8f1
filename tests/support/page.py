"""The page in a browser, asked in the words a person would use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from selenium.webdriver.common.action_chains import ActionChains
from support.states import write_state
from support.waiting import wait_for

from collectors.contract.state import DashboardState

DRAWN_SECONDS = 60.0
"""It is where tests begin, on machines however busy; how fast it is drawn is what `make bench` measures."""
IS_DRAWN = """
const charts = [...document.querySelectorAll(".loss-chart")].filter((chart) => chart.checkVisibility());
if (charts.length && !window.Plotly) {  // what is far is not drawn, nor what nobody looks at
  charts[0].scrollIntoView({block: "end"});
  window.dispatchEvent(new Event("pointermove"));
} else if (window.Plotly && !window.hasScrolledBack) {
  window.hasScrolledBack = true;
  scrollTo(0, 0);
}
const isDrawn = (plot) => plot?.data?.length > 0 || plot?.layout?.annotations?.length > 0;
return Boolean(document.querySelector("#verdict .verdict"))
  && "condition" in document.documentElement.dataset
  && document.querySelector("#comparison")?.childElementCount > 0
  && charts.every((chart) => isDrawn(chart.querySelector(".js-plotly-plot")));
"""
CHART = "[...document.querySelectorAll('.loss-chart .js-plotly-plot')][arguments[0]]"


@dataclass(frozen=True)
class Page:
    """One browser before one server, kept for many tests."""

    driver: Any
    url: str
    state_dir: Path

    def write(self, state: DashboardState, *, observed_at: datetime | None = None) -> None:
        """Let the observer have seen this."""
        write_state(self.state_dir, state, observed_at=observed_at)

    def show(self, state: DashboardState, query: str = "") -> None:
        """Write a state, load the page and wait until it is drawn."""
        self.write(state)
        open_page(self.driver, self.url, query)


def open_page(driver: Any, url: str, query: str = "") -> None:
    """Load the page and wait until verdict, freshness and every chart are there."""
    driver.get(f"{url}?{query}")
    wait_for(lambda: driver.execute_script(IS_DRAWN), "the page to be drawn", DRAWN_SECONDS)


def text(driver: Any, selector: str) -> str:
    """Visible text of the first match, spaces and line ends made one space."""
    return str(driver.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)).strip()


def texts(driver: Any, selector: str) -> list[str]:
    """All text of each match, shown or folded away."""
    script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)"
    return list(driver.execute_script(script, selector))


def traces(driver: Any, chart: int) -> dict[str, dict[str, Any]]:
    """Trace name -> `{x, y, color}` of the n-th loss chart."""
    script = (
        f"const plot = {CHART}; return plot.data.map((t) => ({{name: t.name, x: [...t.x], y: [...t.y],"
        " color: (t.line || t.marker).color}))"
    )
    return {trace["name"]: trace for trace in driver.execute_script(script, chart)}


def x_range(driver: Any, chart: int) -> list[float]:
    """The shown ends of the n-th loss chart's x-axis."""
    return list(driver.execute_script(f"return {CHART}._fullLayout.xaxis.range", chart))


def freshness(driver: Any) -> str:
    """`live` or `stale`, as the page root says."""
    return str(driver.execute_script("return document.documentElement.dataset.freshness"))


def mouse_over(driver: Any, element: Any, across: float, down: float) -> ActionChains:
    """A mouse inside an element in sight, so many pixels from its left and its upper edge."""
    left, top = driver.execute_script("const e = arguments[0].getBoundingClientRect(); return [e.left, e.top]", element)
    mouse = ActionChains(driver)
    mouse.w3c_actions.pointer_action.move_to_location(int(left + across), int(top + down))
    mouse.w3c_actions.key_action.pause()
    return mouse


def zoom_by_hand(driver: Any, chart: int) -> list[float]:
    """Drag over part of a chart, as a person does; return the new ends of its x-axis."""
    usual = x_range(driver, chart)
    area = driver.find_elements("css selector", ".loss-chart .nsewdrag")[chart]
    driver.execute_script("arguments[0].scrollIntoView({block: 'nearest'})", area)
    mouse_over(driver, area, 20, 40).click_and_hold().move_by_offset(150, 0).release().perform()
    return wait_for(lambda: x_range(driver, chart) != usual and x_range(driver, chart), "the zoom")


def resize(driver: Any, width: int, height: int, *, phone: bool = False) -> None:
    """Give the page exactly this size."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def prefer(driver: Any, feature: str, value: str) -> None:
    """Emulate one wish of the device, such as `prefers-color-scheme: dark`."""
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": feature, "value": value}]})
