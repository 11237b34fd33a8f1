"""A recorded outcome that is not believed: its time is impossible, or the losses say otherwise. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.training.evidence import WorkspaceEvidence


def find_run_status(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each stream whose heartbeat says an end that its files contradict."""
    path = seen.config.heartbeat
    for s in ended_streams(seen):
        if s.progress.doubted is not None:
            text = f"{s.id}: {path} {s.progress.doubted}: it is not believed"
            yield Found(path, s.id, text, f"Correct {path}, or remove what is left of another run.")


SPEC = FindingSpec(
    id="run_status",
    check="training",
    looks_at="the heartbeat says that a stream ended, at a time that is impossible or against its losses",
    default="warn",
    find=find_run_status,
)
