"""A stream's description or state, and a series' name -> its direction, and whether its values must be finite. Pure.

What the description says counts before the name. A metric is never called a loss.
"""

from __future__ import annotations

from collections.abc import Iterable

from collectors.contract.metric_rules import Better
from collectors.contract.metrics import StreamMetrics
from collectors.contract.streams import Stream
from collectors.training.series import better_way, is_loss


def better_of(stream: Stream, name: str) -> Better | None:
    """Which way a series of this stream gets better; None where neither is, or nothing says so."""
    said = stream.metrics.get(name)
    if said is None or said.better is None:
        return better_way(name)
    return None if said.better == "none" else said.better


def told_way(name: str, *sides: StreamMetrics | None) -> Better | None:
    """Which way a series gets better as the first of these states says that knows it; where none does, its name."""
    known = (side.about[name].better for side in sides if side is not None and name in side.about)
    return next(known, better_way(name))


def must_be_finite(names: Iterable[str]) -> frozenset[str]:
    """Of a stream's series those that a diverged training shows in: losses and errors, or all where there is none.

    A gradient norm overflows on the way of many a sound training, and an AUC of one class is undefined.
    """
    every = frozenset(names)
    return frozenset(n for n in every if is_loss(n) or better_way(n) == "lower") or every
