"""Figures of decisions: a million scores read, judged again after an append, drawn as a document.

Run as `python tests/bench/bench_decisions.py`. Everything is written to a temporary folder and removed. Wall time
counts what waits for the reading child, processor time what the collector itself takes. Then the tab is opened in a
real Chromium: from a press to what is painted after it, the quickest of several.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from selenium import webdriver
from support.browsers import chromium_options
from support.decisions import asked
from support.server import start_server
from support.waiting import wait_for
from support.workspaces import write_good

from collectors.collect import CollectOptions, Collector
from collectors.decisions.document import document_of
from collectors.decisions.what_if import what_if
from collectors.store.store import Store

COUNT = 1_000_000
APPENDED = 1_000
TURNS = 5
ACTS = {
    "tab, with the document fetched": "document.querySelector('[data-tab=decisions]').click()",
    "zoom on an alarm": "document.querySelector('.decision-show').click()",
    "step of the slider": """
        const slider = document.querySelector("input[data-line=anomaly]");
        slider.value = Number(slider.value) + 9;
        slider.dispatchEvent(new Event("input", {bubbles: true}))""",
}
READY = "return Boolean(window.dashboard?.decisionTab && document.querySelector('[data-tab=decisions]'))"
PAINTED = """
const done = arguments[0], began = performance.now();
const look = () => {
  if (!document.querySelector("#decision-charts")?.dataset.drawn) return requestAnimationFrame(look);
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
};
%s;
requestAnimationFrame(look);
"""


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "ws"
        path = workspace(root)
        rules = {"scores": "out/*.csv", "fused": None, "report": None, "columns": {}, "thresholds": {"path": "t.json"}}
        store = Store(Path(folder) / "state")
        with Collector(root, store, CollectOptions(pipeline=asked(rules))) as collector:
            wall, processor = timed(collector.export)
            print(f"{COUNT:,} scores, first collection: {wall:.2f} s (collector's processor {processor:.2f} s)")
            grown = [(append(path, turn), timed(collector.export))[1] for turn in range(TURNS)]
            told = " and ".join(f"{statistics.median(each) * 1000:.0f} ms" for each in zip(*grown, strict=True))
            print(f"{APPENDED:,} rows appended -> state and document: {told} (wall, processor)")
            found = collector._decided
            assert found is not None
            for name, work in (
                ("what-if table", lambda: what_if(found, "swinmae")),
                ("document", lambda: document_of(found, "run", {})),
            ):
                print(f"{name}: {timed(work)[1] * 1000:.0f} ms of the processor")
        (document,) = (Path(folder) / "state/decisions").iterdir()
        print(f"document: {document.stat().st_size / 1000:.0f} kB")
        on_screen(Path(folder))


def on_screen(folder: Path) -> None:
    """Print what the tab, a step of its slider and a zoom take."""
    server, driver = (
        start_server(folder / "server", state_dir=folder / "state"),
        webdriver.Chrome(options=chromium_options()),
    )
    try:
        took: dict[str, list[float]] = {}
        for _ in range(TURNS):
            driver.get(f"{server.url}?tab=readiness")
            wait_for(lambda: driver.execute_script(READY), "the page", 60)
            for name, act in ACTS.items():
                took.setdefault(name, []).append(driver.execute_async_script(PAINTED % act))
        for name, every in took.items():
            print(f"{name}: {min(every):.0f} ms until it is painted")
    finally:
        driver.quit()
        server.stop()


def workspace(root: Path) -> Path:
    """A good training with a narrow table of a million scores, some of them an alarm."""
    write_good(root)
    rng = np.random.default_rng(0)
    scores = 0.3 + 0.05 * rng.standard_normal(COUNT)
    scores[COUNT // 2 : COUNT // 2 + 20] = 0.95
    words = np.where(scores >= 0.82, "anomaly", np.where(scores >= 0.6, "warn", "normal"))
    path = root / "out/swinmae.csv"
    path.parent.mkdir()
    with path.open("w") as handle:
        handle.write("window_index,timestamp,score,decision\n")
        rows = enumerate(zip(scores, words, strict=True))
        handle.writelines(f"{n},{1_790_000_000 + n},{score:.6f},{word}\n" for n, (score, word) in rows)
    (root / "t.json").write_text(json.dumps({"swinmae": {"warn": 0.6, "anomaly": 0.82}}))
    return path


def append(path: Path, turn: int) -> None:
    """Write further rows, as a scoring that goes on does."""
    first = COUNT + turn * APPENDED
    with path.open("a") as handle:
        handle.writelines(f"{n},{1_790_000_000 + n},0.31,normal\n" for n in range(first, first + APPENDED))


def timed(work: object) -> tuple[float, float]:
    """Wall and processor seconds of one call."""
    wall, processor = time.perf_counter(), time.process_time()
    work()  # type: ignore[operator]
    return time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()
