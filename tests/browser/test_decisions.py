"""The decisions tab in a real browser: what is drawn, tried, zoomed and shared is what the files say."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import ActionChains, Keys
from support.decisions import EVENTS, asked, collected, write_recorded
from support.fused_scoring import COUNT, FAULTS, write_fused
from support.page import Page, resize, text, texts
from support.waiting import wait_for

from collectors.contract.decisions import DecisionDocument
from collectors.contract.state import DashboardState
from collectors.readers.child.process import ReaderProcess
from collectors.store.store import Store

DRAWN = "return document.querySelector('#decision-charts')?.dataset.drawn || ''"
CELLS = """
const rows = [...document.querySelectorAll('.decision-what-if tbody tr')];
return rows.map((row) => [...row.cells].map((cell) => cell.innerText));
"""
STATES = """
return [...document.querySelectorAll("[data-series='timeline'] rect[class^='state-']")].map((box) => [
  box.querySelector('title').textContent.split(':')[0], box.getAttribute('class').slice(6)]);
"""
SHOWN = """
const figures = [...document.querySelectorAll('.decision-figure')];
return figures.filter((figure) => figure.checkVisibility()).map((figure) => figure.dataset.series);
"""
UNREADABLE = """
const found = [];
for (const picture of document.querySelectorAll('.decision-figure svg')) {
  if (!picture.checkVisibility()) continue;
  const frame = picture.getBoundingClientRect();
  const texts = [...picture.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
  for (const [name, box] of texts) {
    if (box.left < frame.left - 1 || box.right > frame.right + 1) found.push(name);
    for (const [other, next] of texts) {
      const isAcross = box.left < next.right && next.left < box.right;
      if (name < other && isAcross && box.top + 5 < next.bottom && next.top + 5 < box.bottom) found.push([name, other]);
    }
  }
}
return found;
"""
"""Words in pictures that are cut off, or lie over others."""
TICKS = "return [...document.querySelectorAll('[data-series=fused] .decision-tick')].map((tick) => tick.textContent)"


@pytest.fixture(scope="module")
def child() -> Any:
    with ReaderProcess() as process:
        yield process


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fused")
    write_fused(folder)
    return folder


def show(page: Page, workspace: Path, child: ReaderProcess, query: str = "tab=decisions") -> DashboardState:
    """The tab of a workspace, drawn."""
    state = collected(workspace, asked(), child, Store(page.state_dir))
    page.show(state, query)
    wait_for(lambda: page.driver.execute_script(DRAWN).startswith(state.meta.run_id), "the charts")
    return state


def document_of(page: Page, state: DashboardState) -> DecisionDocument:
    path = page.state_dir / f"decisions/{state.meta.run_id}.json"
    return DecisionDocument.model_validate_json(path.read_bytes())


def recounted(workspace: Path, line: float, warn: float = 1.0) -> tuple[int, int]:
    """Windows over a line and alarms with it, row by row as the rules say: 2 in a row fire, 1 below is bridged."""
    with (workspace / EVENTS).open(newline="") as handle:
        scores = [float(row["fused_score"]) for row in csv.DictReader(handle)]
    alarms, last, in_a_row, has_fired = 0, None, 0, False
    for n, score in enumerate(scores):
        if score >= warn:
            if last is None or n - last > 2:
                has_fired = False
            last = n
        in_a_row = in_a_row + 1 if score >= line else 0
        if in_a_row >= 2 and not has_fired:
            alarms, has_fired = alarms + 1, True
    return sum(score >= line for score in scores), alarms


def cells(page: Page) -> dict[str, tuple[str, str]]:
    """Name -> in use and tried."""
    return {name: (now, tried) for name, now, tried in page.driver.execute_script(CELLS)}


def test_the_faults_are_drawn_and_listed_with_their_stream(page: Page, workspace: Path, child: ReaderProcess) -> None:
    show(page, workspace, child)

    assert text(page.driver, ".decision-sentence") == "3 alarms, the longest 14 s."
    assert texts(page.driver, ".decision-alarms td:nth-child(5)") == ["SwinMAE", "PatchTST", "PatchTST"]
    drawn = page.driver.execute_script(STATES)
    assert [state for name, state in drawn if name == "Fused"].count("anomaly") == len(FAULTS)
    assert {state for _, state in drawn} == {"normal", "anomaly"}
    figures = page.driver.find_elements("css selector", ".decision-figure svg")
    names = [figure.get_attribute("aria-label") for figure in figures]
    assert all(names)
    assert "Fused score: 1,000 windows, the worst is 3.25 at" in " ".join(map(str, names))


def test_a_dragged_slider_tells_what_a_slow_recount_gives(page: Page, workspace: Path, child: ReaderProcess) -> None:
    state = show(page, workspace, child)
    before = (workspace / EVENTS).read_bytes()
    slider = page.driver.find_element("css selector", "input[data-line='anomaly']")
    lines = next(one.what_if for one in document_of(page, state).series if one.id == "fused")
    assert lines is not None
    in_use = recounted(workspace, 2.0)
    assert (cells(page)["anomaly"][0], cells(page)["alarms"][0]) == tuple(map(str, in_use))

    told = set()
    for across in (85, 60, -80):
        ActionChains(page.driver).click_and_hold(slider).move_by_offset(across, 0).release().perform()
        at = int(page.driver.execute_script("return arguments[0].value", slider))
        counts = cells(page)
        assert (counts["anomaly"][1], counts["alarms"][1]) == tuple(map(str, recounted(workspace, lines.line[at])))
        assert counts["anomaly"][0] == str(in_use[0])
        told.add(counts["anomaly"][1])
        assert f"what_if=fused:{lines.line.index(1.0)}:{at}" in page.driver.current_url
    assert len(told) > 1
    assert (workspace / EVENTS).read_bytes() == before

    copied = json.loads(
        page.driver.find_element("css selector", ".decision-what-if [data-copy]").get_attribute("data-copy")
    )
    assert copied["dual"] == {"warn": 1, "anomaly": lines.line[at]}
    assert copied["tried"]["windows"] == COUNT

    slider.send_keys(Keys.ARROW_RIGHT)
    moved = cells(page)["anomaly at"][1]
    assert moved == f"{float(f'{lines.line[at + 1]:.4g}'):g}"
    page.driver.get(page.driver.current_url)
    wait_for(lambda: page.driver.execute_script(DRAWN), "the charts again")
    assert cells(page)["anomaly at"][1] == moved

    page.driver.find_element("css selector", "[data-decision='reset']").click()
    assert "what_if" not in page.driver.current_url
    assert cells(page)["anomaly"][0] == cells(page)["anomaly"][1]


def test_an_alarm_zooms_all_charts_and_the_address_keeps_it(page: Page, workspace: Path, child: ReaderProcess) -> None:
    show(page, workspace, child)
    whole = page.driver.execute_script(TICKS)

    page.driver.find_element("css selector", ".decision-show").send_keys(Keys.ENTER)

    near = page.driver.execute_script(TICKS)
    assert near != whole
    assert "t=17" in page.driver.current_url
    pressed = page.driver.switch_to.active_element
    assert (pressed.get_attribute("class"), pressed.get_attribute("aria-pressed")) == ("decision-show", "true")
    page.driver.get(page.driver.current_url)
    wait_for(lambda: page.driver.execute_script(TICKS) == near, "the same range")

    page.driver.find_element("css selector", "[data-decision='whole']").click()
    assert page.driver.execute_script(TICKS) == whole
    assert "t=" not in page.driver.current_url.partition("?")[2].replace("tab=", "")


def test_dragging_over_a_chart_shows_that_range(page: Page, workspace: Path, child: ReaderProcess) -> None:
    show(page, workspace, child)
    whole = page.driver.execute_script(TICKS)
    chart = page.driver.find_element("css selector", "[data-series='patchtst'] svg")

    ActionChains(page.driver).move_to_element(chart).click_and_hold().move_by_offset(120, 0).release().perform()

    wait_for(lambda: page.driver.execute_script(TICKS) != whole, "the range")
    page.driver.find_element("css selector", "[data-decision='wider']").click()
    assert text(page.driver, ".decision-range").count("2026-09-21") == 2


def test_what_nobody_judged_is_hatched_and_never_green(page: Page, child: ReaderProcess, tmp_path: Path) -> None:
    write_recorded(tmp_path)
    show(page, tmp_path, child)

    assert text(page.driver, ".decision-sentence") == "No alarm in 7 windows; 25 PatchTST windows not judged."
    drawn = page.driver.execute_script(STATES)
    assert drawn == [
        ["PatchTST", "normal"], ["PatchTST", "not_judged"], ["SwinMAE", "normal"], ["Fused", "normal"],
    ]  # fmt: skip
    hatch = page.driver.find_element("css selector", "rect.state-not_judged").value_of_css_property("fill")
    assert "decision-hatch" in hatch
    assert texts(page.driver, ".decision-legend li") == ["normal", "not judged"]


def test_where_nothing_was_scored_no_line_is_drawn(page: Page, child: ReaderProcess, tmp_path: Path) -> None:
    """A hole in time is a state of its own: no data."""
    write_fused(tmp_path)
    rows = (tmp_path / EVENTS).read_text().splitlines(keepends=True)
    (tmp_path / EVENTS).write_text("".join([*rows[:301], *rows[601:]]))
    show(page, tmp_path, child)

    drawn = "return document.querySelector('[data-series=patchtst] .decision-curve').getAttribute('d')"
    assert page.driver.execute_script(drawn).count("M") == 2
    assert texts(page.driver, ".decision-legend li") == ["normal", "anomaly", "no data"]


def test_a_scoring_that_goes_on_is_followed(page: Page, workspace: Path, child: ReaderProcess, tmp_path: Path) -> None:
    shutil.copytree(workspace, tmp_path / "ws", copy_function=shutil.copy2)
    state = show(page, tmp_path / "ws", child)
    rows = (tmp_path / "ws" / EVENTS).read_text().splitlines(keepends=True)
    (tmp_path / "ws" / EVENTS).write_text("".join([*rows, *rows[201:210]]))

    grown = collected(tmp_path / "ws", asked(), child, Store(page.state_dir))
    page.write(grown)

    assert grown.decisions is not None and state.decisions is not None
    assert grown.decisions.digest != state.decisions.digest
    wait_for(lambda: page.driver.execute_script(DRAWN).endswith(grown.decisions.digest), "the new rows")
    wait_for(lambda: text(page.driver, ".decision-sentence").startswith("4 alarms"), "the new alarm")


def test_on_a_phone_one_curve_at_a_time_and_nothing_scrolls_sideways(
    page: Page, workspace: Path, child: ReaderProcess
) -> None:
    resize(page.driver, 320, 640, phone=True)
    show(page, workspace, child)

    assert page.driver.execute_script(SHOWN) == ["timeline", "fused", "distribution"]
    assert page.driver.execute_script(UNREADABLE) == []
    page.driver.execute_script("document.querySelector('[data-curve=swinmae]').click()")
    assert page.driver.execute_script(SHOWN) == ["timeline", "swinmae", "distribution"]
    assert page.driver.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    facts = "const facts = document.querySelector('.decision-facts'); return facts.scrollWidth <= facts.clientWidth"
    assert page.driver.execute_script(facts), "the counts of a series wrap"


def test_a_state_without_a_scoring_has_no_such_tab(page: Page, child: ReaderProcess, tmp_path: Path) -> None:
    write_recorded(tmp_path)
    shutil.rmtree(tmp_path / "artifacts/batch_decision")
    (tmp_path / "artifacts/thresholds/batch_decision_thresholds.json").unlink()
    page.show(collected(tmp_path, asked(), child, Store(page.state_dir)), "tab=decisions")

    assert texts(page.driver, ".tabs a") == ["Readiness", "Curves", "Runs", "Files"]
    assert text(page.driver, ".tabs [aria-current]") == "Readiness"
