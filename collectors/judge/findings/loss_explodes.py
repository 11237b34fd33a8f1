"""A positive loss that ended a million times as high as it began: it diverged without a NaN. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collectors.judge.findings.sources import configured_losses, sources_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import number_words
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.stream_runs import Curve

TIMES = 1e6


def find_loss_explodes(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each source in which a configured loss grew by that factor, all its values above 0."""
    for s in ended_streams(seen):
        for source in sources_of(s):
            grown = [n for n in sorted(configured_losses(s) & source.curves.keys()) if _explodes(source.curves[n])]
            if grown:
                first, last = (number_words(float(source.curves[grown[0]].value[at])) for at in (0, -1))
                text = f"{s.id}: {source.path}: {grown[0]} begins at {first} and ends at {last}"
                hint = f"Find out why {s.stream.label} diverged (learning rate, data), and train again."
                yield Found(source.path, s.id, text, hint)


def _explodes(curve: Curve) -> bool:
    value = curve.value
    is_positive = bool(np.isfinite(value).all()) and bool((value > 0).all())
    return is_positive and float(value[-1]) / TIMES >= float(value[0])


SPEC = FindingSpec(
    id="loss_explodes",
    check="training",
    looks_at="the last value of a loss is at least 10^6 times its first one, and all are positive",
    default="fail",
    short="{}'s loss grew without bound",
    find=find_loss_explodes,
)
