"""What one reading of a real, good workspace found, to be changed piece by piece before it is judged.

`good()` is a whole finished training; every function returns new evidence and leaves the old one alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from support.workspaces import write_good

from collectors.contract.pipeline import PipelineConfig
from collectors.contract.remembered import SmokeResult
from collectors.contract.values import Status
from collectors.evidence.files import Finding
from collectors.files.workspace import Workspace
from collectors.judge.checks.part import Judgement
from collectors.observe.cache import ReadCache
from collectors.observe.described import load_config
from collectors.observe.gather import Gatherer
from collectors.readers.child.process import ReaderProcess, ReadLimits
from collectors.training.divergence import Divergence
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence

START = 1_700_000_000.0
"""First record of PatchTST; it ends at +32 s, SwinMAE runs from +42 s to +62 s, the backup is of +67 s."""
ERROR = Finding("error", "expected this, found that", "line 3")
WARNING = Finding("warning", "an odd thing")


def gather(root: Path, now: float) -> WorkspaceEvidence:
    """Read a workspace as a collector does; `now` in seconds since the Unix epoch."""
    workspace = Workspace(root, ())
    config = load_config(workspace, None)
    child = ReaderProcess(ReadLimits(config.limits.seconds, config.limits.memory_bytes))
    try:
        return Gatherer(config, ReadCache(workspace, child, config.limits), lambda *_: None).gather(now)
    finally:
        child.close()
        workspace.close()


@cache
def good() -> WorkspaceEvidence:
    """A finished training with everything in place, and both scoring commands ended well."""
    with TemporaryDirectory() as folder:
        write_good(Path(folder), START)
        seen = gather(Path(folder), START + 600)
    return replace(seen, smoke={s.id: SmokeResult(0, f"{s.id}: scored\n", START + 300) for s in seen.streams})


def with_stream(seen: WorkspaceEvidence, stream_id: str = "patchtst", **changes: Any) -> WorkspaceEvidence:
    """The same with other evidence of one stream."""
    streams = tuple(replace(s, **changes) if s.id == stream_id else s for s in seen.streams)
    return replace(seen, streams=streams)


def with_own_table(seen: WorkspaceEvidence, stream_id: str = "patchtst") -> WorkspaceEvidence:
    """The same with a stream whose table is not described as a copy of its event files."""
    stream = seen.of(stream_id).stream
    assert stream.loss_history is not None
    table = stream.loss_history.model_copy(update={"same_as_events": False})
    return with_stream(seen, stream_id, stream=stream.model_copy(update={"loss_history": table}))


def with_progress(seen: WorkspaceEvidence, stream_id: str = "patchtst", **changes: Any) -> WorkspaceEvidence:
    """The same with one stream somewhere else on its way."""
    return with_stream(seen, stream_id, progress=replace(seen.of(stream_id).progress, **changes))


def with_config(seen: WorkspaceEvidence, **changes: Any) -> WorkspaceEvidence:
    """The same under another pipeline configuration."""
    return replace(seen, config=PipelineConfig.model_validate({**seen.config.model_dump(), **changes}))


def with_rules(seen: WorkspaceEvidence, stream_id: str = "patchtst", **changes: Any) -> WorkspaceEvidence:
    """The same with other settings of one stream, such as its layers or channels."""
    of = seen.of(stream_id).stream
    return with_stream(seen, stream_id, stream=type(of).model_validate({**of.model_dump(), **changes}))


def reread(file: ReadFile[Any], **changes: Any) -> ReadFile[Any]:
    """The same file with other contents."""
    return replace(file, evidence=replace(file.evidence, **changes))


def unread(file: ReadFile[Any], problem: str | None = None) -> ReadFile[Any]:
    """The same file missing, or there and not to be opened for that reason."""
    return ReadFile(replace(file.facts, exists=problem is not None, problem=problem))


def at(file: ReadFile[Any], modified_at: float | None) -> ReadFile[Any]:
    """The same file, last written at another time."""
    return replace(file, facts=replace(file.facts, modified_at=modified_at))


def diverged(seen: WorkspaceEvidence, stream_id: str = "patchtst", *found: Divergence) -> WorkspaceEvidence:
    """The same with one stream that failed."""
    return with_progress(seen, stream_id, status=Status.FAIL, divergences=found)


def patchtst(seen: WorkspaceEvidence | None = None) -> StreamEvidence:
    """The first stream's evidence."""
    return (seen or good()).of("patchtst")


def told(found: Judgement) -> tuple[str, str, str | None]:
    """Outcome, detail and hint of a judgement."""
    return str(found.outcome), found.detail, found.hint


def evidence_of(found: Judgement) -> list[tuple[str | None, str | None]]:
    """Path and stream of each thing that a judgement rests on."""
    return [(e.path, e.stream) for e in found.evidence]
