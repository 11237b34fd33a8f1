"""A loss that lacks epochs between others, by its own stride, or the first ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from support.odd_losses import CSV, curve, event_file, odd, texts

from collectors.judge.findings.epochs_missing import Hole, find_epochs_missing, holes_of


def at(*places: float) -> dict[float, float]:
    """Some value at each of these places."""
    return {place: 1.0 / (place + 1) for place in places}


def told(*places: float, name: str = "train_loss", unit: str = "epoch") -> list[str]:
    return texts(find_epochs_missing(odd({name: at(*places)}, unit=unit)))


def test_what_is_missing_between_others_is_named_with_both_counts() -> None:
    assert told(1, 2, 5, 6, 7, 8) == [
        f"{CSV} holds 6 of 8 points of train_loss by its own stride of 1 epoch: epochs 3, 4 are missing"
    ]
    assert told(5, 10, 20, 25, unit="step") == [
        f"{CSV} holds 4 of 5 points of train_loss by its own stride of 5 steps: step 15 is missing"
    ]


@pytest.mark.parametrize("places", [(1, 2, 3), (0, 1, 2), (2, 4, 6), (5, 10, 15), (4, 9, 14), (1, 3), (2,)])
def test_a_series_on_its_own_grid_lacks_nothing(places: Sequence[float]) -> None:
    assert told(*places) == []


def test_the_first_epochs_are_missing_where_a_training_begins_later_than_its_stride() -> None:
    (text,) = told(3, 4, 5)

    assert text.endswith("epochs 1, 2 are missing")
    assert told(3, 4, 5, name="val_loss") == []  # a validation may begin late
    assert told(103, 104, 105, unit="step") == []  # steps are counted on from another training
    assert told(1e9, 1e9 + 1, 1e9 + 2) == []  # no count of epochs


@pytest.mark.parametrize(
    "places",
    [(1, 2, 5, 10, 20, 50), (1, 2, 3.5, 4.5, 9), (1, 2, 3, 2.0**62)],
    ids=["ever rarer", "no grid", "nonsense"],
)
def test_places_without_a_stride_have_no_holes(places: Sequence[float]) -> None:
    assert told(*places) == []


def test_most_of_the_gaps_must_be_one_stride() -> None:
    """2, 4 and 5 of 5 are every second epoch and the last."""
    assert holes_of(np.array([1.0, 2, 4, 5])) == [Hole(3.0, 1.0, 1)]
    assert holes_of(np.array([2.0, 4, 5])) == holes_of(np.array([2.0, 4, 6, 7])) == []


def test_many_are_counted_and_the_first_are_named() -> None:
    (text,) = told(1, 2, 3, 1000)

    assert text.endswith(
        "holds 4 of 1,000 points of train_loss by its own stride of 1 epoch: epochs 4, 5, 6, 7 and 992 more are missing"
    )


def test_of_a_reduced_series_nothing_is_missing() -> None:
    reduced = replace(curve(at(1, 2, 5, 6, 7)), nonfinite={"nan": 0})

    assert list(find_epochs_missing(odd({"train_loss": reduced}))) == []  # type: ignore[dict-item]


def test_each_source_is_looked_at_and_each_is_told_once() -> None:
    holed, whole = at(1, 2, 4, 5), at(1, 2, 3, 4, 5)
    found = texts(find_epochs_missing(odd({"train_loss": holed, "val_loss": holed}, {"train_loss": whole})))
    assert [text.split()[0] for text in found] == [CSV]
    found = texts(find_epochs_missing(odd({"train_loss": whole}, {"train_loss": holed})))
    assert [text.split()[0] for text in found] == [event_file()]


def test_what_is_no_loss_is_not_looked_at() -> None:
    assert told(1, 2, 5, 6, 7, name="lr") == []


def test_places_are_expected_where_most_stand_one_stride_apart_on_one_grid() -> None:
    for places, holes in (
        ([1, 2, 3, 5, 6, 7], [Hole(4.0, 1.0, 1)]),
        ([10, 20, 30, 60, 70, 80], [Hole(40.0, 10.0, 2)]),
        ([0.5, 1.0, 1.5, 2.5, 3.0], [Hole(2.0, 0.5, 1)]),
        ([1, 2, 4, 5, 7, 8], [Hole(3.0, 1.0, 1), Hole(6.0, 1.0, 1)]),
        ([1, 2, 3, 4.4, 5.4, 6.4], []),  # on no grid
        ([1, 2, 3, 4], []),
        ([1, 3, 4, 6], []),  # as many holes as strides, or more
    ):
        assert holes_of(np.array(places, float)) == holes, places


def test_a_hole_tells_its_first_places_and_which_of_others_lie_in_it() -> None:
    hole = Hole(4.0, 2.0, 3)

    assert (hole.first(2), hole.first(3), hole.first(9)) == ([4.0, 6.0], [4.0, 6.0, 8.0], [4.0, 6.0, 8.0])
    assert hole.of(np.array([1.0, 2, 3, 4, 5, 6, 8, 10])).tolist() == [4.0, 6.0, 8.0]
    assert hole.of(np.array([2.9, 9.1, 10.0])).tolist() == []
