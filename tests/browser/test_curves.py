"""The curves tab in a real browser: what it reads, zooms, finds and keeps is what the state says."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.metric_states import ACC, FEW, many, with_metrics
from support.page import Page, mouse_over, open_page, resize, text, texts, zoom_by_hand
from support.states import ready_state
from support.waiting import wait_for

from collectors.contract.state import DashboardState

ITEMS = """
return [...document.querySelectorAll('.readout-item')].map((item) => item.textContent.replace(/\\s+/g, ' ').trim());
"""
LINES = """
return [...document.querySelectorAll('.crosshair')].filter((line) => line.checkVisibility()).map((line) => {
  const plot = line.parentElement, area = plot.querySelector('.nsewdrag').getBoundingClientRect();
  const [left, right] = plot.layout.xaxis.range, x = line.getBoundingClientRect().left;
  return left + (right - left) * (x - area.left) / area.width;
});
"""
RANGES = """
return [...document.querySelectorAll('.loss-chart .js-plotly-plot, .metric-plot.js-plotly-plot')]
  .map((plot) => plot.layout.xaxis.range.map((end) => Math.round(end * 1e4) / 1e4));
"""
STATE = with_metrics(FEW)


def point_at(page: Page, epoch: int, chart: int = 0) -> ActionChains:
    """The mouse over a loss chart, where an epoch stands."""
    script = (
        "const plot = [...document.querySelectorAll('.loss-chart .js-plotly-plot')][arguments[0]];"
        "const [left, right] = plot.layout.xaxis.range, area = plot.querySelector('.nsewdrag');"
        "return [area, (arguments[1] - left) / (right - left) * area.getBoundingClientRect().width];"
    )
    area, across = page.driver.execute_script(script, chart, epoch)
    return mouse_over(page.driver, area, across, 40)


def value(state: DashboardState, stream: str, series: str, epoch: int) -> str:
    """What was recorded at an epoch, as the readout writes it."""
    found = state.metrics[stream].series[series].value[epoch - 1]
    return "not finite" if found is None else f"{found:.4g}"


def shown(page: Page, metrics: int = 3, query: str = "tab=curves") -> Page:
    """The tab with all its metrics drawn."""
    page.show(STATE, query)
    wait_for(lambda: len(page.driver.execute_script(RANGES)) == 2 + metrics, "every chart")
    return page


def query_of(page: Page) -> str:
    return str(page.driver.execute_script("return location.search"))


def test_one_crosshair_reads_every_chart_and_is_held_by_a_press_a_key_and_the_address(page: Page) -> None:
    shown(page)
    assert text(page.driver, ".readout-at") == "latest"

    point_at(page, 3).perform()
    wait_for(lambda: text(page.driver, ".readout-at") == "epoch 3", "the crosshair")

    items = page.driver.execute_script(ITEMS)
    for stream, label, series in (
        ("patchtst", "train", "train_loss"), ("patchtst", "val", "val_loss"), ("swinmae", "val", "val_loss"),
        ("patchtst", "val/acc", "val/acc"), ("patchtst", "grad_norm", "grad_norm"),
    ):  # fmt: skip
        assert f"{label} {value(STATE, stream, series, 3)}" in items
    assert "NaN since epoch 3" in " ".join(items)
    assert page.driver.execute_script(LINES) == pytest.approx([3] * 5, abs=0.1)

    point_at(page, 5).click().perform()
    wait_for(lambda: "at=epoch:5" in query_of(page), "the address")
    point_at(page, 2).perform()
    assert text(page.driver, ".readout-at") == "epoch 5, held"
    slider = page.driver.find_element("css selector", ".readout-slider")
    slider.send_keys(Keys.ARROW_RIGHT)
    wait_for(lambda: "at=epoch:6" in query_of(page), "the key")
    assert f"val/acc {ACC[5]}" in slider.get_attribute("aria-valuetext")

    open_page(page.driver, page.url, "tab=curves&at=epoch:7")
    wait_for(lambda: f"val/acc {ACC[6]}" in page.driver.execute_script(ITEMS), "the same from the address")
    page.driver.find_element("css selector", "body").send_keys(Keys.ESCAPE)
    wait_for(lambda: text(page.driver, ".readout-at") == "latest", "the crosshair to be let go")


def test_a_drag_zooms_all_charts_and_escape_and_a_double_click_show_everything_again(page: Page) -> None:
    usual = page.driver.execute_script(RANGES) if shown(page) else []

    zoomed = [round(end, 4) for end in zoom_by_hand(page.driver, 0)]
    wait_for(lambda: page.driver.execute_script(RANGES) == [zoomed] * 5, "all charts")
    wait_for(lambda: "zoom=epoch:" in query_of(page), "the address")
    page.driver.find_element("css selector", "body").send_keys(Keys.ESCAPE)
    wait_for(lambda: page.driver.execute_script(RANGES) == usual and "zoom" not in query_of(page), "everything")

    open_page(page.driver, page.url, "tab=curves&zoom=epoch:2:4")
    wait_for(lambda: page.driver.execute_script(RANGES) == [[2, 4]] * 5, "the range of the address")
    area = page.driver.find_elements("css selector", ".loss-chart .nsewdrag")[0]
    ActionChains(page.driver).double_click(area).perform()
    wait_for(lambda: page.driver.execute_script(RANGES) == usual, "everything")


CARDS = """
return [...document.querySelectorAll('.metric-card')].filter((card) => card.checkVisibility()
  && card.querySelector('.metric-plot').data).map((card) => card.dataset.metric);
"""


def test_a_pattern_finds_metrics_in_closed_groups_and_pins_and_a_full_screen_stand_in_the_address(page: Page) -> None:
    page.show(with_metrics(many(60)), "tab=curves")
    page.driver.find_element("id", "metric-filter").send_keys(r"^(val|layers).*0[01]\d$")
    wanted = [f"{kind}/metric{n:03}" for kind, first in (("val", 1), ("layers", 2)) for n in range(first, 20, 3)]
    wait_for(lambda: page.driver.execute_script(CARDS) == wanted, "what the pattern finds")

    pin = ".metric-card[data-metric='val/metric004'] .metric-pin"
    page.driver.execute_script(f'document.querySelector("{pin}").click()')
    field = page.driver.find_element("id", "metric-filter")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(Keys.DELETE)
    wait_for(lambda: page.driver.execute_script(CARDS) == ["val/metric004"], "the pinned one alone")
    page.driver.execute_script("document.querySelector('.metric-card .panel-full').click()")
    wait_for(lambda: "full=patchtst/val/metric004" in query_of(page), "the address")
    assert "pins=patchtst/val/metric004" in query_of(page)
    box = page.driver.execute_script("const b = document.querySelector('.is-full').getBoundingClientRect(); return b")
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1440, 900)
    assert page.driver.execute_script("return document.querySelector('.is-full .metric-plot').clientHeight") > 600

    page.driver.refresh()
    wait_for(lambda: page.driver.execute_script("return Boolean(document.querySelector('.is-full .main-svg'))"), "it")
    page.driver.find_element("css selector", "body").send_keys(Keys.ESCAPE)
    wait_for(lambda: "full=" not in query_of(page), "the page again")
    assert "pins=" in query_of(page)


def test_a_finger_reads_along_a_chart_and_wide_curves_are_proposed_a_logarithmic_scale(page: Page) -> None:
    wide = {"val/lr": [10.0**-n for n in range(8)]}
    resize(page.driver, 390, 844, phone=True)
    page.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        page.show(with_metrics(wide), "tab=curves")
        wait_for(lambda: texts(page.driver, ".metric-card > .scale-log") == ["spans 10^6: log scale"], "the proposal")
        touch(page, 2, 6)
        wait_for(lambda: text(page.driver, ".readout-at") == "epoch 6, held", "the finger's place")
        assert f"val {value(ready_state(), 'patchtst', 'val_loss', 6)}" in page.driver.execute_script(ITEMS)
        page.driver.execute_script("document.querySelector('.scale-log').click()")
        wait_for(lambda: texts(page.driver, ".scale-log") == [], "the proposal to be taken")
        assert "y=log" in query_of(page)
    finally:
        page.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def touch(page: Page, first: int, last: int) -> None:
    """A finger that is put on an epoch of the first chart and drawn to another one."""
    where: dict[int, Any] = {
        epoch: page.driver.execute_script(
            "const plot = document.querySelector('.loss-chart .js-plotly-plot');"
            "const [left, right] = plot.layout.xaxis.range;"
            "plot.scrollIntoView({block: 'center'});"
            "const box = plot.querySelector('.nsewdrag').getBoundingClientRect();"
            "return {x: box.left + (arguments[0] - left) / (right - left) * box.width, y: box.top + 40};",
            epoch,
        )
        for epoch in (first, last)
    }
    for kind, points in (("touchStart", [where[first]]), ("touchMove", [where[last]]), ("touchEnd", [])):
        page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
