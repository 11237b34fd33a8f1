"""Where losses stopped being finite numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from collectors.training.curves import Losses
from collectors.training.divergence import Divergence, all_divergences, find_divergences, number_or_none, step_or_none
from collectors.training.stream_runs import Curve

NAN, INF = math.nan, math.inf


def curve(values: Sequence[float], epochs: Sequence[float] | None = None, **more: Any) -> Curve:
    """A point every ten seconds, steps of ten."""
    count = len(values)
    epoch = np.arange(1.0, count + 1) if epochs is None else np.asarray(epochs, float)
    steps, times = np.arange(1, count + 1) * 10, np.arange(1.0, count + 1) * 10
    return replace(Curve(steps, times, np.asarray(values, float), epoch), **more)


def test_finite_losses_do_not_diverge() -> None:
    assert find_divergences({"val_loss": curve([0.5, 0.0, -1.0, 3e38])}) == ()
    assert find_divergences({}) == ()


def test_a_divergence_tells_its_first_and_last_point_and_how_many() -> None:
    assert find_divergences({"val_loss": curve([0.5, NAN, 0.4, NAN])}) == (
        Divergence("val_loss", "nan", 2.0, 20, 20.0, 40, 2),
    )


@pytest.mark.parametrize(("value", "kind"), [(NAN, "nan"), (INF, "inf"), (-INF, "-inf")])
def test_each_kind_is_told_by_its_name(value: float, kind: str) -> None:
    (found,) = find_divergences({"val_loss": curve([value])})

    assert (found.kind, found.count, found.first_epoch) == (kind, 1, 1.0)


def test_kinds_of_one_series_are_told_apart() -> None:
    found = find_divergences({"val_loss": curve([INF, NAN, -INF, INF])})

    assert [(d.kind, d.first_epoch, d.count) for d in found] == [("inf", 1.0, 2), ("nan", 2.0, 1), ("-inf", 3.0, 1)]


def test_the_earliest_is_told_first_and_one_of_an_unknown_epoch_last() -> None:
    curves = {
        "unknown": curve([NAN], [NAN]),
        "late": curve([1.0, 1.0, NAN]),
        "from_zero": curve([NAN], [0.0]),
        "early": curve([1.0, NAN]),
    }

    assert [d.series for d in find_divergences(curves)] == ["from_zero", "early", "late", "unknown"]


def test_what_is_not_known_of_a_point_is_none() -> None:
    where = curve([NAN], [NAN], step=np.array([-1]), time=np.array([NAN]))

    assert find_divergences({"val_loss": where}) == (Divergence("val_loss", "nan", None, None, None, None, 1),)


def test_a_reduced_series_counts_what_it_stands_for() -> None:
    reduced = curve([0.5, NAN], nonfinite={"nan": 70, "inf": 0, "-inf": 0})

    assert [d.count for d in find_divergences({"val_loss": reduced})] == [70]


def test_the_other_source_adds_what_the_shown_one_does_not_know() -> None:
    shown, other = curve([1.0, NAN, 1.0]), curve([NAN, INF, 1.0])
    losses = Losses("events", {"val_loss": shown}, others={"val_loss": other, "train_loss": curve([NAN])})

    assert [(d.series, d.kind, d.first_epoch) for d in all_divergences(losses)[0]] == [
        ("val_loss", "nan", 2.0),
        ("train_loss", "nan", 1.0),
        ("val_loss", "inf", 2.0),
    ]


def test_what_is_no_loss_does_not_diverge_beside_losses() -> None:
    """A gradient norm overflows on the way of many a sound training; the losses are what must be finite."""
    curves = {"val_loss": curve([1.0, 0.9]), "grad_norm": curve([INF, 1.0]), "auc": curve([NAN, 0.5])}

    assert [[d.series for d in part] for part in all_divergences(Losses("events", curves))] == [
        [],
        ["grad_norm", "auc"],
    ]
    assert [d.series for d in all_divergences(Losses("events", {"reward": curve([NAN])}))[0]] == ["reward"]


def test_numbers_that_are_none_and_steps_that_are_unknown() -> None:
    assert [number_or_none(v) for v in (0.0, -1.5, NAN, INF, -INF)] == [0.0, -1.5, None, None, None]
    assert [step_or_none(v) for v in (0, 7, -1)] == [0, 7, None]


def test_a_gradient_norm_diverges_only_where_nothing_else_was_recorded() -> None:
    norm, sound = curve([1.0, NAN]), curve([0.5, 0.4])

    assert all_divergences(Losses("events", {"train_loss": sound, "grad_norm": norm}))[0] == ()
    assert all_divergences(Losses("events", {"train_loss": sound}, others={"train/grad_norm": norm}))[0] == ()
    assert [d.series for d in all_divergences(Losses("events", {"grad_norm": norm}))[0]] == ["grad_norm"]
