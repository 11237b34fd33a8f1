"""A folder -> a workspace of many streams that are training now, each with an event file of several series."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from support.build_events import fast_scalar_file


def write_streams(root: Path, streams: int, tags: Sequence[str], points: int) -> None:
    """Streams `s00`, `s01`... of so many points a series, and the description that names them."""
    start = time.time() - points * 0.01
    lines = ["title: Many", "streams:"]
    named = ", ".join(f"{tag}: [{tag}]" for tag in tags)
    for n in range(streams):
        values = np.random.default_rng(n).random((points, len(tags)))
        file = root / f"runs/s{n:02}" / f"events.out.tfevents.{int(start)}.vm.{n + 1}.0"
        file.parent.mkdir(parents=True)
        file.write_bytes(fast_scalar_file(tags, np.arange(points), values, start=start))
        lines += [f"  - id: s{n:02}", f"    label: S{n}", f"    checkpoint: s{n:02}.pt", "    completion: {by: steps}",
                  f"    events: {{folder: runs/s{n:02}, tags: {{{named}}}}}"]  # fmt: skip
    (root / "dashboard.yaml").write_text("\n".join(lines) + "\n")
