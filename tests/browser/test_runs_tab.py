"""The tab of runs: what is drawn is what the files hold, and three runs can be compared without a mouse."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.many_runs import write_runs
from support.page import mouse_over, open_page, text, texts
from support.server import RunningServer, start_server
from support.waiting import wait_for

from collectors.store.runs import RunStore

COUNT = 60
MIDDLES = re.compile(r"M([\d.]+) ([\d.]+)")
IN_FIELD = "[data-filter=text] input"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server before sixty runs of a sweep."""
    home = tmp_path_factory.mktemp("sweep")
    write_runs(home / "state", COUNT)
    server = start_server(home / "server", state_dir=home / "state", options=["--stale-after", "3600"])
    yield server
    server.stop()


def snapshots(server: RunningServer) -> list[dict[str, Any]]:
    """Every stored run as its file says it, oldest first."""
    files = [json.loads(path.read_bytes()) for path in Path(server.state_dir / "runs").glob("*.json")]
    return sorted(files, key=lambda run: str(run["meta"]["started_at"]))


def final(run: dict[str, Any], stream: str = "patchtst") -> float | None:
    point = run["metrics"][stream]["final"].get("val_loss")
    return point and point["value"]


def is_whole(run: dict[str, Any], stream: str) -> bool:
    """Whether nothing of its losses was lost on the way, as the file says it."""
    return run["metrics"][stream]["diverged_at"] is None and not run["metrics"][stream]["nonfinite"]


def scale(driver: Any) -> tuple[float, float]:
    """Height and value of the axis: the value at a height `y` is `value + slope * y`, read from its words."""
    script = """return [...document.querySelectorAll('.scatter-word')].filter((one) => one.getAttribute('text-anchor')
        === 'end' && +one.getAttribute('x') < 60).map((one) => [+one.textContent, +one.getAttribute('y') - 4])"""
    (low, at_low), *_, (high, at_high) = driver.execute_script(script)
    slope = (high - low) / (at_high - at_low)
    return low - slope * at_low, slope


def shown(driver: Any) -> list[str]:
    return [name.strip() for name in texts(driver, ".run-row .run-link")]


def type_in(driver: Any, words: str) -> Any:
    field = driver.find_element("css selector", IN_FIELD)
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(words)
    return field


def test_every_point_of_the_scatter_and_the_best_so_far_are_those_of_the_files(
    server: RunningServer, browser: Any
) -> None:
    driver, runs = browser.driver, snapshots(server)
    open_page(driver, server.url, "tab=runs")
    wait_for(lambda: driver.find_elements("css selector", ".scatter-points"), "the points")

    offset, slope = scale(driver)
    for verdict in ("ready", "not ready", "incomplete"):
        path = driver.find_element("css selector", f".scatter-points[data-verdict='{verdict}']").get_attribute("d")
        values = [offset + slope * float(y) for _, y in MIDDLES.findall(path)]
        expected = [final(run) for run in runs if run["verdict"]["value"] == verdict.replace(" ", "_")]
        assert values == pytest.approx([value for value in expected if value is not None], abs=abs(slope) / 4)
    line = driver.find_element("css selector", ".scatter-best").get_attribute("d")
    best = min(value for run in runs if is_whole(run, "patchtst") and (value := final(run)) is not None)
    assert offset + slope * float(line.rpartition("V")[2].partition("H")[0]) == pytest.approx(best, abs=abs(slope) / 4)
    assert f"of {COUNT} runs" in text(driver, ".chart-title")


def test_groups_of_a_config_value_have_the_mean_and_the_range_of_the_files(server: RunningServer, browser: Any) -> None:
    driver, runs = browser.driver, snapshots(server)
    open_page(driver, server.url, "tab=runs")
    wait_for(lambda: driver.find_elements("css selector", "button[data-value$='config.lr']"), "what differs")
    driver.execute_script("document.querySelector(\"button[data-wish=group][data-value$='config.lr']\").click()")
    wait_for(lambda: driver.find_elements("css selector", ".group-row"), "the groups")

    assert "group=*:config.lr" in driver.current_url
    for row in driver.find_elements("css selector", ".group-row"):
        cells = [cell.text for cell in row.find_elements("css selector", "th, td")]
        mine = [run for run in runs if run["metrics"]["patchtst"]["config"]["lr"] == float(cells[0])]
        for place, stream in enumerate(("patchtst", "swinmae")):
            values = [value for run in mine if is_whole(run, stream) and (value := final(run, stream)) is not None]
            mean, spread = cells[3 + 2 * place].split(" ")[0], cells[4 + 2 * place].split(" to ")
            assert float(mean) == pytest.approx(math.fsum(values) / len(values), rel=1e-3)
            assert [float(end) for end in spread] == pytest.approx([min(values), max(values)], rel=1e-3)
        assert int(cells[1]) == len(mine)

    driver.find_element("css selector", ".group-row button[data-find]").click()
    wait_for(lambda: shown(driver), "the group's runs")
    field = driver.find_element("css selector", IN_FIELD)
    assert field.get_attribute("value") == 'lr="0.0003"'
    rates = {run["meta"]["run_id"]: run["metrics"]["patchtst"]["config"]["lr"] for run in runs}
    assert {rates[name] for name in shown(driver)} == {0.0003}


def test_a_drag_selects_runs_that_stay_selected_on_other_pages_and_an_exact_id_goes_there(
    server: RunningServer, browser: Any
) -> None:
    driver, ids = browser.driver, RunStore(server.state_dir).rows().run_ids
    open_page(driver, server.url, "tab=runs&order=up&columns=verdict,why")
    wait_for(lambda: driver.find_elements("css selector", ".scatter-points"), "the points")
    wait_for(lambda: shown(driver)[:1] == ids[-1:], "the order of the address")
    assert [name.strip() for name in texts(driver, ".history-table thead button")[1:]] == ["Run", "Verdict", "Why not"]

    frame = driver.find_element("css selector", ".chart-body")
    mouse_over(driver, frame, 60, 2).click_and_hold().move_by_offset(120, 215).release().perform()
    wait_for(lambda: text(driver, "#selection b"), "the bar")
    selected = driver.find_element("css selector", ".selection-names").get_attribute("title").split(", ")
    assert 1 < len(selected) < COUNT and sorted(selected) == sorted(ids[-len(selected) :]), "the oldest, all of them"
    assert len(driver.find_elements("css selector", "tr.is-selected")) == len(selected)
    driver.execute_script("document.querySelector('button[data-page=\"1\"]').click()")
    wait_for(lambda: shown(driver) == ids[: COUNT - 50][::-1], "the other page")
    assert text(driver, "#selection b") == f"{len(selected)} selected"

    type_in(driver, "failed:9 or is:incomplete")
    stored = {run["meta"]["run_id"]: run for run in snapshots(server)}
    fits = [name for name, run in stored.items() if "Same run" in str(failed(run)) or is_incomplete(run)]
    wait_for(lambda: shown(driver) == sorted(fits, key=ids.index, reverse=True)[:50], "the runs that fit")
    assert "q=failed:9" in driver.current_url

    type_in(driver, ids[7]).send_keys(Keys.ENTER)
    wait_for(lambda: text(driver, ".snapshot-banner b") == ids[7], "the run itself")


def failed(run: dict[str, Any]) -> list[str]:
    return [check["title"] for check in run["checklist"] if check["outcome"] == "fail"]


def is_incomplete(run: dict[str, Any]) -> bool:
    return bool(run["verdict"]["value"] == "incomplete")


def test_three_runs_are_compared_by_the_keyboard_alone(server: RunningServer, browser: Any) -> None:
    driver, ids = browser.driver, RunStore(server.state_dir).rows().run_ids
    open_page(driver, server.url)

    def keys(*pressed: str) -> None:
        ActionChains(driver).send_keys(*pressed).perform()

    keys("3")
    wait_for(lambda: shown(driver), "the runs")
    keys("/")
    wait_for(lambda: driver.switch_to.active_element.get_attribute("type") == "search", "the field")
    for _ in range(20):
        keys(Keys.TAB)
        if driver.switch_to.active_element.get_attribute("data-select"):
            break
    for name in ids[:3]:
        wait_for(lambda name=name: driver.switch_to.active_element.get_attribute("data-select") == name, name)
        keys(Keys.SPACE)
        wait_for(lambda name=name: name in text(driver, ".selection-names"), f"{name} to be selected")
        keys(Keys.ARROW_DOWN)
    keys("c")
    wait_for(lambda: driver.find_elements("css selector", ".side-table"), "the runs side by side")

    assert texts(driver, ".side-table")[0].count("run-") + texts(driver, ".side-table")[0].count("ablation-") == 3
    wait_for(lambda: driver.switch_to.active_element.text == "Side by side", "the focus to be there")
    assert f"compare={','.join(ids[:3])}" in driver.current_url
    stored = {run["meta"]["run_id"]: run for run in snapshots(server)}
    told = texts(driver, "[data-section=metrics][data-of-stream=patchtst] [data-side-row='final val_loss'] td")
    assert [float(cell) for cell in told] == pytest.approx([final(stored[name]) for name in ids[:3]], rel=1e-3)
