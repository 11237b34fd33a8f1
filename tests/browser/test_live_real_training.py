"""A real two-epoch training of both streams, by torch, watched in a real browser from nothing to its end."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.page import open_page, text, texts, traces
from support.server import ROOT, RunningServer, clean_environment
from support.waiting import wait_for
from support.workspaces import write

Serve = Callable[..., RunningServer]
STREAMS = ("patchtst", "swinmae")
needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="the trainers need torch: make test TRAIN=1"
)
REMEMBER = """
window.seen = {};
const note = () => document.querySelectorAll(".stage-row").forEach((row) => {
  const all = (window.seen[row.dataset.stage] ??= []);
  const now = row.querySelector(".stage-state").textContent.trim();
  if (all.at(-1) !== now) all.push(now);
});
note();
new MutationObserver(note).observe(document.querySelector("main"),
  {childList: true, subtree: true, characterData: true});
"""
"""From now on the page's own DOM tells `window.seen`: each stage's states, in order."""


@pytest.mark.slow
@pytest.mark.train
@needs_torch
def test_a_real_training_is_seen_from_idle_through_running_to_done(serve: Serve, browser: Any, tmp_path: Path) -> None:
    driver: Any = browser.driver
    workspace = tmp_path / "ws"
    write(workspace / "dashboard.yaml", "trainer: reference\n")  # its stages stand before it begins
    server = serve(workspace, collect=True)
    wait_for((server.state_dir / "dashboard-state.json").exists, "the first state")
    open_page(driver, server.url)
    assert "Nothing has been trained here yet" in text(driver, ".verdict-reason")
    driver.execute_script(REMEMBER)

    command = ["-m", "examples.reference_pipeline", "--workspace", str(workspace), "--no-validate", "--quick"]
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=clean_environment(), stdout=subprocess.DEVNULL
    ) as training:
        try:
            for stream in STREAMS:
                hold_until_seen(training, driver, workspace, stream)
            assert training.wait(300) == 0
        finally:
            training.kill()
    wait_for(lambda: [states(driver)[stream][-1] for stream in STREAMS] == ["done", "done"], "both ends", 30)

    for stream in STREAMS:
        assert [word for word in states(driver)[stream] if word != "fail"] == ["idle", "running", "done"]
    assert [len(traces(driver, chart)["val"]["y"]) for chart in (0, 1)] == [2, 2]
    assert all("epoch 2 of 2" in words for words in texts(driver, ".loss-progress"))


def hold_until_seen(training: subprocess.Popen[bytes], driver: Any, workspace: Path, stream: str) -> None:
    """Two quick epochs may be over before a busy machine has drawn them: the process stands still until they are."""
    wait_for(lambda: list(workspace.glob(f"runs/{stream}_ssl/events.*")), f"{stream}'s event file", 120)
    training.send_signal(signal.SIGSTOP)
    wait_for(lambda: "running" in states(driver)[stream], f"{stream} to be running", 60)
    training.send_signal(signal.SIGCONT)


def states(driver: Any) -> dict[str, list[str]]:
    """Stage -> the states it has had on the page."""
    return dict(driver.execute_script("return window.seen"))
