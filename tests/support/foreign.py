"""A workspace of somebody else's trainer: one stream `net`, its `dashboard.yaml`, files with the times they would have.

`Foreign(root)` has a sound checkpoint and a config; a test adds event files, tables and what the description says.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from support.build_checkpoints import torch_zip
from support.build_events import event, header, message, record, simple_value, varint, wall_time
from support.workspaces import GONE_PID, write

from collectors.collect import CollectOptions, Collector
from collectors.contract.state import DashboardState
from collectors.readers.child.process import ReaderProcess

TRAIN, VAL = "loss/train", "loss/val"
USUAL = {"train_loss": TRAIN, "val_loss": VAL}
Rows = Sequence[tuple[int, Mapping[str, float]]]
"""Step -> values by tag, in the order in which they are written."""


def falling_at(step: float, *, factor: float = 1.0) -> float:
    """A loss that depends on nothing but its step."""
    return factor * (1.0 / (step + 2.0) + 0.01)


def series(tag: str, steps: Iterable[int], *, factor: float = 1.0) -> list[tuple[int, dict[str, float]]]:
    """One series."""
    return [(n, {tag: falling_at(n, factor=factor)}) for n in steps]


def both(steps: Iterable[int]) -> list[tuple[int, dict[str, float]]]:
    """Train and validation loss at each step."""
    return [(n, {TRAIN: falling_at(n), VAL: falling_at(n, factor=1.25)}) for n in steps]


def log_bytes(rows: Rows, start: float, gap: float = 10.0, *, restart_at: int | None = None) -> bytes:
    """An event file: one record a value, rows `gap` seconds apart; `restart_at` writes a SessionLog START first."""
    out = [header(start)]
    if restart_at is not None:
        at = wall_time(start) + b"\x10" + varint(restart_at)
        out.append(record(at + message(7, b"\x08\x01")))
    for n, (step, values) in enumerate(rows, 1):
        out += [record(event(step, [simple_value(tag, value)], start + gap * n)) for tag, value in values.items()]
    return b"".join(out)


def table_text(rows: Sequence[Sequence[Any]], *names: str) -> str:
    """A CSV as Python's own writer makes it."""
    lines = [",".join(names), *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)]
    return "\r\n".join([*lines, ""])


@dataclass
class Foreign:
    """The workspace, and when its training ended: two hours ago, unless a test says otherwise."""

    root: Path
    now: float = field(default_factory=time.time)
    age: float = 7200.0
    """Seconds between the last record of `log` and now."""
    said: dict[str, Any] = field(default_factory=dict)
    """What stands in the only stream's section."""
    whole: dict[str, Any] = field(default_factory=dict)
    """Other sections of dashboard.yaml."""
    description: str = ""
    """The whole of dashboard.yaml, where it is not the one of a single stream."""
    bare: bool = False
    """Nothing describes it: no `dashboard.yaml`, and no file but those that are put."""
    notes: list[Any] = field(default_factory=list)
    """Open processes, to be ended by who made the workspace."""

    def __post_init__(self) -> None:
        self.said |= {
            "id": "net", "label": "Net", "checkpoint": "best.pt", "config": {"candidates": "config.json"},
            "events": {"folder": "tb", "tags": dict(USUAL)},
        }  # fmt: skip

    @property
    def end(self) -> float:
        """When the training ended."""
        return self.now - self.age

    def put(self, path: str, data: bytes | str, after: float = 0.0) -> None:
        """A file, written so many seconds after the training's end."""
        write(self.root / path, data, self.end + after)

    def log(
        self, rows: Rows, *, folder: str = "tb", gap: float = 10.0, after: float = 0.0, pid: int = 7,
        host: str = "gpu1", lag: float = 0.0, restart_at: int | None = None,
    ) -> float:  # fmt: skip
        """An event file whose last record is `after` seconds behind the end, its file time another `lag`.

        Gives the time of its header.
        """
        start = self.end + after - gap * len(rows)
        name = f"{folder}/events.out.tfevents.{int(start)}.{host}.{pid}.{int(abs(start) * 10) % 10}"
        write(self.root / name, log_bytes(rows, start, gap, restart_at=restart_at), self.end + after + lag)
        return start

    def here(self, rows: Rows, pid: int = GONE_PID, **more: Any) -> float:
        """An event file that a process of this machine writes, or wrote."""
        return self.log(rows, pid=pid, host=socket.gethostname(), **more)

    def table(self, text: str, path: str = "log.csv", *, after: float = 1.0, **settings: Any) -> None:
        """A table of losses, and its section."""
        self.put(path, text, after)
        self.said["loss_history"] = {"path": path, **settings}

    def total(self, total: int | str | None = None, by: str = "epochs", **more: Any) -> None:
        """What completion counts; without a total the usual key of a config, which is not there."""
        self.said["completion"] = {"by": by, **({} if total is None else {"total": total}), **more}

    def events(self, folder: str = "tb", tags: Mapping[str, Any] | None = None, **more: Any) -> None:
        """What the description says of event files."""
        self.said["events"] = {"folder": folder, "tags": dict(USUAL if tags is None else tags), **more}

    def without_events(self) -> None:
        """A training that writes a table only: the checks of event files are switched off, with a reason."""
        off = {"enabled": False, "reason": "CSV only"}
        self.whole["checks"] = {"logs": off, "provenance": off}

    def finish(self) -> None:
        """Write the description, the config and, where none was put, a checkpoint."""
        if self.bare:
            return
        if self.description:
            write(self.root / "dashboard.yaml", self.description)
            return
        if not (self.root / "config.json").exists():
            self.put("config.json", json.dumps({"lr": 0.001, "epochs": 10}), -3600.0)
        if not any(self.root.glob("best.*")) and self.said["checkpoint"] == "best.pt":
            self.put("best.pt", torch_zip(), 0.5)
        write(self.root / "dashboard.yaml", yaml.safe_dump({"title": "foreign", "streams": [self.said], **self.whole}))


def judged(root: Path, child: ReaderProcess | None = None) -> DashboardState:
    """Collect a workspace once, as `validate` does, and keep nothing; `child` spares the start of a reader."""
    with Collector(root, None, CollectOptions()) as collector:
        if child is not None:
            collector._cache._child = collector._cache.event_files._child = child
        return collector.collect()
