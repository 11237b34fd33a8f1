"""Workspaces with long curves: event files that TensorBoard would have written, one record a step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from support.build_events import START, fast_scalar_file
from support.workspaces import write

from collectors.collect import CollectOptions, Collector
from collectors.contract.state import DashboardState
from collectors.store.store import Store

TAGS = ("loss/train", "loss/val")
FOLDER = "runs/patchtst_ssl"
"""Where the default pipeline's first stream leaves its event files."""


def long_losses(count: int, seed: int = 3) -> NDArray[Any]:
    """Noisy falling losses, one row a step, one column a tag, as 32-bit floats hold them."""
    rng = np.random.default_rng(seed)
    fall = np.exp(-np.arange(count) / (count / 3))
    noise = rng.normal(0, 0.01, (count, len(TAGS)))
    return (fall[:, None] + noise + np.array([0.0, 0.2])).astype(np.float32)


def write_long_run(
    root: Path, values: NDArray[Any], *, first_step: int = 1, number: int = 0, start: float = START
) -> Path:
    """Write one event file of the first stream; the records are 10 ms a step apart."""
    steps = np.arange(first_step, first_step + len(values))
    name = f"{FOLDER}/events.out.tfevents.{int(start) + number}.host.17.{number}"
    return write(root / name, fast_scalar_file(TAGS, steps, values, start=start))


def collect(root: Path, state_dir: Path, *, snapshot: bool = False) -> DashboardState:
    """Collect once, as `export` does, and keep what was learnt."""
    collector = Collector(root, Store(state_dir), CollectOptions())
    try:
        return collector.export(snapshot=snapshot)
    finally:
        collector.close()
