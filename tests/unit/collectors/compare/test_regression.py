"""Is a run worse than its baseline? The policy's verdict, stream by stream and in words."""

from __future__ import annotations

from typing import Any

import pytest
from support.metric_states import with_metrics
from support.states import diverged_state
from support.two_runs import Change, changed, completion, config, losses, stream_of, untrained, without

from collectors.compare.comparability import Against
from collectors.compare.regression import (
    allowance,
    direction_of,
    judge_regression,
    judge_stream,
    loss_change,
    ordered,
    quantity,
    way_of,
    window_is_reduced,
)
from collectors.contract.delta import Judgement, Quantity
from collectors.contract.metrics import MAX_POINTS, StreamMetrics
from collectors.contract.policy import Policy
from collectors.contract.values import Direction, Regression


def stream(*changes: Change) -> StreamMetrics:
    return stream_of(changed(*changes))


def judged(run: StreamMetrics | None, baseline: StreamMetrics | None, **policy: Any) -> tuple[str, str]:
    found = judge_stream(run, baseline, Policy.model_validate(policy))
    assert found is not None
    return found.value.name, found.sentence


def renamed(one: StreamMetrics, name: str) -> StreamMetrics:
    """The stream with its validation loss under another name."""
    held = {field: {name: getattr(one, field)["val_loss"]} for field in ("series", "final")}
    return one.model_copy(update=held)


ONE, HALF = stream(losses([1.0, 1.0, 1.0])), stream(losses([1.0, 1.0, 0.5]))


def test_a_change_within_the_tolerance_is_no_regression_and_told_with_it() -> None:
    assert judged(ONE, ONE) == ("NONE", "val_loss 1 against 1: the same")
    assert judged(HALF, ONE) == ("NONE", "val_loss 0.5 against 1: 50 % better")
    assert judged(stream(losses([1.04])), ONE) == (
        "NONE",
        "val_loss 1.04 against 1: 4 % worse, 5 % allowed (limit 1.05)",
    )


def test_a_change_for_the_worse_beyond_the_tolerance_is_a_regression() -> None:
    assert judged(ONE, HALF) == ("REGRESSION", "val_loss 1 against 0.5: 100 % worse, 5 % allowed (limit 0.525)")


def test_where_a_higher_value_is_better_a_lower_one_is_the_regression() -> None:
    assert judged(HALF, ONE, direction="higher")[0] == "REGRESSION"
    assert judged(ONE, HALF, direction="higher")[0] == "NONE"


def test_a_metrics_name_says_its_way_where_the_policy_does_not() -> None:
    run, baseline = (renamed(one, "val_acc") for one in (HALF, ONE))

    assert judged(run, baseline, metric="val_acc")[0] == "REGRESSION"
    assert judged(baseline, run, metric="val_acc")[0] == "NONE"


@pytest.mark.parametrize("metric", ["d_loss", "entropy", "reward"])
def test_a_metric_without_a_way_is_neither_better_nor_worse_until_the_policy_says(metric: str) -> None:
    run, baseline = (renamed(one, metric) for one in (ONE, HALF))

    told = f"nothing says whether a lower or a higher {metric} is better: say `direction: lower` or `higher`"
    assert judged(run, baseline, metric=metric) == ("INCOMPARABLE", told)
    assert judged(run, baseline, metric=metric, direction="lower")[0] == "REGRESSION"


def test_a_window_takes_the_mean_of_the_last_values_and_says_so() -> None:
    run = stream(losses([9.0, 1.0, 2.0]))

    assert judged(run, ONE, window=2) == (
        "REGRESSION", "mean of the last 2 val_loss 1.5 against 1: 50 % worse, 5 % allowed (limit 1.05)",
    )  # fmt: skip
    assert judged(run, ONE, window=50)[1].startswith("mean of the last 50 val_loss 4 against 1: ")


def test_values_that_are_not_finite_are_no_part_of_a_mean() -> None:
    assert judged(stream(losses([1.0, None, 3.0])), ONE, window=2)[1].startswith("mean of the last 2 val_loss 2 ")


def test_against_a_baseline_of_0_the_change_is_told_as_a_number() -> None:
    zero = stream(losses([0.0]))

    assert judged(stream(losses([0.25])), zero) == (
        "REGRESSION",
        "val_loss 0.25 against 0: 0.25 worse, 0 allowed (limit 0)",
    )
    assert judged(stream(losses([0.25])), zero, allowed_absolute=0.25)[0] == "NONE"


def test_the_judgement_carries_the_means_that_were_compared() -> None:
    found = judge_stream(ONE, HALF, Policy())

    assert found is not None
    assert found.metric == Quantity(run=1.0, baseline=0.5, difference=0.5, relative=1.0)


def test_a_stream_that_neither_side_trained_is_not_judged() -> None:
    idle = stream(untrained())

    assert judge_stream(idle, idle, Policy()) is None
    assert judge_stream(None, None, Policy()) is None
    assert judge_stream(None, idle, Policy()) is None
    assert judged(ONE, idle)[0] == judged(idle, ONE)[0] == "INCOMPARABLE"


def test_a_missing_side_is_incomparable_and_named() -> None:
    assert judged(None, ONE) == ("INCOMPARABLE", "the run has no such stream")
    assert judged(ONE, None) == ("INCOMPARABLE", "the baseline has no such stream")


def test_a_run_that_diverged_is_a_regression_unless_the_baseline_did_too() -> None:
    bad, good = (s.metrics["swinmae"] for s in (diverged_state(), changed()))

    assert judged(bad, good) == ("REGRESSION", "the run diverged at epoch 4, the baseline did not")
    assert judged(good, bad) == ("INCOMPARABLE", "the baseline diverged at epoch 4")
    assert judged(bad, bad) == ("INCOMPARABLE", "the run diverged at epoch 4; the baseline diverged at epoch 4")
    assert judged(stream(completion(status="fail")), ONE)[1] == "the run diverged, the baseline did not"


def test_divergence_is_told_before_another_setup_and_that_before_being_unfinished() -> None:
    other = (config(mask_ratio=0.75), completion(status="running"))

    assert judged(stream(*other, completion(status="fail")), ONE)[0] == "REGRESSION"
    assert judged(stream(*other), ONE) == ("INCOMPARABLE", "other mask_ratio: 0.75 against 0.4")


def test_an_unfinished_side_is_incomplete() -> None:
    running = stream(completion(status="running"))

    assert judged(running, ONE) == ("INCOMPLETE", "the run is still training (epoch 8 of 8)")
    assert judged(ONE, running) == ("INCOMPLETE", "the baseline is still training (epoch 8 of 8)")


def test_too_few_epochs_of_either_side_are_incomplete_at_the_border() -> None:
    assert judged(ONE, ONE, minimum_epochs=8)[0] == "NONE"
    assert judged(ONE, ONE, minimum_epochs=9) == (
        "INCOMPLETE",
        "the run trained 8 of at least 9 epochs; the baseline trained 8 of at least 9 epochs",
    )
    running = stream(completion(status="running"))
    assert judged(running, ONE, minimum_epochs=9)[1].startswith("the run is still training (epoch 8 of 8); the run tr")


def test_a_side_that_does_not_tell_its_epochs_is_not_too_short() -> None:
    def unplaced(raw: dict[str, Any]) -> None:
        for series in raw["metrics"]["patchtst"]["series"].values():
            series["epoch"] = [None] * len(series["value"])

    assert judged(stream(unplaced, completion(epoch=None)), ONE, minimum_epochs=8)[0] == "NONE"


def test_a_metric_that_a_side_lacks_is_never_passed() -> None:
    nothing = stream(losses([None, None]))

    assert judged(nothing, ONE) == ("INCOMPLETE", "the run has no val_loss")
    assert judged(ONE, nothing) == ("INCOMPARABLE", "the baseline has no val_loss")
    assert judged(ONE, ONE, metric="f1") == ("INCOMPLETE", "the run has no f1")
    found = judge_stream(nothing, ONE, Policy())
    assert found is not None
    assert found.metric == Quantity(run=None, baseline=1.0, difference=None, relative=None)


def whole(run: dict[str, StreamMetrics], baseline: dict[str, StreamMetrics]) -> Judgement:
    return judge_regression(run, baseline, Policy())


def test_a_run_is_as_good_as_its_worst_stream() -> None:
    idle, running = stream(untrained()), stream(completion(status="running"))
    good, worse, other, early = (ONE, ONE), (ONE, HALF), (ONE, None), (running, ONE)
    fine = "val_loss 1 against 1: the same"

    def told(**pairs: tuple[StreamMetrics | None, StreamMetrics | None]) -> tuple[str, str]:
        run, baseline = ({k: p[n] for k, p in pairs.items() if p[n]} for n in (0, 1))
        found = whole(run, baseline)
        return found.value.name, found.sentence

    assert told(a=good, b=good) == ("NONE", f"a: {fine}; b: {fine}")
    assert told(a=good, b=early) == ("INCOMPLETE", "b: the run is still training (epoch 8 of 8)")
    assert told(a=early, b=other, c=good) == ("INCOMPARABLE", "b: the baseline has no such stream")
    assert told(a=other, b=early, c=worse) == (
        "REGRESSION", "c: val_loss 1 against 0.5: 100 % worse, 5 % allowed (limit 0.525)",
    )  # fmt: skip
    assert told(a=worse, b=worse)[1].count("val_loss 1 against 0.5") == 2
    assert told(a=(idle, idle), b=good) == ("NONE", f"b: {fine}")
    assert told(a=(idle, idle)) == ("INCOMPLETE", "Neither run has trained anything.")
    assert whole({}, {}).value is Regression.INCOMPLETE


def test_streams_of_both_sides_stand_in_the_runs_order() -> None:
    run, baseline = changed(without("patchtst")).metrics, changed().metrics

    assert ordered(run, baseline) == ["swinmae", "patchtst"]
    assert ordered(baseline, run) == ["patchtst", "swinmae"]


@pytest.mark.parametrize(
    ("run", "baseline", "difference", "relative"),
    [
        (1.5, 1.0, 0.5, 0.5), (0.5, 1.0, -0.5, -0.5), (-1.5, -1.0, -0.5, -0.5), (0.5, 0.0, 0.5, None),
        (None, 1.0, None, None), (1.0, None, None, None), (1e308, -1e308, None, None), (1.0, 5e-324, 1.0, None),
    ],
)  # fmt: skip
def test_a_quantity_holds_what_can_be_told_of_two_numbers(
    run: float | None, baseline: float | None, difference: float | None, relative: float | None
) -> None:
    assert quantity(run, baseline) == Quantity(run=run, baseline=baseline, difference=difference, relative=relative)


def test_the_larger_allowance_counts() -> None:
    assert allowance(quantity(1.0, -2.0), Policy(allowed_relative=0.1, allowed_absolute=0.05)) == pytest.approx(0.2)
    assert allowance(quantity(1.0, -2.0), Policy(allowed_relative=0.1, allowed_absolute=0.5)) == 0.5
    assert allowance(quantity(1.0, None), Policy(allowed_relative=0.1, allowed_absolute=0.05)) == 0.05


def test_a_change_beyond_the_tolerance_has_a_direction() -> None:
    up, down, unknown = quantity(2.0, 1.0), quantity(1.0, 2.0), quantity(None, 2.0)

    assert direction_of(up, Policy(), "lower") is direction_of(down, Policy(), "higher") is Direction.WORSE
    assert direction_of(up, Policy(), "higher") is direction_of(down, Policy(), "lower") is Direction.BETTER
    assert direction_of(unknown, Policy(), "lower") is Direction.INCOMPARABLE
    assert direction_of(quantity(1.05, 1.0), Policy(), "lower") is Direction.WITHIN
    assert direction_of(quantity(1.0501, 1.0), Policy(), "lower") is Direction.WORSE


def test_which_way_a_series_gets_better() -> None:
    policy = Policy(metric="f1", direction="higher")

    assert [way_of(s, policy) for s in ("f1", "val_loss", "Loss/train", "lr")] == ["higher", "lower", "lower", None]
    assert way_of("val_loss", Policy(direction="higher")) == "higher"
    assert [way_of(s, Policy(metric=s)) for s in ("val_acc", "d_loss", "reward")] == ["higher", None, None]


@pytest.mark.parametrize(
    ("series", "value", "reasons", "told"),
    [
        ("val_loss", (2.0, 1.0), (), ("worse", None)),
        ("val_loss", (2.0, 1.0), ("a", "b"), ("incomparable", "a; b")),
        ("val_loss", (None, 1.0), (), ("incomparable", "the run has no val_loss")),
        ("val_loss", (1.0, None), (), ("incomparable", "the baseline has no val_loss")),
        ("val_loss", (None, None), (), ("incomparable", "the run has no val_loss; the baseline has no val_loss")),
        ("val_loss", (1e308, -1e308), (), ("incomparable", "the difference is beyond all numbers")),
        ("lr", (2.0, 1.0), (), ("incomparable", "nothing says whether a lower or a higher lr is better")),
    ],
)
def test_one_loss_goes_a_way_or_says_why_not(
    series: str, value: tuple[float | None, ...], reasons: tuple[str, ...], told: tuple[str, str | None]
) -> None:
    against = Against(reasons, Direction.INCOMPARABLE)
    found = loss_change((series, "best"), quantity(*value), against, (Policy(), way_of(series, Policy())))

    assert (found.series, found.which, (str(found.direction), found.reason)) == (series, "best", told)


@pytest.mark.parametrize(
    ("points", "window", "metric", "reduced"),
    [
        (MAX_POINTS, 2, "val_loss", True),
        (MAX_POINTS - 1, 2, "val_loss", False),
        (MAX_POINTS, 1, "val_loss", False),  # the last value is always kept
        (MAX_POINTS, 2, "f1", False),
    ],
)
def test_a_window_over_a_reduced_curve_is_told(points: int, window: int, metric: str, reduced: bool) -> None:
    found = stream(losses([1.0] * points))

    assert window_is_reduced(found, Policy(window=window, metric=metric)) is reduced


def measured(**said: Any) -> StreamMetrics:
    """A stream of these metrics, an epoch each; `about` says more of a name."""
    return with_metrics(said.pop("values"), **said).metrics["patchtst"]


BOTH = {"metrics": {"val_acc": {"allowed_relative": 0, "allowed_absolute": 0.01}}}


def test_each_metric_of_the_policy_can_make_a_run_a_regression_by_its_own_allowance_and_direction() -> None:
    good, near, bad = (measured(values={"val_acc": [0.5, last]}) for last in (0.9, 0.892, 0.88))

    assert judged(near, good, **BOTH)[0] == "NONE"
    assert judged(near, good, **BOTH)[1].endswith("val_acc 0.892 against 0.9: 0.9 % worse, 0.01 allowed (limit 0.89)")
    assert judged(bad, good, **BOTH) == (
        "REGRESSION",
        "val_acc 0.88 against 0.9: 2.2 % worse, 0.01 allowed (limit 0.89)",
    )
    assert judged(bad, good)[0] == "NONE"


def test_a_further_metric_counts_only_where_a_side_has_it() -> None:
    has_it = measured(values={"val_acc": [0.9]})

    assert judged(ONE, ONE, **BOTH)[0] == "NONE"
    assert judged(ONE, has_it, **BOTH) == ("INCOMPLETE", "the run has no val_acc")
    assert judged(has_it, ONE, **BOTH) == ("INCOMPARABLE", "the baseline has no val_acc")


def test_a_stream_without_the_policys_metric_is_judged_by_the_further_ones() -> None:
    run, baseline = (
        stream.model_copy(update={"series": {"val_acc": stream.series["val_acc"]}})
        for stream in (measured(values={"val_acc": [last]}) for last in (0.5, 0.9))
    )

    assert judged(run, baseline, **BOTH)[0] == "REGRESSION"


def test_the_description_of_a_metric_says_its_direction_before_its_name_and_the_policy_before_both() -> None:
    run, baseline = (measured(values={"rmse": [last]}, rmse={"better": "lower"}) for last in (2.0, 1.0))

    assert judged(run, baseline, metric="rmse")[0] == "REGRESSION"
    assert judged(run, baseline, metric="rmse", direction="higher")[0] == "NONE"
    assert judged(*(measured(values={"gap": [1.0]}),) * 2, metric="gap")[0] == "INCOMPARABLE"
    assert way_of("val_acc", Policy(), measured(values={"val_acc": [1.0]}, val_acc={"better": None})) is None
    assert way_of("val_acc", Policy()) == "higher"


def test_an_allowance_of_one_metric_is_not_that_of_another() -> None:
    policy = Policy.model_validate({"allowed_relative": 0.5, "direction": "higher", **BOTH})

    assert [policy.of(name).allowed_relative for name in ("val_loss", "val_acc", "lr")] == [0.5, 0, 0.5]
    assert [policy.of(name).direction for name in ("val_loss", "val_acc", "lr")] == ["higher", None, None]
