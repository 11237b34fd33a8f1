"""Figures of recognising: how long it takes to see what a folder is, by how many files lie in it.

Run as `python tests/bench/bench_recognise.py`: 1,000 files are to take under 50 ms, 100,000 under 1 s. A recorded
folder of the Hugging Face Trainer lies among files of data, in one folder, in many, and among tables that have to be
looked into.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.recorded import unpack

from collectors.files.workspace import Workspace
from collectors.observe.described import by_trainer
from collectors.trainers.folder import Folder

ALLOWED_MS = {1_000: 50.0, 100_000: 1000.0}
TIMES = 5
LAYOUTS: dict[str, Callable[[int], str]] = {
    "in one folder": lambda n: f"data/{n}.png",
    "in folders of 100": lambda n: f"data/{n // 100}/{n}.png",
    "tables of data": lambda n: f"data/{n // 1000}/{n}.csv",
}


def recognised(root: Path) -> tuple[float, str | None]:
    """Milliseconds, the middle of several, and what it was."""
    times, found = [], None
    for _ in range(TIMES):
        with Workspace(root) as workspace:
            began = time.perf_counter()
            found = by_trainer(Folder(workspace)).trainer
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), found


def main() -> int:
    """Print every figure; 1 where one is over its limit."""
    is_over = False
    for count, allowed in ALLOWED_MS.items():
        for layout, name_of in LAYOUTS.items():
            with tempfile.TemporaryDirectory() as folder:
                root = unpack("huggingface", "folder", Path(folder))
                for n in range(count):
                    path = root / name_of(n)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text("name,price\npear,1\n")
                taken, found = recognised(root)
            is_over |= taken > allowed or found != "huggingface"
            print(f"recognised {count:>7,} files {layout:<18} {taken:8.1f} ms (under {allowed:g} ms) as {found}")
    return int(is_over)


if __name__ == "__main__":
    raise SystemExit(main())
