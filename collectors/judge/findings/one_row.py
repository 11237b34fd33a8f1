"""A table or event file that holds a single point of a training of several. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.sources import Source, sources_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import number_words
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence


def find_one_row(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each source with one point of every loss, where the training had more."""
    for s in ended_streams(seen):
        sources = list(sources_of(s))
        for source in sources:
            others = [other for other in sources if other is not source]
            more = _more(source, others, s) if _points(source) == 1 else None
            if more is not None:
                at = number_words(max(float(source.places(name).max(initial=0)) for name in source.curves))
                text = f"{s.id}: {source.path} holds one row ({source.unit} {at}), {more}"
                yield Found(source.path, s.id, text, f"Look whether {source.path} was cut.")


def _points(source: Source) -> int:
    return max(len(curve) for curve in source.curves.values())


def _more(source: Source, others: list[Source], s: StreamEvidence) -> str | None:
    """What says that there were more, in words; None where nothing does."""
    for other in others:
        if _points(other) > 1:
            return f"and {other.path} holds {_points(other):,}"
    total = s.progress.target.total
    if s.progress.target.unit == source.unit == "epoch" and total is not None and total > 1:
        return f"though {total:,} epochs were to be trained"
    return None


SPEC = FindingSpec(
    id="one_row",
    check="training",
    looks_at="a table or event file holds one row only, of a training of several epochs",
    default="warn",
    find=find_one_row,
)
