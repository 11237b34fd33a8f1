"""The record of one finding: what it looks at, how it counts, which check tells it. Pure.

A check asks whether something is there and sound; a finding compares two things that the files say, or says
that one of them is odd. A new finding is a function and its `SPEC` in a file of this room, and a line in
`every.FINDINGS`; its id in `checks:` and its row in the documentation follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from collectors.contract.sections import Level
from collectors.contract.values import Status
from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.judge.checks.part import is_running
from collectors.judge.remedy import Remedy
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.series import is_validation


@dataclass(frozen=True, slots=True)
class Found:
    """One place where a finding holds."""

    path: str | None
    """The file that is to blame, or the one to look at first."""
    stream: str | None
    text: str
    """What was found, naming both files and both values."""
    remedy: str | Remedy
    """What to do next."""
    level: Level | None = None
    """How this one counts, where the files tell more than the finding's default; `checks:` overrules it."""


@dataclass(frozen=True, slots=True)
class FindingSpec:
    """One finding."""

    id: str
    """Its id in `checks:` and behind what it says."""
    check: str
    """Id of the check that tells it; it is asked where that check is."""
    looks_at: str
    """When it holds, in one line for the documentation."""
    default: Level
    """How it counts where `checks:` says nothing."""
    find: Callable[[WorkspaceEvidence], Iterable[Found]]
    short: str = ""
    """What it comes to in a few words, `{}` for the stream; of one that only warns there is none."""


def ended_streams(seen: WorkspaceEvidence) -> Iterator[StreamEvidence]:
    """The streams whose files are final: what is still being written contradicts nothing yet."""
    return (s for s in seen.streams if not is_running(s))


def done_streams(seen: WorkspaceEvidence) -> Iterator[StreamEvidence]:
    """The streams that came to their end: of one that broke off, a part was not written."""
    return (s for s in seen.streams if s.progress.status is Status.DONE)


def sound_checkpoints(
    streams: Iterable[StreamEvidence],
) -> Iterator[tuple[StreamEvidence, str, CheckpointEvidence]]:
    """Each of these streams whose checkpoint can be believed: with its path and what was read of it."""
    for s in streams:
        if s.checkpoint is not None and s.checkpoint.evidence is not None and s.checkpoint.evidence.sound:
            yield s, s.checkpoint.path, s.checkpoint.evidence


def was_resumed(s: StreamEvidence) -> bool:
    """Whether its training was begun more than once: what an earlier part wrote may be of another setting."""
    training = {tag for name, tags in s.stream.tags.items() if not is_validation(name) for tag in tags}
    files = s.run.files if s.run is not None else ()
    return sum(any(tag in file.evidence.series for tag in training) for file in files) > 1


def losses_path(s: StreamEvidence) -> str | None:
    """The file that its losses are taken from; None where there are none."""
    if s.losses.source == "loss_history" and s.loss_table is not None:
        return s.loss_table.path
    return s.run.latest_file.facts.path if s.run is not None else None
