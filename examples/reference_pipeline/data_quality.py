"""A series -> a data-quality report: keep or drop, and the numbers behind it.

Thresholds come from the config's ``dqvl`` section. Pure: nothing is read or written here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .inference.series import Series

Report = dict[str, Any]
SCHEMA_VERSION = "0.1"
# A step counts as a jump when it is further than this many standard deviations of all steps.
JUMP_SIGMAS = 4.0


def report_on(series: Series, stream: str, dqvl: dict[str, Any], *, run_id: str) -> Report:
    """Judge one input file.

    Args:
        series: The file's contents.
        stream: ``patchtst`` (sensor metrics) or ``swinmae`` (motion metrics).
        dqvl: The config's section with ``hard_fail`` and ``warn`` thresholds.
        run_id: Names the inspection; the same for all files of one.
    """
    metrics = _sensor_metrics(series, dqvl) if stream == "patchtst" else _motion_metrics(series, dqvl)
    clock = _clock(series)
    hard_fails = _over(metrics | clock, _hard_limits(dqvl["hard_fail"]))
    warnings = _over(metrics | clock, dqvl["warn"] | {"duplicate_timestamp_count": 0, "stuck_channels_count": 0})
    if stream == "patchtst":
        metrics |= {name: count for name, count in clock.items() if name.endswith("_count")}
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "file_id": series.name,
        "decision": "drop" if hard_fails else "keep",
        "hard_fails": hard_fails,
        "warnings": warnings,
        "metrics": metrics,
    }


def _hard_limits(hard_fail: dict[str, Any]) -> dict[str, float]:
    limits = {"missing_ratio": float(hard_fail["max_missing_ratio"])}
    if hard_fail.get("invalid_timestamp"):
        limits["invalid_timestamp_count"] = 0
    if hard_fail.get("out_of_order"):
        limits["out_of_order_count"] = 0
    if "fs_tol" in hard_fail:
        limits["fs_error"] = float(hard_fail["fs_tol"])
    return limits


def _over(metrics: Report, limits: dict[str, Any]) -> list[str]:
    """Name each metric above its limit, with both numbers."""
    seen = {name: metrics[name] for name in limits if name in metrics}
    return [f"{name} {value:g} above {limits[name]:g}" for name, value in seen.items() if value > limits[name]]


def _clock(series: Series) -> Report:
    """Count what is wrong with the timestamps; order is looked at inside a recording only."""
    steps = _steps(series.timestamps)
    return {
        "invalid_timestamp_count": int(sum(np.isnan(times).sum() for times in series.timestamps)),
        "duplicate_timestamp_count": int((steps == 0).sum()),
        "out_of_order_count": int((steps < 0).sum()),
        "fs_error": abs(_measured_fs(series) - series.fs) / series.fs,
    }


def _measured_fs(series: Series) -> float:
    """Rows a second over the whole file, in Hz; lower than ``fs`` where rows were lost."""
    steps = _steps(series.timestamps)
    growing = steps[steps > 0]
    return float(f"{1.0 / growing.mean():.6g}") if growing.size else 0.0


def _steps(parts: tuple[NDArray[Any], ...]) -> NDArray[Any]:
    return np.concatenate([np.diff(part, axis=0) for part in parts])


def _share(flags: NDArray[Any]) -> float:
    return float(flags.mean()) if flags.size else 0.0


def _measurable(series: Series) -> NDArray[Any]:
    """Give the values (rows, channels) with zeros in a channel that holds nothing at all."""
    values = series.values
    return np.where(np.isnan(values).all(axis=0), 0.0, values)


def _sensor_metrics(series: Series, dqvl: dict[str, Any]) -> Report:
    values = _measurable(series)
    steps = np.nan_to_num(np.abs(_steps(series.recordings)))
    return {
        "row_count": len(values),
        "channel_count": len(series.channels),
        "recording_count": len(series.recordings),
        "missing_ratio": _share(np.isnan(series.values)),
        "stuck_channels_count": int((np.nanstd(values, axis=0) <= dqvl["warn"]["stuck_std"]).sum()),
        "jump_ratio": _share(steps > JUMP_SIGMAS * steps.std(axis=0)) if steps.size else 0.0,
    }


def _motion_metrics(series: Series, dqvl: dict[str, Any]) -> Report:
    values = _measurable(series)
    magnitude = np.abs(values)
    steps = np.abs(_steps(series.recordings))
    return {
        "row_count": len(values),
        "recording_count": len(series.recordings),
        "missing_ratio": _share(np.isnan(series.values)),
        "clipping_ratio": _share(magnitude >= np.nanmax(magnitude, axis=0)),
        "flat_ratio": _share(steps <= dqvl["warn"]["flat_eps"]),
        "rms_per_axis": [float(rms) for rms in np.sqrt(np.nanmean(np.square(values), axis=0))],
        "expected_fs": series.fs,
        "actual_fs": _measured_fs(series),
        "raw_shape": list(values.shape),
    }
