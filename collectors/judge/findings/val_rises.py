"""A validation loss that rises since early on, while the weights of the last epoch are kept. Pure.

Which weights a checkpoint holds its own `epoch` says; without one, the time it was last written.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collectors.judge.checks.table_run import SLACK_SECONDS
from collectors.judge.findings.sources import Source, configured_losses, is_val_loss, sources_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import instant_words, number_words
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence

FEWEST = 5
"""Values that have a course."""
SHARE = 0.05
"""What the last value lies above the best one, of that."""


def find_val_rises(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each stream that was best in the first half of its training and kept what it had at the end."""
    for s in ended_streams(seen):
        source = next(sources_of(s), None)
        if source is None or s.checkpoint is None:
            continue
        for name in sorted(filter(is_val_loss, configured_losses(s) & source.curves.keys())):
            best = _best(source, name)
            kept = _kept_the_last(s, source, name, best) if best is not None else None
            if best is not None and kept is not None:
                rise = f"{_point(source, name, best)} to {_point(source, name, -1)}"
                text = f"{s.id}: {source.path}: {name} rises from {rise}, and {s.checkpoint.path} {kept}"
                hint = f"Keep {s.stream.label}'s best weights, or stop it early."
                yield Found(s.checkpoint.path, s.id, text, hint)


def _point(source: Source, name: str, at: int) -> str:
    value, place = source.curves[name].value[at], source.places(name)[at]
    return f"{number_words(float(value))} at {source.unit} {number_words(float(place))}"


def _best(source: Source, name: str) -> int | None:
    """Index of the lowest value, where it stands in the first half and the rest rises; else None."""
    value = source.curves[name].value
    if value.size < FEWEST or value.size != source.places(name).size or not bool(np.isfinite(value).all()):
        return None
    best = int(np.argmin(value))
    after = np.diff(value[best:])
    rises = 2 * (best + 1) <= value.size and int((after > 0).sum()) > int((after < 0).sum())
    return best if rises and value[-1] > value[best] + SHARE * abs(value[best]) else None


def _kept_the_last(s: StreamEvidence, source: Source, name: str, best: int) -> str | None:
    """What says that the checkpoint holds the last weights, in words; None where nothing does."""
    if s.checkpoint is None or s.checkpoint_evidence is None:
        return None
    places = source.places(name)
    own = s.checkpoint_evidence.scalars.get("epoch")
    if isinstance(own, (int, float)) and not isinstance(own, bool) and source.unit == "epoch":
        is_last = abs(own - places[-1]) <= 1 < abs(own - places[best])
        return f"holds the weights of epoch {number_words(own)}" if is_last else None
    modified = s.checkpoint.facts.modified_at
    if s.run is None or not s.times_trusted or modified is None:
        return None
    late = modified + s.run.clock_lag >= s.run.last_at - SLACK_SECONDS
    return f"was written at the end ({instant_words(modified)})" if late else None


SPEC = FindingSpec(
    id="val_rises",
    check="training",
    looks_at="a validation loss rises since the first half of the training, and the last epoch's weights are kept",
    default="warn",
    find=find_val_rises,
)
