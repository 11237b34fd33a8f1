"""Check 2: the scaler says method, center and scale, and they can be used."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from support.gathered import ERROR, WARNING, evidence_of, good, reread, told, unread, with_config

from collectors.judge.checks.part import Judgement
from collectors.judge.checks.scaler import check_scaler
from collectors.training.evidence import ReadFile

PATH = "artifacts/scaler_fdc.json"
HINT = f"Run PatchTST training; it should save {PATH}."
GOOD = f"{PATH}: zscore, 6 channels, finite, every scale > 0"


def judged(file: ReadFile[Any] | None) -> Judgement:
    return check_scaler(replace(good(), scaler=file, backups=()))


def holding(**changes: object) -> Judgement:
    assert good().scaler is not None
    return judged(reread(good().scaler, **changes))


def test_a_good_scaler_passes_with_method_and_channels() -> None:
    found = check_scaler(good())

    assert told(found) == ("pass", GOOD, None)
    assert evidence_of(found) == [(PATH, "patchtst")]


def test_one_channel_is_enough() -> None:
    assert holding(center=(0.0,), scale=(1e-9,)).detail == f"{PATH}: zscore, 1 channel, finite, every scale > 0"


def test_a_warning_is_told_and_does_not_fail() -> None:
    assert told(holding(findings=(WARNING,))) == ("pass", f"{GOOD} [warning: an odd thing]", None)


def test_without_a_scaler_in_the_configuration_there_is_nothing_to_judge() -> None:
    assert told(judged(None)) == ("skip", "", None)
    assert told(check_scaler(with_config(good(), scaler=None))) == ("skip", "", None)


def test_a_missing_scaler_names_the_stream_that_writes_it() -> None:
    assert good().scaler is not None
    found = judged(unread(good().scaler))

    assert told(found) == ("fail", f"{PATH} is missing", HINT)
    assert evidence_of(found) == [(PATH, "patchtst")]


def test_a_scaler_of_another_stream_names_that_one() -> None:
    assert good().scaler is not None
    seen = with_config(
        replace(good(), scaler=unread(good().scaler), backups=()), scaler={"stream": "swinmae", "path": PATH}
    )

    found = check_scaler(seen)

    assert found.hint == f"Run SwinMAE training; it should save {PATH}."
    assert evidence_of(found) == [(PATH, "swinmae")]


def test_a_scaler_that_is_being_written_is_not_judged_yet() -> None:
    assert good().scaler is not None
    found = judged(replace(reread(good().scaler, findings=(ERROR,)), being_written=True))

    assert told(found) == ("skip", f"{PATH} is being written", "It is being written; look again in a moment.")
    assert evidence_of(found) == [(PATH, "patchtst")]


def test_an_unreadable_scaler_tells_the_readers_errors() -> None:
    found = holding(findings=(ERROR,), center=None)

    assert told(found) == ("fail", f"{PATH}: expected this, found that (line 3)", HINT)
    assert evidence_of(found) == [(PATH, "patchtst")]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"method": None}, "expected the keys method, center and scale; missing: method"),
        ({"center": None}, "expected the keys method, center and scale; missing: center"),
        ({"method": None, "scale": None}, "expected the keys method, center and scale; missing: method, scale"),
        ({"center": (), "scale": ()}, "center has 0 numbers and scale 0: expected as many, and at least one"),
        ({"center": (1.0,)}, "center has 1 number and scale 6: expected as many, and at least one"),
        ({"center": (0.0,) * 5 + (math.nan,)}, "center[5] is nan: expected a finite number"),
        ({"center": (math.inf,) * 6}, "center[0] is inf: expected a finite number"),
        ({"scale": (1.0, -math.inf, 0.0, 1.0, 1.0, 1.0)}, "scale[1] is -inf: expected a finite number"),
        ({"scale": (1.0, 1.0, 0.0, -1.0, 1.0, 1.0)}, "scale[2] is 0: expected a number above 0"),
        ({"scale": (-0.25,) + (1.0,) * 5}, "scale[0] is -0.25: expected a number above 0"),
    ],
)
def test_a_scaler_that_cannot_be_used_fails_with_the_first_thing_wrong(changes: dict[str, Any], problem: str) -> None:
    assert told(holding(**changes)) == ("fail", f"{PATH}: {problem}", HINT)
