"""axe-core on the real page: no violation, whatever it shows, in both themes, on a desk and on a phone.

And nothing has to be scrolled sideways: at 320 px, nor at 1440 px read at 400 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.axe import violations
from support.decisions import asked, collected
from support.fused_scoring import write_fused
from support.metric_states import FEW, with_metrics
from support.page import Page, open_page, resize
from support.server import RunningServer, start_server
from support.states import diverged_state, empty_state, failing_state, ready_state, running_state
from support.waiting import wait_for

from collectors.contract.state import DashboardState
from collectors.readers.child.process import ReaderProcess
from collectors.store.runs import RunStore
from collectors.store.store import Store

pytestmark = pytest.mark.browser
DESK, PHONE = (1440, 900), (390, 844)
NARROW = ((320, 640), (360, 225))
LOOKS = ((DESK, "light"), (PHONE, "dark"))
ALL_LOOKS = ((DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark"))
IS_OPEN = "return Boolean(document.querySelector(arguments[0])?.checkVisibility())"
GRAPH_IS_THERE = "return document.querySelectorAll('.stage-card').length > 0"


BEYOND_THE_EDGE = """
const scrolls = (e) => e && (/auto|scroll|clip|hidden/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
const out = [...document.body.querySelectorAll("*")].filter((e) => {
  const box = e.getBoundingClientRect();
  return box.right > innerWidth + 0.5 && box.width > 1 && !scrolls(e)
    && e.checkVisibility({visibilityProperty: true});
});
const wide = document.documentElement.scrollWidth > innerWidth ? ["the document"] : [];
return [...wide, ...out.map((e) => e.outerHTML.slice(0, 100))];
"""


def earlier(state: DashboardState, run_id: str) -> DashboardState:
    """The same state, as that of another run."""
    return state.model_copy(update={"meta": state.meta.model_copy(update={"run_id": run_id})})


@pytest.fixture(scope="module")
def readable(tmp_path_factory: pytest.TempPathFactory, shared_chromium: Any) -> Iterator[Page]:
    """A server with three stored runs, one of them pinned, before the shared browser; nothing moves."""
    server = start_server(tmp_path_factory.mktemp("axe"), options=["--stale-after", "3600", "--allow-pin"])
    runs = {"run-first": ready_state(), "run-second": diverged_state(), "run-third": failing_state()}
    for run_id, state in runs.items():
        Store(server.state_dir).write_snapshot(earlier(state, run_id))
    RunStore(server.state_dir).pin("run-first")
    policy = server.workspace / "docs" / "calibration_split_policy.md"
    policy.parent.mkdir()
    policy.write_text("# Split policy\n\ntrain, calibration and normal\n", encoding="utf-8")
    yield Page(shared_chromium, server.url, server.state_dir)
    shared_chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    shared_chromium.get("about:blank")
    server.stop()


def look(driver: Any, size: tuple[int, int], theme: str) -> None:
    """Make it a desk or a phone, light or dark; without motion no colour is on its way to another."""
    resize(driver, *size, phone=size in {PHONE, *NARROW})
    wishes = {"prefers-color-scheme": theme, "prefers-reduced-motion": "reduce"}
    features = [{"name": name, "value": value} for name, value in wishes.items()]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    wait_for(lambda: driver.execute_script("return innerWidth") == size[0], "the size")
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")


def found_at(driver: Any, looks: tuple[Any, ...]) -> dict[str, list[str]]:
    """Violations by look."""
    found = {}
    for size, theme in looks:
        look(driver, size, theme)
        found[f"{size[0]} {theme}"] = violations(driver)
    return {name: told for name, told in found.items() if told}


def sideways(driver: Any) -> dict[str, list[str]]:
    """What stands beyond the right edge of a narrow page, by size; frames that scroll by themselves may."""
    found = {}
    for size in NARROW:
        look(driver, size, "light")
        found[f"{size[0]}x{size[1]}"] = driver.execute_script(BEYOND_THE_EDGE)
    return {name: told for name, told in found.items() if told}


@pytest.mark.parametrize(
    ("build", "query", "looks"),
    [
        pytest.param(failing_state, "baseline=-", ALL_LOOKS, id="failing"),
        pytest.param(running_state, "baseline=-&view=gate", LOOKS, id="running"),
        pytest.param(ready_state, "y=log&runs=run-second&stage=swinmae", LOOKS, id="comparison"),
        pytest.param(empty_state, "baseline=-", LOOKS, id="empty"),
    ],
)
def test_the_page_has_no_violation_and_fits_a_narrow_screen(
    readable: Page, build: Callable[[], DashboardState], query: str, looks: tuple[Any, ...]
) -> None:
    """Whatever happens to the run; contrast, names, roles, order, targets."""
    look(readable.driver, *looks[0])
    readable.show(build(), query)
    wait_for(lambda: readable.driver.execute_script(GRAPH_IS_THERE), "the cards")

    assert found_at(readable.driver, looks) == {}
    assert sideways(readable.driver) == {}


METRICS_ARE_DRAWN = """
const plots = [...document.querySelectorAll('.metric-card .metric-plot')];
return plots.length === 3 && plots.every((plot) => plot.data);
"""


def test_metrics_below_the_losses_have_no_violation_and_fit_a_narrow_screen(readable: Page) -> None:
    look(readable.driver, *LOOKS[0])
    readable.show(with_metrics(FEW), "tab=curves&baseline=-")
    wait_for(lambda: readable.driver.execute_script(METRICS_ARE_DRAWN), "the metrics")

    assert found_at(readable.driver, LOOKS) == {}
    assert sideways(readable.driver) == {}


def test_the_decisions_have_no_violation_and_fit_a_narrow_screen(readable: Page, tmp_path: Path) -> None:
    """With an alarm shown, a threshold tried, and the numbers of a picture open."""
    write_fused(tmp_path)
    look(readable.driver, *LOOKS[0])
    with ReaderProcess() as child:
        state = collected(tmp_path, asked(), child, Store(readable.state_dir))
    readable.show(state, "tab=decisions&baseline=-&t=1790000160,1790000190&what_if=fused:140:250")
    is_drawn = "return Boolean(document.querySelector('#decision-charts[data-drawn] svg'))"
    wait_for(lambda: readable.driver.execute_script(is_drawn), "the charts")
    readable.driver.execute_script("document.querySelector('.decision-numbers').open = true")

    assert found_at(readable.driver, ALL_LOOKS) == {}
    assert sideways(readable.driver) == {}


def test_the_history_has_no_violation_and_fits_a_narrow_screen(readable: Page) -> None:
    """With its scatter, its filters, its columns open, and three runs side by side."""
    driver = readable.driver
    look(driver, DESK, "light")
    readable.show(ready_state(), "view=history&compare=run-first,run-second,run-third")
    for found, count in ((".run-row", 3), (".scatter-points", 1), (".side-table", 3), ("#selection button", 3)):
        counted = f"return document.querySelectorAll({found!r}).length >= {count}"
        wait_for(lambda counted=counted: driver.execute_script(counted), found)
    driver.execute_script("document.querySelectorAll('.history details').forEach((one) => (one.open = true))")

    assert found_at(driver, ALL_LOOKS) == {}
    assert sideways(driver) == {}


OPENERS = {
    ".theme-menu summary": ".theme-menu .menu-panel",
    ".picker[data-picker=baseline] summary": ".picker[data-picker=baseline] .picker-panel:has(.option)",
    ".share-open": "#share",
    "[data-preview$='.md']": "#preview",
}
"""What is pressed -> what opens, over the page: so only what has opened is looked at."""


def test_what_opens_has_no_violation(readable: Page) -> None:
    """A menu, a selector, a dialog."""
    driver = readable.driver
    look(driver, DESK, "dark")
    readable.show(failing_state(), "baseline=-")
    look(driver, PHONE, "dark")

    for opener, opened in OPENERS.items():
        driver.execute_script("document.querySelector(arguments[0]).click()", opener)
        wait_for(lambda opened=opened: driver.execute_script(IS_OPEN, opened), opened)
        assert violations(driver, opened) == []
        driver.execute_script("document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close())")


def test_a_page_without_a_state_has_no_violation(shared_chromium: Any, serve: Callable[..., RunningServer]) -> None:
    """The first thing that somebody sees who starts the page alone."""
    server = serve()
    look(shared_chromium, DESK, "light")
    open_page(shared_chromium, server.url)

    assert found_at(shared_chromium, LOOKS) == {}
    shared_chromium.get("about:blank")


def test_axe_would_find_something(shared_chromium: Any) -> None:
    """A button without a name, and text that is too pale."""
    shared_chromium.get("data:text/html,<button></button><p style='color:%23ccc;background:white'>pale</p>")

    rules = {line.partition(":")[0] for line in violations(shared_chromium)}
    assert {"button-name", "color-contrast", "html-has-lang"} <= rules
    shared_chromium.get("about:blank")
