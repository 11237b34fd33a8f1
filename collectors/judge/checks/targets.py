"""Check 15: every metric reached what the description asks of it. Left out where it asks for nothing.

Refuses to take a value for reached that is missing or not finite, and to judge before a training has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

import numpy as np

from collectors.contract.metric_rules import Target
from collectors.contract.metrics import Point
from collectors.contract.values import Status
from collectors.judge.checks.part import (
    Judgement,
    Part,
    Short,
    failing,
    is_running,
    judge_parts,
    not_yet,
    passing,
    skipping,
)
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning, When
from collectors.judge.checks.training import source_of
from collectors.judge.remedy import waiting
from collectors.numbers import listed, number_words, place_words, value_words
from collectors.training.divergence_words import divergence_words
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence

MOST_NAMED = 8


def check_targets(seen: WorkspaceEvidence) -> Judgement:
    """Every target of every stream is reached."""
    return judge_parts(_judged(s, target, seen.is_under_way) for s in seen.streams for target in s.stream.targets)


def _judged(s: StreamEvidence, target: Target, is_under_way: bool) -> Part:
    path = source_of(s)
    if is_running(s) or (is_under_way and s.progress.status is Status.IDLE):
        words = f"{s.id}: {_asked(target)}, still training"
        return not_yet(path, s.id, words, waiting(f"Wait until {s.stream.label} has ended."))
    if target.metric not in s.metrics.series:
        return _missing(s, target, path)
    point = (s.metrics.best if target.at == "best" else s.metrics.final).get(target.metric)
    if point is None and s.metrics.about[target.metric].better is None:
        words = f"{s.id}: {_asked(target)}, but nothing says which way {target.metric} gets better"
        way = f"Say it: `metrics: {{{target.metric}: {{better: higher}}}}` (or `lower`), or ask for `at: final`."
        return skipping(path, s.id, words, way)
    if point is None or point.value is None:
        return failing(path, s.id, f"{s.id}: {_asked(target)}, but {_not_finite(s, target)}", _hint(s))
    return _compared(s, target, point, point.value)


def _missing(s: StreamEvidence, target: Target, path: str | None) -> Part:
    """The metric has no value: what is there, and the nearest."""
    there = list(s.metrics.series)
    near = get_close_matches(target.metric, there, 1, 0.5)
    held = f"there are {listed((f'`{name}`' for name in there), most=MOST_NAMED)}" if there else "there is none"
    nearest = f"; nearest is `{near[0]}`" if near else ""
    words = f"{s.id}: no value of `{target.metric}` was recorded; {held}{nearest}"
    where = "`events: {tags: ...}` or `table: {columns: ...}`"
    return failing(path, s.id, words, f"Name it under {where}, or correct `targets`.")


def _not_finite(s: StreamEvidence, target: Target) -> str:
    told = [divergence_words(d) for d in (*s.progress.divergences, *s.progress.odd) if d.series == target.metric]
    return "; ".join(told) or "that value is not finite"


def _compared(s: StreamEvidence, target: Target, point: Point, value: float) -> Part:
    path, place = source_of(s), place_words(point.epoch, point.step)
    missed = list(_missed(value, target))
    # With all its digits where fewer would look like the bound that it missed.
    looks_met = any(words.endswith(f" {number_words(value)}") for words in missed)
    told = f"{s.id}: {target.at} {target.metric} {value_words(value) if looks_met else number_words(value)}"
    where = f" at {place}" if place else ""
    if missed:
        short = Short(f"{{}}'s {target.metric} misses its target", s.stream.label)
        return failing(path, s.id, f"{told}{where}, not {' and '.join(missed)}", _hint(s), short=short)
    return passing(path, s.id, f"{told}{where}, {_bounds(target)}")


def _missed(value: float, target: Target) -> Iterator[str]:
    """The bounds that are not met. Event files hold 32-bit floats: 0.9 is written as 0.89999998."""
    if target.at_least is not None and np.float32(value) < np.float32(target.at_least):
        yield f"at least {number_words(target.at_least)}"
    if target.at_most is not None and np.float32(value) > np.float32(target.at_most):
        yield f"at most {number_words(target.at_most)}"


def _asked(target: Target) -> str:
    return f"{target.at} {target.metric} {_bounds(target)} is asked for"


def _bounds(target: Target) -> str:
    words = (("at least", target.at_least), ("at most", target.at_most))
    return " and ".join(f"{word} {number_words(bound)}" for word, bound in words if bound is not None)


def _hint(s: StreamEvidence) -> str:
    return f"Train {s.stream.label} further or otherwise, or correct `targets` if it asks for too much."


SPEC = CheckSpec(
    number=15,
    id="targets",
    title="Targets reached",
    judge=check_targets,
    gate=GatePlace("targets-check", "judgement"),
    meaning=Meaning(
        passes_when="the best or last value of each metric under `targets` lies within its bounds",
        proves="the recorded value, as the state shows it, is at least or at most what the description asks for",
        cannot_prove="that it was measured on the right data, or on the checkpoint that is released",
    ),
    when=When(of_streams=lambda stream: bool(stream.targets), is_extra=True),
    follows_external=True,
)
