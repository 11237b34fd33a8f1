"""The page's figures in a real Chromium: from a file's change to the screen, and what an open tab costs.

    python tests/bench/bench_page.py [--changes 20] [--seconds 10]

And when its first charts are seen: on this machine, and over a line as slow as browsers' own *Slow 3G*.

Input: nothing; a training that grows is made in a temporary folder. Output: one line a figure, beside another one of
the same run: the collector's part of the way, and an empty page's share of a processor. It judges nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import psutil
from selenium import webdriver
from support.browsers import blocked, chromium_options
from support.build_events import event, record, simple_value
from support.page import open_page
from support.server import RunningServer, start_server
from support.states import ready_state, running_state, write_state
from support.waiting import wait_for
from support.workspaces import Stream, event_path, write_stream

EPOCHS = 10_000
SETTLE_SECONDS = 8.0
"""A tab that was just hidden still tidies up."""
FAST_LINE = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
SLOW_3G = {"offline": False, "latency": 2000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""As the browser's own tools have it: 400 kbit/s, 2 s there and back."""
NOTE_CHARTS = """
const look = () => {
  const lines = [...document.querySelectorAll(".loss path.line, .loss .scatterlayer path")];
  if (!lines.some((line) => line.getBoundingClientRect().width > 100)) return requestAnimationFrame(look);
  requestAnimationFrame(() => setTimeout(() => { window.chartsSeen ??= performance.now(); }));
};
requestAnimationFrame(look);
"""
"""Notes when the first curve has been painted, of whoever drew it."""
NOTE_EPOCHS = r"""
window.painted = {};
const note = () => {
  const told = document.querySelector("#stage-list")?.textContent.match(/epoch (\d+)/);
  if (told && !(told[1] in window.painted)) {
    window.painted[told[1]] = null;
    requestAnimationFrame(() => { window.painted[told[1]] = Date.now(); });
  }
};
new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true});
"""


def main() -> int:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=20, help="epochs written for each of the two ways")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each kind of tab is watched")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as home, chromium() as driver:
        first_charts(Path(home) / "first", driver)
        ways(Path(home) / "ways", driver, asked.changes)
        shares(Path(home) / "shares", driver, asked.seconds)
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    return 0


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser as tests drive it."""
    driver = webdriver.Chrome(options=chromium_options())
    try:
        yield driver
    finally:
        driver.quit()


def first_charts(home: Path, driver: Any) -> None:
    """Seconds from the press on a link to the first charts that can be seen, nothing of the page being kept before."""
    server = start_server(home, options=["--stale-after", "3600"])
    write_state(server.state_dir, ready_state())
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
    noting = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NOTE_CHARTS})
    try:
        for name, line in (("on this machine", FAST_LINE), ("on Slow 3G", SLOW_3G), ("on this machine", FAST_LINE)):
            driver.execute_cdp_cmd("Network.emulateNetworkConditions", line)
            driver.get(server.url)
            wait_for(lambda: driver.execute_script("return window.chartsSeen"), "the first charts", 120)
            print(
                f"first charts, {name:<15} {driver.execute_script('return window.chartsSeen') / 1000:6.2f} s",
                flush=True,
            )
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", noting)
        driver.execute_cdp_cmd("Network.emulateNetworkConditions", FAST_LINE)
        driver.get("about:blank")
        server.stop()


def ways(home: Path, driver: Any, changes: int) -> None:
    """An epoch appended to an event file -> painted on the page, told by push and asked by poll."""
    stream = Stream("swinmae", [0.7], EPOCHS, time.time() - 5, pid=os.getpid())
    write_stream(home / "ws", stream, checkpoint=False, table=False)
    server = start_server(home / "server", home / "ws", state_dir=home / "state", collect=True)
    try:
        wait_for((home / "state" / "dashboard-state.json").exists, "the first state", 60)
        epoch = 2
        for way, wall in (("by push", nullcontext()), ("by polling", blocked(driver, "*api/events*"))):
            with wall:
                open_page(driver, server.url)
                driver.execute_script(NOTE_EPOCHS)
                took = [changed(server, driver, stream, number) for number in range(epoch, epoch + changes)]
            tell_way(way, took)
            epoch += changes
    finally:
        driver.get("about:blank")
        server.stop()


def tell_way(way: str, took: list[tuple[float, float]]) -> None:
    """Print one way's figures; each time is (until the state was written, until it was painted), in seconds."""
    stored, painted = np.array(took).T * 1000
    p50, p95, worst = np.percentile(painted, [50, 95, 100])
    own = np.median(stored)
    print(
        f"file change -> page, {way:<10} p50 {p50:6.0f} ms  p95 {p95:6.0f}  worst {worst:6.0f}   "
        f"of which until the state is written p50 {own:.0f} ms ({own / p50:.0%})",
        flush=True,
    )


def changed(server: RunningServer, driver: Any, stream: Stream, epoch: int) -> tuple[float, float]:
    """Append one epoch's records; seconds until the state was stored, and until the page showed it."""
    time.sleep(random.uniform(1.5, 3.5))  # so that polls are met at any moment
    values = [simple_value(tag, 0.7 / epoch) for tag in ("loss/train", "loss/val")]
    records = b"".join(record(event(epoch, [value], time.time())) for value in values)
    stored: list[float] = []
    watcher = threading.Thread(target=note_state, args=(server.state_dir / "dashboard-state.json", epoch, stored))
    watcher.start()
    begun = time.time()
    with (server.workspace / event_path(stream)).open("ab") as handle:
        handle.write(records)
    painted = wait_for(lambda: driver.execute_script(f"return window.painted[{epoch}]"), f"epoch {epoch}", 60)
    watcher.join()
    return stored[0] - begun, painted / 1000 - begun


def note_state(file: Path, epoch: int, stored: list[float]) -> None:
    """Look at the state file until it speaks of the epoch."""
    words = f"epoch {epoch} ".encode()
    while words not in file.read_bytes():
        time.sleep(0.005)
    stored.append(time.time())


def shares(home: Path, driver: Any, seconds: float) -> None:
    """Processor time of all of the browser's processes, in shares of one core, drawn in software."""
    server = start_server(home, options=["--stale-after", "3600"])
    try:
        driver.get("about:blank")
        empty = share(driver, seconds)
        print(f"an empty page                     {empty:6.1%} of a core")
        for name, state in (("a page at rest", ready_state()), ("a page with a running stage", running_state())):
            write_state(server.state_dir, state)
            open_page(driver, server.url)
            tell_share(name, share(driver, seconds), empty)
        driver.minimize_window()
        wait_for(lambda: driver.execute_script("return document.hidden"), "the tab to be hidden")
        tell_share("the same, hidden", share(driver, seconds), empty)
        driver.set_window_rect(0, 0, 1440, 900)
        driver.get("about:blank")
    finally:
        server.stop()


def tell_share(name: str, found: float, empty: float) -> None:
    """Print one line."""
    print(f"{name:<33} {found:6.1%} of a core   {(found - empty) * 100:+.1f} points against an empty page", flush=True)


def share(driver: Any, seconds: float) -> float:
    """Processor seconds of the browser in each second, after it has settled."""
    time.sleep(SETTLE_SECONDS)
    before, begun = busy_seconds(driver), time.monotonic()
    time.sleep(seconds)
    return (busy_seconds(driver) - before) / (time.monotonic() - begun)


def busy_seconds(driver: Any) -> float:
    """Processor seconds so far, of Chromium and all its processes but not of its driver."""
    parts = psutil.Process(driver.service.process.pid).children(recursive=True)
    return sum(sum(part.cpu_times()[:2]) for part in parts if part.is_running())


if __name__ == "__main__":
    raise SystemExit(main())
