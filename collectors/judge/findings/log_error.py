"""A log that ends with an error, written after the losses of its training. Pure.

Of a training that came to its end, what failed came later: an evaluation, an upload, a last save. It warns.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.contract.values import Status
from collectors.judge.findings.spec import FindingSpec, Found
from collectors.judge.remedy import RESUME, training
from collectors.training.evidence import WorkspaceEvidence


def find_log_error(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each stream whose log says a failure; one that lives on may have caught it."""
    for s in seen.streams:
        words, status = s.last_words, s.progress.status
        if words is None or status in {Status.RUNNING, Status.IDLE}:
            continue
        text = f"{s.id}: {words.path} ends with `{words.words}`"
        ended = status is Status.DONE
        hint = f"Look into {words.path}, what failed after the training." if ended else training(RESUME, s.stream.label)
        yield Found(words.path, s.id, text, hint, level=None if ended else "fail")


SPEC = FindingSpec(
    id="log_error",
    check="training",
    looks_at="the newest log (`logs`), written after the losses, ends with an error (`Killed`, `CUDA out of memory`, a "
    "traceback): a training that is not complete and trains no more fails by it",
    default="warn",
    short="{}'s log ends with an error",
    find=find_log_error,
)
