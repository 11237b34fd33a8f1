"""The log that a stream's training prints -> what its last lines say of an end that was none.

Input: paths of logs. Output: `LastWords` of the newest, or None. Only a few kinds are known, and only their
own words are told: what a program prints may hold anything. Refuses nothing: a log that cannot be read says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from collectors.evidence.documents import LastWords
from collectors.files.workspace import CannotRead, OpenFile, Workspace, read_settled
from collectors.observe.shared_files import newest_first
from collectors.training.completion import Recorded
from collectors.training.facts import ROUNDED_SECONDS
from collectors.training.progress import KILLED, WriterFacts
from collectors.training.stream_runs import StreamRun

MOST_BYTES: Final = 8_192
MOST_LINES: Final = 4
"""Behind a last word a shell or a scheduler may say a little more."""
_LAST: Final = re.compile(
    r"(?P<memory>(?:CUDA|HIP|MPS backend) out of memory|oom[-_ ]kill|\bOutOfMemoryError\b|Out of memory: Killed)"
    r"|^(?:.*[:\d] +)?(?P<killed>Killed|Terminated|Segmentation fault|Bus error)(?: +\(core dumped\)|\s{2,}\S.*)?$"
    r"|(?P<cancelled>CANCELLED AT \S+ DUE TO (?:TIME LIMIT|PREEMPTION|NODE FAILURE))"
    r"|(?P<space>No space left on device)",
    re.MULTILINE,
)
_OTHERS: Final = re.compile(
    r"(?<![a-z])(?:eval|test|valid|scor|infer|predict|export|serv|tensorboard|jupyter|notebook|download|prepar|preproc"
    r"|install|pip|build|wandb|access|web|dash|monitor|upload|sync)",
    re.IGNORECASE,
)
"""Names of logs of other programs, which may fail while a training goes on."""
_TRACE: Final = re.compile(r"^Traceback \(most recent call last\):$", re.MULTILINE)
_RAISED: Final = re.compile(r"^(?:\w+\.)*(\w*(?:Error|Exception|Interrupt|Exit))(:?)")


def last_words_of(
    reached: Workspace, logs: Sequence[str], run: StreamRun | None, table_at: float | None
) -> LastWords | None:
    """The last words of the newest log, where it was written after the losses were, by the same clock."""
    logged_at = run.latest_file.facts.modified_at if run is not None else table_at
    own = (path for path in logs if not _OTHERS.search(path.rpartition("/")[2]))
    for facts in newest_first(map(reached.facts, own))[:1]:
        at = facts.modified_at
        if at is None or logged_at is None or at < logged_at - ROUNDED_SECONDS:
            return None
        try:
            words, is_written = read_settled(reached, facts.path, _said)
        except CannotRead:
            return None
        return LastWords(facts.path, at, words) if words and not is_written else None
    return None


def ended_by(words: LastWords | None, recorded: Recorded, writer: WriterFacts | None) -> Recorded:
    """What a training recorded of its end, or that its log says it was ended; a process that lives has not.

    An error may have been caught, and the log be silent until the next epoch: where nobody knows of the process, only
    its silence tells.
    """
    alive = writer.alive if writer is not None else None
    if words is None or recorded.outcome is not None or alive or (alive is None and _RAISED.match(words.words)):
        return recorded
    return replace(recorded, outcome=KILLED)


def _said(file: OpenFile) -> str:
    file.handle.seek(max(0, file.size - MOST_BYTES))
    return words_in(file.handle.read(MOST_BYTES).decode("utf-8", "replace"))


def words_in(text: str) -> str:
    """What the last lines of a log say of a training that did not come to its end; empty where they say nothing."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    found = list(_LAST.finditer("\n".join(lines[-MOST_LINES:])))
    if found:
        return str(next(filter(None, found[-1].groups())))
    raised = _RAISED.match(lines[-1]) if lines else None
    return raised[1] if raised and (raised[2] or _TRACE.search("\n".join(lines))) else ""
