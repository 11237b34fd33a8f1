"""Losses that the description names and nothing holds."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from support.gathered import with_rules
from support.odd_losses import CSV, Values, event_file, odd, texts

from collectors.judge.findings.no_loss import find_no_loss
from collectors.training.evidence import WorkspaceEvidence

LR = [0.1, 0.2, 0.3]


def tagged(seen: WorkspaceEvidence, **tags: str) -> WorkspaceEvidence:
    return with_rules(seen, events={"folder": "runs/patchtst_ssl", "tags": tags})


def test_the_tags_the_files_and_what_is_there_are_named() -> None:
    seen = tagged(odd({}, {"lr": LR}), train_loss="loss/train", lr="lr")
    (text,) = texts(find_no_loss(seen))
    assert text == f"no loss was recorded: {event_file()} holds none of `loss/train`; what is there: lr"

    seen = tagged(odd({"val_acc": LR}, {"lr": LR}), train_loss="loss/train", lr="lr")
    (text,) = texts(find_no_loss(seen))
    assert text.endswith(f", and {CSV} holds no train_loss; what is there: val_acc")


@pytest.mark.parametrize(
    ("table", "events"),
    [({"train_loss": LR}, {"lr": LR}), ({}, {"val_loss": LR, "lr": LR}), ({"val_loss": LR}, {})],
)
def test_a_loss_anywhere_is_enough(table: Mapping[str, Values], events: Mapping[str, Values]) -> None:
    assert list(find_no_loss(odd(table, events))) == []


def test_where_no_loss_is_configured_none_is_missed() -> None:
    assert list(find_no_loss(tagged(odd({}, {"reward": LR}), reward="ep_rew_mean"))) == []


def test_where_nothing_was_recorded_the_check_itself_says_so() -> None:
    assert list(find_no_loss(odd())) == []
