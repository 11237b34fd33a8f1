"""A training that writes while the page is open: it is followed, killed, and left alone by its observer."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from graph_page import GraphPage
from support.page import freshness, mouse_over, open_page, resize, text, texts, traces, x_range, zoom_by_hand
from support.server import ROOT, RunningServer, clean_environment
from support.waiting import wait_for
from support.workspaces import write_running

Serve = Callable[..., RunningServer]
TRAINING = ROOT / "tests" / "support" / "training_process.py"
OBSERVER = """
import signal, sys, threading
from pathlib import Path
from collectors.collect import CollectOptions
from collectors.live.watch import Watcher
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
Watcher(Path(sys.argv[1]), Path(sys.argv[2]), CollectOptions()).run(stop, interval_seconds=1)
"""
"""`python -m collectors watch` with a sign of life every second, so that its end is soon told."""


@contextmanager
def process(*command: object) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program beside the test, ended with the block."""
    words = [sys.executable, *map(str, command)]
    child = subprocess.Popen(words, cwd=ROOT, env=clean_environment(), stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """PatchTST is trained; SwinMAE has not begun."""
    root = tmp_path / "ws"
    write_running(root)
    for file in root.rglob("*swinmae*"):
        if file.is_file():
            file.unlink()
    for file in (root / "runs/swinmae_ssl").iterdir():
        file.unlink()
    return root


def open_live(serve: Serve, driver: Any, workspace: Path) -> RunningServer:
    """Serve and collect, and open the page on the first state."""
    server = serve(workspace, collect=True)
    wait_for((server.state_dir / "dashboard-state.json").exists, "the first state")
    open_page(driver, server.url)
    return server


def stage_state(driver: Any, stage: str) -> str:
    """A stage's status in words, as the list says it."""
    return texts(driver, f".stage-row[data-stage='{stage}'] .stage-state")[0].strip()


def pan_by_hand(graph: GraphPage) -> None:
    """Drag the ground of the graph, as a person does, so that its place is a wish of theirs."""
    canvas = graph.driver.find_element("css selector", "#graph-canvas")
    graph.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    before = graph.viewport()
    ground = mouse_over(graph.driver, canvas, 12, canvas.rect["height"] - 12)
    ground.click_and_hold().move_by_offset(14, -6).move_by_offset(10, -6).release().perform()
    wait_for(lambda: graph.viewport() != before, "the graph to be elsewhere")


def top_of_graph(driver: Any) -> int:
    """Where the graph stands on screen: the page above it may grow, as its steps do when a training ends."""
    return round(driver.execute_script("return document.querySelector('#graph-canvas').getBoundingClientRect().top"))


def epochs_drawn(driver: Any) -> int:
    """How many epochs of SwinMAE are on its chart."""
    trace = traces(driver, 1).get("val")
    return len(trace["y"]) if trace else 0


def test_a_training_is_followed_to_its_end_and_nothing_a_person_did_is_lost(
    serve: Serve, browser: Any, workspace: Path
) -> None:
    """Zoom, panned graph, selected stage, opened rows and scroll stay through every epoch."""
    driver = browser.driver
    server = open_live(serve, driver, workspace)
    graph = GraphPage(driver, server.state_dir)
    resize(driver, 1440, 500)  # the verdict, which grows, can be scrolled out of sight
    assert stage_state(driver, "swinmae") == "idle"

    with process(TRAINING, workspace, "--epochs", 12, "--write", 12, "--gap", 0.4, "--hold", 6):
        wait_for(lambda: epochs_drawn(driver) >= 2, "the second epoch", 60)
        wait_for(lambda: stage_state(driver, "swinmae") == "running", "the stage to run")
        pan_by_hand(graph)
        driver.execute_script("dash_clientside.set_props('selected-stage', {data: 'swinmae'})")
        driver.execute_script("document.querySelector('#check-logs summary').click()")
        zoomed = zoom_by_hand(driver, 1)
        driver.execute_script("document.getElementById('graph-panel').scrollIntoView()")
        before = (graph.viewport(), top_of_graph(driver))
        seen = epochs_drawn(driver)
        (workspace.parent / "go").touch()

        wait_for(lambda: stage_state(driver, "swinmae") == "done", "the end", 60)

    assert wait_for(lambda: epochs_drawn(driver) == 12, "the last epoch") and seen < 12
    assert (graph.viewport(), top_of_graph(driver)) == before, "what is looked at stays where it was on screen"
    assert x_range(driver, 1) == zoomed
    assert "stage=swinmae" in driver.current_url
    assert "SwinMAE" in text(driver, "#stage-details")
    assert driver.execute_script("return document.querySelector('#check-logs details').open")
    assert "epoch 12 of 12" in texts(driver, ".loss-words")[-1] + "".join(texts(driver, ".loss-progress"))


def test_a_killed_training_is_stalled_and_its_dead_process_is_named(
    serve: Serve, browser: Any, workspace: Path
) -> None:
    driver = browser.driver
    open_live(serve, driver, workspace)

    with process(TRAINING, workspace, "--epochs", 30, "--write", 3, "--gap", 0.3) as training:
        wait_for(lambda: epochs_drawn(driver) == 3, "the third epoch", 60)
        wait_for(lambda: stage_state(driver, "swinmae") == "running", "the stage to run")
        training.kill()
        training.wait()

        wait_for(lambda: stage_state(driver, "swinmae") == "stalled", "the stage to stall", 30)

    driver.execute_script("dash_clientside.set_props('selected-stage', {data: 'swinmae'})")
    wait_for(lambda: f"process {training.pid} is gone" in text(driver, "main"), "the dead process to be named")
    assert text(driver, ".verdict-word") == "NOT READY"


def test_a_stopped_observer_is_told_within_three_of_its_intervals(serve: Serve, browser: Any, workspace: Path) -> None:
    """The stream goes on telling pulses; what is old is the look at the workspace."""
    driver = browser.driver
    server = serve(workspace, options=["--stale-after", "3"])
    with process("-c", OBSERVER, workspace, server.state_dir) as observer:
        wait_for((server.state_dir / "dashboard-state.json").exists, "the first state", 30)
        open_page(driver, server.url)
        wait_for(lambda: freshness(driver) == "live", "the page to be live")

        observer.terminate()
        assert observer.wait(10) == 0
        wait_for(lambda: freshness(driver) == "stale", "the page to say so")

    wait_for(lambda: "The observer has stopped" in text(driver, "#feed-sentence"), "the sentence")
    assert text(driver, ".verdict-word") != ""
