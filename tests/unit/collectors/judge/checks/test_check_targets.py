"""Check 15: what the description asks of a stream's metrics was reached, or it says what was recorded instead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from support.evidence_parts import progress, stream, workspace

from collectors.contract.state import Check
from collectors.contract.streams import Stream
from collectors.contract.values import Outcome, Status
from collectors.judge.checklist import asked_by, judge
from collectors.judge.checks.targets import check_targets
from collectors.judge.remedy import Kind
from collectors.training.curves import Losses
from collectors.training.divergence import all_divergences
from collectors.training.evidence import StreamEvidence
from collectors.training.stream_runs import Curve

ACC = [0.5, 0.93, 0.81]


def recorded(
    curves: dict[str, Sequence[float]], *targets: dict[str, Any], status: Status = Status.DONE, **more: Any
) -> StreamEvidence:
    """PatchTST with these values, an epoch each, and these targets."""
    known = stream("patchtst")
    described = Stream.model_validate({**known.stream.model_dump(), "targets": targets} | more)
    at = {name: np.arange(1.0, len(values) + 1) for name, values in curves.items()}
    held = {
        name: Curve(at[name].astype(int), at[name], np.array(values, float), at[name])
        for name, values in curves.items()
    }
    losses = Losses("events" if curves else None, held)
    divergences, odd = all_divergences(losses)
    return stream(
        "patchtst", stream=described, losses=losses, progress=progress(status, divergences=divergences, odd=odd)
    )


def told(curves: dict[str, Sequence[float]], *targets: dict[str, Any], **more: Any) -> tuple[str, str, str | None]:
    """Outcome, detail and hint."""
    found = check_targets(workspace(recorded(curves, *targets, **more)))
    return str(found.outcome), found.detail, found.hint


def test_the_last_value_counts_unless_the_best_is_asked_for() -> None:
    assert told({"val_acc": ACC}, {"metric": "val_acc", "at_least": 0.8}) == (
        "pass", "patchtst: final val_acc 0.81 at epoch 3, at least 0.8", None,
    )  # fmt: skip
    assert told({"val_acc": ACC}, {"metric": "val_acc", "at_least": 0.9, "at": "best"})[:2] == (
        "pass", "patchtst: best val_acc 0.93 at epoch 2, at least 0.9",
    )  # fmt: skip


def test_a_target_that_was_missed_fails_with_both_numbers_and_what_to_do() -> None:
    assert told({"val_acc": ACC}, {"metric": "val_acc", "at_least": 0.9}) == (
        "fail",
        "patchtst: final val_acc 0.81 at epoch 3, not at least 0.9",
        "Train PatchTST further or otherwise, or correct `targets` if it asks for too much.",
    )
    assert told({"val_loss": [2.0, 3.0]}, {"metric": "val_loss", "at_most": 2.5, "at_least": 0.1})[:2] == (
        "fail", "patchtst: final val_loss 3 at epoch 2, not at most 2.5",
    )  # fmt: skip


def test_the_best_of_what_should_fall_is_its_lowest() -> None:
    target = {"metric": "val_loss", "at": "best", "at_most": 0.5}

    assert told({"val_loss": [0.9, 0.4, 0.7]}, target)[:2] == (
        "pass",
        "patchtst: best val_loss 0.4 at epoch 2, at most 0.5",
    )


def test_a_value_that_was_written_as_a_32_bit_float_meets_the_number_that_was_typed() -> None:
    written = float(np.float32(0.9))

    assert written < 0.9
    assert told({"val_acc": [written]}, {"metric": "val_acc", "at_least": 0.9})[:2] == (
        "pass", "patchtst: final val_acc 0.9 at epoch 1, at least 0.9",
    )  # fmt: skip


def test_a_value_just_below_is_told_with_all_its_digits() -> None:
    assert told({"val_acc": [0.89999]}, {"metric": "val_acc", "at_least": 0.9})[:2] == (
        "fail", "patchtst: final val_acc 0.89999 at epoch 1, not at least 0.9",
    )  # fmt: skip


def test_a_metric_that_was_not_recorded_fails_and_names_what_there_is() -> None:
    assert told({"val_acc": ACC, "lr": ACC}, {"metric": "val_accuracy", "at_least": 0.9}) == (
        "fail",
        "patchtst: no value of `val_accuracy` was recorded; there are `val_acc`, `lr`; nearest is `val_acc`",
        "Name it under `events: {tags: ...}` or `table: {columns: ...}`, or correct `targets`.",
    )
    assert told({}, {"metric": "val_acc", "at_least": 0.9})[1] == (
        "patchtst: no value of `val_acc` was recorded; there is none"
    )


def test_a_value_that_is_not_finite_reaches_nothing() -> None:
    assert told({"val_loss": [1.0, 1.0], "auc": [0.9, math.nan]}, {"metric": "auc", "at_least": 0.1})[:2] == (
        "fail", "patchtst: final auc at least 0.1 is asked for, but auc NaN since epoch 2 (1 value)",
    )  # fmt: skip
    assert told({"auc": [math.nan]}, {"metric": "auc", "at": "best", "at_least": 0.1})[0] == "fail"
    assert told({"auc": [0.9, math.inf]}, {"metric": "auc", "at_least": 0.1})[0] == "fail"


def test_a_best_value_before_a_nan_counts() -> None:
    assert told({"auc": [0.9, math.nan]}, {"metric": "auc", "at": "best", "at_least": 0.9})[0] == "pass"


def test_the_best_of_what_has_no_direction_cannot_be_told_until_somebody_says_it() -> None:
    target = {"metric": "reward", "at": "best", "at_least": 3}

    assert told({"reward": [1.0, 4.0, 2.0]}, target) == (
        "skip",
        "patchtst: best reward at least 3 is asked for, but nothing says which way reward gets better",
        "Say it: `metrics: {reward: {better: higher}}` (or `lower`), or ask for `at: final`.",
    )
    assert told({"reward": [1.0, 4.0, 2.0]}, target, metrics={"reward": {"better": "higher"}})[0] == "pass"


def test_nothing_is_judged_while_it_trains() -> None:
    target = {"metric": "val_acc", "at_least": 0.1}

    assert told({"val_acc": ACC}, target, status=Status.RUNNING) == (
        "skip", "patchtst: final val_acc at least 0.1 is asked for, still training", "Wait until PatchTST has ended.",
    )  # fmt: skip
    waiting = recorded({}, target, status=Status.IDLE)
    found = check_targets(workspace(waiting, stream("swinmae", Status.RUNNING)))
    assert (found.outcome, found.not_yet) == (Outcome.SKIP, True)
    assert [remedy.kind for remedy in found.remedies] == [Kind.WAIT], "waiting is no step"
    assert check_targets(workspace(waiting, stream("swinmae"))).outcome is Outcome.FAIL


def test_one_missed_target_of_several_fails_and_comes_first() -> None:
    first, second = ({"metric": "val_acc", "at_least": bound} for bound in (0.5, 0.9))

    assert told({"val_acc": ACC}, first, second)[:2] == (
        "fail",
        "patchtst: final val_acc 0.81 at epoch 3, not at least 0.9; "
        "patchtst: final val_acc 0.81 at epoch 3, at least 0.5",
    )


@pytest.mark.parametrize(("targets", "asked"), [((), []), (({"metric": "val_acc", "at_least": 0.5},), [15])])
def test_it_is_asked_only_where_there_are_targets_and_has_number_15(targets: Any, asked: list[int]) -> None:
    found = workspace(recorded({"val_acc": ACC}, *targets))
    seen = workspace(
        *found.streams, config=found.config.model_copy(update={"streams": tuple(s.stream for s in found.streams)})
    )
    checks: list[Check] = [c for c in judge(seen).checks if c.id == "targets"]

    assert [c.index for c in checks] == asked
    assert [spec.number for spec in asked_by(seen.config) if spec.id == "targets"] == asked
