"""How fast event files are read: against TensorBoard's own readers and the machine's limit, in the same minute.

Run `python tests/bench/bench_events.py [--peer PYTHON]`. PYTHON is an interpreter that has `tensorboard` installed
(with its data server); without it only the machine's limit is compared: reading the same bytes and summing them with
zlib. Every figure is the best of a few fresh processes, files in the page cache.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.build_events import fast_scalar_file  # noqa: E402

from collectors.readers.events.read import read_events  # noqa: E402

TAGS = ["loss/train", "loss/val"]
REPEATS = 3
OURS = """
import glob, json, sys, time
from collectors.readers.events.read import read_events
started, points = time.perf_counter(), 0
kept = []
for path in sorted(glob.glob(sys.argv[1] + "/*/events*")):
    with open(path, "rb") as handle:
        handle.seek(0, 2)
        evidence = read_events(handle, handle.tell())
    assert not evidence.damaged and not evidence.partial_tail
    points += sum(len(series.step) for series in evidence.series.values())
    kept.append(evidence)
seconds = time.perf_counter() - started
memory = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024
print(json.dumps({"points": points, "seconds": seconds, "memory": memory}))
"""
ACCUMULATOR = """
import glob, json, sys, time
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
path = glob.glob(sys.argv[1] + "/*/events*")[0]
started = time.perf_counter()
read = EventAccumulator(path, size_guidance={"scalars": 0})
read.Reload()
points = sum(len(read.Scalars(tag)) for tag in read.Tags()["scalars"])
print(json.dumps({"points": points, "seconds": time.perf_counter() - started}))
"""


def write_files(folder: Path, files: int, points: int) -> None:
    """Write `files` runs with `points` points each, half of them train and half val."""
    steps, rng = np.arange(1, points // 2 + 1), np.random.default_rng(0)
    for number in range(files):
        run = folder / f"run{number:02d}"
        run.mkdir(parents=True)
        data = fast_scalar_file(TAGS, steps, rng.random((len(steps), 2)))
        (run / f"events.out.tfevents.1795435105.host.{number + 100}.0").write_bytes(data)


def in_fresh_process(python: str, code: str, folder: Path) -> dict[str, float]:
    """Run code over a folder; what it printed as JSON."""
    done = subprocess.run([python, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def data_server_seconds(python: str, folder: Path, *, checksum: bool) -> float:
    """One load cycle of TensorBoard's data server, as it tells it itself."""
    found = subprocess.run(
        [python, "-c", "import tensorboard_data_server as s; print(s.server_binary())"],
        capture_output=True,
        text=True,
        check=True,
    )
    options = ["--logdir", str(folder), "--reload", "once", "-v", "--checksum" if checksum else "--no-checksum"]
    server = subprocess.Popen([found.stdout.strip(), *options, "--port", "0"], stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        for line in server.stderr:
            told = re.search(r"Finished load cycle \((?:([\d.]+)s|([\d.]+)ms)\)", line)
            if told:
                return float(told[1]) if told[1] else float(told[2]) / 1000
    finally:
        server.terminate()
        server.wait()
    raise RuntimeError("the data server told no load cycle")


def machine_limit_seconds(folder: Path) -> float:
    """Seconds to read the same bytes and sum them once in native code."""
    started = time.perf_counter()
    for path in folder.glob("*/events*"):
        with path.open("rb") as handle:
            while piece := handle.read(4 << 20):
                zlib.crc32(piece)
    return time.perf_counter() - started


def best(measure: Callable[[], float]) -> float:
    """Best of a few: other programs only ever add."""
    return min(measure() for _ in range(REPEATS))


def compare(title: str, folder: Path, peer: str | None) -> None:
    """Print one table for the files of a folder."""
    runs = [in_fresh_process(sys.executable, OURS, folder) for _ in range(REPEATS)]
    ours, points = min(run["seconds"] for run in runs), runs[0]["points"]
    print(f"\n{title}: {points:,.0f} points, checksums tested, every point kept")
    memory = max(run["memory"] for run in runs)
    print(f"  ours                      {ours:7.3f} s  {points / ours / 1e6:6.2f} M points/s  {memory:4.0f} MB")
    rivals = [("reading and zlib.crc32", lambda: machine_limit_seconds(folder))]
    if peer:
        rivals.append(("data server, no checksums", lambda: data_server_seconds(peer, folder, checksum=False)))
        rivals.append(("data server, checksums", lambda: data_server_seconds(peer, folder, checksum=True)))
    for name, measure in rivals:
        seconds = best(measure)
        ratio = f"ours is {seconds / ours:5.2f}x as fast"
        print(f"  {name:<25} {seconds:7.3f} s  {points / seconds / 1e6:6.2f} M points/s  {ratio}")


def compare_accumulator(folder: Path, peer: str) -> None:
    """Print TensorBoard's Python reader against ours on a file it can finish."""
    theirs, ours = (in_fresh_process(p, c, folder) for p, c in ((peer, ACCUMULATOR), (sys.executable, OURS)))
    rates = [run["points"] / run["seconds"] / 1e6 for run in (ours, theirs)]
    ratio = f"ours is {rates[0] / rates[1]:.0f}x as fast"
    print(f"\nEventAccumulator, {theirs['points']:,.0f} points: {rates[1]:.3f} M points/s; {ratio}")


def compare_appends(folder: Path) -> None:
    """Print what ten and two hundred new records cost behind a short and a long history."""
    print("\nAppended records, read from the last offset (median):")
    for history in (10, 1_000_000):
        for new in (10, 200):
            count = (history + new) // 2
            steps = np.arange(2_500_000, 2_500_000 + count)
            path = folder / "append"
            path.write_bytes(fast_scalar_file(TAGS, steps, np.ones((count, 2))))
            before = path.stat().st_size * history // (history + new)
            seconds = append_seconds(path, before)
            print(f"  {new:>4} records behind {history:>9,}: {seconds * 1e3:6.3f} ms")


def append_seconds(path: Path, about: int) -> float:
    """Median time to read from the border nearest to `about` on."""
    with path.open("rb") as handle:
        border = read_events(handle, about).end_offset
        times = []
        for _ in range(50):
            started = time.perf_counter()
            read_events(handle, path.stat().st_size, offset=border)
            times.append(time.perf_counter() - started)
    return statistics.median(times)


def main(argv: Sequence[str]) -> int:
    """Measure and print everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has tensorboard")
    peer = parser.parse_args(argv).peer
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_files(root / "one", 1, 4_000_000)
        compare("One file", root / "one", peer)
        write_files(root / "fifty", 50, 100_000)
        compare("50 files", root / "fifty", peer)
        if peer:
            write_files(root / "small", 1, 200_000)
            compare_accumulator(root / "small", peer)
        compare_appends(root)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
