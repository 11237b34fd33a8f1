"""Bytes of a decision report -> what it says of its rows, without the rows.

Input: JSON. Output: `DecisionReportEvidence`: the document without its long lists, and what can be counted in them.
Refuses what is no JSON object, and files over the reader's limit.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from collectors.evidence.files import Finding
from collectors.evidence.scores import DecisionReportEvidence, packed
from collectors.readers.common.finding_list import shorten

LONGEST: Final = 200
"""Items of a list that are kept as they are."""
MOST_WORDS: Final = 64


def read_report(data: bytes) -> DecisionReportEvidence:
    """Return what can be compared with the rows."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as problem:
        return _unread(f"is no JSON ({str(problem)[:120]})")
    if not isinstance(document, dict):
        return _unread(f"expected a JSON object, found {type(document).__name__}")
    events = document.pop("events", None)
    chart = document.pop("chart_payload", None)
    listed = events if isinstance(events, list) else None
    points = chart.get("decision") if isinstance(chart, Mapping) else None
    return DecisionReportEvidence(
        findings=(),
        data=_shortened(document),
        events=None if listed is None else len(listed),
        event_words=_words(_said(one, "decision") for one in listed or ()),
        event_scores=packed([_score(one) for one in listed or ()]),
        chart=len(points) if isinstance(points, list) else None,
        chart_words=_words(points if isinstance(points, list) else ()),
    )


def _unread(problem: str) -> DecisionReportEvidence:
    return DecisionReportEvidence((Finding("error", problem),))


def _said(event: Any, key: str) -> Any:
    return event.get(key) if isinstance(event, Mapping) else None


def _score(event: Any) -> float:
    found = _said(event, "fused_score")
    found = _said(event, "score") if found is None else found
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else np.nan


def _words(said: Any) -> dict[str, int]:
    return dict(Counter(shorten(str(word)) for word in said if word is not None).most_common(MOST_WORDS))


def _shortened(value: Any) -> Any:
    """The document with long lists cut: what is compared stands in mappings."""
    if isinstance(value, Mapping):
        return {shorten(str(key)): _shortened(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_shortened(one) for one in value[:LONGEST]]
    return shorten(value, 1000) if isinstance(value, str) else value
