"""Tags of a stream that nobody configured -> their points, read from its event files when somebody asks.

Bounded: event files that the current state names as this run's, at most `MOST_BYTES` of them, decoded in a child
process like any file that is not ours. Of a tag in several files each step counts once, with its last value. Refuses to
guess epochs: a step is one only where it is for the stream's own series.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import numpy as np

from collectors.contract.metrics import MAX_POINTS, Series, StreamMetrics
from collectors.contract.state import DashboardState
from collectors.contract.values import Level
from collectors.evidence.downsample import downsample
from collectors.evidence.events import EventEvidence, ReadBefore, ScalarSeries
from collectors.files.workspace import CannotRead, OpenFile, Workspace
from collectors.numbers import visible_text
from collectors.readers.child.process import ReaderProcess
from dash_app.preview.file import on_disk, refusal
from dash_app.preview.kinds import NoPreview

AT_A_TIME: Final = 24
"""Tags of one answer."""
MOST_BYTES: Final = 128 << 20
_BUDGET: Final = 16 << 20


def event_files(state: DashboardState, stream: str) -> list[str]:
    """Paths of the event files of a stream's run that are there."""
    logs = (file for file in state.artifacts.logs if file.stream == stream and file.level is not Level.MISSING)
    return [file.path for file in logs if file.belongs_to_run is not False]


def read_scalars(workspace: Workspace, paths: Iterable[str], tags: Collection[str]) -> dict[str, list[ScalarSeries]]:
    """Return tag -> its parts in file order. Raises NoPreview where a file cannot be opened, or they are too large."""
    found: dict[str, list[ScalarSeries]] = {}
    left = MOST_BYTES
    with ReaderProcess() as child:
        for path in paths:
            try:
                with workspace.open(on_disk(workspace, path)) as opened:
                    left -= opened.size
                    if left < 0:
                        raise NoPreview(413, "too_large", f"Its event files have more than {MOST_BYTES >> 20} MB.")
                    for tag, series in _series_in(opened, child, tags):
                        found.setdefault(tag, []).append(series)
            except CannotRead as problem:
                raise refusal(workspace, problem) from None
    return found


def _series_in(opened: OpenFile, child: ReaderProcess, tags: Collection[str]) -> Iterator[tuple[str, ScalarSeries]]:
    """Parts of these tags in one file, so many bytes at a time; behind what stops the reader there is nothing."""
    before: EventEvidence | None = None
    while before is None or (before.more_to_read and before.end_offset > before.start_offset):
        told = ReadBefore(before.open_steps if before else None, (), tuple(tags))
        offset = before.end_offset if before else 0
        found: EventEvidence = child.read("events", opened, offset=offset, budget=_BUDGET, before=told)
        yield from ((name, series) for tag, series in found.series.items() if (name := str(visible_text(tag))) in tags)
        before = found


def series_of(parts: list[ScalarSeries], run: StreamMetrics) -> Series:
    """One curve of at most 2,000 points, by step, the last value of each."""
    step, time, value = (np.concatenate([getattr(part, name) for part in parts]) for name in ("step", "time", "value"))
    order = np.argsort(step, kind="stable")
    kept = order[np.append(step[order][1:] != step[order][:-1], True)]
    kept = kept[downsample(step[kept], value[kept], MAX_POINTS)]
    steps, moments = step[kept].tolist(), time[kept]
    return Series(
        epoch=tuple(map(float, steps)) if _steps_are_epochs(run) else (None,) * len(steps),
        step=tuple(steps),
        time=tuple(_finite(moments)),
        value=tuple(_finite(value[kept])),
    )


def _steps_are_epochs(run: StreamMetrics) -> bool:
    known = [(s.epoch, s.step) for s in run.series.values() if s.step and not s.is_spark]
    return bool(known) and all(
        epoch == step for epochs, steps in known for epoch, step in zip(epochs, steps, strict=True)
    )


def _finite(column: Any) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in column.tolist()]
