"""Streams -> the same with what the state holds of their curves, made anew where a curve became another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from collectors.observe.derived import Derived
from collectors.training.evidence import StreamEvidence
from collectors.training.summary import Summary, spark_points, summarise


def summarised(streams: Sequence[StreamEvidence], derived: Derived) -> tuple[StreamEvidence, ...]:
    """The streams of one run: how much a state holds of a series depends on how many they all have."""
    spark = spark_points(sum(len(s.losses.told) for s in streams))
    return tuple(replace(s, told=(s.losses, _summary(s, spark, derived))) for s in streams)


def _summary(s: StreamEvidence, spark: int, derived: Derived) -> Summary:
    return derived.of(("summary", s.id), (s.losses,), (spark,), partial(summarise, s.losses.told, spark))
