"""Lengths of windows as the description says them, and the streams' configs -> numbers. Pure.

A key that a config has not, or that is no number there, leaves the length unknown: it is never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from collectors.contract.decision_rules import Decisions as Rules
from collectors.contract.decision_rules import ScoredWindow
from collectors.evidence.documents import value_at


def resolved(rules: Rules, configs: Mapping[str, Any]) -> Rules:
    """The rules with every length as a number; `configs`: stream -> its document."""
    windows = {}
    for stream, window in rules.windows.items():
        seconds = worked_out(window.seconds, configs.get(stream))
        if seconds is not None:
            stride = None if window.stride_seconds is None else worked_out(window.stride_seconds, configs.get(stream))
            windows[stream] = ScoredWindow(seconds=seconds, stride_seconds=stride)
    return rules.model_copy(update={"windows": windows})


def worked_out(formula: float | str, config: Any) -> float | None:
    """A number above 0, from the left; None where a key is missing or the result is none."""
    if not isinstance(formula, str):
        return float(formula)
    first, *rest = re.split(r"([*/])", formula)
    value = _factor(first, config)
    for sign, text in zip(rest[::2], rest[1::2], strict=True):
        factor = _factor(text, config)
        if value is None or factor is None or (sign == "/" and factor == 0):
            return None
        value = value * factor if sign == "*" else value / factor
    return value if value is not None and math.isfinite(value) and value > 0 else None


def _factor(text: str, config: Any) -> float | None:
    try:
        return float(text)
    except ValueError:
        found = value_at(config, text.strip())
        return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None
