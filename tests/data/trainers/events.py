"""Event files -> every scalar that TensorBoard's own reader finds; apart, since not every trainer comes with it."""

from __future__ import annotations

from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util import tensor_util
from trainers.recording import Series


def event_series(root: Path) -> Series:
    """Every scalar of every event file in its order, nothing dropped: two files may hold one tag."""
    found: Series = {}
    for path in sorted(root.rglob("events.out.tfevents.*")):
        file = path.relative_to(root).as_posix()
        for event in EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name == "scalars":
                    new = {"file": file, "column": value.tag, "axis": "step", "at": [], "values": []}
                    series = found.setdefault(f"{file}:{value.tag}", new)
                    series["at"].append(event.step)
                    series["values"].append(float(tensor_util.make_ndarray(value.tensor).item()))
    return found
