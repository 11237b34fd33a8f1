"""A validation loss that is exactly 0 from its first record on."""

from __future__ import annotations

import pytest
from support.gathered import with_rules
from support.odd_losses import CSV, Values, odd, texts

from collectors.judge.findings.val_zero import find_val_zero


def test_the_file_and_the_count_are_named() -> None:
    seen = odd({"train_loss": [0.9, 0.8, 0.7], "val_loss": [0.0, 0.0, 0.0]})

    assert texts(find_val_zero(seen)) == [f"{CSV}: val_loss is exactly 0 in its first and in every other of 3 records"]


@pytest.mark.parametrize("val", [[0.5, 0.0, 0.0], [0.0, 0.0, 1e-300], [0.0, 0.5, 0.0]])
def test_one_other_value_is_enough(val: Values) -> None:
    assert list(find_val_zero(odd({"val_loss": val}))) == []


def test_a_training_loss_may_be_0_and_so_may_what_nobody_configured() -> None:
    assert list(find_val_zero(odd({"train_loss": [0.0, 0.0]}))) == []
    named = {"folder": "runs/patchtst_ssl", "tags": {"train_loss": "loss/train"}}
    assert list(find_val_zero(with_rules(odd({"val_loss": [0.0, 0.0]}), events=named))) == []
