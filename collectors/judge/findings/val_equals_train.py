"""A validation loss that is the training loss under another name. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collectors.evidence.order import distinct
from collectors.judge.findings.sources import Source, configured_losses, sources_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import plural, value_words
from collectors.training.agreement import Unit, match, places_in, printed_precision
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.remembered import per_object
from collectors.training.series import is_validation
from collectors.training.stream_runs import Curve

FEWEST = 5
DIGITS = 6
"""Two measurements do not agree in so many significant digits by chance."""
SAME = 10.0 ** (1 - DIGITS) / 2


def find_val_equals_train(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each configured validation loss that repeats a training loss of its source in six digits."""
    for s in ended_streams(seen):
        named = configured_losses(s)
        for source in sources_of(s):
            found = next(_repeated(source, sorted(named & source.curves.keys())), None)
            if found is not None:
                hint = f"Validate {s.stream.label} on data it was not trained with, and log that loss."
                yield Found(source.path, s.id, f"{s.id}: {source.path}: {found}", hint)


def _repeated(source: Source, names: list[str]) -> Iterator[str]:
    for val in filter(is_validation, names):
        for train in (name for name in names if not is_validation(name)):
            told = _equal(source, val, train)
            if told:
                yield told


def _equal(source: Source, val: str, train: str) -> str:
    """Where the two are one number at five places or more, in words, with the first; a constant proves nothing."""
    count, first = (_by_step if source.unit == "step" else _by_epoch)(source.curves[val], source.curves[train])
    if not count:
        return ""
    return f"{val} equals {train} in {DIGITS} digits at {plural(count, source.unit)} ({value_words(first)}, ...)"


@per_object
def _by_step(ours: Curve, theirs: Curve) -> tuple[int, float]:
    return _equal_at(ours, theirs, "step")


@per_object
def _by_epoch(ours: Curve, theirs: Curve) -> tuple[int, float]:
    return _equal_at(ours, theirs, "epoch")


def _equal_at(ours: Curve, theirs: Curve, unit: Unit) -> tuple[int, float]:
    """How many equal values prove it, and the first; 0 where they do not."""
    left, right = match(*(places_in(curve, unit) for curve in (ours, theirs)))
    a, b = ours.value[left], theirs.value[right]
    with np.errstate(all="ignore"):
        equal = np.isclose(a, b, rtol=SAME, atol=0.0)
    if int(equal.sum()) < FEWEST or distinct(a[equal]).size < 2 or printed_precision(a)[1] < DIGITS:
        return 0, 0.0
    return int(equal.sum()), float(a[equal][0])


SPEC = FindingSpec(
    id="val_equals_train",
    check="training",
    looks_at="a validation loss equals the training loss over at least 5 epochs in 6 digits, and is not constant",
    default="fail",
    short="{}'s validation loss is its training loss",
    find=find_val_equals_train,
)
