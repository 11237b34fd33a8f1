"""A boosted model of fewer rounds than its table has rows, cut where nothing was best: of another training. Pure.

The format itself says what a round is. A model that was kept at its best round is honest, also where an early stop
that asked for a least gain chose it; one with more rounds went on from another model.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collectors.judge.checks.bring_back import own_checkpoint
from collectors.judge.findings.spec import FindingSpec, Found, done_streams, losses_path, sound_checkpoints
from collectors.numbers import plural
from collectors.training.agreement import places_in
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.metric_facts import better_of
from collectors.training.remembered import known_steps
from collectors.training.stream_runs import Curve

NEAR = 0.02
"""A value so near to the best one, as a share of what the series moved in all, is as good."""


def find_boosted_rounds(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each model that ends before its losses do, at no good round."""
    for s, path, found in sound_checkpoints(done_streams(seen)):
        rounds = found.scalars.get("rounds")
        curves = {**s.losses.others, **s.losses.curves}
        held = max((known_steps(curve.step).size for curve in curves.values()), default=0)
        if not isinstance(rounds, int) or not 0 < rounds < held - 1:
            continue
        if not any(_is_good(curve, rounds, better_of(s.stream, name)) for name, curve in curves.items()):
            text = f"{s.id}: {path} holds {plural(rounds, 'round')}, but {losses_path(s)} {held:,}, and none of its"
            yield Found(path, s.id, f"{text} series is at its best there", own_checkpoint(seen, s))


def _is_good(curve: Curve, rounds: int, way: str | None) -> bool:
    """Whether a series stood near its best at the last of so many rounds; an unknown way may be either."""
    steps = places_in(curve, "step")
    at = np.flatnonzero(steps == steps.min() + rounds - 1) if steps.size else steps
    value = curve.value
    if not at.size or not bool(np.isfinite(value).all()):
        return False
    slack = NEAR * float(np.ptp(value))
    bests = {"lower": [value.min()], "higher": [value.max()]}.get(way or "", [value.min(), value.max()])
    return any(abs(float(value[at[-1]]) - float(best)) <= slack for best in bests)


SPEC = FindingSpec(
    id="boosted_rounds",
    check="provenance",
    looks_at="a model of XGBoost or LightGBM, or CatBoost's in JSON, holds fewer rounds than its table, and none of "
    "the table's series is near its best there",
    default="fail",
    short="{}'s model is not the one that its table tells of",
    find=find_boosted_rounds,
)
