"""Check 9, the streams: checkpoint, losses and layers belong to one run, by times and by contents."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.gathered import (
    START,
    at,
    evidence_of,
    good,
    patchtst,
    told,
    unread,
    with_progress,
    with_stream,
)

from collectors.contract.values import Status
from collectors.judge.checks.provenance import check_provenance

FILE, TABLE, RUN = patchtst().checkpoint, patchtst().loss_table, patchtst().run
CKPT, CSV = "checkpoints/patchtst_ssl.pt", "artifacts/loss/patchtst_loss_history.csv"
OTHER, BACKUP = "swinmae: checkpoint and losses of one run", "the backup holds today's checkpoints and configs"
REST = f"{OTHER}; {BACKUP}"
OLD_HINT = "Train PatchTST to a good end, or restore the run it belongs to."
EVENTS_AGAIN = "Bring back PatchTST's event files below runs/patchtst_ssl, or train again with its event writer on."
LOST = "File times were lost (a copy or a checkout): validate where the training ran, or keep times when copying."
AGAIN = "Train again, or remove what is left of the other run."
BEGAN = "was written before its run, which began 2023-11-14 22:13:20 UTC"


def test_outputs_of_one_run_pass() -> None:
    found = check_provenance(good())

    assert told(found) == ("pass", f"patchtst: checkpoint and losses of one run; {REST}", None)
    assert evidence_of(found) == [
        (CKPT, "patchtst"), ("checkpoints/swinmae_ssl.pt", "swinmae"), ("artifacts/bundles/run_bundle.zip", None),
    ]  # fmt: skip


def test_a_stream_that_this_run_did_not_train_says_so() -> None:
    found = check_provenance(with_stream(good(), in_current_run=False))

    assert told(found) == ("pass", f"patchtst: checkpoint and losses of one run (from the previous run); {REST}", None)


def test_while_a_stream_trains_nothing_is_said_of_any_other() -> None:
    found = check_provenance(with_progress(good(), status=Status.RUNNING, epoch=3.0))

    assert told(found) == ("skip", "patchtst is training (epoch 3 of 8)", "Wait until PatchTST has ended.")
    assert evidence_of(found) == [(None, "patchtst")]


def test_without_event_files_nothing_says_when_the_run_began() -> None:
    found = check_provenance(with_stream(good(), run=None, events=()))

    assert told(found) == (
        "skip",
        f"patchtst: no event file, so nothing says when its run began; {REST}",
        EVENTS_AGAIN,
    )
    assert evidence_of(found)[0] == (None, "patchtst")


def test_event_files_without_a_record_are_not_called_missing() -> None:
    found = check_provenance(with_stream(good(), run=None))

    assert told(found) == (
        "skip",
        f"patchtst: no event file with a record that can be read, so nothing says when its run began; {REST}",
        EVENTS_AGAIN,
    )


def test_lost_times_tell_nothing() -> None:
    found = check_provenance(with_stream(good(), times_trusted=False, checkpoint=at(FILE, 0.0)))

    assert told(found) == ("skip", f"patchtst: times were lost; {REST}", LOST)
    assert evidence_of(found)[0] == (None, "patchtst")


def test_a_checkpoint_of_the_run_before_fails_with_both_times() -> None:
    found = check_provenance(with_stream(good(), checkpoint=at(FILE, START - 60)))

    assert told(found) == (
        "fail", f"patchtst: the checkpoint {CKPT} (2023-11-14 22:12:20 UTC) {BEGAN}; {REST}", OLD_HINT,
    )  # fmt: skip
    assert evidence_of(found)[0] == (CKPT, "patchtst")


def test_a_previous_run_is_named_only_where_one_is_seen() -> None:
    before = good().of("patchtst").run
    found = check_provenance(with_stream(good(), checkpoint=at(FILE, START - 60), previous_run=before))

    assert "is from the previous run; the latest began 2023-11-14 22:13:20 UTC" in told(found)[1]


def test_every_file_of_the_run_before_is_named() -> None:
    assert TABLE is not None
    found = check_provenance(with_stream(good(), checkpoint=at(FILE, 0.0), loss_table=at(TABLE, START - 3600)))

    texts = [e.text for e in found.evidence if e.stream == "patchtst"]
    assert texts == [
        f"patchtst: the checkpoint {CKPT} (1970-01-01 00:00:00 UTC) {BEGAN}",
        f"patchtst: the loss history {CSV} (2023-11-14 21:13:20 UTC) {BEGAN}",
    ]
    assert evidence_of(found)[:2] == [(CKPT, "patchtst"), (CSV, "patchtst")]


@pytest.mark.parametrize(("seconds", "outcome"), [(1.0, "pass"), (1.01, "fail"), (0.0, "pass")])
def test_a_second_of_rounding_is_forgiven(seconds: float, outcome: str) -> None:
    """File systems round times; a file that is older by more than that is of the run before."""
    assert check_provenance(with_stream(good(), checkpoint=at(FILE, START - seconds))).outcome == outcome


def test_a_file_that_is_not_there_is_not_old() -> None:
    gone = with_stream(good(), checkpoint=replace(unread(FILE), facts=replace(FILE.facts, modified_at=None)))

    assert check_provenance(with_stream(gone, loss_table=None)).outcome == "pass"
