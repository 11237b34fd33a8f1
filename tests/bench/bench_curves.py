"""Figures of the curves tab in a real Chromium: how soon it is there, and how closely the crosshair follows.

    python tests/bench/bench_curves.py [--series 50] [--panels 20] [--points 2000] [--moves 120]

Input: nothing; a run of random curves is collected into a temporary folder. Output: from a press on the tab to its
charts in sight being painted, with closed groups and with all of them opened by a pattern; from a move of the pointer
to the painted crosshair and readout, beside an empty frame of the same page. It judges nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from selenium import webdriver
from support.browsers import chromium_options
from support.many_streams import write_streams
from support.page import open_page, resize
from support.server import RunningServer, start_server
from support.waiting import wait_for

from collectors.collect import Collector
from collectors.store.store import Store

GROUPS = ("val/metric", "train/metric", "system/gpu", "lr/group", "layers/norm")
TURNS = 5
OPENED = """
const most = arguments[0], done = arguments[1], began = performance.now();
const isSeen = (card) => { const box = card.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; };
const look = () => {
  const cards = [...document.querySelectorAll(".loss-chart, .metric-card")].filter((one) => one.checkVisibility());
  const seen = cards.filter(isSeen);
  const isDrawn = cards.length >= most && seen.every((card) => card.querySelector(".scatterlayer .trace"));
  if (!isDrawn) return requestAnimationFrame(look);
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
};
document.querySelector("a[data-tab=curves]").click();
requestAnimationFrame(look);
"""
MOVED = """
const moves = arguments[0], isMoved = arguments[1], done = arguments[2], took = [];
const area = document.querySelector(".loss-chart .nsewdrag"), box = area.getBoundingClientRect();
const next = (turn) => {
  if (turn === moves) return done(took);
  requestAnimationFrame(() => {
    const began = performance.now();
    const where = {bubbles: true, clientX: box.left + box.width * (turn + 0.5) / moves, clientY: box.top + 30};
    if (isMoved) area.dispatchEvent(new PointerEvent("pointermove", where));
    requestAnimationFrame(() => setTimeout(() => { took.push(performance.now() - began); next(turn + 1); }));
  });
};
next(0);
"""
PANELS = """
const plots = [...document.querySelectorAll(".loss-chart .js-plotly-plot, .metric-plot.js-plotly-plot")];
return plots.filter((plot) => plot.checkVisibility() && plot.data).length;
"""


def main() -> int:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=50)
    parser.add_argument("--panels", type=int, default=20)
    parser.add_argument("--points", type=int, default=2000)
    parser.add_argument("--moves", type=int, default=120)
    asked = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
    driver = webdriver.Chrome(options=chromium_options())
    try:
        with tempfile.TemporaryDirectory() as home:
            opening(Path(home) / "opening", driver, asked)
            following(Path(home) / "following", driver, asked)
    finally:
        driver.quit()
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    return 0


def served(home: Path, series: int, points: int) -> RunningServer:
    """A server over one stream of so many series."""
    tags = ["train_loss", "val_loss", *(f"{GROUPS[n % len(GROUPS)]}{n}" for n in range(series - 2))]
    write_streams(home / "ws", 1, tags, points)
    with Collector(home / "ws", Store(home / "state")) as collector:
        collector.export()
    return start_server(home / "server", home / "ws", state_dir=home / "state", options=["--stale-after", "3600"])


def opening(home: Path, driver: Any, asked: argparse.Namespace) -> None:
    """From the press on the tab to the charts in sight, the charts' library being there."""
    resize(driver, 1440, 900)
    server = served(home, asked.series, asked.points)
    try:
        for name, query, least in (("groups closed", "", 1), ("all groups open", "metric=.", 2)):
            took = []
            for _ in range(TURNS):
                open_page(driver, server.url, query)
                took.append(driver.execute_async_script(OPENED, least))
            told(f"Curves with {asked.series} series, {name}", took)
    finally:
        server.stop()


def following(home: Path, driver: Any, asked: argparse.Namespace) -> None:
    """From a move of the pointer to the next painted frame, all panels in sight."""
    server = served(home, asked.panels + 1, asked.points)
    try:
        resize(driver, 1440, 2400)
        open_page(driver, server.url, "tab=curves&metric=.")
        wait_for(lambda: driver.execute_script(PANELS) >= asked.panels, f"{asked.panels} panels")
        for name, is_moved in (("an empty frame", False), ("the crosshair", True)):
            took = driver.execute_async_script(MOVED, asked.moves, is_moved)
            told(f"{name} over {asked.panels} panels of {asked.points:,} points", took)
    finally:
        server.stop()


def told(name: str, took: list[float]) -> None:
    """One line: the median and the slowest."""
    print(f"{name:<55} median {statistics.median(took):6.0f} ms, slowest {max(took):6.0f} ms", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
