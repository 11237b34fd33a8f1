"""A table or event file that holds a single point of a training of several."""

from __future__ import annotations

from support.gathered import with_progress
from support.odd_losses import CSV, event_file, odd, texts

from collectors.judge.findings.one_row import find_one_row
from collectors.training.completion import Target
from collectors.training.evidence import WorkspaceEvidence


def of(seen: WorkspaceEvidence, target: Target) -> WorkspaceEvidence:
    return with_progress(seen, target=target)


def test_one_row_beside_more_is_told_with_both_counts() -> None:
    seen = odd({"val_loss": {8: 0.5}}, {"val_loss": [0.7, 0.6, 0.5]})

    assert texts(find_one_row(seen)) == [f"{CSV} holds one row (epoch 8), and {event_file()} holds 3"]
    two = odd({"val_loss": {8: 0.5}}, {"val_loss": [0.6, 0.5]})
    assert texts(find_one_row(two)) == [f"{CSV} holds one row (epoch 8), and {event_file()} holds 2"]


def test_one_row_of_several_configured_epochs_is_told() -> None:
    seen = odd({"val_loss": {8: 0.5}})

    assert texts(find_one_row(seen)) == [f"{CSV} holds one row (epoch 8), though 8 epochs were to be trained"]


def test_a_training_of_one_epoch_has_one_row() -> None:
    assert list(find_one_row(of(odd({"val_loss": [0.5]}), Target("epoch", 1)))) == []
    assert list(find_one_row(of(odd({"val_loss": [0.5]}), Target("epoch", None)))) == []
    assert list(find_one_row(odd({"val_loss": [0.5, 0.4]}))) == []


def test_steps_say_nothing_about_how_many_rows_there_should_be() -> None:
    assert list(find_one_row(of(odd({"val_loss": {500: 0.5}}, unit="step"), Target("step", 500)))) == []


def test_a_second_loss_of_several_rows_is_enough() -> None:
    seen = odd({"val_loss": {8: 0.5}, "train_loss": [0.7, 0.6, 0.5]})

    assert list(find_one_row(seen)) == []
