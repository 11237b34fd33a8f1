"""A positive loss that ended a million times as high as it began."""

from __future__ import annotations

import math

import pytest
from support.odd_losses import CSV, Values, odd, texts

from collectors.judge.findings.loss_explodes import find_loss_explodes


def test_the_file_and_both_values_are_named() -> None:
    seen = odd({"train_loss": [0.5, 10.0, 750_000.0]})

    assert texts(find_loss_explodes(seen)) == [f"{CSV}: train_loss begins at 0.5 and ends at 750,000"]


@pytest.mark.parametrize(
    ("values", "explodes"),
    [
        ([1.0, 1e6], True),
        ([1.0, 9.99e5], False),
        ([1.0, 1e9, 2.0], False),
        ([1e-3, -1.0, 1e6], False),
        ([0.0, 1e6], False),
        ([1.0, math.inf], False),
        ([1.0, math.nan, 1e7], False),
        ([2.0], False),
    ],
    ids=["a million", "less", "it came back", "negative", "from 0", "infinite", "a NaN between", "one value"],
)
def test_it_takes_a_million_and_positive_numbers(values: Values, explodes: bool) -> None:
    assert bool(list(find_loss_explodes(odd({"val_loss": values})))) is explodes


def test_only_configured_losses_are_judged() -> None:
    assert list(find_loss_explodes(odd({"other_loss": [1.0, 1e7]}))) == []
