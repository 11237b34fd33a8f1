"""The verdict: what stands between a run and its release, the worst first, and what `--allow-skips` forgives."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from support.gathered import (
    START,
    diverged,
    gather,
    good,
    patchtst,
    reread,
    unread,
    with_config,
    with_progress,
    with_stream,
)

from collectors.contract.state import Check, Verdict
from collectors.contract.values import Outcome, Status, VerdictValue
from collectors.judge.checklist import judge, specs_by_id
from collectors.judge.verdict import is_ready_but_for_skips, verdict_of
from collectors.training.divergence import Divergence
from collectors.training.evidence import WorkspaceEvidence

NAN = Divergence("val_loss", "nan", 3.0, 3, None, 4, 2)


def verdict(seen: WorkspaceEvidence) -> Verdict:
    return verdict_of(judge(seen).checks, seen)


def with_outcomes(**outcomes: str) -> tuple[Check, ...]:
    """A good checklist in which some checks have another outcome."""
    changed = {i: Outcome(o) for i, o in outcomes.items()}
    return tuple(
        c.model_copy(update={"outcome": changed.get(c.id, c.outcome), "passed": c.id not in changed})
        for c in judge(good()).checks
    )


def without_checkpoint(seen: WorkspaceEvidence) -> WorkspaceEvidence:
    return with_stream(seen, checkpoint=unread(patchtst().checkpoint))


def test_a_run_is_ready_when_every_check_passed() -> None:
    found = verdict(good())

    assert (found.value, found.reason) == (VerdictValue.READY, "Every blocking check passes.")
    assert (found.passed, found.failed, found.skipped, found.total) == (9, 0, 0, 9)


def test_each_outcome_is_counted_on_its_own() -> None:
    found = verdict_of(with_outcomes(smoke="skip", provenance="skip", logs="fail"), good())

    assert (found.passed, found.failed, found.skipped, found.total) == (6, 1, 2, 9)


def test_an_empty_workspace_is_told_as_one_fact_not_as_nine_failures(tmp_path: Path) -> None:
    found = verdict(gather(tmp_path, START))

    assert (found.value, found.reason) == (VerdictValue.NOT_READY, "Nothing has been trained here yet.")
    assert (found.failed, found.skipped, found.not_yet) == (0, found.total, found.total)


def test_a_skipped_check_makes_it_incomplete_never_ready() -> None:
    found = verdict_of(with_outcomes(smoke="skip"), good())

    assert found.value is VerdictValue.INCOMPLETE
    assert (found.reason[:17], found.evidence) == ("PatchTST: exit 0,", "6. Scoring smoke test")


def test_a_failed_check_comes_before_a_skipped_one() -> None:
    found = verdict_of(with_outcomes(scaler="skip", split_policy="fail"), good())

    assert found.value is VerdictValue.NOT_READY
    assert found.reason == "docs/calibration_split_policy.md speaks of train, calibration, normal."
    assert found.evidence == "7. Split policy"


def test_the_reason_is_the_first_item_and_how_many_more_there_are() -> None:
    two = verdict_of(with_outcomes(checkpoints="fail", logs="fail"), good())
    three = verdict_of(with_outcomes(checkpoints="fail", logs="fail", training="fail"), good())

    first = judge(good()).checks[0].detail.split("; ")[0].replace("patchtst", "PatchTST")
    assert two.reason == f"{first} (and 1 more)."
    assert three.reason == f"{first} (and 2 more)."


def test_the_sentence_names_the_thing_and_whose_else_and_the_check_with_its_evidence_stands_below_it() -> None:
    both = replace(good(), streams=tuple(replace(s, checkpoint=unread(s.checkpoint)) for s in good().streams))

    found = verdict(both)

    assert found.reason == "PatchTST's checkpoint is missing, SwinMAE as well."
    assert found.evidence == "1. Trained checkpoints: patchtst: checkpoints/patchtst_ssl.pt is missing."
    assert (verdict(good()).evidence, judge(good()).checks[0].headline) == (None, None)


def test_a_sentence_that_ends_ends_once() -> None:
    checks = with_outcomes(logs="fail")
    checks = tuple(c.model_copy(update={"detail": "It broke.; more"}) if c.id == "logs" else c for c in checks)

    assert verdict_of(checks, good()).reason == "It broke."


def test_a_warning_neither_fails_nor_holds_back_a_run() -> None:
    reason = {"blocking": False, "reason": "not here"}
    seen = replace(with_config(without_checkpoint(good()), checks={"checkpoints": reason, "smoke": reason}), smoke={})

    found = verdict(seen)

    assert found.value is VerdictValue.READY
    assert (found.failed, found.skipped) == (1, 1)


def test_a_running_stream_means_training_and_tells_what_fails_already() -> None:
    one = with_progress(good(), "swinmae", status=Status.RUNNING)
    both = with_progress(one, "patchtst", status=Status.RUNNING)

    assert verdict(one).value is VerdictValue.TRAINING
    assert verdict(one).reason == "SwinMAE still training."
    assert verdict(both).reason == "PatchTST and SwinMAE still training."
    crowd = replace(both, streams=both.streams * 3)
    assert verdict(crowd).reason == "PatchTST, SwinMAE, PatchTST, SwinMAE and 2 more still training."
    failing = replace(without_checkpoint(one), backups=())
    assert verdict(failing).value is VerdictValue.TRAINING
    assert verdict(failing).reason == ("SwinMAE still training. Already failing: 1. Trained checkpoints.")


def test_between_two_streams_of_one_process_a_run_is_still_training() -> None:
    waiting = with_progress(good(), "swinmae", status=Status.IDLE)
    between = with_progress(waiting, "patchtst", lingers=True)

    assert verdict(waiting).value is VerdictValue.NOT_READY
    assert verdict(between).value is VerdictValue.TRAINING
    assert verdict(between).reason.startswith("SwinMAE still to come.")
    assert verdict(with_stream(between, "patchtst", in_current_run=False)).value is VerdictValue.NOT_READY
    assert verdict(with_progress(between, "patchtst", status=Status.STALLED)).value is VerdictValue.NOT_READY
    assert verdict(with_progress(good(), "patchtst", lingers=True)).value is VerdictValue.READY
    assert (waiting.has_ended, between.has_ended, good().has_ended) == (True, False, True)


def test_a_diverged_stream_is_not_ready_though_another_one_still_trains() -> None:
    """Nobody should wait for the end of a run that cannot be released any more."""
    seen = with_progress(without_checkpoint(diverged(good(), "patchtst", NAN)), "swinmae", status=Status.RUNNING)

    found = verdict(seen)

    assert found.value is VerdictValue.NOT_READY
    assert found.reason == "PatchTST diverged (and 1 more)."
    assert found.evidence == "8. Training finished: patchtst: diverged, val_loss NaN since epoch 3 (2 values)."


def test_a_diverged_stream_is_not_ready_though_the_training_check_does_not_block() -> None:
    off = {"training": {"blocking": False, "reason": "known"}}

    alone, beside = (
        verdict(with_config(s, checks=off)) for s in (diverged(good()), without_checkpoint(diverged(good())))
    )

    assert (alone.value, alone.reason) == (VerdictValue.NOT_READY, "A stream failed.")
    assert beside.reason == "PatchTST's checkpoint is missing."


def test_a_stream_that_stopped_on_the_way_explains_what_is_missing_after_it() -> None:
    seen = with_progress(without_checkpoint(good()), status=Status.STALLED, epoch=3.0)

    found = verdict(seen)

    assert found.value is VerdictValue.NOT_READY
    assert found.reason == "PatchTST fell silent at epoch 3 of 8 (and 1 more)."
    assert found.evidence == "8. Training finished: patchtst: epoch 3 of 8, then silent."


def test_without_a_stalled_stream_failures_are_told_in_their_order() -> None:
    seen = with_progress(without_checkpoint(good()), status=Status.IDLE)

    assert verdict(seen).reason == "PatchTST's checkpoint is missing (and 1 more)."


SKIPPABLE = {"smoke", "provenance"}
NINE = [check for check, spec in specs_by_id().items() if not spec.when.is_extra]
SETS = [frozenset(c) for n in (1, 2, 3) for c in combinations(NINE, n)]


def test_allowed_skips_are_forgiven_only_where_every_skipped_check_is_an_allowed_one() -> None:
    """Every set of one to three skipped checks of nine: an allowed one beside another does not let that one through."""
    for skipped in SETS:
        checks = with_outcomes(**dict.fromkeys(skipped, "skip"))

        forgiven = is_ready_but_for_skips(checks, verdict_of(checks, good()))

        assert forgiven == (skipped <= SKIPPABLE), sorted(skipped)


@pytest.mark.parametrize("skipped", ["training", "scaler"])
def test_a_skipped_check_that_only_warns_is_in_nobodys_way(skipped: str) -> None:
    checks = with_outcomes(smoke="skip", **{skipped: "skip"})
    checks = tuple(c.model_copy(update={"blocking": False}) if c.id == skipped else c for c in checks)

    assert is_ready_but_for_skips(checks, verdict_of(checks, good()))


def test_allowed_skips_forgive_nothing_else() -> None:
    failed = with_outcomes(smoke="skip", logs="fail")
    running = with_progress(good(), status=Status.RUNNING)

    assert not is_ready_but_for_skips(failed, verdict_of(failed, good()))
    assert not is_ready_but_for_skips(judge(running).checks, verdict(running))
    assert not is_ready_but_for_skips(judge(good()).checks, verdict(good()))  # ready without being forgiven anything


def test_an_unsound_file_is_a_failure_not_a_skip() -> None:
    scaler = good().scaler
    assert scaler is not None

    found = verdict(replace(good(), scaler=reread(scaler, scale=(0.0,) * 6)))

    assert (found.value, found.failed, found.skipped) == (VerdictValue.NOT_READY, 1, 0)


def test_of_a_silent_training_the_verdict_says_that_its_end_cannot_be_told() -> None:
    silent = with_progress(good(), "swinmae", status=Status.RUNNING, silent=True)

    found = verdict(silent)

    assert found.value is VerdictValue.INCOMPLETE
    assert found.reason.startswith("It cannot be told whether SwinMAE has ended")
    assert "epoch" in str(found.evidence)
