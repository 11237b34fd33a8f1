"""Whether a stream reached its end: what says so, then the count, and where neither can."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.progress_parts import curve

from collectors.training.completion import (
    COUNT_EPOCHS,
    PLACE_ROWS,
    SAY_COUNT,
    SAY_EITHER,
    SAY_END,
    SAY_MONITOR,
    SAY_PATIENCE,
    SAY_TOTAL,
    End,
    Recorded,
    Target,
    count_of,
    end_of,
    from_zero,
    leading,
    places_of,
)
from collectors.training.curves import Losses
from collectors.training.stream_runs import Curve

NAN = math.nan


def steps(*found: int) -> Curve:
    """A curve by steps whose epochs nobody knows."""
    return curve([NAN] * len(found), found)


def end(curves: Any, total: int | None = 10, unit: Any = "epoch", **recorded: Any) -> End:
    """The end of a stream with these curves; one curve is its training."""
    held = curves if isinstance(curves, dict) else {"train_loss": curves}
    return end_of(Losses("events", held), Target(unit, total), Recorded(**recorded))


def valued(values: Sequence[float]) -> Curve:
    """A curve of an epoch a value."""
    return replace(curve(range(1, len(values) + 1)), value=np.array(values, float))


@pytest.mark.parametrize("first", [0, 1])
def test_the_configured_count_is_the_end_from_0_and_from_1(first: int) -> None:
    assert end(curve(range(first, first + 10))) == End("completed", 10)
    assert end(curve(range(first, first + 9))) == End("open", 9)


def test_fractions_of_an_epoch_count_as_they_are() -> None:
    assert end(curve([0.5, 1.0, 1.5, 2.0]), 2) == End("completed", 2.0)
    assert end(curve([0.0, 0.5, 1.0, 1.5]), 3) == End("open", 1.5)


def test_steps_at_the_last_of_each_stride_are_counted_from_0() -> None:
    assert end(steps(*range(9, 120, 10)), 120, "step") == End("completed", 120)
    assert end(steps(*range(10, 121, 10)), 120, "step") == End("completed", 120)


def test_an_evaluation_at_epoch_0_is_no_epoch() -> None:
    """Each series is judged for itself, and validations do not count where there is a training."""
    curves = {"train_loss": curve(range(1, 10)), "val_loss": curve(range(10))}

    assert end(curves) == End("open", 9)


def test_validations_count_where_there_is_nothing_else() -> None:
    assert end({"val_loss": curve(range(1, 11))}).kind == "completed"


def test_an_overshoot_of_less_than_a_stride_is_the_end() -> None:
    assert end(steps(40, 80, 120), 100, "step") == End("completed", 120)


@pytest.mark.parametrize(("found", "total"), [((50, 100), 50), ((1, 2, 3, 4), 3)])
def test_more_than_everything_is_no_completion(found: tuple[int, ...], total: int) -> None:
    told = end(steps(*found), total, "step")

    assert (told.kind, told.remedy) == ("cannot_tell", SAY_COUNT)
    assert told.words is not None
    assert told.words.startswith(f"counted {found[-1]} of {total} steps")


def test_a_missing_last_stride_cannot_be_told() -> None:
    told = end(steps(25, 50, 75, 100), 120, "step")

    assert (told.kind, told.counted, told.remedy) == ("cannot_tell", 100, SAY_END)
    assert told.words == "logged to 100 of 120 steps, and nothing later says that it ended"


def test_a_whole_missing_stride_is_open() -> None:
    assert end(steps(25, 50, 75), 100, "step") == End("open", 75)


@pytest.mark.parametrize(
    "recorded", [{"outcome": "completed"}, {"step": 120, "of_steps": 120}, {"step": 121, "of_steps": 120}]
)
def test_a_missing_last_stride_is_forgiven_where_the_end_was_recorded(recorded: dict[str, Any]) -> None:
    assert end(steps(25, 50, 75, 100), 120, "step", **recorded) == End("completed", 100)


def test_an_outcome_counts_only_while_the_losses_agree_with_it() -> None:
    assert end(curve(range(1, 7)), outcome="completed").kind == "open"
    assert end(curve(range(1, 9)), outcome="completed").kind == "open"
    assert end(curve(range(1, 10)), outcome="completed").kind == "completed"
    assert end(curve(range(1, 7)), None, outcome="completed").kind == "completed"


def test_a_trainer_that_counted_fewer_steps_than_it_should_has_not_ended() -> None:
    assert end(steps(10, 20), 100, "step", step=20, of_steps=100).kind == "open"
    assert end(steps(10, 20), 100, "step", step=20).kind == "open"


@pytest.mark.parametrize("recorded", [{"outcome": "early_stopped"}, {"stopped": True}])
def test_an_early_stop_that_was_recorded_is_an_end(recorded: dict[str, Any]) -> None:
    assert end(curve(range(1, 7)), **recorded) == End("early_stopped", 6)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0.5, 0.4, 0.6, 0.6], "early_stopped"),
        ([0.5, 0.4, 0.6], "open"),
        ([0.4, 0.5, 0.6, 0.6], "open"),
        ([0.5, 0.4, NAN, 0.6], "early_stopped"),
        ([NAN, NAN, NAN], "open"),
    ],
)
def test_patience_is_used_up_by_exactly_so_many_values_behind_the_best(values: list[float], kind: str) -> None:
    curves = {"train_loss": curve(range(1, len(values) + 1)), "val_loss": valued(values)}

    assert end(curves, patience=2).kind == kind


def test_patience_looks_at_the_series_that_is_named() -> None:
    curves = {"train_loss": valued([0.5, 0.4, 0.6, 0.6]), "val_loss": valued([0.5, 0.4, 0.3, 0.2])}

    assert end(curves, patience=2, monitor="train_loss").kind == "early_stopped"
    absent = end(curves, patience=2, monitor="acc", better="higher")
    assert (absent.kind, absent.remedy) == ("cannot_tell", SAY_MONITOR)
    assert absent.words == (
        "it may have stopped early: `acc`, which it waited for, is not recorded; what is there: train_loss, val_loss"
    )


def test_patience_with_a_monitor_that_should_rise() -> None:
    rising = {"train_loss": curve(range(1, 5)), "val_acc": valued([0.5, 0.7, 0.6, 0.6]), "reward": valued([4, 1, 2, 3])}

    assert end(rising, patience=2, monitor="val_acc", better="higher").kind == "early_stopped"
    assert end(rising, patience=3, monitor="val_acc", better="higher").kind == "open"
    untold = end(rising, patience=2, monitor="reward", better=None)
    assert (untold.kind, untold.remedy) == ("cannot_tell", SAY_MONITOR)
    assert untold.words == "it may have stopped early: nothing says which way `reward` gets better"


def test_steps_that_are_no_epochs_cannot_be_counted_as_such() -> None:
    untold = "nothing says which epoch a step is; there are to be 3"
    assert end(steps(1, 2, 3), 3) == End("cannot_tell", None, untold, COUNT_EPOCHS)
    never = "nothing says how many steps or epochs there are to be"
    assert end(steps(1, 2, 3), None) == End("cannot_tell", None, never, SAY_EITHER)


def test_without_any_place_nothing_is_counted_and_that_is_said() -> None:
    assert end({}) == End("open")
    assert end(curve([NAN, NAN])) == End("cannot_tell", None, "nothing says which epoch a row is", PLACE_ROWS)


def test_without_a_total_nothing_is_the_end() -> None:
    found = end(curve(range(1, 11)), None)

    assert found == End("cannot_tell", 10, "nothing says how many epochs there are to be", SAY_TOTAL)


def test_one_row_of_several_an_epoch_does_not_end_the_last_one() -> None:
    found = end(curve([1, 1, 1, 2, 2]), 2)

    assert (found.kind, found.remedy) == ("cannot_tell", SAY_END)
    assert found.words == "train_loss has 2 rows in its last epoch, 3 before, and nothing says that it is over"
    assert end(curve([1, 1, 1, 2, 2, 2]), 2).kind == "completed"


def test_of_one_epoch_several_rows_do_not_say_that_it_is_over() -> None:
    assert end(curve([0, 0]), 1).words == "train_loss has 2 rows in its last epoch, and nothing says that it is over"
    assert end(curve([0]), 1).kind == "completed"


def test_a_validation_of_the_last_epoch_says_that_it_is_over() -> None:
    assert end({"train_loss": curve([0, 0]), "val_loss": curve([0])}, 1).kind == "completed"
    assert end({"train_loss": curve([0, 0, 1]), "val_loss": curve([0])}, 2).kind == "cannot_tell"


@pytest.mark.parametrize(
    ("places", "is_from_zero"),
    [([0, 1, 2], True), ([1, 2, 3], False), ([9, 19, 29], True), ([10, 20, 30], False), ([3], False), ([0], True)],
)
def test_a_series_counts_from_0_where_it_begins_there_or_at_the_last_of_a_stride(
    places: list[int], is_from_zero: bool
) -> None:
    assert from_zero(np.array(places)) is is_from_zero


def test_the_longest_series_counts() -> None:
    curves = {"train_loss": curve([1, 2]), "lr": curve([1, 2, 3])}

    assert count_of(curves, "epoch") == 3
    assert count_of({}, "epoch") is None
    assert count_of({"a": steps(4)}, "epoch") is None


def test_series_without_a_point_lead_nothing_and_have_no_place() -> None:
    empty, val = steps(), curve([1])

    assert leading({"train_loss": empty, "val_loss": val}) == {"val_loss": val}
    assert [p.tolist() for p in places_of([empty, val], "epoch")] == [[1.0]]
    assert places_of([val], "step") == []


def test_a_checkpoint_that_was_rewritten_at_the_end_says_that_fewer_epochs_were_an_early_stop() -> None:
    assert end(curve(range(1, 6)), rewritten=True).kind == "early_stopped"
    assert end(curve(range(1, 11)), rewritten=True).kind == "completed"
    assert end(curve(range(1, 6)), None, rewritten=True).kind == "completed", "as many as there were to be"
    assert end(curve(range(1, 6))).kind == "open"


def test_where_the_patience_is_unknown_values_behind_the_best_one_may_be_an_early_stop() -> None:
    waited = {"train_loss": valued([5, 4, 3, 2]), "val_loss": valued([5, 3, 4, 4.5])}
    found = end(waited, 10, patience="unknown")

    assert (found.kind, found.remedy) == ("cannot_tell", SAY_PATIENCE)
    assert found.words == (
        "it may have stopped early: 2 of `val_loss` follow its best one, and nothing says how many it waits for"
    )


def test_a_series_that_was_best_at_its_end_did_not_stop_early_whatever_the_patience() -> None:
    improving = {"train_loss": valued([5, 4, 3]), "val_loss": valued([5, 4, 3])}

    assert end(improving, 10, patience="unknown").kind == "open"
    assert end(improving, 3, patience="unknown").kind == "completed"


def test_less_than_an_epoch_more_than_everything_is_no_contradiction() -> None:
    assert end(curve([0.5, 1.0, 1.5, 2.0, 2.5]), 2) == End("completed", 2.5)
    assert end(curve([0.5, 1.0, 1.5, 2.0, 2.5, 3.0]), 2).kind == "cannot_tell"


def test_series_of_two_strides_are_judged_by_the_shorter_one() -> None:
    curves = {"a_loss": curve(range(1, 10)), "b_loss": curve([3, 6, 9])}

    assert end(curves) == End("open", 9)
    assert end({"b_loss": curves["b_loss"]}).kind == "cannot_tell"


def test_a_series_counts_from_0_where_it_is_declared_begins_there_or_stands_at_the_last_of_each_stride() -> None:
    for places, declared, expected in (
        ([5, 6, 7], 0, True),
        ([5, 6, 7], 1, False),
        ([0, 1, 2], 1, False),
        ([0, 1, 2], None, True),
        ([1, 2, 3], None, False),
        ([1, 3, 5], None, True),
        ([2, 4, 6], None, False),
        ([3, 7], None, True),
        ([4, 8], None, False),
        ([9], None, False),
    ):
        assert from_zero(np.array(places, float), declared) is expected, (places, declared)  # type: ignore[arg-type]
