"""The files named by a config's ``data.path`` -> series, and their parts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .problems import PipelineProblem
from .series import Array, Series, load_npz
from .series_csv import load_csv
from .windows import PARTS, split


def load_series(path: Path) -> Series:
    """Read one ``.npz`` or ``.csv`` file.

    Raises:
        PipelineProblem: When the file is missing, of another kind, or not of the shape it says.
    """
    if not path.is_file():
        raise PipelineProblem(
            str(path),
            expected="a readable .csv or .npz file",
            found="no such file",
            next_step="check the path",
        )
    readers = {".npz": load_npz, ".csv": load_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise PipelineProblem(
            str(path),
            expected="a name ending in .csv or .npz",
            found=f"'{path.suffix}'",
            next_step="convert the file",
        )
    return reader(path)


def find_files(root: Path, pattern: str) -> list[Path]:
    """Give the files below ``root`` that fit a relative pattern, sorted by name.

    Raises:
        PipelineProblem: When none fits, or the pattern is absolute.
    """
    relative = not Path(pattern).is_absolute() and ".." not in Path(pattern).parts
    files = sorted(root.glob(pattern)) if relative else []
    if not files:
        raise PipelineProblem(
            f"data.path {pattern!r}",
            expected="files below the workspace",
            found="none" if relative else "a path that leads out of it",
            next_step="run it from the workspace, or put the data back",
        )
    return files


def load_all(files: Iterable[Path]) -> list[Series]:
    """Read all files of a stream.

    Raises:
        PipelineProblem: When one cannot be read, or its channels differ from the first one's.
    """
    series = [load_series(path) for path in files]
    for other in series[1:]:
        if other.channels != series[0].channels or other.fs != series[0].fs:
            raise PipelineProblem(
                other.name,
                expected=f"channels {', '.join(series[0].channels)} at {series[0].fs:g} Hz, as in {series[0].name}",
                found=f"{', '.join(other.channels)} at {other.fs:g} Hz",
                next_step="give files of one shape",
            )
    return series


def parts_of(series: Iterable[Series]) -> dict[str, list[Array]]:
    """Split every file and join the parts of the same name; gaps are filled on the way."""
    divided = [split(one.filled()) for one in series]
    return {name: [piece for parts in divided for piece in parts[name]] for name in PARTS}


def limit_windows(training: dict[str, Any], key: str) -> int | None:
    """Turn ``max_train_batches`` or ``max_val_batches`` into a number of windows."""
    batches = training.get(key)
    return None if batches is None else int(batches) * int(training["batch_size"])
