"""Event files that end long before the table of the same run."""

from __future__ import annotations

import pytest
from support.odd_losses import CSV, Values, event_file, odd, texts

from collectors.judge.findings.events_end_early import find_events_end_early

TABLE = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]


def told(events: Values, *, unit: str = "epoch") -> list[str]:
    return texts(find_events_end_early(odd({"val_loss": TABLE}, {"val_loss": events}, unit=unit)))


def test_both_files_and_both_ends_are_named() -> None:
    assert told(TABLE[:3]) == [f"{event_file()} ends at epoch 3, {CSV} at epoch 6"]
    assert told(TABLE[:3], unit="step") == [f"{event_file()} ends at step 3, {CSV} at step 6"]


@pytest.mark.parametrize(
    ("events", "early"),
    [(TABLE, False), (TABLE[:5], False), (TABLE[:4], True), ({2: 0.8, 4: 0.6}, False), ([*TABLE, 0.3, 0.2], False)],
    ids=["the same end", "one less", "two less", "less than its own stride", "longer"],
)
def test_long_is_more_than_a_stride(events: Values, early: bool) -> None:
    """One less may be a count from 0 beside one from 1."""
    assert bool(told(events)) is early


def test_it_takes_both_in_one_unit() -> None:
    assert list(find_events_end_early(odd({"val_loss": TABLE}))) == []
    assert list(find_events_end_early(odd(None, {"val_loss": TABLE}))) == []
