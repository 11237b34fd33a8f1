"""Any width, paper, and a device that sets all colours: nothing lies outside or over another, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.page import Page, prefer, resize, traces
from support.states import failing_state
from support.waiting import wait_for

WIDTHS = (
    320, 360, 480, 560, 561, 640, 760, 761, 800, 860, 920, 960, 1024, 1100, 1240, 1241, 1366, 1440, 1560, 1561, 1920,
)  # fmt: skip
TORN = """
const scrolls = (e) => e && (/auto|scroll|clip|hidden/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
const seen = (e) => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1;
const beyond = [...document.body.querySelectorAll("*")].filter((e) => {
  return seen(e) && e.getBoundingClientRect().right > innerWidth + 0.5 && !scrolls(e);
});
const rows = ".top > *, .top-end > *, .tabs > *, .verdict > *, .card header > *";
const parts = [...document.querySelectorAll(rows)].filter(seen);
const over = parts.filter((e) => [...e.parentElement.children].some((other) => {
  const [a, b] = [e, other].map((one) => one.getBoundingClientRect());
  return e !== other && seen(other) && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1
    && b.top < a.bottom - 1;
}));
const wide = document.documentElement.scrollWidth > innerWidth ? ["the document"] : [];
return [...wide, ...[...beyond, ...over].map((e) => e.outerHTML.slice(0, 90))];
"""
LOST = """
const seen = (e) => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1;
const cut = [...document.querySelectorAll("main *")].filter((e) => {
  return seen(e) && e.children.length === 0 && e.textContent.trim() && !e.closest("svg, .unseen, .loss-data > div")
    && getComputedStyle(e).overflow !== "visible" && e.scrollWidth > e.clientWidth + 1;
});
const pressed = [...document.querySelectorAll("button, input, select, .tabs a")].filter((e) => {
  return seen(e) && !e.matches(".stage-row, .chip");
});
const icons = [...document.querySelectorAll("main .icon")].filter(seen);
const pale = icons.filter((e) => getComputedStyle(e).printColorAdjust !== "exact");
const hints = [...document.querySelectorAll(".check-hint, .check-detail")].filter((e) => !seen(e));
return {lost: [...cut, ...pressed, ...pale, ...hints].map((e) => e.outerHTML.slice(0, 90)), icons: icons.length};
"""
STROKES = """
const keys = [...arguments[0].querySelectorAll(".key")];
return Object.fromEntries(keys.map((key) => [key.className, getComputedStyle(key).borderTopStyle]));
"""


@pytest.fixture
def failing(page: Page) -> Iterator[Page]:
    """The page of a run that failed, which has a bit of everything."""
    page.show(failing_state(), "y=log")
    yield page
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_from_a_small_phone_to_a_large_desk_no_width_tears_the_page(failing: Page) -> None:
    """At every break point, one pixel beyond it, and between."""
    for width in WIDTHS:
        resize(failing.driver, width, 900)
        wait_for(lambda: not failing.driver.execute_script(TORN), f"nothing torn at {width} px, charts as well")
        assert failing.driver.execute_script("return innerWidth") == width


def test_on_paper_everything_is_told_and_nothing_can_be_pressed(failing: Page) -> None:
    """A4 upright and across, from a desk's screen; what is folded stands open, and icons keep their colour."""
    for width in (703, 1032):
        resize(failing.driver, width, 900)
        failing.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        failing.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        paper = failing.driver.execute_script(LOST)

        assert paper["lost"] == [] and paper["icons"] > 10
        assert failing.driver.execute_script(TORN) == []


def test_where_a_device_sets_all_colours_strokes_tell_validation_from_training(failing: Page) -> None:
    """In the chart and in its legend; otherwise both are whole lines."""
    driver = failing.driver
    legend = driver.find_element("css selector", ".loss-words")
    dashes = (
        "return document.querySelector('.loss-chart .js-plotly-plot').data.map(({name, line}) => [name, line?.dash])"
    )
    usual = dict(driver.execute_script(dashes))

    prefer(driver, "forced-colors", "active")
    driver.find_element("css selector", "button[data-choice=y-scale][data-value=linear]").click()
    forced = wait_for(lambda: (now := dict(driver.execute_script(dashes))) != usual and now, "the other strokes")

    assert (usual["train"], usual["val"]) == ("solid", "solid")
    assert (forced["train"], forced["val"]) == ("dot", "solid")
    assert driver.execute_script(STROKES, legend) == {"key key-train": "dotted", "key key-val": "solid"}
    assert traces(driver, 0)["train"]["y"]
