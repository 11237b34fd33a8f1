"""Whether one stream's losses were measured the same way in two runs, and why not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.states import diverged_state
from support.two_runs import Change, changed, completion, config, losses, stream_of, untrained

from collectors.compare.comparability import (
    Standing,
    at_epoch,
    epochs_of,
    has_diverged,
    reasons_against,
    reasons_for_good,
    same_value,
    standing_of,
    was_trained,
)
from collectors.contract.delta import Direction

GOOD = Standing(was_trained=True, config={"source": "csv"}, has_diverged=False, diverged_epoch=None, unfinished=None)
MATCH = ("source", "window")


def standing(*changes: Change) -> Standing:
    return standing_of(stream_of(changed(*changes)))


def test_equal_standings_can_be_compared() -> None:
    assert reasons_against(GOOD, GOOD, MATCH).reasons == ()


def test_a_side_without_the_stream_is_named_and_nothing_else_is_said() -> None:
    assert reasons_against(None, GOOD, MATCH).reasons == ("the run has no such stream",)
    assert reasons_against(GOOD, None, MATCH).reasons == ("the baseline has no such stream",)
    assert reasons_against(None, None, MATCH).reasons == (
        "the run has no such stream",
        "the baseline has no such stream",
    )


def test_every_reason_is_told_in_its_order() -> None:
    bad = Standing(False, {"source": "synthetic", "window": 64}, True, 4.0, "stopped at epoch 3 of 30")

    assert reasons_against(bad, GOOD, MATCH).reasons == (
        "the run has not trained it",
        "other source: synthetic against csv",
        "the baseline does not say its window",
        "the run diverged at epoch 4",
        "the run stopped at epoch 3 of 30",
    )
    assert reasons_against(GOOD, bad, MATCH).reasons == (
        "the baseline has not trained it",
        "other source: csv against synthetic",
        "the run does not say its window",
        "the baseline diverged at epoch 4",
        "the baseline stopped at epoch 3 of 30",
    )


def test_a_further_epoch_takes_away_no_reason_but_being_unfinished() -> None:
    unfinished = replace(GOOD, unfinished="is still training (epoch 3)")

    assert reasons_for_good(unfinished, unfinished, MATCH) == ()
    assert reasons_against(unfinished, GOOD, MATCH).direction is Direction.UNFINISHED
    assert reasons_against(unfinished, replace(GOOD, has_diverged=True), MATCH).direction is Direction.INCOMPARABLE
    assert reasons_against(unfinished, None, MATCH).direction is Direction.INCOMPARABLE
    assert reasons_against(unfinished, unfinished, MATCH).reasons == (
        "the run is still training (epoch 3)", "the baseline is still training (epoch 3)",
    )  # fmt: skip


def test_a_key_that_neither_side_says_is_the_same_on_both() -> None:
    assert reasons_against(GOOD, GOOD, ("no such key",)).reasons == ()


def test_a_divergence_without_a_place_is_told_without_one() -> None:
    assert at_epoch(replace(GOOD, diverged_epoch=None)) == ""
    assert at_epoch(replace(GOOD, diverged_epoch=0.0)) == " at epoch 0"
    assert at_epoch(replace(GOOD, diverged_epoch=2.5)) == " at epoch 2.5"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (8, 8.0, True), (True, 1, False), (0, False, False), (True, True, True), ("8", 8, False), (None, None, True),
        (None, 0, False), ("a", "a", True), (0.1, 0.2, False),
    ],
)  # fmt: skip
def test_two_values_are_the_same_when_they_mean_the_same(one: Any, other: Any, same: bool) -> None:
    assert same_value(one, other) is same
    assert same_value(other, one) is same


def test_a_finished_stream_stands_well() -> None:
    found = standing(config(source="csv"))

    assert (found.was_trained, found.has_diverged, found.diverged_epoch, found.unfinished) == (True, False, None, None)
    assert found.config["source"] == "csv"


def test_a_stream_without_losses_and_status_was_not_trained() -> None:
    idle = stream_of(changed(untrained()))

    assert not was_trained(None)
    assert not was_trained(idle)
    assert was_trained(stream_of(changed(untrained(), completion(status="running"))))
    assert was_trained(stream_of(changed(completion(status="idle"))))  # losses are a sign
    assert not standing_of(idle).was_trained


def test_each_sign_of_divergence_is_one() -> None:
    nan = {"series": "val_loss", "kind": "nan", "first_epoch": 4, "first_step": 4, "last_step": 4, "count": 1}
    place = {"value": None, "epoch": 4, "step": 4}

    assert not has_diverged(stream_of(changed()))
    assert has_diverged(stream_of(changed(completion(status="fail"))))
    assert has_diverged(stream_of(changed(lambda raw: raw["metrics"]["patchtst"].update(nonfinite=[nan]))))
    assert has_diverged(stream_of(changed(lambda raw: raw["metrics"]["patchtst"].update(diverged_at=place))))
    found = standing_of(diverged_state().metrics["swinmae"])
    assert (found.has_diverged, found.diverged_epoch) == (True, 4)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "running", "epochs": 30}, "is still training (epoch 8 of 30)"),
        ({"status": "running", "epochs": None}, "is still training (epoch 8)"),
        ({"status": "running", "unit": "step", "step": 500, "steps": 1000}, "is still training (step 500 of 1,000)"),
        ({"status": "running", "unit": "step", "step": 500, "steps": None}, "is still training (step 500)"),
        ({"status": "stalled", "epochs": 30}, "stopped at epoch 8 of 30"),
        ({"status": "stalled", "unit": "step", "step": 500, "steps": 1000}, "stopped at step 500 of 1,000"),
        ({"status": "stalled", "epochs": None, "steps": 1000}, None),  # nobody knows whether silence is the end
        ({"status": "stalled", "unit": "step", "steps": None, "epochs": 30}, None),
        ({"status": "done"}, None),
        ({"status": "fail"}, None),
        ({"status": "idle"}, None),
    ],
)
def test_why_a_last_value_is_not_the_final_one(changes: dict[str, Any], words: str | None) -> None:
    assert standing(completion(**changes)).unfinished == words


def epochs(first: float, count: int) -> Change:
    """Both series of PatchTST count from `first`."""

    def change(raw: dict[str, Any]) -> None:
        for series in ("train_loss", "val_loss"):
            losses([1.0] * count, series=series, first=first)(raw)

    return change


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (epochs(1, 5), 5),
        (epochs(0, 5), 5),  # counted from 0: epochs 0 to 4 are five
        (epochs(2, 5), 6),
        (epochs(0.5, 5), 4.5),
        (untrained(), None),
    ],
)
def test_epochs_that_are_over_are_counted_from_0_or_from_1(change: Change, found: float | None) -> None:
    assert epochs_of(stream_of(changed(change))) == found


def test_a_fraction_behind_epoch_0_is_not_rounded_up() -> None:
    def change(raw: dict[str, Any]) -> None:
        epochs(0, 2)(raw)
        for series in raw["metrics"]["patchtst"]["series"].values():
            series["epoch"] = [0.0, 1.5]

    assert epochs_of(stream_of(changed(change))) == 1.5


def test_without_an_epoch_in_any_series_the_progress_counts() -> None:
    def change(raw: dict[str, Any]) -> None:
        for series in raw["metrics"]["patchtst"]["series"].values():
            series["epoch"] = [None] * len(series["value"])

    assert epochs_of(stream_of(changed(change, completion(epoch=7)))) == 7


def test_the_series_that_reaches_furthest_counts() -> None:
    assert epochs_of(stream_of(changed(losses([1.0] * 12)))) == 12
    assert epochs_of(stream_of(changed(losses([1.0] * 2)))) == 8
