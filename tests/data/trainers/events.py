"""Event files -> every scalar that TensorBoard's own reader finds; apart, since not every trainer comes with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util import tensor_util
from trainers.recording import as_series


def event_series(root: Path) -> list[dict[str, Any]]:
    """Every scalar of every event file as TensorBoard's own reader finds it: points `[step, epoch or null, value]`."""
    found: list[dict[str, Any]] = []
    for path in sorted(root.rglob("events.out.tfevents.*")):
        series: dict[str, list[list[Any]]] = {}
        for event in EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name == "scalars":
                    number = float(tensor_util.make_ndarray(value.tensor).item())
                    series.setdefault(value.tag, []).append([event.step, None, number])
        found += as_series(path.relative_to(root).as_posix(), series)
    return found
