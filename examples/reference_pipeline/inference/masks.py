"""Which patches are hidden: the same number in every row, chosen by a given generator."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

# Seed of the masks that validation and scoring use: fixed for good, whatever a run's own seed
# is, so that losses of different runs can be compared.
VALIDATION_SEED = 20_180_105


def hide(shape: tuple[int, ...], ratio: float, rng: Generator) -> NDArray[np.bool_]:
    """Choose round(ratio x patches) patches to hide, at least one and never all of them.

    Args:
        shape: (..., patches); each row along the last axis gets its own choice.
        ratio: Share of patches to hide, between 0 and 1.
        rng: Where chance comes from.

    Returns:
        Boolean array of that shape, True where hidden.
    """
    patches = shape[-1]
    hidden = min(max(round(patches * ratio), 1), patches - 1)
    ranks = rng.random(shape).argsort(-1).argsort(-1)
    return np.asarray(ranks < hidden)


def validation_generator() -> Generator:
    """Start a generator for validation masks; always the same sequence."""
    return np.random.default_rng(VALIDATION_SEED)
