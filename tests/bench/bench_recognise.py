"""Figures of recognising: how long it takes to see what a folder is, by how many files lie in it.

Run as `python tests/bench/bench_recognise.py`: 1,000 files are to take under 50 ms, 100,000 under 1 s. A recorded
folder of the Hugging Face Trainer lies among files of data, in one folder, in many, and among tables and documents that
have to be looked into. Beside each stands a plain `os.walk` of the same folder, which opens no file, and the first look
of a new process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.recorded import unpack
from support.server import ROOT

from collectors.files.workspace import Workspace
from collectors.observe.described import by_trainer
from collectors.trainers.folder import Folder

ALLOWED_MS = {1_000: 50.0, 100_000: 1000.0}
TIMES = 5
LAYOUTS: dict[str, Callable[[int], str]] = {
    "in one folder": lambda n: f"data/{n}.png",
    "in folders of 100": lambda n: f"data/{n // 100}/{n}.png",
    "tables of data": lambda n: f"data/{n // 1000}/{n}.csv",
    "JSON documents": lambda n: f"data/{n // 1000}/{n}.json",
}


ONCE = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from collectors.files.workspace import Workspace
from collectors.observe.described import by_trainer
from collectors.trainers.folder import Folder
with Workspace(Path(sys.argv[2])) as workspace:
    began = time.perf_counter()
    by_trainer(Folder(workspace))
    print((time.perf_counter() - began) * 1000)
"""
"""The first look of a process that has just started: nothing is compiled, matched or loaded before."""


def least(look: Callable[[], object]) -> float:
    """Milliseconds, the least of several: whatever else runs on the machine only adds."""
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        look()
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def recognised(root: Path) -> str | None:
    """What it is."""
    with Workspace(root) as workspace:
        return by_trainer(Folder(workspace)).trainer


def first_look(root: Path) -> float:
    """Milliseconds in a process of its own, the least of several: whatever else runs on the machine only adds."""
    command = [sys.executable, "-c", ONCE, str(ROOT), str(root)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(TIMES)]
    return min(float(run.stdout) for run in runs)


def walked(root: Path) -> int:
    """What a look costs that only counts the files."""
    return sum(len(files) for _, _, files in os.walk(root))


def filled(root: Path, count: int, name_of: Callable[[int], str]) -> Path:
    """A recorded folder among so many files of data."""
    unpack("huggingface", "folder", root)
    for n in range(count):
        path = root / name_of(n)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"loss": 1, "of": "pear"}\n' if path.suffix == ".json" else "name,price\npear,1\n")
    return root


def measured(count: int, layout: str) -> tuple[bool, str]:
    """Whether a folder of so many files is recognised in time, and the figures in words."""
    with tempfile.TemporaryDirectory() as folder:
        root = filled(Path(folder), count, LAYOUTS[layout])
        found = recognised(root)
        walk, warm = least(lambda: walked(root)), least(lambda: recognised(root))
        cold = first_look(root)
    words = (
        f"recognised {count:>7,} files {layout:<18} {warm:7.1f} ms, in a new process {cold:7.1f} ms: "
        f"{warm / walk:.1f} and {cold / walk:.1f} times os.walk ({walk:.1f} ms); "
        f"under {ALLOWED_MS[count]:g} ms; {found}"
    )
    return max(warm, cold) <= ALLOWED_MS[count] and found == "huggingface", words


def main() -> int:
    """Print every figure; 1 where one is over its limit."""
    all_in_time = True
    for count, layout in product(ALLOWED_MS, LAYOUTS):
        in_time, words = measured(count, layout)
        print(words, flush=True)
        all_in_time &= in_time
    return int(not all_in_time)


if __name__ == "__main__":
    raise SystemExit(main())
