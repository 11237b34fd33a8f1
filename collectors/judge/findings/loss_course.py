"""A loss that never moves, or that ends above where it began: odd courses of finite numbers. Pure.

Both can be honest (a frozen part, a target that moves), so both only warn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from collectors.judge.findings.sources import Source, configured_losses, sources_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import number_words, plural, value_words
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.remembered import per_object
from collectors.training.series import better_way
from collectors.training.stream_runs import Curve

FEWEST = 5
"""Values that have a course."""
ENDS = 2
"""Values at each end of a course: one alone may be an outlier."""
SHARE = 0.05
"""What the end lies above the beginning, of that."""
Course = Callable[[Source, str], str]


def find_course(course: Course, hint: str, seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each configured loss of such a course; of a table and events of one run it is told once."""
    for s in ended_streams(seen):
        told: set[str] = set()
        for source in sources_of(s):
            for name in sorted((configured_losses(s) & source.curves.keys()) - told):
                words = course(source, name)
                if words:
                    told.add(name)
                    text = f"{s.id}: {source.path}: {name} {words}"
                    yield Found(source.path, s.id, text, hint.format(s.stream.label))


def _frozen(source: Source, name: str) -> str:
    value = source.curves[name].value
    if value.size < FEWEST or not _is_constant(source.curves[name]):
        return ""
    return f"is {value_words(float(value[0]))} at each of {plural(value.size, source.unit)}"


def _risen(source: Source, name: str) -> str:
    if better_way(name) != "lower" or not _rises(source.curves[name]):
        return ""
    first, last = (number_words(float(source.curves[name].value[at])) for at in (0, -1))
    return f"is {first} at first and {last} at the end: it got worse"


@per_object
def _is_constant(curve: Curve) -> bool:
    return bool((curve.value == curve.value[0]).all())


@per_object
def _rises(curve: Curve) -> bool:
    value = curve.value
    if value.size < FEWEST or not bool(np.isfinite(value).all()):
        return False
    begins, ends = float(value[:ENDS].max()), float(value[-ENDS:].min())
    return ends > begins + SHARE * abs(begins)


FROZEN = FindingSpec(
    id="loss_frozen",
    check="training",
    looks_at="a loss is one and the same number at 5 epochs or more, from the first to the last",
    default="warn",
    find=partial(find_course, _frozen, "Look whether {} learns at all, and whether that loss is measured anew."),
)
RISEN = FindingSpec(
    id="loss_risen",
    check="training",
    looks_at="a loss ends above where it began, by more than 5 %, and not by a single value",
    default="warn",
    find=partial(find_course, _risen, "Find out why {} got worse (learning rate, data), or train again."),
)
