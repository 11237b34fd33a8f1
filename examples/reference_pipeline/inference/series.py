"""An ``.npz`` file of recordings -> Series: real channels over time, cut into recordings.

Pickled arrays are refused, and so is a file whose shape does not fit its own description.
The same thing from a CSV file is made in ``series_csv``.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .problems import PipelineProblem

Array = NDArray[np.float32]
NPZ_KEYS = ("values", "lengths", "channels", "fs")
NPZ_SHAPE = (
    "an .npz with values (rows, channels), lengths (rows of each recording), "
    "channels (names), fs (Hz) and optionally scale"
)


@dataclass(frozen=True)
class Series:
    """One input file.

    Attributes:
        name: File name, for reports.
        channels: Name of each channel, in column order.
        fs: Sampling rate in Hz.
        recordings: Arrays (rows, channels), float32, NaN where a value is missing.
        timestamps: For each recording the time of each row in seconds, NaN where unreadable.
    """

    name: str
    channels: tuple[str, ...]
    fs: float
    recordings: tuple[Array, ...]
    timestamps: tuple[NDArray[np.float64], ...]

    @property
    def values(self) -> Array:
        """All rows of all recordings, (rows, channels)."""
        return np.concatenate(self.recordings)

    def filled(self) -> list[Array]:
        """Give the recordings with missing values drawn straight between their neighbours."""
        return [_fill_gaps(recording) for recording in self.recordings]


def load_npz(path: Path) -> Series:
    """Read recordings from an ``.npz``; integer values are multiplied by ``scale``.

    Raises:
        PipelineProblem: When a key is missing or the shapes do not fit together.
    """
    arrays = _read_arrays(path)
    values = np.asarray(arrays["values"])
    lengths = np.asarray(arrays["lengths"]).reshape(-1)
    channels = tuple(str(name) for name in np.asarray(arrays["channels"]).reshape(-1))
    fs = _sampling_rate(path, arrays["fs"])
    _check_shapes(path, values, lengths, channels)
    real = (values * np.asarray(arrays.get("scale", 1.0))).astype(np.float32)
    recordings = tuple(np.split(real, np.cumsum(lengths)[:-1]))
    times = tuple(np.arange(len(recording)) / fs for recording in recordings)
    return Series(path.name, channels, fs, recordings, times)


def _read_arrays(path: Path) -> dict[str, Any]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise PipelineProblem(
            str(path),
            expected=NPZ_SHAPE,
            found=f"a file numpy cannot read without pickle ({error})",
            next_step="save it again with numpy.savez",
        ) from error
    missing = [key for key in NPZ_KEYS if key not in arrays]
    if missing:
        raise PipelineProblem(
            str(path),
            expected=NPZ_SHAPE,
            found=f"no {', '.join(missing)} (there is {', '.join(sorted(arrays)) or 'nothing'})",
            next_step="add the missing arrays",
        )
    return arrays


def _sampling_rate(path: Path, value: Any) -> float:
    array = np.asarray(value)
    if array.size == 1 and array.dtype.kind in "iuf" and 0 < float(array.item()) < np.inf:
        return float(array.item())
    raise PipelineProblem(
        str(path),
        expected="fs as one number of Hz above 0",
        found=repr(array.tolist())[:80],
        next_step="save fs as one number",
    )


def _check_shapes(path: Path, values: NDArray[Any], lengths: NDArray[Any], channels: tuple[str, ...]) -> None:
    fits = (
        values.ndim == 2
        and values.dtype.kind in "iuf"
        and lengths.dtype.kind in "iu"
        and values.shape[1] == len(channels)
        and len(lengths) > 0
        and bool((lengths > 0).all())
        and int(lengths.sum()) == len(values)
    )
    if not fits:
        raise PipelineProblem(
            str(path),
            expected="numbers (rows, channels) with sum(lengths) rows and one name a channel",
            found=(
                f"values {values.shape} of {values.dtype}, lengths adding up to "
                f"{lengths.sum() if lengths.dtype.kind in 'iuf' else '?'}, "
                f"{len(channels)} channel names"
            ),
            next_step="make the three agree",
        )


def _fill_gaps(recording: Array) -> Array:
    if not np.isnan(recording).any():
        return recording
    filled = recording.copy()
    rows = np.arange(len(filled))
    for channel in filled.T:  # a view: writing to it fills the copy
        known = ~np.isnan(channel)
        channel[~known] = np.interp(rows[~known], rows[known], channel[known]) if any(known) else 0
    return filled
