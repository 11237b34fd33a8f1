"""Check 8: every stream reached its end, and every loss is finite."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from support.gathered import (
    ERROR,
    WARNING,
    diverged,
    evidence_of,
    good,
    patchtst,
    reread,
    told,
    unread,
    with_progress,
    with_stream,
)

from collectors.contract.values import Status
from collectors.judge.checks.training import check_training
from collectors.training.completion import Target
from collectors.training.divergence import Divergence
from collectors.training.divergence_words import divergence_words
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.words import epoch_words

assert patchtst().loss_table is not None
TABLE = patchtst().loss_table
PATH, RUNS = "artifacts/loss/patchtst_loss_history.csv", "runs/patchtst_ssl"
EVENTS_AGAIN = "Bring back PatchTST's event files below runs/patchtst_ssl, or train again with its event writer on."
OTHER = "swinmae: epoch 5 of 5, completed, all losses finite"
DONE = f"patchtst: epoch 8 of 8, completed, all losses finite; {OTHER}"


def with_table(table: Any, **losses: Any) -> WorkspaceEvidence:
    return with_stream(good(), loss_table=table, losses=replace(patchtst().losses, **losses))


def test_a_finished_training_passes_with_how_far_each_stream_came() -> None:
    found = check_training(good())

    assert told(found) == ("pass", DONE, None)
    assert evidence_of(found) == [(PATH, "patchtst"), ("artifacts/loss/swinmae_loss_history.csv", "swinmae")]


def test_losses_of_event_files_rest_on_their_folder() -> None:
    assert evidence_of(check_training(with_table(TABLE, source="events")))[0] == (RUNS, "patchtst")
    assert evidence_of(check_training(with_table(None)))[0] == (RUNS, "patchtst")


def test_an_early_stop_is_an_end() -> None:
    found = check_training(with_progress(good(), early_stop=True, epoch=6.0))

    assert told(found) == ("pass", f"patchtst: epoch 6 of 8, stopped early, all losses finite; {OTHER}", None)


def test_a_stream_that_this_run_did_not_train_says_so() -> None:
    found = check_training(with_stream(good(), in_current_run=False))

    expected = f"patchtst: epoch 8 of 8, completed, all losses finite (from the previous run); {OTHER}"
    assert told(found) == ("pass", expected, None)


def test_a_running_stream_can_not_be_told_yet() -> None:
    found = check_training(with_progress(good(), status=Status.RUNNING, epoch=3.0))

    assert told(found) == ("skip", f"patchtst: epoch 3 of 8, still training; {OTHER}", "Wait until PatchTST has ended.")
    assert evidence_of(found)[0] == (PATH, "patchtst")


def test_a_silent_stream_did_not_finish() -> None:
    found = check_training(with_progress(good(), status=Status.STALLED, epoch=None, step=None))

    assert told(found) == (
        "fail",
        f"patchtst: no epoch recorded yet, then silent; {OTHER}",
        "Resume PatchTST or train again; the command that trains is not known here.",
    )


def test_a_stream_that_left_nothing_was_not_trained() -> None:
    seen = with_progress(
        with_stream(good(), loss_table=unread(TABLE), checkpoint=unread(patchtst().checkpoint)), status=Status.IDLE
    )

    assert told(check_training(seen)) == (
        "fail", f"patchtst: not trained: no event file and no loss history; {OTHER}",
        "Train PatchTST; the command that trains is not known here.",
    )  # fmt: skip


def test_of_a_model_without_any_record_nobody_says_that_it_was_not_trained() -> None:
    seen = with_progress(with_stream(good(), loss_table=unread(TABLE)), status=Status.IDLE)

    assert told(check_training(seen)) == (
        "fail",
        f"patchtst: nothing says how it was trained: no event file and no loss history; {OTHER}",
        EVENTS_AGAIN,
    )


def test_a_stream_whose_loss_history_is_all_there_is_and_broken_tells_that() -> None:
    seen = with_progress(with_stream(good(), loss_table=reread(TABLE, findings=(ERROR,))), status=Status.IDLE)

    assert check_training(seen).detail == f"patchtst: {PATH}: expected this, found that (line 3); {OTHER}"


def test_what_cannot_be_read_is_not_called_a_training_that_was_not() -> None:
    model, none = patchtst().checkpoint, unread(patchtst().checkpoint)
    tried = {
        "PatchTST's loss history cannot be read": {"loss_table": reread(TABLE, findings=(ERROR,)), "checkpoint": none},
        "PatchTST's event files cannot be read": {"unreadable_events": (("a", "broken"),), "checkpoint": none},
        "Nothing says how PatchTST was trained": {"checkpoint": model},
        "PatchTST was not trained": {"checkpoint": none},
    }
    for words, changes in tried.items():
        seen = with_stream(good(), **{"loss_table": unread(TABLE)} | changes)
        assert check_training(with_progress(seen, status=Status.IDLE)).short == words


def test_a_diverged_stream_names_every_series_that_is_not_finite() -> None:
    found = check_training(
        diverged(
            good(),
            "patchtst",
            Divergence("val_loss", "nan", 3.0, 30, None, 4, 2),
            Divergence("train_loss", "inf", 4.0, 40, None, 4, 1),
        )
    )

    assert told(found) == (
        "fail",
        f"patchtst: diverged, val_loss NaN since epoch 3 (2 values); train_loss Inf since epoch 4 (1 value); {OTHER}",
        "Find out why PatchTST diverged (learning rate, data), and train again.",
    )


def test_a_training_that_recorded_its_own_failure_is_told_so() -> None:
    assert check_training(diverged(good())).detail == f"patchtst: the training recorded that it failed; {OTHER}"


def test_a_broken_loss_history_fails_a_stream_that_ended() -> None:
    found = check_training(with_table(reread(TABLE, findings=(WARNING, ERROR))))

    assert told(found) == (
        "fail",
        f"patchtst: {PATH}: expected this, found that (line 3); {OTHER}",
        "Write PatchTST's loss history again.",
    )
    assert evidence_of(found)[0] == (PATH, "patchtst")


def test_a_loss_history_that_cannot_be_opened_fails_and_says_why() -> None:
    locked = unread(TABLE, "no permission")
    for table in (locked, replace(locked, facts=replace(locked.facts, exists=False))):
        found = check_training(with_table(table))

        assert found.detail == f"patchtst: {PATH}: no permission; {OTHER}"
        assert found.hint == "Write PatchTST's loss history again."


@pytest.mark.parametrize(
    "seen",
    [
        with_table(None),
        with_table(unread(TABLE)),
        with_table(replace(reread(TABLE, findings=(ERROR,)), being_written=True)),
        with_table(reread(TABLE, findings=(ERROR,)), table_belongs=False),
    ],
    ids=["none configured", "none written", "being written", "of another run"],
)
def test_a_loss_history_that_cannot_speak_for_the_run_is_not_judged(seen: WorkspaceEvidence) -> None:
    assert check_training(seen).detail.startswith("patchtst: epoch 8 of 8, completed, all losses finite")
    assert check_training(seen).outcome == "pass"


def test_a_stream_that_ended_without_a_recorded_loss_fails() -> None:
    found = check_training(with_table(TABLE, curves={}))

    assert told(found) == (
        "fail", f"patchtst: ended, but no loss was recorded; {OTHER}", EVENTS_AGAIN,
    )  # fmt: skip
    assert evidence_of(found)[0] == (PATH, "patchtst")


def test_warnings_of_the_loss_history_are_told_with_its_path() -> None:
    found = check_training(with_table(reread(TABLE, findings=(WARNING,))))

    expected = f"patchtst: epoch 8 of 8, completed, all losses finite [warning: {PATH}: an odd thing]; {OTHER}"
    assert told(found) == ("pass", expected, None)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Divergence("val_loss", "nan", 3.0, 30, None, 4, 1), "val_loss NaN since epoch 3 (1 value)"),
        (Divergence("val_loss", "nan", 0.0, 30, None, 4, 2), "val_loss NaN since epoch 0 (2 values)"),
        (Divergence("lr", "inf", None, 0, None, 4, 12), "lr Inf since step 0 (12 values)"),
        (Divergence("lr", "-inf", None, None, None, None, 3), "lr -Inf since an unknown epoch (3 values)"),
        (Divergence("lr", "-inf", 2.5, None, None, None, 3), "lr -Inf since epoch 2.5 (3 values)"),
    ],
)
def test_a_stretch_of_values_that_are_no_numbers_in_words(found: Divergence, words: str) -> None:
    assert divergence_words(found) == words


def stream_at(**progress: Any) -> StreamEvidence:
    return patchtst(with_progress(good(), **progress))


def from_zero(s: StreamEvidence) -> StreamEvidence:
    """The same stream, whose losses count epochs from 0."""
    curves = {name: replace(c, epoch=c.epoch - 1) for name, c in s.losses.curves.items()}
    return replace(s, losses=replace(s.losses, curves=curves))


@pytest.mark.parametrize(
    ("s", "words"),
    [
        (stream_at(epoch=3.0), "epoch 3 of 8"),
        (stream_at(epoch=2.5), "epoch 2.5 of 8"),
        (stream_at(epoch=3.0, target=Target("epoch", None)), "epoch 3"),
        (stream_at(epoch=None, step=9), "step 9"),
        (stream_at(epoch=None, step=None), "no epoch recorded yet"),
        (stream_at(epoch=3.0, step=500, target=Target("step", 1000)), "step 500 of 1,000"),
        (stream_at(epoch=3.0, step=None, target=Target("step", 1000)), "no step recorded yet"),
        (from_zero(stream_at(epoch=7.0)), "epoch 8 of 8"),
        (from_zero(stream_at(epoch=7.0, step=70, target=Target("step", 100))), "step 70 of 100"),
    ],
)
def test_how_far_a_stream_is_in_words(s: StreamEvidence, words: str) -> None:
    assert epoch_words(s) == words


def test_rows_without_a_place_are_counted_as_rows() -> None:
    s = good().streams[0]
    bare = {name: replace(c, step=c.step * 0 - 1, epoch=c.epoch * math.nan) for name, c in s.losses.curves.items()}
    nowhere = replace(s.progress, epoch=None, step=None)

    assert epoch_words(replace(s, losses=replace(s.losses, curves=bare), progress=nowhere)) == "8 rows"


def test_a_half_of_the_losses_that_nothing_names_is_skipped_with_what_to_write() -> None:
    sound = good()
    first = sound.streams[0]
    bare = replace(first.losses, curves={"train_loss": first.losses.curves["train_loss"]})
    half = replace(first, losses=bare, unnamed_tables=("dvc/val/loss.tsv",))

    found = check_training(replace(sound, streams=(half, *sound.streams[1:])))

    assert found.outcome == "skip"
    assert "dvc/val/loss.tsv beside its table holds its validation, and nothing names it" in found.detail
    assert found.hint is not None and found.hint.endswith(", dvc/val/loss.tsv]`.")
