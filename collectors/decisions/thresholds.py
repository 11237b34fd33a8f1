"""The document of thresholds -> two lines a series, what is wrong with them, and what they were calibrated on. Pure.

Refuses to take for a number what is none: booleans, text, NaN.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from collectors.contract.decision_rules import Decisions as Rules
from collectors.contract.decision_rules import ThresholdsFile
from collectors.decisions.series import FUSED
from collectors.evidence.documents import MISSING, value_at
from collectors.numbers import number_words


@dataclass(frozen=True, slots=True)
class Lines:
    """The thresholds of one series."""

    warn: float | None
    """None where there are only two words."""
    anomaly: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the file says of how its numbers came to be; None and empty where it does not."""

    split: str | None = None
    normal_only: bool | None = None
    windows: int | None = None
    draws: int | None = None
    quantiles: Mapping[str, float] = field(default_factory=dict)
    medians: Mapping[str, float] = field(default_factory=dict)
    checkpoint_sha256: Mapping[str, str] = field(default_factory=dict)
    scores: str | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a document of thresholds holds."""

    lines: Mapping[str, Lines] = field(default_factory=dict)
    """Series -> its lines, where they can be used."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """Series -> what is wrong with its section."""
    calibration: Calibration | None = None


NO_THRESHOLDS = Thresholds()


def thresholds_in(rules: Rules, names: tuple[str, ...], data: Any) -> Thresholds:
    """Read the sections of these series; one that is not there is neither line nor problem."""
    file = rules.thresholds
    if file is None or not isinstance(data, Mapping):
        return NO_THRESHOLDS
    lines, problems = {}, {}
    for series in names:
        section = _section(rules, file, series, data)
        if section is MISSING:
            continue
        found = _lines(section, file, rules.worse)
        if isinstance(found, str):
            problems[series] = found
        else:
            lines[series] = found
    return Thresholds(lines, problems, calibration_in(value_at(data, file.calibration)))


def _section(rules: Rules, file: ThresholdsFile, series: str, data: Mapping[str, Any]) -> Any:
    called = rules.fused.called if rules.fused and series == FUSED else series
    key = file.sections.get(series, file.sections.get(called, called))
    return data if key == "." else value_at(data, key)


def _lines(section: Any, file: ThresholdsFile, worse: str) -> Lines | str:
    if not isinstance(section, Mapping):
        return f"expected `{file.warn}` and `{file.anomaly}`, found {_found(section)}"
    anomaly, warn = section.get(file.anomaly, MISSING), section.get(file.warn, MISSING)
    if anomaly is MISSING:
        return f"`{file.anomaly}` is missing"
    for name, value in ((file.warn, warn), (file.anomaly, anomaly)):
        if value is not MISSING and not _is_finite(value):
            return f"`{name}` is {_found(value)}: expected a finite number"
    if warn is MISSING:
        return Lines(None, float(anomaly))
    low, high = (warn, anomaly) if worse == "higher" else (anomaly, warn)
    if not 0 < low < high:
        order = f"0 < {file.warn} < {file.anomaly}" if worse == "higher" else f"0 < {file.anomaly} < {file.warn}"
        return f"{file.warn} {number_words(warn)}, {file.anomaly} {number_words(anomaly)}: expected {order}"
    return Lines(float(warn), float(anomaly))


def _is_finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _found(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return number_words(value)
    return "nothing" if value is None else f"`{str(value)[:40]}`"


def calibration_in(block: Any) -> Calibration | None:
    """What a calibration block says; None where there is none."""
    if not isinstance(block, Mapping):
        return None
    split, normal, scores = block.get("split"), block.get("normal_only"), block.get("scores")
    return Calibration(
        split=split if isinstance(split, str) else None,
        normal_only=normal if isinstance(normal, bool) else None,
        windows=_whole(block.get("windows")),
        draws=_whole(block.get("draws")),
        quantiles=_numbers(block.get("quantiles")),
        medians=_numbers(block.get("medians")),
        checkpoint_sha256={k: v.lower() for k, v in _mapping(block.get("checkpoint_sha256")) if isinstance(v, str)},
        scores=scores if isinstance(scores, str) else None,
    )


def _mapping(value: Any) -> list[tuple[str, Any]]:
    return [(str(k), v) for k, v in value.items()] if isinstance(value, Mapping) else []


def _numbers(value: Any) -> dict[str, float]:
    return {k: float(v) for k, v in _mapping(value) if _is_finite(v)}


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
