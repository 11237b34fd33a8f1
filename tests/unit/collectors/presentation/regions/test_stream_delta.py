"""One stream beside its baseline: differences with their sign, configs in words."""

from __future__ import annotations

from typing import Any

import pytest
from support.components import attribute, of_class, parts, tag_of, text_of
from support.states import ready_state

from collectors.compare.compare import compare
from collectors.contract.delta import ConfigChange, Quantity, StreamDelta
from collectors.numbers import UNKNOWN, duration_words
from collectors.presentation.regions.stream_delta import stream_delta


def quantity(run: float | None, baseline: float | None) -> Quantity:
    """Both sides, with what follows from them."""
    difference = None if run is None or baseline is None else run - baseline
    return Quantity(run=run, baseline=baseline, difference=difference, relative=None)


def stream(**fields: Any) -> StreamDelta:
    """A real comparison of a run with itself, some of it replaced."""
    return compare(ready_state(), ready_state()).streams[0].model_copy(update=fields)


def row(content: Any, head: str) -> list[str]:
    """The cells beside a row's heading."""
    rows = (part for part in parts(content) if tag_of(part) == "tr" and text_of(part).startswith(f"{head} "))
    return [text_of(cell) for cell in parts(next(rows)) if tag_of(cell) == "td"]


@pytest.mark.parametrize(
    ("run", "baseline", "cells"),
    [
        (8, 8, ["8", "8", "0", ""]),
        (8, 5, ["8", "5", "+3", ""]),
        (5, 8, ["5", "8", "-3", ""]),
        (8.5, 8, ["8.5", "8", "+0.5", ""]),
        (8, 8.5, ["8", "8.5", "-0.5", ""]),
        (0, 8, ["0", "8", "-8", ""]),
        (None, 8, [UNKNOWN, "8", UNKNOWN, ""]),
        (8, None, ["8", UNKNOWN, UNKNOWN, ""]),
    ],
)
def test_epochs_stand_with_their_difference_and_its_sign(
    run: float | None, baseline: float | None, cells: list[str]
) -> None:
    assert row(stream_delta(stream(epochs=quantity(run, baseline))), "epochs") == cells


def test_times_are_told_as_durations() -> None:
    content = stream_delta(stream(duration_seconds=quantity(90, 60), seconds_per_epoch=quantity(2, 2)))

    assert row(content, "duration") == [duration_words(90), duration_words(60), "+30 s", ""]
    assert row(content, "time per epoch") == ["2 s", "2 s", "0", ""]


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "true"), (False, "false"), (0.002, "0.002"), (1e-05, "1e-05"), (3, "3"), ("adamw", "adamw"), (2.0, "2")],
)
def test_a_config_value_is_told_as_it_would_be_written(value: Any, words: str) -> None:
    change = ConfigChange(name="key", run=value, baseline="other", differs=True)

    assert row(stream_delta(stream(config=(change,))), "key") == [words, "other"]


def test_a_config_value_that_one_side_lacks_is_not_called_none() -> None:
    change = ConfigChange(name="key", run=None, baseline=1, differs=True)

    assert row(stream_delta(stream(config=(change,))), "key") == [UNKNOWN, "1"]


def test_equal_values_are_counted_and_only_differing_ones_stand_open() -> None:
    same = [ConfigChange(name=f"same{n}", run=1, baseline=1, differs=False) for n in range(2)]
    other = ConfigChange(name="other", run=1, baseline=2, differs=True)

    mixed = stream_delta(stream(config=(same[0], other)))
    equal = stream_delta(stream(config=tuple(same)))
    differing = stream_delta(stream(config=(other,)))

    assert "Show the 1 equal value too" in text_of(mixed)
    assert "Show the 2 equal values too" in text_of(equal)
    assert "No difference in the configs." in text_of(equal)
    assert "No difference" not in text_of(mixed) + text_of(differing)
    assert of_class(differing, "all-config") == []
    open_table = of_class(mixed, "config-table")[0]
    assert "other" in text_of(open_table) and "same0" not in text_of(open_table)


def test_a_section_names_its_stream_and_notes_stand_in_it() -> None:
    section = stream_delta(stream(notes=("counted from 0",), reasons=()))

    assert attribute(section, "data-stream") == "patchtst"
    assert text_of(section).startswith("PatchTST counted from 0")
    assert of_class(section, "incomparable") == []


def test_reasons_why_nothing_can_be_compared_are_one_sentence() -> None:
    section = stream_delta(stream(reasons=("other data", "other mask")))

    assert text_of(of_class(section, "incomparable")) == "Incomparable: other data; other mask."
