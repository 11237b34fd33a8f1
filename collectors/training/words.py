"""How far a stream is and where it diverged, in words. Pure."""

from __future__ import annotations

from collectors.numbers import number_words
from collectors.training.divergence import Divergence
from collectors.training.evidence import StreamEvidence


def divergence_words(d: Divergence) -> str:
    """One non-finite stretch in words: `val_loss NaN since epoch 3 (2 values)`."""
    kind = {"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}[d.kind]
    step = f"step {d.first_step}" if d.first_step is not None else "an unknown epoch"
    place = f"epoch {number_words(d.first_epoch)}" if d.first_epoch is not None else step
    values = "1 value" if d.count == 1 else f"{d.count} values"
    return f"{d.series} {kind} since {place} ({values})"


def epoch_words(s: StreamEvidence) -> str:
    """How far a stream is: `epoch 3 of 30`, `step 500 of 1000`, `epoch 3`, `nothing recorded`."""
    p = s.progress
    reached = p.step if p.target.unit == "step" else p.epoch
    if reached is None:
        return "no epoch recorded yet"
    counted = reached + 1 if p.target.unit == "epoch" and s.losses.first_epoch == 0 else reached
    total = f" of {p.target.total}" if p.target.total else ""
    return f"{p.target.unit} {number_words(counted)}{total}"
