"""Which epoch a step is: only where something says it, and the surest first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from collectors.training.axes import BY_COUNT, Declared, agree_as_epochs, same_values, with_epochs
from collectors.training.stream_runs import Curve

NAN = math.nan
BY_EPOCHS = Declared(epochs=10)


def stepped(steps: Sequence[int], values: Sequence[float] | None = None) -> Curve:
    """A curve of events: its epochs are unknown."""
    value = np.array([1.0 / (n + 2) for n in steps] if values is None else values, float)
    return Curve(np.array(steps), np.full(len(steps), NAN), value, np.full(len(steps), NAN))


def tabled(epochs: Sequence[float], steps: Sequence[int] | None = None, values: Sequence[float] | None = None) -> Curve:
    """A curve of a table."""
    value = np.array([1.0 / (n + 2) for n in epochs] if values is None else values, float)
    step = np.full(len(epochs), -1) if steps is None else np.array(steps)
    return Curve(step, np.full(len(epochs), NAN), value, np.array(epochs, float))


def both(steps: Sequence[int]) -> dict[str, Curve]:
    return {"train_loss": stepped(steps), "val_loss": stepped(steps)}


def epochs_of(events: dict[str, Curve], *, counter: Curve | None = None, table: Any = None, declared: Declared) -> Any:
    """What each train_loss' step is, and what says so."""
    axis = with_epochs(events, counter, table or {}, declared)
    epochs = axis.curves["train_loss"].epoch
    return [None if math.isnan(e) else e for e in epochs.tolist()], axis.told_by


def counter(steps: Sequence[int], epochs: Sequence[float]) -> Curve:
    return stepped(steps, epochs)


def test_a_step_is_no_epoch() -> None:
    assert epochs_of(both([1, 2, 3]), declared=Declared()) == ([None] * 3, None)
    assert epochs_of(both([1, 2, 3]), declared=BY_EPOCHS) == ([None] * 3, None)


def test_nothing_has_no_epochs() -> None:
    assert with_epochs({}, None, {}, Declared(steps_are_epochs=True)).curves == {}


def test_a_table_with_both_says_it_before_all_others() -> None:
    table = {"train_loss": tabled([1, 2], [10, 20])}
    declared = Declared(steps_are_epochs=True, steps_per_epoch=5, epochs=2)

    found = epochs_of(both([10, 20]), counter=counter([10, 20], [7, 8]), table=table, declared=declared)

    assert found == ([1, 2], "the table's epoch column")


def test_a_step_that_the_table_does_not_have_lies_in_the_epoch_on_both_sides_of_it_or_in_none() -> None:
    table = {"train_loss": tabled([1, 1, 2], [10, 20, 30])}

    assert epochs_of(both([10, 15, 20, 25, 30, 35]), table=table, declared=Declared())[0] == [1, 1, 1, None, 2, None]


def test_a_table_of_other_steps_says_nothing() -> None:
    table = {"train_loss": tabled([1, 2], [1000, 2000], [0.9, 0.8])}

    assert epochs_of(both([1, 2, 3]), table=table, declared=Declared()) == ([None] * 3, None)


def test_the_epochs_recorded_beside_the_losses_come_next() -> None:
    declared = Declared(steps_are_epochs=True, steps_per_epoch=5)

    found = epochs_of(both([9, 19, 29]), counter=counter([9, 19, 29], [0, 0, 1]), declared=declared)

    assert found == ([0, 0, 1], "the epochs recorded beside the losses")


def test_an_epoch_holds_until_the_next_one_is_recorded() -> None:
    found = epochs_of(both([0, 9, 14, 19, 40]), counter=counter([9, 19], [0, 1]), declared=Declared())

    assert found[0] == [0, 0, 0, 1, 1]


def test_an_epoch_series_without_a_point_says_nothing() -> None:
    assert epochs_of(both([1, 2]), counter=counter([], []), declared=Declared())[1] is None


def test_then_the_configured_steps_an_epoch() -> None:
    found = epochs_of(both([5, 10, 12]), declared=Declared(steps_are_epochs=True, steps_per_epoch=10))

    assert found == ([0.5, 1.0, pytest.approx(1.2)], "the configured steps an epoch")


def test_then_the_description() -> None:
    assert epochs_of(both([3, 4]), declared=Declared(steps_are_epochs=True)) == ([3, 4], "the description")


@pytest.mark.parametrize("shift", [0, 1, -1])
def test_then_a_table_whose_values_stand_at_those_steps_counted_from_0_or_from_1(shift: int) -> None:
    table = {"train_loss": tabled([n + shift for n in (1, 2, 3)], values=[0.5, 0.4, 0.3])}
    events = {"train_loss": stepped([1, 2, 3], [0.5, 0.4, 0.3])}

    steps, told_by = epochs_of(events, table=table, declared=Declared())

    assert steps == [1, 2, 3]
    assert told_by is not None
    assert told_by.startswith("the table")


@pytest.mark.parametrize("first", [0, 1])
def test_at_last_exactly_the_configured_epochs_with_a_validation_at_each(first: int) -> None:
    steps, told_by = epochs_of(both(range(first, first + 10)), declared=BY_EPOCHS)

    assert steps == list(range(first, first + 10))
    assert told_by is not None
    assert told_by.startswith(BY_COUNT)


@pytest.mark.parametrize(
    "events",
    [
        both(range(1, 10)),
        both(range(1, 12)),
        both(range(2, 12)),
        both([1, 2, 3, 4, 6, 7, 8, 9, 10, 11]),
        {"train_loss": stepped(range(1, 11))},
        {"val_loss": stepped(range(1, 11)), "train_loss": stepped(range(1, 10))},
        {"train_loss": stepped(range(1, 11)), "val_loss": stepped([10])},
        {"train_loss": stepped(range(1, 11)), "val_loss": stepped(range(10))},
    ],
)
def test_any_other_count_says_nothing(events: dict[str, Curve]) -> None:
    assert epochs_of(events, declared=BY_EPOCHS)[1] is None


def test_validations_alone_are_no_epochs() -> None:
    assert with_epochs({"val_loss": stepped(range(1, 11))}, None, {}, BY_EPOCHS).told_by is None


@pytest.mark.parametrize(
    ("table", "events", "agree"),
    [
        ([0.5, 0.4, 0.3], [0.5, 0.4, 0.3], True),
        ([0.5, 0.4, 0.3], [0.5001, 0.4001, 0.3001], True),
        ([0.5, 0.4, 0.3], [0.9, 0.8, 0.7], False),
        ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5], False),
        ([0.5, 0.4, NAN], [0.5, 0.4, NAN], True),
    ],
)
def test_a_table_agrees_with_more_than_one_value_at_most_of_its_places(
    table: list[float], events: list[float], agree: bool
) -> None:
    """A constant agrees by chance."""
    assert agree_as_epochs({"a": tabled([1, 2, 3], values=table)}, {"a": stepped([1, 2, 3], events)}) is agree


def test_a_value_or_another_series_that_is_alone_says_nothing() -> None:
    assert not agree_as_epochs({"a": tabled([1, 2], values=[0.5, 0.4])}, {"a": stepped([2, 9], [0.4, 0.1])})
    assert not agree_as_epochs({"a": tabled([1, 2], values=[0.5, 0.4])}, {"b": stepped([1, 2], [0.5, 0.4])})


def test_values_are_the_same_to_the_precision_that_is_printed() -> None:
    a = np.array([1.0, 1.0, 0.0, NAN, math.inf, math.inf])
    b = np.array([1.0009, 1.002, 1e-10, NAN, math.inf, 1.0])

    assert same_values(a, b).tolist() == [True, False, True, True, True, False]


def test_where_the_tables_epochs_end_those_recorded_beside_the_losses_go_on() -> None:
    """A table of the last checkpoint lags behind."""
    table = {"train_loss": tabled([1, 2], [10, 20])}
    beside = counter([10, 20, 30], [7, 8, 3])

    assert epochs_of(both([10, 20, 30]), counter=beside, table=table, declared=Declared()) == (
        [1, 2, 3], "the table's epoch column"
    )  # fmt: skip
    assert epochs_of(both([10, 20, 30]), table=table, declared=Declared()) == ([1, 2, None], "the table's epoch column")


def test_a_table_of_other_steps_says_nothing_of_these() -> None:
    """Half of the fewer steps are enough."""
    table = {"train_loss": tabled([1, 2, 3, 4], [10, 20, 30, 40])}

    assert epochs_of(both([10, 20, 31, 41]), table=table, declared=Declared())[1] == "the table's epoch column"
    assert epochs_of(both([10, 21, 31, 41]), table=table, declared=Declared())[1] is None
    assert epochs_of(both([10, 21]), table=table, declared=Declared())[1] == "the table's epoch column"
    assert epochs_of({"train_loss": stepped([])}, table=table, declared=Declared()) == ([], None)
