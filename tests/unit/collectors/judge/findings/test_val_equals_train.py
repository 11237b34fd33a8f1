"""A validation loss that is the training loss under another name."""

from __future__ import annotations

import math

import pytest
from support.gathered import with_rules
from support.odd_losses import CSV, Values, event_file, odd, texts

from collectors.judge.findings.val_equals_train import find_val_equals_train

VALUES = [0.912345678, 0.812345678, 0.712345678, 0.612345678, 0.512345678, 0.412345678]


def told(val: Values, train: Values = VALUES) -> list[str]:
    return texts(find_val_equals_train(odd({"train_loss": train, "val_loss": val})))


def test_the_count_and_the_first_value_are_named() -> None:
    assert told(VALUES) == [f"{CSV}: val_loss equals train_loss in 6 digits at 6 epochs (0.912345678, ...)"]


@pytest.mark.parametrize(("times", "equal"), [(1 + 4e-6, True), (1 + 6e-6, False)])
def test_six_digits_are_compared(times: float, equal: bool) -> None:
    assert bool(told([v * times for v in VALUES])) is equal


@pytest.mark.parametrize(("count", "equal"), [(5, True), (4, False)])
def test_it_takes_five_epochs(count: int, equal: bool) -> None:
    assert bool(told(VALUES[:count])) is equal
    assert bool(told([*VALUES[:count], *(2 * v for v in VALUES[count:])])) is equal


def test_a_constant_and_what_is_not_finite_prove_nothing() -> None:
    assert told([0.123456789] * 6, [0.123456789] * 6) == []
    assert told([0.0] * 6, [0.0] * 6) == []
    assert told([math.nan] * 6, [math.nan] * 6) == []


def test_numbers_of_five_digits_may_agree_by_chance() -> None:
    five = [round(v, 5) for v in VALUES]

    assert told(five, five) == []
    assert told([round(v, 6) for v in VALUES], [round(v, 6) for v in VALUES]) != []


def test_each_source_is_compared_with_itself() -> None:
    twice = [2 * v for v in VALUES]
    seen = odd({"train_loss": VALUES, "val_loss": twice}, {"train_loss": VALUES, "val_loss": VALUES})

    assert [text.split(":")[0] for text in texts(find_val_equals_train(seen))] == [event_file()]
    assert list(find_val_equals_train(odd({"train_loss": VALUES}, {"val_loss": VALUES}))) == []


def test_losses_that_the_description_does_not_name_are_not_judged() -> None:
    seen = odd({"train_loss": VALUES, "val_loss": VALUES})
    named = {"folder": "runs/patchtst_ssl", "tags": {"train_loss": "loss/train"}}

    assert list(find_val_equals_train(with_rules(seen, events=named))) == []
