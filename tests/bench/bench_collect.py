"""Figures of the collector: cold read, restart, append to state, nothing changed, memory, spikes, scale.

Run as `python tests/bench/bench_collect.py`; each figure stands beside what it is measured against in
the same run. Everything is written to a temporary folder and removed.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from support.build_events import START, event, fast_scalar_file, record, simple_value
from support.workspaces import write_good

from collectors.collect import Collector
from collectors.store.curves import whole
from collectors.store.store import Store

TAGS = ["loss/train", "loss/val"]
RSS = """
import sys
from pathlib import Path
from collectors.collect import Collector
from collectors.store.store import Store
with Collector(Path(sys.argv[1]), Store(Path(sys.argv[2]))) as collector:
    collector.export()
status = Path('/proc/self/status').read_text()
print(int(status.split('VmHWM:')[1].split()[0]) / 1024)
"""


def milliseconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Time of one call."""
    begun = clock()
    work()
    return (clock() - begun) * 1000


def workspace(folder: Path, points: int) -> tuple[Path, Path]:
    """A workspace whose PatchTST has that many points of each of two losses, and its event file."""
    root = folder / f"ws{points}"
    write_good(root)
    path = next((root / "runs/patchtst_ssl").iterdir())
    values = 1 + np.random.default_rng(0).normal(0, 0.05, (points, 2))
    values[:: max(points // 60, 1), 1] += 5.0
    path.write_bytes(fast_scalar_file(TAGS, np.arange(1, points + 1), values))
    return root, path


def append(path: Path, first: int, count: int) -> None:
    """Write further steps, as the writer does."""
    rows = [record(event(n, [simple_value(tag, 1.0)], START + n)) for n in range(first, first + count) for tag in TAGS]
    with path.open("ab") as handle:
        handle.write(b"".join(rows))


def appends(folder: Path, points: int) -> tuple[float, float, float]:
    """Median milliseconds of an append of 100 steps -> state; of nothing changed (CPU); of a restart."""
    root, path = workspace(folder, points)
    store = Store(folder / f"state{points}")
    with Collector(root, store) as collector:
        collector.export()
        took, idle = [], []
        for turn in range(7):
            append(path, points + 1 + turn * 100, 100)
            took.append(milliseconds(collector.export))
            idle.append(milliseconds(collector.export, time.process_time))
    with Collector(root, store) as collector:
        restart = milliseconds(collector.export)
    return statistics.median(took), statistics.median(idle), restart


def scale(folder: Path) -> None:
    """Print what a large workspace costs: 50 runs' event folders, 5 million points, 10,000 files."""
    root = folder / "large"
    write_good(root)
    events = root / "runs/patchtst_ssl"
    next(events.iterdir()).unlink()
    values = 1 + np.random.default_rng(1).normal(0, 0.05, (50_000, 2))
    for run in range(50):
        start = START + 1_000 * run
        own = events / f"run{run:02d}"
        (own / "out").mkdir(parents=True)
        data = fast_scalar_file(TAGS, np.arange(1, 50_001), values, start=start)
        path = own / f"events.out.tfevents.{int(start)}.host.{run + 17}.0"
        path.write_bytes(data)
        for number in range(200):
            (own / f"out/{number}.json").write_bytes(b"{}")
    with Collector(root, Store(folder / "state-large")) as collector:
        print(
            f"50 event folders, 5,000,000 points, 10,000 files, first state:  {milliseconds(collector.export):8.1f} ms"
        )
        full = statistics.median(milliseconds(collector.export, time.process_time) for _ in range(5))
        collector.trusts_listings = True  # as while nothing is notified
        quiet = statistics.median(milliseconds(collector.export, time.process_time) for _ in range(5))
        collector.trusts_listings = False
        append(path, 50_001, 100)
        print(
            f"the same, 100 steps appended -> state file:                     {milliseconds(collector.export):8.1f} ms"
        )
        print(f"the same, nothing changed, a full look, CPU (target under 30):  {full:8.1f} ms")
        print(f"the same, nothing changed nor notified, CPU (target under 5):   {quiet:8.1f} ms")


def main() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        short, idle, _ = appends(folder, 10)
        long, idle_long, restart = appends(folder, 1_000_000)
        print(f"100 steps appended -> state file, 10 records of history:        {short:8.1f} ms")
        print(f"100 steps appended -> state file, 1,000,000 points a series:    {long:8.1f} ms  ({long / short:.2f}x)")
        print(f"collection with nothing changed, CPU (10 / 1,000,000 points):   {idle:8.1f} / {idle_long:.1f} ms")
        print(f"restart over the same 1,000,000 points, first state:            {restart:8.1f} ms")
        root, _ = workspace(folder, 2_500_000)
        rss = subprocess.run([sys.executable, "-c", RSS, str(root), str(folder / "rss")], capture_output=True,
                             text=True, check=True, cwd=Path(__file__).resolve().parents[2]).stdout  # fmt: skip
        print(f"collector memory after 5,000,000 points (target under 300 MB):  {float(rss):8.0f} MB")
        store = Store(folder / "spikes")
        with Collector(folder / "ws1000000", store) as collector:
            series = whole(store.backend, collector.export()).metrics["patchtst"].series["val_loss"]
        kept = sum(1 for value in series.value if value is not None and value > 4)
        print(f"one-step spikes kept of 60 or 61 in 1,000,000 points at {len(series.value)}:   {kept:8d}")
        scale(folder)


if __name__ == "__main__":
    main()
