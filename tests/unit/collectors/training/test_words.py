"""Where a stream stopped being finite, in the words that every face uses."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.curves import T0, event_file
from support.evidence_parts import stream
from support.progress_parts import curve

from collectors.contract.metrics import Nonfinite
from collectors.evidence.events import ScalarSeries
from collectors.numbers import listed
from collectors.training.completion import Target
from collectors.training.curves import Losses
from collectors.training.divergence import Divergence
from collectors.training.divergence_words import divergence_words
from collectors.training.words import absent_tags, epoch_words, is_short, no_events

GAP: dict[str, Any] = {
    "series": "val_loss",
    "kind": "nan",
    "first_epoch": 2,
    "first_step": 20,
    "last_step": 20,
    "count": 1,
}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "val_loss NaN since epoch 2 (1 value)"),
        ({"count": 2000}, "val_loss NaN since epoch 2 (2,000 values)"),
        ({"kind": "inf", "first_epoch": 2.5}, "val_loss Inf since epoch 2.5 (1 value)"),
        ({"kind": "-inf"}, "val_loss -Inf since epoch 2 (1 value)"),
        ({"first_epoch": 0}, "val_loss NaN since epoch 0 (1 value)"),
        ({"first_epoch": None}, "val_loss NaN since step 20 (1 value)"),
        ({"first_epoch": None, "first_step": None}, "val_loss NaN since an unknown epoch (1 value)"),
    ],
)
def test_a_break_is_told_by_its_epoch_or_else_its_step(fields: dict[str, Any], words: str) -> None:
    """What was found in the files and what stands in the state are told alike."""
    found = GAP | {"count": 1} | fields

    assert divergence_words(Nonfinite(**found)) == words
    assert divergence_words(Divergence(first_time=None, **found)) == words


def test_series_without_a_value_have_no_rows_to_tell() -> None:
    nothing, placeless = curve([]), curve([math.nan, math.nan], [-1, -1])
    for curves, words in (
        ({"val_loss": nothing}, "no epoch recorded yet"),
        ({"val_loss": nothing, "train_loss": placeless}, "2 rows"),
    ):
        s = stream(progress_={"epoch": None, "step": None})
        assert epoch_words(replace(s, losses=Losses("table", curves))) == words


def reached(unit: str, total: int | None, places: list[float], **progress: Any) -> Any:
    """A stream whose train loss stands at these epochs, or steps, the last of which it reached."""
    of = curve([math.nan] * len(places), [int(at) for at in places]) if unit == "step" else curve(places)
    more: dict[str, Any] = {"epoch": None, "step": None, unit: places[-1], "target": Target(unit, total), **progress}  # type: ignore[arg-type]
    return replace(stream(progress_=more), losses=Losses("events", {"train_loss": of}))


@pytest.mark.parametrize(
    ("unit", "total", "places", "told"),
    [
        ("epoch", 4, [0, 1, 2], ("epoch 3 of 4", True)),
        ("epoch", 3, [0, 1, 2], ("epoch 3 of 3", False)),
        ("epoch", 4, [1, 2, 3], ("epoch 3 of 4", True)),
        ("epoch", 3, [1, 2, 3], ("epoch 3 of 3", False)),
        ("epoch", 3, [0, 0.5, 2.5], ("epoch 2.5 of 3", True)),
        ("epoch", None, [0, 1, 2], ("epoch 3", False)),
        ("step", 30, [9, 19, 29], ("step 30 of 30", False)),
        ("step", 30, [10, 20, 29], ("step 29 of 30", True)),
        ("step", 40, [9, 19, 29], ("step 29 of 40", True)),
        ("step", 29, [9, 19, 29], ("step 29 of 29", False)),
    ],
)
def test_how_far_a_stream_is_counts_from_one_and_is_short_of_its_total_or_not(
    unit: str, total: int | None, places: list[float], told: tuple[str, bool]
) -> None:
    s = reached(unit, total, places)

    assert (epoch_words(s), is_short(s)) == told


def test_before_anything_is_reached_the_other_unit_or_nothing_is_told() -> None:
    assert epoch_words(reached("epoch", 3, [1.0], epoch=None, step=1200)) == "step 1,200"
    nothing = reached("step", 500, [7.0], step=None)
    assert (epoch_words(nothing), is_short(nothing)) == ("no step recorded yet", False)


def holding(*tags: str) -> Any:
    """A stream whose event file holds these tags, beside one without a point."""
    point = ScalarSeries("x", np.array([1]), np.array([T0]), np.array([0.5]))
    file = event_file()
    series = dict.fromkeys(tags, point) | {"loss/val": replace(point, value=np.array([]))}
    held = replace(file, evidence=replace(file.evidence, series=series))
    return replace(stream(), events=(held,))


def test_of_tags_that_are_not_there_the_nearest_is_told_and_eight_that_are() -> None:
    wanted = listed(f"`{tag}`" for tags in stream().stream.tags.values() for tag in tags)

    assert absent_tags(holding("loss/trian", "z")) == (
        f"{wanted} not found in the event files, which hold `loss/trian`, `z`; nearest is `loss/trian`"
    )
    many = absent_tags(holding(*(f"{n}{n}" for n in range(9)))) or ""
    assert many.endswith("which hold `00`, `11`, `22`, `33`, `44`, `55`, `66`, `77` and 1 more")
    assert absent_tags(holding("loss/train")) is absent_tags(holding()) is None


def test_what_lies_there_instead_of_event_files_is_told() -> None:
    s = stream()

    def told(folder: str, instead: str | None = None) -> str:
        placed = s.stream.model_copy(update={"events": s.stream.events.model_copy(update={"folder": folder})})
        return no_events(replace(s, stream=placed, instead_of_events=instead))

    assert told("runs/a") == "no event file below runs/a"
    assert told(".", "3 CSV files") == "no event file in this folder: 3 CSV files"
