"""How far a stream is and where it diverged, in words. Pure."""

from __future__ import annotations

from collectors.contract.metrics import Nonfinite
from collectors.numbers import NONFINITE, place_words, plural, reached_words
from collectors.training.divergence import Divergence
from collectors.training.evidence import StreamEvidence


def divergence_words(d: Divergence | Nonfinite) -> str:
    """One non-finite stretch in words: `val_loss NaN since epoch 3 (2 values)`."""
    place = place_words(d.first_epoch, d.first_step) or "an unknown epoch"
    return f"{d.series} {NONFINITE[d.kind]} since {place} ({plural(d.count, 'value')})"


def epoch_words(s: StreamEvidence) -> str:
    """How far a stream is: `epoch 3 of 30`, `step 500 of 1,000`, `no epoch recorded yet`."""
    p = s.progress
    reached = p.step if p.target.unit == "step" else p.epoch
    if reached is not None and p.target.unit == "epoch" and s.losses.first_epoch == 0:
        reached += 1
    return reached_words(p.target.unit, reached, p.target.total)
