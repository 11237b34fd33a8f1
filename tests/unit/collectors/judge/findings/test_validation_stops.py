"""Validation that stops while the training goes on."""

from __future__ import annotations

import pytest
from support.odd_losses import CSV, Values, odd, texts

from collectors.judge.findings.validation_stops import find_validation_stops

TRAIN = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]


def told(val: Values, name: str = "val_loss") -> list[str]:
    return texts(find_validation_stops(odd({"train_loss": TRAIN, name: val})))


def test_both_ends_are_named() -> None:
    assert told([0.9, 0.8, 0.7]) == [f"{CSV}: val_loss stops at epoch 3, train_loss goes on to epoch 6"]


@pytest.mark.parametrize(
    ("val", "stops"),
    [
        ([0.9, 0.8, 0.7, 0.6, 0.5], True),
        ([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], False),
        ({2: 0.9, 4: 0.8}, True),
        ({2: 0.9, 5: 0.8}, False),
        ({1: 0.9}, False),
    ],
    ids=["the next was due", "to the end", "every second", "every third", "once"],
)
def test_it_stops_where_the_next_value_was_due(val: Values, stops: bool) -> None:
    assert bool(told(val)) is stops


def test_only_losses_are_looked_at_and_only_beside_a_training() -> None:
    assert told([0.9, 0.8], name="val_acc") == []
    assert list(find_validation_stops(odd({"val_loss": [0.9, 0.8]}))) == []
