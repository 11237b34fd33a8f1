"""Lengths of windows come from the configs; what a config does not say is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.contract.decision_rules import Decisions
from collectors.decisions.windows import resolved, worked_out

CONFIG = {"data": {"rows": 128, "fs": 50, "name": "x", "on": True, "off": 0, "back": -2}}


@pytest.mark.parametrize(
    ("formula", "seconds"),
    [
        (2.5, 2.5),
        ("data.rows / 50", 2.56),
        ("data.rows / data.fs * 2", 5.12),
        ("4", 4.0),
        ("data.missing / 50", None),
        ("data.name", None),
        ("data.on", None),
        ("data.rows / 0", None),
        ("data.off", None),
        ("data.back", None),
        ("data.back / data.back", 1.0),
        (" data.rows ", 128.0),
    ],
)
def test_a_length_is_worked_out_from_the_left(formula: float | str, seconds: float | None) -> None:
    assert worked_out(formula, CONFIG) == seconds


def test_a_stream_whose_config_does_not_say_it_has_no_length() -> None:
    windows: dict[str, Any] = {"a": {"seconds": "data.rows / 50", "stride_seconds": "data.gone"}, "b": {"seconds": "n"}}
    windows |= {"c": {"seconds": 3}, "d": {"seconds": "data.rows", "stride_seconds": "data.fs / 100"}}
    rules = Decisions.model_validate({"scores": "s.csv", "windows": windows})

    found = resolved(rules, {"a": CONFIG, "b": None, "d": CONFIG}).windows

    assert {name: (window.seconds, window.stride_seconds) for name, window in found.items()} == {
        "a": (2.56, None), "c": (3.0, None), "d": (128.0, 0.5),
    }  # fmt: skip
