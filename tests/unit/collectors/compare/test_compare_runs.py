"""A run against a baseline, part by part: sides, notes, checks, and what each stream did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from support.state_parts import END, START, raw_state
from support.states import empty_state, failing_state, ready_state, running_state
from support.two_runs import changed, completion, config, losses, stream_of, without

from collectors.compare.compare import compare, duration_of
from collectors.contract.delta import Delta, Quantity, StreamDelta
from collectors.contract.metrics import MAX_POINTS
from collectors.contract.policy import Policy
from collectors.contract.state import DashboardState
from collectors.contract.values import Direction

SAME = "The run is the baseline itself."
OTHER_VALIDATORS = "The two checklists come from different validators; their outcomes are not the same gates."


def stream(delta: Delta, name: str = "patchtst") -> StreamDelta:
    return next(s for s in delta.streams if s.id == name)


def validated_by(program: str) -> DashboardState:
    return changed(lambda raw: raw["meta"].update(checklist_source=program))


def test_each_side_is_told_as_it_is() -> None:
    delta = compare(failing_state(), changed())

    assert delta.run.model_dump() == {
        "run_id": "run-20261123-120000", "workspace": "workspace", "started_at": START, "finished_at": END,
        "verdict": "not_ready", "passed": 7, "failed": 1, "skipped": 1, "total": 9,
    }  # fmt: skip
    assert (delta.baseline.run_id, delta.baseline.verdict, delta.baseline.passed) == (
        "run-20261124-120000", "ready", 9,
    )  # fmt: skip
    assert delta.passed_difference == -2
    assert delta.verdict_changed
    assert compare(running_state(), ready_state()).run.finished_at is None


def test_two_runs_of_one_verdict_have_not_changed() -> None:
    assert not compare(changed(), ready_state()).verdict_changed


def test_notes_are_said_only_where_they_hold() -> None:
    assert compare(changed(), ready_state()).notes == ()
    assert compare(ready_state(), ready_state()).notes == (SAME,)
    assert compare(validated_by("check.py"), ready_state()).notes == (OTHER_VALIDATORS,)
    assert compare(validated_by("check.py"), changed()).notes == (SAME, OTHER_VALIDATORS)
    assert compare(validated_by("check.py"), validated_by("check.py")).notes == (SAME,)


def test_the_default_policy_counts_where_none_is_given() -> None:
    assert compare(changed(), ready_state()).policy == Policy()
    assert compare(changed(), ready_state(), Policy(window=3)).policy == Policy(window=3)


def with_outcome(outcome: str, detail: str = "d") -> DashboardState:
    """A run whose smoke test had another outcome."""
    values = {"outcome": outcome, "passed": outcome == "pass", "detail": detail}
    return changed(lambda raw: raw["checklist"][5].update(values))


@pytest.mark.parametrize(
    ("run", "baseline", "direction"),
    [
        ("pass", "fail", "better"), ("pass", "skip", "better"), ("skip", "fail", "better"),
        ("fail", "pass", "worse"), ("skip", "pass", "worse"), ("fail", "skip", "worse"),
    ],
)  # fmt: skip
def test_a_check_of_another_outcome_went_one_way(run: str, baseline: str, direction: str) -> None:
    (change,) = compare(with_outcome(run, "ours"), with_outcome(baseline, "theirs")).checks

    assert (change.id, change.title) == ("smoke", "Scoring smoke test")
    assert (change.run, change.baseline, change.direction) == (run, baseline, direction)
    assert (change.run_detail, change.baseline_detail) == ("ours", "theirs")


def test_checks_of_one_outcome_are_not_told_though_their_details_differ() -> None:
    assert compare(with_outcome("fail", "ours"), with_outcome("fail", "theirs")).checks == ()


def test_a_check_that_one_side_does_not_have_is_told_without_a_direction() -> None:
    short = changed(lambda raw: raw["checklist"].pop())
    forth, back = compare(short, ready_state()).checks, compare(ready_state(), short).checks

    assert [(c.id, c.run, c.baseline, c.run_detail != "", c.baseline_detail != "") for c in forth + back] == [
        ("provenance", None, "pass", False, True), ("provenance", "pass", None, True, False),
    ]  # fmt: skip
    assert {c.direction for c in forth + back} == {Direction.NEW}


def test_the_runs_checks_come_first() -> None:
    backwards = changed(lambda raw: raw["checklist"].reverse(), lambda raw: raw["checklist"].pop(0))

    assert [c.id for c in compare(backwards, empty_state()).checks][:2] == ["training", "split_policy"]
    assert [c.id for c in compare(backwards, empty_state()).checks][-1] == "provenance"


def test_a_stream_that_cannot_be_compared_says_why() -> None:
    delta = compare(changed(config(mask_ratio=0.75)), ready_state())

    assert (stream(delta).comparable, stream(delta).reasons) == (False, ("other mask_ratio: 0.75 against 0.4",))
    assert (stream(delta, "swinmae").comparable, stream(delta, "swinmae").reasons) == (True, ())
    assert stream(delta).judgement is not None


def test_a_stream_that_one_side_lacks_keeps_its_name_and_the_numbers_of_the_other() -> None:
    for delta, known in (
        (compare(changed(without("patchtst")), ready_state()), "baseline"),
        (compare(ready_state(), changed(without("patchtst"))), "run"),
    ):
        found = stream(delta)

        assert (found.id, found.label, found.comparable) == ("patchtst", "PatchTST", False)
        assert found.epochs.model_dump(exclude_none=True) == {known: 8}
        assert found.duration_seconds.model_dump(exclude_none=True) == {known: 52}
        assert found.seconds_per_epoch.model_dump(exclude_none=True) == {known: 6.5}
        assert {change.which for change in found.losses} == {"final", "best"}
        assert {c.name: getattr(c, known) for c in found.config}["lr"] == 0.002


def test_how_long_it_took_and_how_long_an_epoch_took_are_compared() -> None:
    slower = changed(completion(last_record_at=START + timedelta(seconds=104)))

    found = stream(compare(slower, ready_state()))

    assert found.duration_seconds == Quantity(run=104, baseline=52, difference=52, relative=1)
    assert found.seconds_per_epoch == Quantity(run=13, baseline=6.5, difference=6.5, relative=1)
    assert found.epochs == Quantity(run=8, baseline=8, difference=0, relative=0)


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        ({"started_at": None}, None),
        ({"last_record_at": None}, None),
        ({"last_record_at": START - timedelta(seconds=5)}, 0.0),  # a clock that went back
        ({"last_record_at": START + timedelta(seconds=0.5)}, 0.5),
    ],
)
def test_a_duration_is_unknown_or_not_below_0(values: dict[str, Any], seconds: float | None) -> None:
    assert duration_of(stream_of(changed(completion(**values)))) == seconds


def test_a_stream_without_epochs_has_no_pace() -> None:
    def unplaced(raw: dict[str, Any]) -> None:
        for series in raw["metrics"]["patchtst"]["series"].values():
            series["epoch"] = [None] * len(series["value"])

    for epoch in (None, 0):
        run = changed(unplaced, completion(epoch=epoch))
        assert stream(compare(run, ready_state())).seconds_per_epoch.run is None
    instant = changed(completion(last_record_at=START))
    assert stream(compare(instant, ready_state())).seconds_per_epoch.run == 0


def test_what_a_reader_must_know_is_noted_for_each_side() -> None:
    old = changed(completion(from_previous_run=True))
    long = changed(losses([1.0] * MAX_POINTS))
    policy = Policy(window=3)
    ours = "The run did not train it; its files are of the run before."
    reduced = "'s curve is reduced: the window covers its last 3 kept points."

    assert stream(compare(old, ready_state())).notes == (ours,)
    assert stream(compare(ready_state(), old)).notes == (ours.replace("run", "baseline", 1),)
    assert stream(compare(long, long, policy)).notes == (f"The run{reduced}", f"The baseline{reduced}")
    assert stream(compare(long, long)).notes == ()
    assert stream(compare(changed(without("patchtst")), ready_state(), policy)).notes == ()


def order(delta: Delta) -> list[str]:
    return [c.series for c in stream(delta).losses if c.which == "final"]


def test_what_the_policy_compares_comes_first_then_losses_and_validation_before_the_rest() -> None:
    run = changed(*(losses([0.5], series=s) for s in ("accuracy", "val_accuracy", "lr")))

    assert order(compare(run, ready_state())) == ["val_loss", "train_loss", "val_accuracy", "accuracy", "lr"]
    assert order(compare(ready_state(), run, Policy(metric="lr"))) == [
        "lr", "val_loss", "train_loss", "val_accuracy", "accuracy",
    ]  # fmt: skip
    further = Policy.model_validate({"metrics": {"lr": {}}})
    assert order(compare(run, ready_state(), further))[:2] == ["val_loss", "lr"]


def test_final_and_best_of_a_series_are_its_own_values() -> None:
    found = stream(compare(changed(losses([0.5, 0.25, 0.75])), changed(losses([1.0, 2.0]))))

    values = {c.which: (c.value.run, c.value.baseline) for c in found.losses if c.series == "val_loss"}
    assert values == {"final": (0.75, 2.0), "best": (0.25, 1.0)}


def test_the_best_of_a_metric_that_should_rise_is_its_highest_finite_value() -> None:
    policy = Policy(metric="f1", direction="higher")
    run = changed(losses([0.5, 0.9, None, 0.8], series="f1"))
    nothing = changed(losses([None], series="f1"))

    values = {c.which: (c.value.run, c.value.baseline) for c in stream(compare(run, nothing, policy)).losses[:2]}

    assert values == {"final": (0.8, None), "best": (0.9, None)}
    assert stream(compare(run, ready_state(), policy)).losses[1].value.baseline is None


def test_every_highlight_of_either_side_is_told_with_whether_it_differs() -> None:
    run, baseline = changed(config(lr=0.01, seed=3, amp=0)), changed(config(window=64))

    found = {c.name: (c.run, c.baseline, c.differs) for c in stream(compare(run, baseline)).config}

    assert found == {
        "lr": (0.01, 0.002, True), "epochs": (8, 8, False), "mask_ratio": (0.4, 0.4, False),
        "amp": (0, False, True), "seed": (3, None, True), "window": (None, 64, True),
    }  # fmt: skip
    assert list(found)[-1] == "window"  # the run's own come first


def test_files_of_both_runs_are_compared() -> None:
    raw = raw_state()
    raw["artifacts"]["backup"] = []

    delta = compare(DashboardState.model_validate(raw), ready_state())

    assert [a.baseline and a.baseline.path for a in delta.artifacts if a.run is None] == [
        "artifacts/bundles/run_bundle.zip"
    ]
    assert len(delta.artifacts) == 10
