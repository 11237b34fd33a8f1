"""Files of an MLflow file store (`mlruns/`) -> a run's facts and its metrics. Pure: bytes and plain values come in.

Input: the run's `meta.yaml` as plain values, the bytes of its metric files (`timestamp value step` a line). A line that
is none costs that line. It refuses what has no run id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from collectors.evidence.mlflow import STATUS, MlflowCurve
from collectors.readers.mlflow.points import Point, reduced, seconds

META: Final = "meta.yaml"
"""What says of a run, or an experiment, what it is."""
LONGEST_LINE: Final = 1000


def is_run(meta: Mapping[str, Any]) -> bool:
    """Whether a `meta.yaml` is a run's, and not an experiment's or a model's."""
    return isinstance(meta.get("run_id"), str) and "status" in meta and "experiment_id" in meta


def is_active(meta: Mapping[str, Any]) -> bool:
    """Whether a run or an experiment was not deleted."""
    return str(meta.get("lifecycle_stage", "active")) == "active"


def status_of(meta: Mapping[str, Any]) -> str:
    """How a run stands, in MLflow's words; empty for what it does not know."""
    status = meta.get("status")
    return STATUS.get(status, "") if isinstance(status, int) else ""


def curve_in(name: str, data: bytes) -> MlflowCurve | None:
    """A metric by step; None where no line is a point."""
    lines = data.decode("utf-8", "replace").splitlines()
    points = sorted(_points(lines), key=lambda point: (point[0], point[1] or 0.0))
    return reduced(name, points) if points else None


def _points(lines: Iterable[str]) -> Iterable[Point]:
    for line in lines:
        parts = line[:LONGEST_LINE].split(" ")
        try:
            yield int(parts[2]) if len(parts) > 2 else 0, seconds(int(parts[0])), float(parts[1])
        except (ValueError, IndexError):
            continue
