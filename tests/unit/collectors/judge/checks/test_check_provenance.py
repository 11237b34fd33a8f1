"""Check 9, the streams: checkpoint, losses and layers belong to one run, by times and by contents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.gathered import (
    START,
    at,
    evidence_of,
    good,
    patchtst,
    reread,
    told,
    unread,
    with_progress,
    with_rules,
    with_stream,
)

from collectors.contract.values import Status
from collectors.judge.checks.provenance import check_provenance
from collectors.training.evidence import WorkspaceEvidence

FILE, TABLE, RUN = patchtst().checkpoint, patchtst().loss_table, patchtst().run
CKPT, CSV = "checkpoints/patchtst_ssl.pt", "artifacts/loss/patchtst_loss_history.csv"
OTHER, BACKUP = "swinmae: checkpoint and losses of one run", "the backup holds today's checkpoints and configs"
REST = f"{OTHER}; {BACKUP}"
OLD_HINT = "Train PatchTST to a good end, or restore the run it belongs to."
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
    found = check_provenance(with_stream(good(), run=None))

    assert told(found) == (
        "skip",
        f"patchtst: no event file, so nothing says when its run began; {REST}",
        "Keep the event files beside the outputs.",
    )
    assert evidence_of(found)[0] == (None, "patchtst")


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


def layers(*rules: dict[str, Any], seen: WorkspaceEvidence | None = None) -> WorkspaceEvidence:
    return with_rules(seen or good(), layers=list(rules))


PROJECTION = "model_state_dict.input_proj.weight"
"""A tensor of 48 x 16."""
MODELS = "Config and checkpoint are of different models: " + AGAIN


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"dimension": 0, "equals": "model.d_model"}, None),
        ({"dimension": 1, "equals": "model.d_model"}, "`model.d_model` is 48, but {} in the checkpoint has 16"),
        ({"dimension": 0, "equals": "training.epochs"}, "`training.epochs` is 8, but {} in the checkpoint has 48"),
        ({"dimension": -1, "equals": "training.epochs"}, "`training.epochs` is 8, but {} in the checkpoint has 16"),
        ({"dimension": -2, "equals": "training.epochs"}, "`training.epochs` is 8, but {} in the checkpoint has 48"),
        ({"dimension": 1, "equals": "scaler"}, "`scaler` is 6, but {} in the checkpoint has 16"),
        ({"dimension": 2, "equals": "training.epochs"}, None),  # no such dimension
        ({"dimension": -3, "equals": "training.epochs"}, None),
        ({"dimension": 1, "equals": "training.lr"}, None),  # no count
        ({"dimension": 1, "equals": "device.amp"}, None),
        ({"dimension": 1, "equals": "no.such.key"}, None),
        ({"dimension": 1}, None),
    ],
)
def test_a_size_that_config_or_scaler_and_checkpoint_both_tell_must_agree(
    rule: dict[str, Any], problem: str | None
) -> None:
    found = check_provenance(layers({"tensor": "*input_proj.weight", **rule}))

    if problem is None:
        assert found.outcome == "pass"
    else:
        assert (found.outcome, found.hint) == ("fail", MODELS)
        assert found.detail.startswith(f"patchtst: {problem.format(PROJECTION)}; ")
        assert evidence_of(found)[0] == (CKPT, "patchtst")


def test_a_layer_as_wide_as_the_scaler_passes_and_needs_a_scaler_to_be_judged() -> None:
    rule = {"tensor": "*input_proj.weight", "dimension": 1, "equals": "scaler"}
    assert good().scaler is not None
    wide = replace(good(), scaler=reread(good().scaler, center=(0.0,) * 16))

    assert check_provenance(layers(rule, seen=wide)).outcome == "pass"
    for scaler in (None, unread(good().scaler), reread(good().scaler, center=None), reread(good().scaler, center=())):
        assert check_provenance(layers(rule, seen=replace(good(), scaler=scaler))).outcome == "pass"


def test_every_layer_is_compared() -> None:
    rules = [{"tensor": t, "equals": "training.epochs"} for t in ("*input_proj.weight", "*head.weight")]

    found = check_provenance(layers(*rules))

    assert "has 48; " in found.detail
    assert "model_state_dict.head.weight in the checkpoint has 2; " in found.detail


def test_a_checkpoint_with_another_streams_layers_is_that_streams() -> None:
    """PatchTST's checkpoint under SwinMAE's name."""
    found = check_provenance(with_stream(good(), "swinmae", checkpoint=reread(FILE, sha256=None)))

    text = f"swinmae: {CKPT} has the layers of patchtst, not of swinmae"
    assert found.detail.startswith(f"{text}; ")
    assert found.hint == "Put SwinMAE's own checkpoint back in place."
    assert (CKPT, "swinmae") in evidence_of(found)


def test_a_checkpoint_without_any_known_layer_says_nothing() -> None:
    assert FILE.evidence is not None
    others = tuple(t for t in FILE.evidence.tensors if "input_proj" not in t.name)

    assert check_provenance(with_stream(good(), checkpoint=reread(FILE, tensors=others))).outcome == "pass"
    assert check_provenance(with_stream(good(), checkpoint=unread(FILE))).outcome == "pass"


def test_a_checkpoint_with_one_of_its_streams_layers_is_not_called_another_streams() -> None:
    assert check_provenance(layers({"tensor": "*input_proj.weight"}, {"tensor": "no.such.layer"})).outcome == "pass"
