"""The page in a real browser: what the state says is what stands there."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys
from support.page import Page, open_page, resize, text, texts, traces, x_range
from support.state_parts import PATCHTST, SWINMAE
from support.states import (
    diverged_state,
    empty_state,
    failing_state,
    good_state,
    ready_state,
    running_state,
)
from support.waiting import wait_for

from collectors.contract.state import Check, DashboardState, Step

WORDS = {"pass": ("[v]", "PASS"), "fail": ("[ ]", "FAIL"), "skip": ("[-]", "SKIP")}


def row_text(check: Check) -> str:
    mark, outcome = WORDS[check.outcome]
    return f"{mark}{check.index}. {check.title}{outcome}{check.detail}{check.hint or ''}"


def debiased(values: list[float], weight: float) -> list[float]:
    """TensorBoard's smoothing, written independently: a weighted mean of all values so far."""
    shares = [[weight ** (i - k) for k in range(i + 1)] for i in range(len(values))]
    return [sum(w * v for w, v in zip(ws, values, strict=False)) / sum(ws) for ws in shares]


def assert_verdict(page: Page, word: str, shape: str) -> None:
    """It stands in bar, title and icon."""
    icon = page.driver.execute_script("return decodeURIComponent(document.querySelector('link[rel~=icon]').href)")
    assert text(page.driver, ".verdict-word") == word
    assert page.driver.title == f"{word} · anomaly-detection · Training Dashboard"
    assert icon.startswith("data:image/svg+xml,") and shape in icon


BOTTOM = "return document.querySelector(arguments[0]).getBoundingClientRect().bottom"


def test_the_checklist_equals_the_state_item_by_item_and_stands_on_the_first_screen(page: Page) -> None:
    """With verdict, cards and graph: at 1440x900 without scrolling, with a failing check open."""
    state = failing_state()
    page.show(state)

    rows = texts(page.driver, ".check")
    assert rows == [row_text(check) for check in state.checklist]
    assert texts(page.driver, ".check details[open] .check-title") == ["9. Same run"]
    bottoms = {
        name: page.driver.execute_script(BOTTOM, f"#{name}")
        for name in ("verdict", "cards", "graph-panel", "checklist")
    }
    assert max(bottoms.values()) <= 900, bottoms


def test_the_charts_hold_the_recorded_points_as_they_were_measured(page: Page) -> None:
    page.show(ready_state())
    assert_verdict(page, "READY", "5 5L24")

    assert text(page.driver, "#smoothing-now") == "off"
    slider = "return document.getElementById('smoothing').checkVisibility({visibilityProperty: true})"
    assert not page.driver.execute_script(slider), "a slider that does nothing looks set"

    for chart, losses in enumerate((PATCHTST, SWINMAE)):
        drawn = traces(page.driver, chart)
        for name, values in zip(("train", "val"), losses, strict=True):
            assert drawn[name]["y"] == values
            assert drawn[name]["x"] == list(range(1, len(values) + 1))
            assert f"{name} smoothed" not in drawn


def spiked() -> DashboardState:
    """PatchTST's validation loss at 250 steps, with one value that is far off."""
    raw = ready_state().model_dump(mode="json")
    values = [1.0 + (n * 7919 % 100) / 100 for n in range(250)]
    values[100] = 400.0
    raw["metrics"]["patchtst"]["series"]["val_loss"] = {
        "epoch": [None] * 250, "step": list(range(250)), "time": [None] * 250, "value": values
    }  # fmt: skip
    return DashboardState.model_validate(raw)


def test_long_curves_are_smoothed_as_tensorboard_does_and_a_spike_is_off_the_scale_until_it_is_asked_for(
    page: Page,
) -> None:
    """The line that is seen is the one that tells its value on hover; what was measured is faint behind it."""
    driver, state = page.driver, spiked()
    page.show(state)
    values = list(state.metrics["patchtst"].series["val_loss"].value)

    drawn = traces(driver, 0)
    assert drawn["val"]["y"] == values and drawn["train"]["y"] == PATCHTST[0]
    assert drawn["val smoothed"]["y"] == pytest.approx(debiased([v for v in values if v is not None], 0.6))
    assert "train smoothed" not in drawn and drawn["off the scale"]["x"] == [100]
    plot = "document.querySelector('.js-plotly-plot')"
    hovers = driver.execute_script(f"return {plot}.data.filter((t) => t.hoverinfo !== 'skip').map((t) => t.name)")
    assert hovers == ["train", "val smoothed"]
    assert "smoothed 0.60, measured faint" in text(driver, "[data-part=loss-note]")

    low, high = driver.execute_script(f"return {plot}._fullLayout.yaxis.range")
    assert -1 < low < min(PATCHTST[0]) and 2 < high < 3
    assert text(driver, ".scale-all") == "1 value off the scale, to 400: show all"
    driver.find_element("css selector", ".scale-all").click()
    wait_for(lambda: driver.execute_script(f"return {plot}._fullLayout.yaxis.range[1]") >= 400, "the whole scale")
    driver.find_element("css selector", ".scale-all").click()
    wait_for(lambda: driver.execute_script(f"return {plot}._fullLayout.yaxis.range[1]") < 3, "the usual scale")


def test_smoothing_scale_and_axis_are_wishes_and_stand_in_the_url(page: Page) -> None:
    """Without smoothing there is one line a series; the URL alone brings the same view back."""
    driver = page.driver
    page.show(ready_state())

    driver.find_element("css selector", "[data-choice=y-scale][data-value=log]").click()
    driver.find_element("css selector", "[data-choice=x-axis][data-value=time]").click()
    driver.execute_script("dash_clientside.set_props('smoothing', {value: 0})")
    wait_for(lambda: "smoothing=0" in driver.current_url, "the URL to follow")

    assert {"y=log", "x=time", "smoothing=0"} == set(driver.current_url.partition("?")[2].split("&"))
    open_page(driver, page.url, driver.current_url.partition("?")[2])
    assert set(traces(driver, 0)) == {"train", "val", "val last"}
    assert traces(driver, 0)["val"]["x"] == [0, 4, 8, 12, 16, 20, 24, 28]
    assert driver.execute_script("return document.querySelector('.js-plotly-plot')._fullLayout.yaxis.type") == "log"
    assert texts(driver, "[data-choice][aria-pressed=true]") == ["Theme of this device", "val", "time", "log"]


def test_a_url_with_nonsense_shows_the_usual_view(page: Page) -> None:
    driver = page.driver
    page.show(ready_state(), "view=nowhere&smoothing=7&y=cubic&x=%3Cb%3E&theme=neon&stage=%22%5D&later=kept")

    assert (text(driver, ".tabs [aria-current]"), text(driver, ".views [aria-current]")) == (
        "Readiness",
        "Training flow",
    )
    assert driver.find_element("id", "smoothing").get_attribute("value") == "0.6"
    wait_for(lambda: driver.current_url.endswith("?later=kept"), "the URL to be put right, the unknown kept")


def test_the_axis_reaches_to_the_configured_epochs(page: Page) -> None:
    page.show(running_state())
    assert_verdict(page, "TRAINING", "a7 7")

    assert x_range(page.driver, 1)[1] >= 30
    assert max(traces(page.driver, 1)["val"]["x"]) == 3
    assert "epoch 3 of 30" in texts(page.driver, ".loss-foot, .loss-words")[1]


def test_values_that_are_no_numbers_are_marked_at_the_edge(page: Page) -> None:
    page.show(diverged_state())

    drawn = traces(page.driver, 1)
    assert drawn["not finite"]["x"] == [4]
    assert drawn["val"]["y"][3] is None
    assert text(page.driver, ".loss-broken") == "val_loss NaN since epoch 4 (1 value)"


def test_an_empty_workspace_is_a_whole_page(page: Page) -> None:
    page.show(empty_state())

    assert text(page.driver, ".verdict-reason") == "nothing has been trained here yet"
    assert len(texts(page.driver, ".card")) == 4
    assert texts(page.driver, ".loss-chart .annotation-text") == ["no losses yet"] * 2


WIDTH = "return document.documentElement.scrollWidth"


def test_a_phone_shows_what_matters_first_and_never_scrolls_sideways(page: Page) -> None:
    """Also where it is turned into a smaller one."""
    driver = page.driver
    resize(driver, 390, 844, phone=True)
    page.show(failing_state())

    script = "return document.querySelector(arguments[0]).getBoundingClientRect().top"
    order = ["#verdict", "#checklist", "#cards", ".losses", "#graph-panel"]
    for width in (390, 320):
        resize(driver, width, 844, phone=True)
        wait_for(lambda: driver.execute_script(WIDTH) == width, f"the page to be {width} px wide")  # noqa: B023
        tops = [driver.execute_script(script, region) for region in order]
        assert tops == sorted(tops)


STEPS = (
    Step(action="Restore SwinMAE's checkpoint.", command="unzip -o 'a b.zip' " + "m" * 90, clears=("provenance",)),
    Step(action="Score again.", command=None, clears=(), needed_for=("smoke",)),
)


COPIED = "navigator.clipboard.readText().then(arguments[0])"


def test_the_steps_stand_under_the_verdict_at_every_width_and_a_command_is_copied_whole(page: Page) -> None:
    """By keyboard; a long command breaks its line and widens nothing."""
    driver = page.driver
    allowed = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": allowed})
    page.show(failing_state().model_copy(update={"steps": STEPS}))

    for width, phone in ((1440, False), (1024, False), (390, True), (320, True)):
        resize(driver, width, 844, phone=phone)
        wait_for(lambda: driver.execute_script(WIDTH) == width, f"the page to be {width} px wide")  # noqa: B023
        driver.execute_async_script("navigator.clipboard.writeText('').then(arguments[0])")
        driver.find_element("css selector", "#verdict .copy-button").send_keys(Keys.ENTER)
        wait_for(lambda: driver.execute_async_script(COPIED) == STEPS[0].command, "the whole command")
        assert texts(driver, "#verdict .step-clears") == ["clears 9", "needed for 6"]
        assert driver.execute_script(WIDTH) == width
    assert "Copied" in texts(driver, "[role=status]"), "the polite word"


def test_what_is_not_yet_there_says_so_and_is_not_red(page: Page) -> None:
    """In the row, its colour and the tally."""
    state = good_state()
    checks = tuple(c.model_copy(update={"not_yet": c.id == "smoke"}) for c in state.checklist)
    verdict = state.verdict.model_copy(update={"not_yet": 1})
    page.show(state.model_copy(update={"checklist": checks, "verdict": verdict}))
    assert_verdict(page, "INCOMPLETE", "9v9")

    assert text(page.driver, "#check-smoke .check-outcome") == "NOT YET"
    assert text(page.driver, ".tally-words").split() == ["8", "passed", "0", "failed", "1", "not", "yet"]
    assert not page.driver.find_elements("css selector", ".check.is-fail")
