"""Metrics below the losses, and targets, in a real browser: what is few is drawn, what is many waits to be opened."""

from __future__ import annotations

from typing import Any

from support.metric_states import ACC, FEW, many, with_metrics, with_target
from support.page import Page, text, texts, traces
from support.waiting import wait_for

CARDS = """
return [...document.querySelectorAll('.metric-card')].filter((card) => card.checkVisibility()).map((card) => ({
  name: card.dataset.metric,
  figures: card.querySelector('.metric-figures').innerText,
  y: [...(card.querySelector('.metric-plot').data?.find((t) => t.hoverinfo !== 'skip')?.y || [])],
}));
"""
SCALES = "return [...document.querySelectorAll('.metric-plot')].map((plot) => plot.layout?.yaxis.type)"
GROUPS = "return [...document.querySelectorAll('.metric-group')].map((g) => [g.dataset.group, g.open])"


def cards(page: Page, count: int) -> dict[str, dict[str, Any]]:
    """Every card in sight by its metric, once there are so many and all are drawn."""

    def drawn() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = page.driver.execute_script(CARDS)
        return found if len(found) == count and all(card["y"] for card in found) else []

    return {card["name"]: card for card in wait_for(drawn, f"{count} drawn metrics")}


def press(page: Page, selector: str) -> None:
    """Press the first match, as a person who has it in sight."""
    element = page.driver.find_element("css selector", selector)
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def test_few_metrics_are_drawn_below_the_losses_and_grow_with_the_state(page: Page) -> None:
    page.show(with_metrics(FEW, **{"val/acc": {"unit": "%", "label": "Accuracy"}}), "tab=curves")

    drawn = cards(page, 3)

    assert set(traces(page.driver, 0)) >= {"train", "val"}
    assert "grad_norm" not in traces(page.driver, 0)
    assert drawn["val/acc"]["y"] == ACC
    assert drawn["val/acc"]["figures"].split("\n") == ["0.82 %", "best 0.83 % at epoch 6"]
    assert "NaN since epoch 3" in drawn["grad_norm"]["figures"]
    assert texts(page.driver, ".metric-card h4") == ["train/acc", "Accuracy", "grad_norm"]

    page.driver.execute_script("document.querySelector('.metric-card').dataset.same = 'yes'")
    page.write(with_metrics({name: [*values, 0.99] for name, values in FEW.items()}))

    wait_for(lambda: cards(page, 3)["val/acc"]["y"] == [*ACC, 0.99], "the new value")
    assert page.driver.execute_script("return document.querySelectorAll('.metric-card[data-same]').length") == 1


def test_hundreds_wait_until_a_group_is_opened_and_more_is_asked_for(page: Page) -> None:
    page.show(with_metrics(many(300)), "tab=curves")

    wait_for(lambda: page.driver.execute_script(GROUPS), "the groups")
    assert page.driver.execute_script(GROUPS) == [["train", False], ["val", False], ["layers", False]]
    assert page.driver.execute_script("return document.querySelectorAll('.metric-card').length") == 0

    press(page, ".metric-group[data-group='val'] summary")
    assert list(cards(page, 24))[:2] == ["val/metric001", "val/metric004"]
    assert text(page.driver, ".metric-group[open] .metric-more") == "Show 24 more of 100"

    press(page, ".metric-group[open] .metric-more")
    assert len(cards(page, 48)) == 48

    press(page, ".metric-group[data-group='val'] summary")
    wait_for(lambda: not page.driver.execute_script(CARDS), "the group to close")


def test_a_group_that_is_opened_again_is_drawn_as_is_wished_by_then(page: Page) -> None:
    page.show(with_metrics(many(9)), "tab=curves")
    summary = ".metric-group[data-group='val'] summary"
    press(page, summary)
    cards(page, 3)

    press(page, summary)
    wait_for(lambda: not page.driver.execute_script(CARDS), "the group to close")
    press(page, "[data-choice='y-scale'][data-value='log']")
    press(page, summary)

    wait_for(lambda: page.driver.execute_script(SCALES) == ["log"] * 3, "the metrics on the scale that was chosen")


def test_a_target_has_its_row_and_its_own_stage(page: Page) -> None:
    page.show(with_target(0.01), "view=gate")

    assert "15. Targets reached" in text(page.driver, "#verdict .verdict-evidence")
    assert "FAIL" in text(page.driver, "#check-targets .check-outcome")
    stage = ".stage-card[data-stage='targets-check']"
    wait_for(lambda: "misses its target" in text(page.driver, stage), "the stage of the targets")

    page.show(with_target(100.0), "view=gate")

    assert text(page.driver, "#verdict .verdict-word") == "READY"
    wait_for(lambda: "done" in text(page.driver, stage), "the stage of the targets")


LINES = """
return [...document.querySelectorAll('.metric-card')].map((card) => [card.dataset.metric,
  (card.querySelector('.metric-plot').data || []).filter((t) => t.mode === 'lines+text').map((t) => [t.name, ...t.y])]);
"""


def test_a_target_is_a_line_in_the_chart_of_its_metric_and_within_its_axis(page: Page) -> None:
    page.show(with_metrics(FEW, **{"val/acc": {"at_least": 0.99}}), "tab=curves")
    cards(page, 3)

    drawn = dict(page.driver.execute_script(LINES))

    assert drawn == {"train/acc": [], "val/acc": [["at least 0.99", 0.99, 0.99]], "grad_norm": []}
    plot = "document.querySelector('.metric-card[data-metric=\"val/acc\"] .metric-plot')"
    low, high = page.driver.execute_script(f"return {plot}.layout.yaxis.range")
    assert low < 0.99 < high
