"""Where a stream stopped being finite, in the words that every face uses."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from support.evidence_parts import stream
from support.progress_parts import curve

from collectors.contract.metrics import Nonfinite
from collectors.training.curves import Losses
from collectors.training.divergence import Divergence
from collectors.training.divergence_words import divergence_words
from collectors.training.words import epoch_words

GAP: dict[str, Any] = {
    "series": "val_loss",
    "kind": "nan",
    "first_epoch": 2,
    "first_step": 20,
    "last_step": 20,
    "count": 1,
}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "val_loss NaN since epoch 2 (1 value)"),
        ({"count": 2000}, "val_loss NaN since epoch 2 (2,000 values)"),
        ({"kind": "inf", "first_epoch": 2.5}, "val_loss Inf since epoch 2.5 (1 value)"),
        ({"kind": "-inf"}, "val_loss -Inf since epoch 2 (1 value)"),
        ({"first_epoch": 0}, "val_loss NaN since epoch 0 (1 value)"),
        ({"first_epoch": None}, "val_loss NaN since step 20 (1 value)"),
        ({"first_epoch": None, "first_step": None}, "val_loss NaN since an unknown epoch (1 value)"),
    ],
)
def test_a_break_is_told_by_its_epoch_or_else_its_step(fields: dict[str, Any], words: str) -> None:
    """What was found in the files and what stands in the state are told alike."""
    found = GAP | {"count": 1} | fields

    assert divergence_words(Nonfinite(**found)) == words
    assert divergence_words(Divergence(first_time=None, **found)) == words


def test_series_without_a_value_have_no_rows_to_tell() -> None:
    nothing, placeless = curve([]), curve([math.nan, math.nan], [-1, -1])
    for curves, words in (
        ({"val_loss": nothing}, "no epoch recorded yet"),
        ({"val_loss": nothing, "train_loss": placeless}, "2 rows"),
    ):
        s = stream(progress_={"epoch": None, "step": None})
        assert epoch_words(replace(s, losses=Losses("table", curves))) == words
