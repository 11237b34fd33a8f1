"""What makes it clear whether a stream has ended, in the words of every check that asks. Pure."""

from __future__ import annotations

from collectors.judge.checks.bring_back import config_of_run
from collectors.judge.checks.configs import config_again
from collectors.judge.remedy import Remedy
from collectors.training.completion import SAY_COUNT, SAY_TOTAL
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence


def tell_end(s: StreamEvidence, seen: WorkspaceEvidence) -> Remedy:
    """What the config would say is mended in the config; only where it is sound the description has to say more."""
    said, total = s.progress.remedy, s.stream.completion.total
    if said == SAY_COUNT and s.stream.completion.whole:
        return fewer_said(s, seen)
    if said == SAY_TOTAL and isinstance(total, str) and (again := config_again(s, seen, total)) is not None:
        return again
    return Remedy(said or f"Look whether {s.stream.label} still trains; where it does not, train it again.")


def fewer_said(s: StreamEvidence, seen: WorkspaceEvidence) -> Remedy:
    """Against a whole that is less than what was trained."""
    is_in_config = isinstance(s.stream.completion.total, str) and s.config is not None
    return config_of_run(seen, s) if is_in_config else Remedy(SAY_COUNT)
