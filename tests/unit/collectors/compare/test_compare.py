"""Two runs side by side: what differs, which way, and whether it is a regression."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.state_parts import raw_state
from support.states import diverged_state, empty_state, failing_state, ready_state, running_state

from collectors.compare.compare import compare
from collectors.compare.regression import direction_of, quantity
from collectors.contract.delta import Delta, StreamDelta
from collectors.contract.metrics import MAX_POINTS
from collectors.contract.policy import Policy
from collectors.contract.state import DashboardState
from collectors.contract.values import Direction, Regression

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> DashboardState:
    """A ready run of another id, with one thing changed."""
    raw = raw_state()
    raw["meta"]["run_id"] = "run-20261124-120000"
    change(raw)
    return DashboardState.model_validate(raw)


def losses(values: list[float], stream: str = "patchtst", series: str = "val_loss") -> Change:
    """Let a stream have these losses, and their last and lowest one as its points."""

    def change(raw: dict[str, Any]) -> None:
        count, found = len(values), raw["metrics"][stream]
        found["series"][series] = {
            "epoch": [float(n) for n in range(1, count + 1)],
            "step": list(range(1, count + 1)),
            "time": [None] * count,
            "value": values,
        }
        lowest = min(range(count), key=values.__getitem__)
        for which, at in (("final", count - 1), ("best", lowest)):
            found[which] = found[which] | {series: {"value": values[at], "epoch": at + 1, "step": at + 1}}

    return change


def val(values: list[float]) -> DashboardState:
    """A run whose patchtst has these validation losses."""
    return changed(losses(values))


def stream_of(delta: Delta, stream: str = "patchtst") -> StreamDelta:
    return next(s for s in delta.streams if s.id == stream)


def direction(delta: Delta, series: str, which: str, stream: str = "patchtst") -> Direction:
    return next(c.direction for c in stream_of(delta, stream).losses if (c.series, c.which) == (series, which))


def test_a_run_against_itself_differs_in_nothing() -> None:
    delta = compare(ready_state(), ready_state())

    assert delta.regression.value is Regression.NONE
    assert delta.checks == ()
    assert all(c.direction is Direction.WITHIN for s in delta.streams for c in s.losses)
    assert not [c for s in delta.streams for c in s.config if c.differs]
    assert not [a for a in delta.artifacts if a.differs]
    assert delta.notes == ("The run is the baseline itself.",)


def judged_by(version: str) -> Change:
    def change(raw: dict[str, Any]) -> None:
        raw["meta"]["collector_version"] = version

    return change


def test_two_versions_that_judged_are_named_and_one_is_not() -> None:
    def both(one: str, other: str) -> bool:
        run, baseline = (changed(judged_by(version)) for version in (one, other))
        renamed = baseline.model_copy(update={"meta": baseline.meta.model_copy(update={"run_id": "run-before"})})
        notes = compare(run, renamed, Policy()).notes
        return "The judges differ: version 2.0 judged the run, version 1.9 the baseline" in " ".join(notes)

    assert both("2.0", "1.9")
    assert not both("2.0", "2.0")
    assert not both("", "1.9")


def test_differences_are_told_absolute_and_relative() -> None:
    delta = compare(val([0.9, 0.6, 0.66]), val([1.0, 0.5, 0.60]))

    found = {c.which: c.value for c in stream_of(delta).losses if c.series == "val_loss"}
    assert (found["final"].run, found["final"].baseline) == (0.66, 0.60)
    assert found["final"].difference == pytest.approx(0.06)
    assert found["final"].relative == pytest.approx(0.1)
    assert (found["best"].difference, found["best"].relative) == (pytest.approx(0.1), pytest.approx(0.2))


@pytest.mark.parametrize(
    ("run", "baseline", "expected"),
    [
        (0.90, 1.0, Direction.BETTER),
        (0.96, 1.0, Direction.WITHIN),
        (1.04, 1.0, Direction.WITHIN),
        (1.05, 1.0, Direction.WITHIN),  # 1.05 - 1.0 is more than 0.05 in floating point
        (1.0501, 1.0, Direction.WORSE),
        (-0.90, -1.0, Direction.WORSE),
        (0.1, 0.0, Direction.WORSE),
        (0.0, 0.0, Direction.WITHIN),
    ],
)
def test_a_change_beyond_the_tolerance_is_better_or_worse(run: float, baseline: float, expected: Direction) -> None:
    assert direction(compare(val([run]), val([baseline])), "val_loss", "final") is expected


def test_the_larger_allowance_counts() -> None:
    policy = Policy(allowed_relative=0.01, allowed_absolute=0.2)

    assert direction(compare(val([1.15]), val([1.0]), policy), "val_loss", "final") is Direction.WITHIN
    assert direction(compare(val([101.0]), val([100.0]), policy), "val_loss", "final") is Direction.WITHIN
    assert direction(compare(val([101.1]), val([100.0]), policy), "val_loss", "final") is Direction.WORSE


def test_a_metric_that_should_rise_is_better_when_it_rose() -> None:
    policy = Policy(metric="accuracy", direction="higher")
    run, baseline = (changed(losses(v, series="accuracy")) for v in ([0.5, 0.9, 0.8], [0.5, 0.7, 0.6]))

    delta = compare(run, baseline, policy)

    best = next(c for c in stream_of(delta).losses if (c.series, c.which) == ("accuracy", "best"))
    assert direction(delta, "accuracy", "final") is Direction.BETTER
    assert (best.value.run, best.value.baseline) == (0.9, 0.7)


def test_a_series_nobody_judges_is_shown_and_not_judged() -> None:
    run, baseline = (changed(losses([v], series="lr")) for v in (0.1, 0.2))

    found = next(c for c in stream_of(compare(run, baseline)).losses if c.series == "lr")

    assert found.value.difference == pytest.approx(-0.1)
    assert found.direction is Direction.INCOMPARABLE
    assert "lower or a higher lr" in (found.reason or "")


def set_config(stream: str, **values: object) -> Change:
    return lambda raw: raw["metrics"][stream]["config"].update(values)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("mask_ratio", 0.6, "other mask_ratio: 0.6 against 0.4"),
        ("source", "synthetic", "the baseline does not say its source"),
        ("window", 64, "the baseline does not say its window"),
    ],
)
def test_runs_that_were_measured_differently_are_incomparable(key: str, value: object, words: str) -> None:
    """A much higher loss under another mask ratio is no regression, and a lower one no progress."""

    def change(raw: dict[str, Any]) -> None:
        losses([9.0])(raw)
        set_config("patchtst", **{key: value})(raw)

    delta = compare(changed(change), ready_state())

    assert not stream_of(delta).comparable
    assert words in stream_of(delta).reasons
    assert {c.direction for c in stream_of(delta).losses} == {Direction.INCOMPARABLE}
    assert delta.regression.value is Regression.INCOMPARABLE
    assert stream_of(delta, "swinmae").comparable


def test_equal_data_and_window_on_both_sides_are_comparable() -> None:
    both = changed(set_config("patchtst", source="csv", window=128))
    same = changed(set_config("patchtst", source="csv", window=128.0))

    assert stream_of(compare(both, same)).comparable


def test_what_must_match_is_the_policys_choice() -> None:
    run = changed(set_config("patchtst", mask_ratio=0.6))

    assert compare(run, ready_state(), Policy(must_match=())).regression.value is Regression.NONE


def test_a_stream_that_one_side_lacks_is_incomparable() -> None:
    run = changed(lambda raw: raw["metrics"].pop("swinmae"))

    forth, back = compare(run, ready_state()), compare(ready_state(), run)

    assert stream_of(forth, "swinmae").reasons == ("the run has no such stream",)
    assert stream_of(back, "swinmae").reasons == ("the baseline has no such stream",)
    assert [d.regression.value for d in (forth, back)] == [Regression.INCOMPARABLE] * 2


def test_a_diverged_run_is_a_regression_though_its_losses_are_incomparable() -> None:
    delta = compare(diverged_state(), ready_state())

    assert {c.direction for c in stream_of(delta, "swinmae").losses} == {Direction.INCOMPARABLE}
    assert delta.regression.value is Regression.REGRESSION
    assert "swinmae: the run diverged at epoch 4" in delta.regression.sentence


def test_nothing_is_measured_by_a_diverged_baseline() -> None:
    assert compare(ready_state(), diverged_state()).regression.value is Regression.INCOMPARABLE
    assert compare(diverged_state(), diverged_state()).regression.value is Regression.INCOMPARABLE


def test_a_run_that_is_still_training_is_incomplete() -> None:
    delta = compare(running_state(), ready_state())

    assert stream_of(delta, "swinmae").reasons == ("the run is still training (epoch 3 of 30)",)
    assert delta.regression.value is Regression.INCOMPLETE


def stalled(epochs: int | None) -> Change:
    def change(raw: dict[str, Any]) -> None:
        raw["metrics"]["patchtst"]["completion"].update(status="stalled", epochs=epochs)

    return change


def test_a_run_that_stopped_on_the_way_is_incomplete() -> None:
    delta = compare(changed(stalled(30)), ready_state())

    assert stream_of(delta).reasons == ("the run stopped at epoch 8 of 30",)
    assert delta.regression.value is Regression.INCOMPLETE


def test_silence_is_the_end_where_nobody_knows_how_many_epochs_there_should_be() -> None:
    assert compare(changed(stalled(None)), ready_state()).regression.value is Regression.NONE


def test_fewer_epochs_than_the_policy_wants_are_not_judged() -> None:
    def trained(epochs: int) -> DashboardState:
        def change(raw: dict[str, Any]) -> None:
            for series in ("train_loss", "val_loss"):
                losses([9.0] * epochs, series=series)(raw)

        return changed(change)

    delta = compare(trained(3), ready_state(), Policy(minimum_epochs=5))

    assert delta.regression.value is Regression.INCOMPLETE
    assert "trained 3 of at least 5 epochs" in delta.regression.sentence
    assert compare(trained(5), ready_state(), Policy(minimum_epochs=5)).regression.value is Regression.REGRESSION


def test_epochs_that_count_from_zero_are_as_many() -> None:
    def from_zero(raw: dict[str, Any]) -> None:
        losses([1.0] * 5)(raw)
        for series in raw["metrics"]["patchtst"]["series"].values():
            series["epoch"] = [float(n) for n in range(len(series["value"]))]

    found = stream_of(compare(changed(from_zero), ready_state()))

    assert found.epochs.run == 8  # train_loss has eight of them
    assert found.epochs.run == found.epochs.baseline


def test_the_window_compares_means_of_the_last_values() -> None:
    """One lucky last epoch does not hide a regression."""
    run, baseline = val([1.0, 1.4, 1.4, 1.0]), val([1.0, 1.0, 1.0, 1.0])

    assert compare(run, baseline, Policy(window=1)).regression.value is Regression.NONE
    judged = stream_of(compare(run, baseline, Policy(window=3))).judgement
    assert judged is not None
    assert judged.value is Regression.REGRESSION
    assert judged.metric is not None
    assert judged.metric.run == pytest.approx((1.4 + 1.4 + 1.0) / 3)


def test_a_window_over_a_reduced_curve_says_so() -> None:
    delta = compare(val([1.0] * MAX_POINTS), val([1.0] * 8), Policy(window=3))

    assert any("last 3 kept points" in note for note in stream_of(delta).notes)


def test_one_stream_that_got_worse_makes_the_run_a_regression() -> None:
    delta = compare(changed(losses([0.9], stream="swinmae")), ready_state())

    assert stream_of(delta).judgement is not None
    assert delta.regression.value is Regression.REGRESSION
    assert delta.regression.sentence.startswith(
        "swinmae: val_loss 0.9 against 0.5162: 74.4 % worse, 5 % allowed (limit 0.542)"
    )


def test_a_metric_that_nobody_has_is_not_passed() -> None:
    policy = Policy(metric="f1")

    assert compare(ready_state(), ready_state(), policy).regression.value is Regression.INCOMPLETE


def test_two_empty_workspaces_have_nothing_to_compare() -> None:
    delta = compare(empty_state(), empty_state())

    assert delta.regression.value is Regression.INCOMPLETE
    assert all(s.judgement is None for s in delta.streams)


def test_checks_that_changed_are_told_with_their_direction() -> None:
    forth, back = compare(failing_state(), ready_state()), compare(ready_state(), failing_state())

    found = {c.id: c.direction for c in forth.checks}
    assert found == {"smoke": Direction.WORSE, "provenance": Direction.WORSE}
    assert {c.direction for c in back.checks} == {Direction.BETTER}
    assert (forth.passed_difference, back.passed_difference) == (-2, 2)
    assert forth.verdict_changed
    assert "older patchtst checkpoint" in next(c.run_detail for c in forth.checks if c.id == "provenance")


def test_a_check_that_one_side_has_not_is_neither_better_nor_worse() -> None:
    run = changed(lambda raw: raw.update(checklist=raw["checklist"][:-1]))

    change = compare(run, ready_state()).checks[0]

    assert (change.id, change.run, change.baseline) == ("provenance", None, "pass")
    assert change.direction is Direction.NEW


def test_config_is_compared_key_by_key() -> None:
    run = changed(set_config("patchtst", lr=0.01, amp=0, seed=3))

    found = {c.name: (c.run, c.baseline, c.differs) for c in stream_of(compare(run, ready_state())).config}

    assert found["lr"] == (0.01, 0.002, True)
    assert found["seed"] == (3, None, True)
    assert found["amp"] == (0, False, True)  # a number is no switch
    assert found["mask_ratio"] == (0.4, 0.4, False)


def test_durations_and_epochs_are_told() -> None:
    found = stream_of(compare(ready_state(), ready_state()))

    assert (found.epochs.run, found.duration_seconds.run) == (8, 52)
    assert found.seconds_per_epoch.run == pytest.approx(6.5)


def test_a_stream_of_the_run_before_is_compared_and_noted() -> None:
    def change(raw: dict[str, Any]) -> None:
        raw["metrics"]["patchtst"]["completion"]["from_previous_run"] = True

    found = stream_of(compare(changed(change), ready_state()))

    assert found.comparable
    assert found.notes == ("The run did not train it; its files are of the run before.",)


def artifact(group: str, **values: object) -> Change:
    return lambda raw: raw["artifacts"][group][0].update(values)


def test_artifacts_differ_in_level_size_and_hash() -> None:
    def hashed(digest: str, size: int) -> DashboardState:
        return changed(artifact("checkpoints", sha256=digest * 64, size_bytes=size, level="readable"))

    delta = compare(hashed("a", 514764), changed(artifact("checkpoints", sha256="b" * 64)))

    change = next(a for a in delta.artifacts if a.group == "checkpoints")
    assert change.differs == ("level", "sha256")
    assert change.content == "different"


def test_content_is_the_same_only_where_both_hashes_are_known() -> None:
    known = changed(artifact("scaler", sha256="a" * 64))

    contents = {
        name: next(a.content for a in compare(known, other).artifacts if a.group == "scaler")
        for name, other in {"known": known, "unknown": ready_state()}.items()
    }

    assert contents == {"known": "same", "unknown": "unknown"}


def test_files_that_are_called_otherwise_in_each_run_are_paired_by_stream() -> None:
    run = changed(artifact("logs", path="runs/patchtst_ssl/events.out.tfevents.1.other.1.0"))

    logs = [a for a in compare(run, ready_state()).artifacts if a.group == "logs"]

    assert [(a.run is not None, a.baseline is not None) for a in logs] == [(True, True)] * 2
    assert logs[0].differs == ("path",)


def test_a_file_of_one_side_only_is_told() -> None:
    run = changed(lambda raw: raw["artifacts"].update(backup=()))

    forth = next(a for a in compare(run, ready_state()).artifacts if a.group == "backup")
    back = next(a for a in compare(ready_state(), run).artifacts if a.group == "backup")

    assert (forth.run, back.baseline) == (None, None)
    assert forth.baseline is not None


def test_a_delta_reads_back_equal() -> None:
    delta = compare(diverged_state(), failing_state(), Policy(window=2))

    assert Delta.model_validate_json(delta.model_dump_json()) == delta
    assert json.loads(delta.model_dump_json(), parse_constant=pytest.fail)


finite = st.floats(allow_nan=False, allow_infinity=False)
unhurried = settings(deadline=None)  # a busy machine is no failure


@unhurried
@given(finite, finite)
def test_no_two_numbers_break_a_quantity(run: float, baseline: float) -> None:
    """The difference of the largest numbers is beyond all numbers: unknown, never infinite."""
    found = quantity(run, baseline)

    assert found.model_dump_json()


@unhurried
@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6))
def test_better_one_way_is_worse_the_other_way(one: float, other: float) -> None:
    policy = Policy(allowed_relative=0)
    forth, back = (direction_of(quantity(*pair), policy, "lower") for pair in ((one, other), (other, one)))

    mirror = {Direction.BETTER: Direction.WORSE, Direction.WORSE: Direction.BETTER, Direction.WITHIN: Direction.WITHIN}
    assert back is mirror[forth]
