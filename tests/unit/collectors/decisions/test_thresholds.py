"""A document of thresholds: two lines a series, or what is wrong with them in one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from support.scorings import STREAMS, rules

from collectors.decisions.thresholds import NO_THRESHOLDS, Calibration, Lines, calibration_in, thresholds_in

NAMES = (*STREAMS, "fused")


def read(section: Any, worse: str = "higher") -> Lines | str | None:
    found = thresholds_in(rules(worse=worse), NAMES, {"swinmae": section})
    return found.lines.get("swinmae") or found.problems.get("swinmae")


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ({"warn": 0.5, "anomaly": 0.8}, Lines(0.5, 0.8)),
        ({"warn": 1, "anomaly": 2}, Lines(1.0, 2.0)),
        ({"anomaly": 0.8}, Lines(None, 0.8)),
        ({"warn": 0.5}, "`anomaly` is missing"),
        ({"warn": True, "anomaly": 0.8}, "`warn` is true: expected a finite number"),
        ({"warn": 0.5, "anomaly": float("nan")}, "`anomaly` is NaN: expected a finite number"),
        ({"warn": 0.5, "anomaly": None}, "`anomaly` is nothing: expected a finite number"),
        ({"warn": "0.5", "anomaly": 0.8}, "`warn` is `0.5`: expected a finite number"),
        ({"warn": 0.8, "anomaly": 0.5}, "warn 0.8, anomaly 0.5: expected 0 < warn < anomaly"),
        ({"warn": 0.8, "anomaly": 0.8}, "warn 0.8, anomaly 0.8: expected 0 < warn < anomaly"),
        ({"warn": 0, "anomaly": 0.8}, "warn 0, anomaly 0.8: expected 0 < warn < anomaly"),
        ([0.5, 0.8], "expected `warn` and `anomaly`, found `[0.5, 0.8]`"),
        (None, "expected `warn` and `anomaly`, found nothing"),
        (0.8, "expected `warn` and `anomaly`, found 0.8"),
        ("x" * 50, f"expected `warn` and `anomaly`, found `{'x' * 40}`"),
    ],
)
def test_a_section_is_two_lines_or_says_what_is_wrong(section: Any, expected: Lines | str) -> None:
    assert read(section) == expected


def test_where_lower_is_worse_lines_fall() -> None:
    assert read({"warn": 0.5, "anomaly": 0.2}, "lower") == Lines(0.5, 0.2)
    assert read({"warn": 0.2, "anomaly": 0.5}, "lower") == "warn 0.2, anomaly 0.5: expected 0 < anomaly < warn"


def test_a_section_stands_under_the_series_own_name_what_it_is_called_or_where_it_is_described() -> None:
    data = {
        "warn": 1.0,
        "anomaly": 2.0,
        "dual": {"warn": 3.0, "anomaly": 4.0},
        "deep": {"at": {"warn": 5, "anomaly": 6}},
    }

    assert thresholds_in(rules(), NAMES, data).lines == {"fused": Lines(3, 4)}
    its = rules(thresholds={"path": "t.json", "sections": {"swinmae": ".", "fused": "deep.at"}})
    assert thresholds_in(its, NAMES, data).lines == {"swinmae": Lines(1, 2), "fused": Lines(5, 6)}
    its = rules(thresholds={"path": "t.json", "sections": {"dual": "deep.at"}})
    assert thresholds_in(its, NAMES, data).lines == {"fused": Lines(5, 6)}


def test_no_document_has_no_lines() -> None:
    assert thresholds_in(rules(thresholds=None), NAMES, {"swinmae": {"anomaly": 1}}) is NO_THRESHOLDS
    assert thresholds_in(rules(), NAMES, [1, 2]) is NO_THRESHOLDS


def test_of_a_calibration_only_what_is_of_the_right_kind_counts() -> None:
    right = {"split": "calibration", "normal_only": True, "windows": 12, "draws": 8, "scores": "s.csv"}
    right |= {"quantiles": {"warn": 0.95}, "medians": {"a": 0.3}, "checkpoint_sha256": {"a": "AB"}}
    wrong = {"split": 3, "normal_only": "yes", "windows": -1, "draws": True, "scores": ["s"]}
    wrong |= {"quantiles": {"warn": True}, "medians": [0.3], "checkpoint_sha256": {"a": 7}}

    assert calibration_in(right) == Calibration(
        "calibration", True, 12, 8, {"warn": 0.95}, {"a": 0.3}, {"a": "ab"}, "s.csv"
    )
    assert calibration_in(right | {"windows": 0, "draws": 0}) == Calibration(
        "calibration", True, 0, 0, {"warn": 0.95}, {"a": 0.3}, {"a": "ab"}, "s.csv"
    )
    assert calibration_in(wrong) == Calibration()
    assert calibration_in("yes") is None
