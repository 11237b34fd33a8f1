"""Folders that trainers' libraries really wrote (tests/data/trainers), unpacked with their times, and facts on them."""

from __future__ import annotations

import io
import json
import lzma
import tarfile
from pathlib import Path
from typing import Any

TRAINERS = Path(__file__).parent.parent / "data/trainers"
ENDED = {"complete", "early stopped"}
UNTOLD = {
    ("fastai", "folder"),
    ("keras", "early_stopped"),
    ("keras", "folder"),
    ("keras", "resumed"),
    ("lightning", "folder"),
    ("lightning", "resumed"),
    ("plain", "steps"),
}
"""Trainings that ended and whose files nowhere say how long they were to be."""


def recorded() -> list[tuple[str, str]]:
    """Each recorded folder as `(trainer, name)`: `("keras", "killed")`."""
    return [(path.parent.name, path.name.partition(".")[0]) for path in sorted(TRAINERS.glob("*/*.tar.xz"))]


def unpack(trainer: str, name: str, target: Path) -> Path:
    """Unpack one into `target`, and give that back. Times are kept."""
    packed = lzma.decompress((TRAINERS / trainer / f"{name}.tar.xz").read_bytes())
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        tar.extractall(target, filter="data")
    return target


def facts(trainer: str, name: str) -> dict[str, Any]:
    """What other readers found in it: `ended`, `unit`, `first`, `last`, `total`, `series`, `best` (recording.py)."""
    said = json.loads((TRAINERS / trainer / "facts.json").read_text(encoding="utf-8"))
    recording: dict[str, Any] = said["recordings"][name]
    return recording
