"""Where a series stopped being finite, in words: of evidence, and of a state by a page that reads no file. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectors.contract.metrics import Nonfinite
from collectors.numbers import NONFINITE, place_words, plural

if TYPE_CHECKING:
    from collectors.training.divergence import Divergence


def divergence_words(d: Divergence | Nonfinite) -> str:
    """One non-finite stretch in words: `val_loss NaN since epoch 3 (2 values)`."""
    place = place_words(d.first_epoch, d.first_step) or "an unknown epoch"
    return f"{d.series} {NONFINITE[d.kind]} since {place} ({plural(d.count, 'value')})"
