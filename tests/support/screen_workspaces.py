"""Workspaces that no recording has: many streams, a very long one with a spike, another trainer's folder.

Input: a folder that is not there. Output: the folder, filled as a trainer leaves it.
"""

from __future__ import annotations

import tarfile
import time
from pathlib import Path

import numpy as np
from support.build_events import fast_scalar_file

from collectors.numbers import plural

TAGS = ("train_loss", "val_loss")
FOREIGN = Path(__file__).resolve().parents[1] / "data/trainers/ultralytics/folder.tar.xz"
SPIKE_AT, SPIKE = 12_345, 400.0


def many_streams(root: Path, count: int, points: int = 200) -> Path:
    """So many streams, described by hand, without checkpoints."""
    start = time.time() - points * 0.01
    lines = [f"title: {plural(count, 'stream')}", "streams:"]
    for number in range(count):
        name, chance = f"stream-{number + 1:02}", np.random.default_rng(number)
        fall = np.exp(-np.arange(points) / (20 + 5 * number))[:, None] * [1.0, 1.1] + 0.1
        _write(root / f"runs/{name}", fall + chance.normal(0, 0.01, (points, 2)), start)
        lines += [
            f"  - id: {name}", f"    label: Stream {number + 1}", f"    checkpoint: checkpoints/{name}.pt",
            "    completion: {by: steps}",
            f"    events: {{folder: runs/{name}, tags: {{train_loss: [train_loss], val_loss: [val_loss]}}}}",
        ]  # fmt: skip
    (root / "dashboard.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def long_with_spike(root: Path) -> Path:
    """20,000 points, one of which is a thousand times the others."""
    many_streams(root, 1, 2)
    points = np.arange(20_000)
    noise = np.random.default_rng(7).normal(0, 0.02, (20_000, 2))
    values = np.exp(-points / 4000)[:, None] * [0.9, 1.0] + 0.2 + noise
    values[SPIKE_AT, 0] = SPIKE
    (event_file,) = (root / "runs/stream-01").iterdir()
    event_file.unlink()
    _write(root / "runs/stream-01", values, time.time() - 200)
    return root


def foreign(root: Path) -> Path:
    """A recorded folder of another trainer, which nobody described; times as they were."""
    root.mkdir(parents=True)
    with tarfile.open(FOREIGN) as archive:
        archive.extractall(root, filter="data")
    return root


def _write(folder: Path, values: np.ndarray, start: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    content = fast_scalar_file(TAGS, np.arange(len(values)), values, start=start)
    (folder / f"events.out.tfevents.{int(start)}.vm.1.0").write_bytes(content)
