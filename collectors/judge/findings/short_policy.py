"""A split policy of fewer than three sentences: words that stand there, and say hardly anything. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.spec import FindingSpec, Found
from collectors.judge.prose import prose_of, sentences
from collectors.numbers import plural
from collectors.training.evidence import WorkspaceEvidence

FEWEST = 3


def find_short_policy(seen: WorkspaceEvidence) -> Iterator[Found]:
    """The document, where it is text and has fewer sentences than there are things to say."""
    file = seen.split_policy
    if file is None or file.evidence is None or not file.evidence.sound:
        return
    count = len(sentences(prose_of(file.evidence.text)))
    if count < FEWEST:
        text = f"{file.path} has {plural(count, 'sentence')}, and a split takes {FEWEST} at least to describe"
        yield Found(file.path, None, text, f"Say in {file.path} how each part of the data was chosen.")


SPEC = FindingSpec(
    id="short_policy",
    check="split_policy",
    looks_at="the document has fewer than three sentences outside comments, code and headings",
    default="warn",
    find=find_short_policy,
)
