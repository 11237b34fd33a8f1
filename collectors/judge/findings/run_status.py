"""A recorded outcome that is not believed: its time is impossible, or the losses say otherwise. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.heartbeat import ENDS


def find_run_status(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each stream whose heartbeat says an end that its files contradict."""
    path = seen.config.heartbeat
    for s in ended_streams(seen):
        if s.progress.doubted is not None:
            text = f"{s.id}: {path} {s.progress.doubted}: it is not believed"
            hint = f"Correct {path}, or remove what is left of another run."
            yield Found(path, s.id, text, hint, level="skip" if _may_have_failed(seen) else None)


def _may_have_failed(seen: WorkspaceEvidence) -> bool:
    """Whether it says a failure without a time: this run's or another's, and nothing defaults to good."""
    beat = seen.heartbeat
    return beat is not None and beat.updated_at is None and beat.outcome is not None and beat.outcome not in ENDS


SPEC = FindingSpec(
    id="run_status",
    check="training",
    looks_at="the heartbeat says that a stream ended, at a time that is impossible or against its losses; "
    "a failure without a time is cannot tell",
    default="warn",
    short="The training recorded that it failed",
    find=find_run_status,
)
