"""The demonstration in a real browser: from a workspace in which nothing was trained to its verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.browsers import Chromium
from support.page import open_page, text, texts, traces
from support.server import RunningServer
from support.waiting import wait_for

from dash_app.demo.shipped import load_library

pytestmark = pytest.mark.slow
Serve = Callable[..., RunningServer]
SECONDS = 30.0
"""How long the replays here take: slow enough that the page sees each stage run."""
PAUSE = "15"
"""Seconds until they begin: a busy machine takes its time to draw the first page."""

REMEMBER = """
const look = {
  verdict: () => ({word: document.querySelector(".verdict-word")?.innerText.trim()}),
  stages: () => Object.fromEntries([...document.querySelectorAll(".stage-row")].map(
    (row) => [row.dataset.stage, row.querySelector(".stage-state").textContent.trim()])),
  marks: () => Object.fromEntries([...document.querySelectorAll("[data-check]")].map(
    (row) => [row.dataset.check, row.querySelector(".check-mark").textContent.trim()])),
};
window.seen = {};
const note = () => {
  for (const [kind, of] of Object.entries(look)) for (const [name, now] of Object.entries(of())) {
    const all = ((window.seen[kind] ??= {})[name] ??= []);
    if (now && all.at(-1) !== now) all.push(now);
  }
};
note();
new MutationObserver(note).observe(document.querySelector("main"),
  {childList: true, subtree: true, characterData: true});
"""
"""From now on the page's own DOM tells `window.seen`: what it showed, in order, each change once."""


def start(serve: Serve, browser: Chromium, *options: str) -> RunningServer:
    """Start a demonstration, open its page while nothing has been trained, and remember what it shows."""
    speed = load_library().run("good").duration_seconds / SECONDS
    server = serve(collect=True, options=["--demo", "--demo-speed", f"{speed:.2f}", "--demo-pause", PAUSE, *options])
    open_page(browser.driver, server.url)
    browser.driver.execute_script(REMEMBER)
    return server


def seen(browser: Chromium, kind: str) -> dict[str, list[str]]:
    """What the page has shown so far: name -> words in order."""
    return dict(browser.driver.execute_script("return window.seen[arguments[0]]", kind))


def test_a_newcomer_sees_a_training_from_idle_to_ready(browser: Chromium, serve: Serve) -> None:
    """Every stage moves, every check turns, the verdict ends READY; nothing is said on the console."""
    server = start(serve, browser)
    driver: Any = browser.driver
    assert text(driver, ".verdict-word") == "NOT READY"
    assert "Nothing has been trained here yet" in text(driver, ".verdict-reason")
    assert {words[0] for words in seen(browser, "stages").values()} == {"idle"}

    wait_for(lambda: text(driver, ".verdict-word") == "READY", "READY", timeout_seconds=240)

    assert seen(browser, "verdict")["word"][:2] == ["NOT READY", "TRAINING"]
    stages = seen(browser, "stages")
    for name in ("orchestrator", "patchtst", "swinmae"):
        assert [word for word in stages[name] if word != "fail"] == ["idle", "running", "done"], name
    for name in ("data-prep", "dqvl", "artifact-save", "validation-gate", "release-ready"):
        assert (stages[name][0], stages[name][-1]) == ("idle", "done"), name
    for name, marks in seen(browser, "marks").items():
        assert marks[0] != "[v]" and marks[-1] == "[v]", name
    assert [len(traces(driver, chart)["val"]["y"]) for chart in (0, 1)] == [12, 12]
    assert texts(driver, "#check-smoke .check-detail")[0].count("exit 0, recorded") == 2
    assert server.process.poll() is None
    badge = driver.find_element("css selector", "header .replay-badge")
    assert badge.is_displayed() and badge.text == "replayed recording"
    assert "every value is as it was recorded" in badge.get_attribute("title")

    driver.find_element("css selector", "[data-tab=decisions]").click()
    wait_for(lambda: len(texts(driver, ".decision-alarms tbody tr")) == 3, "the faults of the operation set as alarms")
    assert text(driver, ".decision-sentence").startswith("3 alarms")


def test_a_training_that_stops_on_the_way_is_not_ready(browser: Chromium, serve: Serve) -> None:
    """Its process is killed in the middle of SwinMAE; the page says so while it is open."""
    start(serve, browser, "--demo-fault", "stall")

    reason = "SwinMAE fell silent at epoch 6 of 12"
    wait_for(lambda: reason in text(browser.driver, ".verdict-reason"), reason, timeout_seconds=240)

    assert seen(browser, "verdict")["word"] == ["NOT READY", "TRAINING", "NOT READY"]
    assert seen(browser, "stages")["patchtst"] == ["idle", "running", "done"]
    assert seen(browser, "stages")["swinmae"] == ["idle", "running", "stalled"]
