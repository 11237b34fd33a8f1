"""A validation loss that rises since early on, while the weights of the last epoch are kept."""

from __future__ import annotations

import pytest
from support.gathered import at, patchtst, reread, with_stream
from support.odd_losses import CKPT, CSV, Values, odd, texts

from collectors.judge.findings.val_rises import find_val_rises
from collectors.training.evidence import WorkspaceEvidence

RISING = [0.9, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8]


def kept(seen: WorkspaceEvidence, epoch: object = None, *, after: float = 0.0) -> WorkspaceEvidence:
    """The checkpoint says this epoch, and was written so long after the end."""
    s = patchtst(seen)
    assert s.checkpoint is not None and s.run is not None
    scalars = {} if epoch is None else {"epoch": epoch}
    return with_stream(seen, checkpoint=at(reread(s.checkpoint, scalars=scalars), s.run.last_at + after))


def told(val: Values = RISING, epoch: object = 8, *, after: float = 0.0) -> list[str]:
    return texts(find_val_rises(kept(odd({"val_loss": val}), epoch, after=after)))


def test_both_values_and_both_files_are_named() -> None:
    assert told() == [
        f"{CSV}: val_loss rises from 0.5 at epoch 2 to 0.8 at epoch 8, and {CKPT} holds the weights of epoch 8"
    ]


@pytest.mark.parametrize(("epoch", "rises"), [(8, True), (7, True), (9, True), (6, False), (2, False), (1, False)])
def test_its_own_epoch_says_whose_weights_it_holds_counted_from_0_or_1(epoch: int, rises: bool) -> None:
    assert bool(told(epoch=epoch, after=9.0)) is rises


@pytest.mark.parametrize(("after", "rises"), [(0.0, True), (-1.0, True), (-1.1, False), (500.0, True)])
def test_without_an_epoch_the_time_says_it(after: float, rises: bool) -> None:
    found = told(epoch=None, after=after)

    assert bool(found) is rises
    assert not found or f"{CKPT} was written at the end (2023-11-14" in found[0]


def test_a_word_that_is_no_epoch_counts_as_none() -> None:
    assert told(epoch="last") != []
    assert told(epoch=True) != []


def test_where_times_were_lost_the_time_says_nothing() -> None:
    seen = with_stream(kept(odd({"val_loss": RISING})), times_trusted=False)

    assert list(find_val_rises(seen)) == []


@pytest.mark.parametrize(
    "val",
    [
        [0.9, 0.8, 0.7, 0.6, 0.5, 0.55, 0.6, 0.65],
        [0.9, 0.5, 0.505, 0.51, 0.512, 0.514, 0.516, 0.52],
        [0.9, 0.5, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7],
        [0.9, 0.5, 0.6, 0.7],
    ],
    ids=["late", "hardly", "it falls again", "short"],
)
def test_what_does_not_rise_since_early_on_is_none(val: Values) -> None:
    assert told(val) == []


def test_without_a_checkpoint_nothing_is_kept() -> None:
    assert list(find_val_rises(with_stream(odd({"val_loss": RISING}), checkpoint=None))) == []
