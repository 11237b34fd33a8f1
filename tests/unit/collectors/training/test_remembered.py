"""What is told of an array or a record is computed once, and forgotten with it."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np

from collectors.training.remembered import known_steps, per_object


def test_each_object_is_asked_once_and_equal_ones_are_others() -> None:
    asked = []

    @per_object
    def total(one: Any, other: Any) -> float:
        asked.append(1)
        return float(one.sum() + other.sum())

    a, b = np.arange(3), np.arange(3)
    assert [total(a, b), total(a, b), total(b, a), total(a, a)] == [6.0] * 4
    assert len(asked) == 3


def test_what_was_told_of_one_that_is_gone_is_never_told_of_another() -> None:
    seen = []

    @per_object
    def length(one: Any) -> int:
        seen.append(one.size)
        return int(one.size)

    for size in range(1, 200):
        assert length(np.zeros(size)) == size
    gc.collect()
    assert len(seen) == 199


def test_an_array_that_is_its_own_answer_is_not_held_by_it() -> None:
    steps = np.arange(5)
    gone = weakref.ref(steps)
    assert known_steps(steps) is steps and known_steps(steps) is steps

    del steps
    gc.collect()
    assert gone() is None
