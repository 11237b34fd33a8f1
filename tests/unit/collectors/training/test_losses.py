"""Loss history or events: which are a stream's losses."""

from __future__ import annotations

import math

from support.curves import T0, loss_table, one_run

from collectors.evidence.files import FileFacts
from collectors.evidence.tables import LossRow, LossTableEvidence
from collectors.training.curves import merge_losses
from collectors.training.divergence import all_divergences

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


def test_a_rerun_that_has_just_begun_has_no_losses_yet() -> None:
    """Its event file holds a header only; the table of the run before is not its own."""
    losses = merge_losses(one_run(val=()), loss_table(VALUES), _facts(T0 - 100), times_trusted=True)

    assert (losses.source, losses.table_belongs) == (None, False)
    assert losses.last_epoch is None


def test_epochs_from_0_beside_epochs_from_1_are_the_same_losses() -> None:
    losses = merge_losses(one_run(val=VALUES), loss_table(VALUES, first_epoch=0), _facts(T0 + 50), times_trusted=True)

    assert not losses.table_disagrees


def test_losses_that_differ_at_every_distance_disagree() -> None:
    losses = merge_losses(one_run(val=VALUES), loss_table((5.0, 6.0, 7.0)), _facts(T0 + 50), times_trusted=True)

    assert losses.table_disagrees


def test_neither_source_hides_what_is_not_finite_in_the_other() -> None:
    """Whichever is shown, the other one's losses of the same run are kept for the judgement."""
    with_nan = (0.9, 0.8, 0.7, math.nan)
    table_shown = merge_losses(one_run(val=with_nan), loss_table((*VALUES, 0.6)), _facts(T0 + 50), times_trusted=True)
    events_shown = merge_losses(
        one_run(val=(*VALUES, 0.6)), loss_table((0.9, math.nan)), _facts(T0 + 50), times_trusted=True
    )

    assert (table_shown.source, events_shown.source) == ("loss_history", "events")
    for losses in (table_shown, events_shown):
        assert {d.kind for d in all_divergences(losses)[0]} == {"nan"}


def test_an_epoch_that_is_no_number_has_no_place() -> None:
    rows = [LossRow(math.inf, None, None, {"val_loss": 1.0}), LossRow(2.0, 10**30, None, {"val_loss": 0.5})]
    table = LossTableEvidence("csv", (), rows)

    losses = merge_losses(None, table, _facts(T0), times_trusted=False)

    assert (losses.first_epoch, losses.last_epoch) == (2.0, 2.0)
    assert list(losses.curves["val_loss"].step) == [-1, -1]
