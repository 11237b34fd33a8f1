"""Loss history or events: which are a stream's losses."""

from __future__ import annotations

import math

from support.curves import T0, loss_table, one_run

from collectors.evidence import FileFacts
from collectors.losses import merge_losses

VALUES = (0.9, 0.8, 0.7)


def _facts(modified_at: float) -> FileFacts:
    return FileFacts("artifacts/loss/patchtst_loss_history.csv", True, 100, modified_at)


def test_the_loss_history_of_the_run_is_preferred_and_gets_the_events_times() -> None:
    run = one_run(val=VALUES)

    losses = merge_losses(run, loss_table(VALUES), _facts(T0 + 31), times_trusted=True)

    assert losses.source == "loss_history"
    assert losses.table_belongs is True
    assert list(losses.curves["val_loss"].time) == list(run.curves["val_loss"].time)


def test_an_old_loss_history_gives_way_to_the_events_of_the_rerun() -> None:
    run = one_run(val=(1.3, 1.2))

    losses = merge_losses(run, loss_table(VALUES), _facts(T0 - 100), times_trusted=True)

    assert losses.source == "events"
    assert losses.table_belongs is False
    assert list(losses.curves["val_loss"].value) == [1.3, 1.2]


def test_contents_tell_an_old_loss_history_when_times_were_lost() -> None:
    run = one_run(val=(1.3, 1.2, 1.1))

    losses = merge_losses(run, loss_table(VALUES), _facts(T0 + 9999), times_trusted=False)

    assert losses.table_disagrees
    assert losses.source == "events"


def test_a_loss_history_that_lags_behind_gives_way_to_the_events() -> None:
    losses = merge_losses(one_run(val=(0.9, 0.8, 0.7, 0.6)), loss_table(VALUES), _facts(T0 + 50), times_trusted=True)

    assert losses.source == "events"
    assert losses.last_epoch == 4


def test_nan_in_both_agrees() -> None:
    values = (0.9, math.nan, math.nan)

    losses = merge_losses(one_run(val=values), loss_table(values), _facts(T0 + 50), times_trusted=True)

    assert not losses.table_disagrees


def test_without_events_the_loss_history_stands_alone() -> None:
    losses = merge_losses(None, loss_table(VALUES, first_epoch=0), _facts(T0), times_trusted=False)

    assert losses.source == "loss_history"
    assert losses.table_belongs is None
    assert (losses.first_epoch, losses.last_epoch) == (0, 2)


def test_nothing_at_all_has_no_source() -> None:
    losses = merge_losses(None, None, FileFacts("x", False), times_trusted=False)

    assert losses.source is None
    assert losses.last_epoch is None
