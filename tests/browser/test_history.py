"""Three real runs on the page: one is pinned, another looked at, and the view is shared by its URL.

The numbers on screen are compared with those that this test computes itself from the loss histories.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from support.browsers import blocked, chromium_options, console_messages, fresh_tab
from support.page import open_page, text, texts, traces
from support.server import RunningServer, start_server
from support.waiting import wait_for
from support.workspaces import (
    SCORING,
    good_streams,
    write,
    write_backup,
    write_policy,
    write_reports,
    write_scaler,
    write_stream,
)

from collectors.__main__ import main
from collectors.store.runs import RunStore

STREAMS = ("patchtst", "swinmae")
DAY = 86400.0
RECORDED = Path(__file__).resolve().parents[1] / "data/recorded"
"""Loss histories of a real training of the reference pipeline."""


def recorded(stream: str) -> list[float]:
    """Validation losses as the reference trainer wrote them."""
    with (RECORDED / f"{stream}/{stream}_loss_history.csv").open(newline="") as handle:
        return [float(row["val_loss"]) for row in csv.DictReader(handle)]


def losses_of(name: str) -> tuple[list[float], list[float]]:
    """The recorded losses; those of a run that fell faster; those of one whose second stream diverged."""
    patchtst, swinmae = recorded("patchtst"), recorded("swinmae")
    if name == "better":
        faster = [value * 0.93**epoch for epoch, value in enumerate(patchtst, start=1)]
        return faster, [value * 0.983 for value in swinmae]
    if name == "diverged":
        return [value * 1.03 for value in patchtst], [*swinmae[:2], *[float("nan")] * (len(swinmae) - 2)]
    return patchtst, swinmae


class Runs:
    """Three workspaces, trained three days in a row, and their snapshots in one state folder."""

    def __init__(self, home: Path) -> None:
        self.state_dir = home / "state"
        self.roots: dict[str, Path] = {}
        self.ids: dict[str, str] = {}
        for age, name in zip((3, 2, 1), ("good", "diverged", "better"), strict=True):
            self.roots[name] = train(home / name, losses_of(name), time.time() - age * DAY)
            main(["export", str(self.roots[name]), "--state-dir", str(self.state_dir), "--snapshot"])
            self.ids[name] = RunStore(self.state_dir).rows()[0]["run_id"]

    def val(self, name: str, stream: str) -> list[float]:
        """Validation losses as Python's csv reads them from the workspace."""
        with (self.roots[name] / f"artifacts/loss/{stream}_loss_history.csv").open(newline="") as handle:
            return [float(row["val_loss"]) for row in csv.DictReader(handle)]


def train(root: Path, losses: tuple[list[float], list[float]], start: float) -> Path:
    """Leave what a whole training leaves."""
    streams = good_streams(start)
    for stream, values in zip(streams, losses, strict=True):
        stream.val = values
        write_stream(root, stream)
    write_scaler(root, streams[0].start - 2)
    write_reports(root, streams[0].start - 3)
    write_policy(root)
    write(root / "inference/__init__.py", "")
    write(root / "inference/run_scoring_example.py", SCORING)
    write_backup(root, streams, streams[1].end + 5)
    return root


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Runs, RunningServer]]:
    """The three runs, and a server before them that watches none of the workspaces."""
    runs = Runs(tmp_path_factory.mktemp("history"))
    home = runs.state_dir.parent / "server"
    server = start_server(home, runs.roots["better"], state_dir=runs.state_dir, options=["--stale-after", "3600"])
    yield runs, server
    server.stop()


@pytest.fixture
def server(trained: tuple[Runs, RunningServer]) -> RunningServer:
    """That server."""
    return trained[1]


@pytest.fixture
def runs(trained: tuple[Runs, RunningServer]) -> Iterator[Runs]:
    """Those runs; what a test pins or deletes is as before when it ends."""
    runs, _ = trained
    stored = {file: file.read_bytes() for file in (runs.state_dir / "runs").glob("*.json")}
    yield runs
    RunStore(runs.state_dir).unpin()
    for file, content in stored.items():
        if not file.exists():
            file.write_bytes(content)


@pytest.fixture(scope="module")
def second_chromium() -> Iterator[Any]:
    """Another browser than the session's."""
    driver = webdriver.Chrome(options=chromium_options())
    yield driver
    driver.quit()


@pytest.fixture
def fresh_browser(second_chromium: Any) -> Iterator[Any]:
    """A browser that knows nothing; its console must stay empty."""
    with fresh_tab(second_chromium):
        yield second_chromium
        assert console_messages(second_chromium) == []


def press(driver: Any, selector: str) -> None:
    wait_for(lambda: driver.find_elements("css selector", selector), selector)
    driver.execute_script("document.querySelector(arguments[0]).click()", selector)


def select(driver: Any, run_id: str) -> None:
    """Let this run be the only one that is selected."""
    driver.execute_script("dash_clientside.set_props('selected-runs', {data: arguments[0]})", [run_id])
    wait_for(lambda: text(driver, "#selection .selection-names") == run_id, f"{run_id} to be selected")


def pin(driver: Any, run_id: str) -> None:
    """Select a run, and press the bar's button that pins it."""
    select(driver, run_id)
    press(driver, f"#selection button[data-pin='{run_id}']")


def asked(driver: Any) -> list[str]:
    """What the dialog says is replaced, and of the run that is to be pinned."""
    wait_for(lambda: driver.execute_script("return document.getElementById('pin').open"), "the dialog")
    return [text(driver, f"#pin [data-part={part}]") for part in ("pin-replaces", "pin-verdict")]


def delta_row(driver: Any, stream: str, loss: str) -> list[str]:
    """Cells of a row of the comparison: run, baseline, difference, direction."""
    found = texts(driver, f"[data-stream={stream}] tr[data-loss='{loss}'] td")
    return [cell.strip() for cell in found]


def number(cell: str) -> float:
    return float(cell.split(" ", maxsplit=1)[0])


def seen(driver: Any) -> dict[str, Any]:
    """All that a person would compare to say that two views are the same."""
    return {
        "banner": text(driver, ".snapshot-banner b"),
        "verdict": text(driver, ".verdict-word"),
        "run": text(driver, "#run-label"),
        "baseline": text(driver, "#baseline-label"),
        "comparison": text(driver, ".comparison-body"),
        "change": texts(driver, ".loss-change"),
        "curves": [{name: trace["y"] for name, trace in traces(driver, n).items()} for n in (0, 1)],
    }


def is_compared(driver: Any, runs: Runs, run: str) -> bool:
    """Whether banner, comparison and ghosted curves of a run are all there."""
    is_shown = text(driver, ".snapshot-banner b") == runs.ids[run]
    return is_shown and bool(texts(driver, ".loss-change")) and "baseline val" in traces(driver, 1)


def test_a_pinned_baseline_a_chosen_run_and_the_same_view_by_its_url(
    runs: Runs, server: RunningServer, browser: Any, fresh_browser: Any
) -> None:
    driver = browser.driver

    # pin the good one in the history
    open_page(driver, server.url, "view=history")
    pin(driver, runs.ids["good"])
    assert asked(driver) == ["No baseline is pinned now.", "This run is INCOMPLETE"]
    press(driver, "#pin [data-part=pin-do]")
    wait_for(lambda: RunStore(runs.state_dir).baseline() == runs.ids["good"], "the pinned baseline")
    wait_for(lambda: "pinned" in text(driver, "#baseline-label"), "the page to follow")
    assert "pinned" in text(driver, f"tr[data-run='{runs.ids['good']}']")

    # choose the better one, by searching for it, without a mouse
    press(driver, ".tabs a[data-tab=readiness]")
    driver.find_element("css selector", "[data-picker=run] summary").send_keys(Keys.ENTER)
    search = driver.find_element("css selector", "[data-picker=run] input")
    wait_for(lambda: driver.switch_to.active_element == search, "the search field to have the focus")
    search.send_keys(runs.ids["better"])
    wait_for(lambda: len(texts(driver, "#run-options .verdict-mark")) == 1, "one run that fits")
    search.send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    wait_for(lambda: runs.ids["better"] in driver.switch_to.active_element.text, "the run to be focused")
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    wait_for(lambda: is_compared(driver, runs, "better"), "the snapshot with its comparison")

    # every number is that of the files
    assert "not live" in text(driver, ".verdict-run") and "live" not in text(driver, "#run-label")
    for index, stream in enumerate(STREAMS):
        ours, theirs = runs.val("better", stream), runs.val("good", stream)
        run, baseline, difference, direction = delta_row(driver, stream, "val_loss:final")
        assert number(run) == pytest.approx(ours[-1], rel=1e-3)
        assert number(baseline) == pytest.approx(theirs[-1], rel=1e-3)
        assert number(difference) == pytest.approx(ours[-1] - theirs[-1], abs=1e-4)
        share = (ours[-1] - theirs[-1]) / theirs[-1]
        assert direction == ("better" if share < -0.05 else "within tolerance")
        assert f"{abs(share) * 100:.1f}".removesuffix(".0") + " %" in texts(driver, ".loss-change")[index]
        best = delta_row(driver, stream, "val_loss:best")
        assert (number(best[0]), number(best[1])) == pytest.approx((min(ours), min(theirs)), rel=1e-3)
    assert text(driver, ".judgement") == "Not worse than baseline"

    # the baseline's curve stands behind, by epoch
    driver.execute_script("dash_clientside.set_props('smoothing', {value: 0})")
    wait_for(lambda: "smoothing=0" in driver.current_url, "the URL to follow")
    wait_for(lambda: traces(driver, 0)["baseline val"]["y"] == runs.val("good", "patchtst"), "the baseline's curve")
    assert traces(driver, 0)["baseline val"]["x"] == list(range(1, 9))
    (band,) = driver.execute_script("return document.querySelector('.loss-chart .js-plotly-plot').layout.shapes")
    assert band["y0"] == pytest.approx(runs.val("good", "patchtst")[-1] * 1.05), "5 % worse than the baseline's last"
    assert traces(driver, 0)["val"]["y"] == runs.val("better", "patchtst")

    # shared
    first = seen(driver)
    assert f"run={runs.ids['better']}" in driver.current_url
    open_page(fresh_browser, *driver.current_url.split("?"))
    wait_for(lambda: is_compared(fresh_browser, runs, "better"), "the same run in the other browser")
    wait_for(lambda: seen(fresh_browser) == first, "the same view in the other browser")

    # back to live
    press(driver, ".snapshot-banner button")
    wait_for(lambda: text(driver, ".snapshot-banner") == "", "the banner to go")
    assert "run=" not in driver.current_url and "stale" in text(driver, "#run-label"), "nobody observes it"


def baseline_shown(driver: Any) -> str:
    """Id on the baseline selector's button."""
    return (texts(driver, "#baseline-label b") or [""])[0]


def test_what_one_browser_pins_every_open_page_follows(
    runs: Runs, server: RunningServer, browser: Any, fresh_browser: Any
) -> None:
    """Nothing changes in the state; one page is told by its stream, the other one may only ask."""
    here, there = browser.driver, fresh_browser
    open_page(here, server.url, "view=history")
    with blocked(there, "*api/events*"):
        open_page(there, server.url, "view=history")
        wait_for(lambda: texts(there, ".run-row"), "the other table")
        assert (baseline_shown(here), baseline_shown(there)) == ("none", "none")

        pin(here, runs.ids["good"])
        asked(here)
        press(here, "#pin [data-part=pin-do]")
        for driver in (here, there):
            wait_for(lambda: baseline_shown(driver) == runs.ids["good"], "the pinned baseline")  # noqa: B023
            wait_for(lambda: texts(driver, ".comparison-body"), "the comparison")  # noqa: B023
            wait_for(lambda: "pinned" in text(driver, f"tr[data-run='{runs.ids['good']}']"), "the mark")  # noqa: B023
        differences = texts(there, f"tr[data-run='{runs.ids['diverged']}'] .cell-delta")
        assert number(differences[0]) > 0 and differences[1] == "incomparable", "patchtst, and swinmae that diverged"

        pin(here, runs.ids["better"])
        assert asked(here)[0].startswith(f"It replaces {runs.ids['good']}, pinned since ")
        press(here, "#pin [data-part=pin-do]")
        for driver in (here, there):
            wait_for(lambda: baseline_shown(driver) == runs.ids["better"], "the other baseline")  # noqa: B023
        press(here, "[data-pin-undo]")
        for driver in (here, there):
            wait_for(lambda: baseline_shown(driver) == runs.ids["good"], "the first one again")  # noqa: B023

        assert main(["runs", "baseline", "--clear", "--state-dir", str(runs.state_dir)]) == 0
        for driver in (here, there):
            wait_for(lambda: baseline_shown(driver) == "none", "no baseline")  # noqa: B023

        assert main(["runs", "delete", runs.ids["diverged"], "--state-dir", str(runs.state_dir)]) == 0
        for driver in (here, there):
            wait_for(lambda: len(texts(driver, ".run-row")) == 2, "the removed run to go")  # noqa: B023
    assert [m for m in console_messages(there) if "api/events" not in m] == []


def test_a_diverged_run_is_a_regression_on_the_page_and_of_the_command(
    runs: Runs, server: RunningServer, browser: Any
) -> None:
    driver = browser.driver

    query = f"run={runs.ids['diverged']}&baseline={runs.ids['good']}&runs={runs.ids['better']}"
    open_page(driver, server.url, query)
    wait_for(lambda: is_compared(driver, runs, "diverged"), "the diverged run")

    assert text(driver, ".judgement") == "Worse than baseline"
    assert delta_row(driver, "swinmae", "val_loss:final")[3] == "incomparable"
    assert "the run diverged at epoch 3" in text(driver, ".policy-found")
    assert f"{runs.ids['better']} val" in traces(driver, 1)
    assert runs.ids["better"] in texts(driver, ".loss-others")[1]
    place = ["--state-dir", str(runs.state_dir)]
    assert main(["compare", runs.ids["diverged"], runs.ids["good"], *place]) == 1
    assert main(["compare", runs.ids["better"], runs.ids["good"], *place]) == 0


def test_the_history_sorts_filters_chooses_columns_and_overlays(
    runs: Runs, server: RunningServer, browser: Any
) -> None:
    driver = browser.driver
    open_page(driver, server.url, f"view=history&baseline={runs.ids['good']}")

    def shown() -> list[str]:
        return [one.strip() for one in texts(driver, ".run-row .run-link")]

    wait_for(lambda: shown() == [runs.ids[n] for n in ("better", "diverged", "good")], "newest first")
    press(driver, "button[data-sort='patchtst:final_val_loss']")
    wait_for(lambda: shown() == [runs.ids[n] for n in ("diverged", "good", "better")], "the highest loss first")
    press(driver, "button[data-sort='patchtst:final_val_loss']")
    wait_for(lambda: shown() == [runs.ids[n] for n in ("better", "good", "diverged")], "the lowest loss first")

    driver.find_element("css selector", "[data-filter=text] input").send_keys(runs.ids["better"])
    wait_for(lambda: shown() == [runs.ids["better"]], "the run that was searched for")
    ours, theirs = runs.val("better", "patchtst")[-1], runs.val("good", "patchtst")[-1]
    share = texts(driver, ".run-row .cell-delta")[0]
    assert number(share) == pytest.approx((ours - theirs) / theirs * 100, abs=0.5)

    press(driver, "button[data-column=duration_seconds]")
    wait_for(lambda: "32 s" in "".join(texts(driver, ".cell-duration_seconds")), "the chosen column")
    press(driver, ".run-row button[data-select]")
    wait_for(lambda: driver.find_elements("css selector", "[data-select][aria-checked=true]"), "the box to be checked")
    press(driver, "#selection button[data-draw-runs]")
    wait_for(lambda: f"runs={runs.ids['better']}" in driver.current_url, "the overlay in the URL")
    assert "tab=curves" in driver.current_url


def test_an_absent_run_is_said_and_the_way_back_is_there(runs: Runs, server: RunningServer, browser: Any) -> None:
    driver = browser.driver

    driver.get(f"{server.url}?run=no-such-run")
    wait_for(lambda: "no readable snapshot of run no-such-run" in text(driver, ".snapshot-banner"), "the banner")
    assert text(driver, ".verdict-word") == "NO STATE"

    press(driver, ".snapshot-banner button")
    wait_for(lambda: text(driver, ".verdict-word") == "INCOMPLETE", "the current state")


def test_in_a_frame_nothing_can_be_pinned(runs: Runs, server: RunningServer, browser: Any) -> None:
    driver = browser.driver
    open_page(driver, server.url, "embed=1&panel=history&view=history")
    wait_for(lambda: texts(driver, ".run-row"), "the table")

    pin(driver, runs.ids["good"])

    shown = [one.is_displayed() for one in driver.find_elements("css selector", "[data-pin]")]
    assert shown and not any(shown)
    assert RunStore(runs.state_dir).baseline() is None
