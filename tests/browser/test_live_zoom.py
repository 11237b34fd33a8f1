"""Zooming a long curve in a real browser, on a real run that was collected from its event files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from support.browsers import console_messages
from support.build_events import START, fast_scalar_file
from support.long_runs import TAGS, collect, long_losses, write_long_run
from support.page import open_page, resize, text, texts, traces, x_range
from support.server import RunningServer, start_server
from support.waiting import wait_for
from support.workspaces import write, write_good

from collectors.contract.metrics import MAX_POINTS

Serve = Callable[..., RunningServer]
COUNT = 30_000
PATIENT = ("--stale-after", "3600")


@dataclass
class ZoomPage:
    """A long run on a page."""

    driver: Any
    server: RunningServer
    events: Path
    values: NDArray[Any]

    def zoom(self, *ranges: tuple[float, float]) -> None:
        """Show ranges of the first chart one right after the other, as the ends of drags do."""
        script = (
            "const chart = document.querySelector('.loss-chart .js-plotly-plot');"
            "for (const range of arguments[0]) Plotly.relayout(chart, {'xaxis.range': range});"
        )
        self.driver.execute_script(script, ranges)

    def points(self, first: float, last: float, name: str = "val") -> dict[float, float]:
        """Epoch -> value of the drawn points in a range of the first chart."""
        trace = traces(self.driver, 0)[name]
        return {x: y for x, y in zip(trace["x"], trace["y"], strict=True) if first <= x <= last}

    def recorded(self, first: int, last: int, column: int = 1) -> dict[float, float]:
        """The same from what was written."""
        return {float(n): float(self.values[n - 1, column]) for n in range(first, last + 1)}

    def wait_for_detail(self, first: int, last: int) -> None:
        """Wait until every point of the range is drawn."""
        wanted = self.recorded(first, last)
        wait_for(lambda: self.points(first, last) == wanted, "the detail")


@pytest.fixture
def driver(shared_chromium: Any) -> Iterator[Any]:
    """The shared browser; its console must stay empty."""
    resize(shared_chromium, 1440, 900)
    yield shared_chromium
    shared_chromium.get("about:blank")
    assert console_messages(shared_chromium) == [], "the console is not empty"


@dataclass
class Served:
    """A collected workspace and its server."""

    server: RunningServer
    events: Path
    values: NDArray[Any]


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One long run, collected once and for all."""
    home = tmp_path_factory.mktemp("long")
    values = long_losses(COUNT)
    events = write_long_run(home / "ws", values)
    collect(home / "ws", home / "state")
    server = start_server(home / "server", home / "ws", state_dir=home / "state", options=PATIENT)
    yield Served(server, events, values)
    server.stop()


@pytest.fixture
def zoom_page(long_run: Served, driver: Any) -> ZoomPage:
    open_page(driver, long_run.server.url)
    return ZoomPage(driver, long_run.server, long_run.events, long_run.values)


def asked(driver: Any) -> list[str]:
    """What was asked of api/series, in order."""
    script = (
        "return performance.getEntriesByType('resource').map((e) => e.name).filter((n) => n.includes('api/series'))"
    )
    return list(driver.execute_script(script))


def double_click_until(driver: Any, is_overview: Callable[[], bool]) -> None:
    """Double-click the first chart; again, where a busy machine took it for two clicks (over 300 ms apart)."""
    for _ in range(5):
        area = driver.find_elements("css selector", ".loss-chart .nsewdrag")[0]
        ActionChains(driver).double_click(area).perform()
        with suppress(AssertionError):
            wait_for(is_overview, "the overview", 5)
            return
    wait_for(is_overview, "the overview")


def test_a_range_is_shown_in_full_detail_and_a_double_click_returns(zoom_page: ZoomPage) -> None:
    page, driver = zoom_page, zoom_page.driver
    usual, overview = x_range(driver, 0), traces(driver, 0)["val"]["x"]
    assert len(overview) <= MAX_POINTS and asked(driver) == []

    page.zoom((12_000, 12_500))
    page.wait_for_detail(12_000, 12_500)

    assert page.points(12_000, 12_500, "train") == page.recorded(12_000, 12_500, column=0)
    assert x_range(driver, 0) == [12_000, 12_500]
    outside = [x for x in traces(driver, 0)["val"]["x"] if not 11_999 <= x <= 12_501]
    assert outside == [x for x in overview if not 11_999 <= x <= 12_501]
    assert len(asked(driver)) == 2, "one answer a series"

    double_click_until(driver, lambda: traces(driver, 0)["val"]["x"] == overview)
    assert x_range(driver, 0) == usual
    assert len(asked(driver)) == 2


def test_the_next_range_takes_the_place_of_the_one_before(zoom_page: ZoomPage) -> None:
    page = zoom_page
    page.zoom((5_000, 15_000), (5_000, 6_000))
    page.wait_for_detail(5_000, 6_000)

    page.zoom((20_000, 20_100))
    page.wait_for_detail(20_000, 20_100)

    assert len(page.points(5_000, 6_000)) < 500, "what is not shown is not kept"
    assert not any("15000" in address for address in asked(page.driver))


def test_a_zoom_and_its_detail_survive_smoothing_and_the_scale(zoom_page: ZoomPage) -> None:
    page, driver = zoom_page, zoom_page.driver
    page.zoom((100, 300))
    page.wait_for_detail(100, 300)

    driver.find_element("css selector", "[data-choice=y-scale][data-value=log]").click()
    wait_for(lambda: "log scale" in texts(driver, ".loss-note")[0], "the log scale")
    driver.find_element("id", "smoothing").send_keys(Keys.ARROW_LEFT * 5)
    wait_for(lambda: text(driver, "#smoothing-now") == "0.55", "the smoothing")
    page.wait_for_detail(100, 300)

    assert x_range(driver, 0) == [100, 300]
    assert len(traces(driver, 0)["val smoothed"]["x"]) == len(traces(driver, 0)["val"]["x"])


def test_a_zoom_by_time_shows_the_same_points(zoom_page: ZoomPage) -> None:
    """A step takes 10 ms; a chart of 300 s is drawn in minutes."""
    page, driver = zoom_page, zoom_page.driver
    driver.find_element("css selector", "[data-choice=x-axis][data-value=time]").click()
    wait_for(lambda: x_range(driver, 0)[1] < 6, "minutes")

    page.zoom((1, 1.1))

    wait_for(lambda: len(page.points(1, 1.1)) == pytest.approx(600, abs=2), "six seconds of points")
    written = page.values[5_900:6_700, 1].astype(float).tolist()
    assert set(page.points(1, 1.1).values()) <= set(written)


def test_a_zoomed_range_goes_on_growing_while_the_training_writes(serve: Serve, driver: Any, tmp_path: Path) -> None:
    values = long_losses(COUNT)
    events = write_long_run(tmp_path / "ws", values)
    server = serve(tmp_path / "ws", collect=True)
    wait_for((server.state_dir / "dashboard-state.json").exists, "the first state")
    open_page(driver, server.url)
    page = ZoomPage(driver, server, events, values)
    page.zoom((COUNT - 300, COUNT + 300))
    page.wait_for_detail(COUNT - 300, COUNT)

    more = long_losses(200, seed=9)
    page.values = np.concatenate((page.values, more))
    added = fast_scalar_file(TAGS, np.arange(COUNT + 1, COUNT + 201), more)
    with page.events.open("ab") as file:
        file.write(added[added.index(b"brain.Event:2") + len(b"brain.Event:2") + 4 :])
    page.wait_for_detail(COUNT - 300, COUNT + 200)

    assert x_range(driver, 0) == [COUNT - 300, COUNT + 300]


@dataclass
class ComparedPage(ZoomPage):
    """A long run on a page, another long one as its baseline, a third drawn too."""

    others: dict[str, NDArray[Any]]
    """Run id -> what it wrote."""

    def ghost(self, name: str, first: int, last: int) -> dict[float, float]:
        """Epoch -> value of a ghosted curve in a range."""
        return self.points(first, last, name)


@pytest.fixture(scope="module")
def three_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, NDArray[Any]]]]:
    """A long run, and two stored ones that were trained in its folder before."""
    home = tmp_path_factory.mktemp("three")
    others: dict[str, NDArray[Any]] = {}
    for number in (1, 2):
        values = long_losses(COUNT // 3, seed=number)
        write_long_run(home / "ws", values, start=START + 1_000 * number)
        others[collect(home / "ws", home / "state", snapshot=True).meta.run_id] = values
    values = long_losses(COUNT)
    events = write_long_run(home / "ws", values, start=START + 9_000)
    collect(home / "ws", home / "state")
    server = start_server(home / "server", home / "ws", state_dir=home / "state", options=PATIENT)
    yield Served(server, events, values), others
    server.stop()


@pytest.fixture
def compared_page(three_runs: tuple[Served, dict[str, NDArray[Any]]], driver: Any) -> ComparedPage:
    served, others = three_runs
    baseline, overlay = others
    open_page(driver, served.server.url, f"baseline={baseline}&runs={overlay}&smoothing=0")
    wait_for(lambda: {"baseline val", f"{overlay} val"} <= traces(driver, 0).keys(), "the curves of the other runs")
    return ComparedPage(driver, served.server, served.events, served.values, others)


def exactly(values: NDArray[Any], first: int, last: int) -> dict[float, float]:
    """Epoch -> validation loss as it was written."""
    return {float(n): float(values[n - 1, 1]) for n in range(first, last + 1)}


def test_a_baseline_and_an_overlaid_run_are_detailed_too(compared_page: ComparedPage) -> None:
    """Each from its own side files; train of the baseline only where it is drawn."""
    page, driver = compared_page, compared_page.driver
    (baseline, wrote), (overlay, also_wrote) = page.others.items()

    page.zoom((4_000, 4_300))
    page.wait_for_detail(4_000, 4_300)
    wait_for(lambda: page.ghost("baseline val", 4_000, 4_300) == exactly(wrote, 4_000, 4_300), "the baseline's detail")
    wait_for(
        lambda: page.ghost(f"{overlay} val", 4_000, 4_300) == exactly(also_wrote, 4_000, 4_300), "the overlay's detail"
    )
    assert not [address for address in asked(driver) if baseline in address and "train" in address]
    assert len(asked(driver)) == 4

    driver.find_element("css selector", "[data-choice=ghost-series][data-value=train]").click()
    wait_for(lambda: len(page.ghost("baseline train", 4_000, 4_300)) == 301, "the detail of the baseline's train loss")

    double_click_until(driver, lambda: len(page.ghost("baseline val", 0, COUNT)) <= MAX_POINTS)


def test_a_run_without_side_files_keeps_its_points_and_is_asked_for_once(compared_page: ComparedPage) -> None:
    page, driver = compared_page, compared_page.driver
    baseline, overlay = page.others
    index = page.server.state_dir / "cache/points/index.json"
    known = json.loads(index.read_text())
    index.write_text(json.dumps({run: found for run, found in known.items() if run != baseline}))
    before = page.ghost("baseline val", 4_000, 4_300)

    for first in (4_000, 4_100):
        page.zoom((first, 4_300))
        page.wait_for_detail(first, 4_300)
        wait_for(lambda: len(page.ghost(f"{overlay} val", first, 4_300)) == 4_301 - first, "the overlay")  # noqa: B023

    assert page.ghost("baseline val", 4_000, 4_300) == before
    assert len([address for address in asked(driver) if baseline in address]) == 1


def test_nothing_is_fetched_for_a_short_run(serve: Serve, driver: Any, tmp_path: Path) -> None:
    write_good(tmp_path / "ws")
    collect(tmp_path / "ws", tmp_path / "state")
    server = serve(tmp_path / "ws", state_dir=tmp_path / "state")
    open_page(driver, server.url)
    page = ZoomPage(driver, server, tmp_path, np.empty(0))

    for first in (2, 3, 4):
        page.zoom((first, 5))
        wait_for(lambda: x_range(driver, 0) == [first, 5], "the zoom")  # noqa: B023

    driver.execute_async_script("setTimeout(arguments[0], 300)")
    assert asked(driver) == []


CARD = "const plot = document.querySelector('.metric-card[data-metric=\"val/acc\"] .metric-plot'); "
MOVE = CARD + "plot.scrollIntoView({block: 'center'}); Plotly.relayout(plot, {'xaxis.range': arguments[0]});"
CARD_POINTS = (
    CARD
    + "const t = (plot.data || []).find((t) => t.hoverinfo !== 'skip'); return t ? [[...t.x], [...t.y]] : [[], []];"
)


def test_a_metric_shows_all_points_of_the_part_that_is_looked_at(tmp_path: Path, driver: Any) -> None:
    values = long_losses(COUNT)
    events = tmp_path / "ws/logs/events.out.tfevents.1760000000.host.17.0"
    write(events, fast_scalar_file(("train/loss", "val/acc"), np.arange(1, COUNT + 1), values, start=START))
    collect(tmp_path / "ws", tmp_path / "state")
    server = start_server(tmp_path / "server", tmp_path / "ws", state_dir=tmp_path / "state", options=PATIENT)

    def points(first: int, last: int) -> dict[float, float]:
        x, y = driver.execute_script(CARD_POINTS)
        return {at: value for at, value in zip(x, y, strict=True) if first <= at <= last}

    try:
        open_page(driver, server.url, "tab=curves&smoothing=0")
        wait_for(lambda: points(1, COUNT), "the metric's curve")
        assert len(points(12_000, 12_500)) < 100

        driver.execute_script(MOVE, [12_000, 12_500])

        recorded = {float(n): float(values[n - 1, 1]) for n in range(12_000, 12_501)}
        wait_for(lambda: points(12_000, 12_500) == recorded, "every point of the part")
        driver.execute_script(MOVE, [0, COUNT + 500])
        wait_for(lambda: len(points(12_000, 12_500)) < 100, "the overview")
    finally:
        driver.get("about:blank")  # a page whose server has gone says so in its console
        server.stop()
