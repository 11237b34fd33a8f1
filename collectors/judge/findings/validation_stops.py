"""Validation that stops while the training goes on. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.sources import Source, is_val_loss, sources_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import number_words
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.run_files import stride_of
from collectors.training.series import is_validation


def find_validation_stops(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each validation loss whose next value, by its own stride, the training went past."""
    for s in ended_streams(seen):
        for source in sources_of(s):
            found = next(_stopped(source), None)
            if found is not None:
                hint = f"Find out why {s.stream.label} was not validated to its end, and train again."
                yield Found(source.path, s.id, f"{s.id}: {source.path}: {found}", hint)


def _stopped(source: Source) -> Iterator[str]:
    held = {name: places for name in source.curves if (places := source.places(name)).size}
    ends = {name: float(places[-1]) for name, places in held.items() if not is_validation(name)}
    if not ends:
        return
    leading, last = max(ends.items(), key=lambda end: end[1])
    for name in filter(is_val_loss, held):
        reached, stride = float(held[name][-1]), stride_of(held[name])
        if held[name].size > 1 and last >= reached + stride:
            yield (
                f"{name} stops at {source.unit} {number_words(reached)}, {leading} goes on to {source.unit} "
                f"{number_words(last)}"
            )


SPEC = FindingSpec(
    id="validation_stops",
    check="training",
    looks_at="a validation loss stops a stride or more before the training loss does",
    default="warn",
    find=find_validation_stops,
)
