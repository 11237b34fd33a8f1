"""A workspace in which its trainer left several runs -> what describes each of them but the newest.

Input: an open workspace, and a file that was named instead of its own. Output: `OtherRun`s, newest first. It refuses
runs that trained nothing, and those whose logs are the newest run's: they would be the same one twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collectors.contract.pipeline import PipelineConfig
from collectors.contract.streams import CheckpointFile, Stream
from collectors.files.workspace import Workspace
from collectors.observe.described import CONFIG_NAME, describe, written_in
from collectors.observe.load_pipeline import checked_config, parse_config
from collectors.trainers.folder import Folder
from collectors.trainers.modules import trainer
from collectors.trainers.recognise import recognise
from collectors.trainers.spec import Run, TrainerSpec

NOT_ITS_OWN: Final = "its model file would lie where that of the newest run lies"


@dataclass(frozen=True, slots=True)
class OtherRun:
    """Another run of a workspace."""

    root: str
    """Its folder, relative to the workspace."""
    at: float
    """When it last wrote, seconds since the Unix epoch."""
    config: PipelineConfig


def other_runs(workspace: Workspace, named: Path | None = None) -> Iterator[OtherRun]:
    """The runs beside the newest one. Raises ConfigProblem."""
    current = describe(workspace, named)
    spec = trainer(current.trainer or current.config.trainer or "")
    folder = Folder(workspace)
    found = recognise(folder, [spec]).best if spec is not None else None
    if spec is None or found is None:
        return
    written = written_in(workspace, named)
    for run in found.others:
        config = _described(written, spec, (folder, run)) if run.trained and run.root else None
        own = _with_its_own(config, current.config) if config is not None else None
        if own is not None:
            yield OtherRun(run.root, run.at, own)


def _described(written: bytes | None, spec: TrainerSpec, of: tuple[Folder, Run]) -> PipelineConfig:
    """What a run's files mean: what the trainer says, and instead of it what the file does where there is one."""
    folder, run = of
    if written is None:
        return checked_config(spec.describe(folder, run), spec.id)
    return parse_config(written, CONFIG_NAME, lambda: folder, lambda *_: run)


def _with_its_own(config: PipelineConfig, newest: PipelineConfig) -> PipelineConfig | None:
    """The description without a model file of another run; None where a run has no logs of its own."""
    taken = {place for stream in newest.streams for place in _logs(stream)}
    if any(place in taken for stream in config.streams for place in _logs(stream)):
        return None
    models = {stream.checkpoint.path for stream in newest.streams}
    none = CheckpointFile(none=NOT_ITS_OWN)
    streams = [s.model_copy(update={"checkpoint": none}) if s.checkpoint.path in models else s for s in config.streams]
    return config.model_copy(update={"streams": tuple(streams)})


def _logs(stream: Stream) -> list[object]:
    """Where a stream's logs lie."""
    places = (stream.events and stream.events.folder, stream.loss_history and stream.loss_history.path)
    return [place for place in places if place]
