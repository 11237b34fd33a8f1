"""State -> the verdict bar, with what the page alone tells: when it was observed, when a stream should end."""

from __future__ import annotations

from typing import Any

from collectors.contract.state import DashboardState
from collectors.contract.values import Status, VerdictValue
from collectors.numbers import instant_words, iso_text
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import age, clock, coded, icon
from collectors.presentation.regions.verdict import verdict_bar
from collectors.presentation.words import VERDICT_WORDS, status_class
from dash_app.views.tree import component


def render_verdict(state: DashboardState | None, sentence: str, *, is_snapshot: bool = False) -> Any:
    """Return the bar; without a state, `sentence` says what is known instead.

    A snapshot is not observed any more: its bar tells when it became true.
    """
    if state is None:
        heading = el("h2", icon(Status.IDLE), "NO STATE", class_="verdict-word")
        why = el("div", el("p", coded(sentence), class_="verdict-reason"))
        return component(el("div", heading, why, class_=f"verdict {status_class(Status.IDLE)}"))
    return component(verdict_bar(state, _run(state, is_snapshot=is_snapshot), linked=True))


def verdict_now(state: DashboardState | None, *, is_snapshot: bool = False) -> dict[str, Any]:
    """What the tab's title and icon and the polite announcement are made of."""
    if state is None:
        return {"value": "none", "word": "NO STATE", "title": "", "reason": "", "snapshot": None}
    return {
        "value": state.verdict.value.value,
        "word": VERDICT_WORDS[state.verdict.value],
        "title": state.meta.title,
        "reason": state.verdict.reason,
        "snapshot": state.meta.run_id if is_snapshot else None,
    }


def _run(state: DashboardState, *, is_snapshot: bool) -> Element:
    meta = state.meta
    ended = None
    if meta.finished_at and state.verdict.value is not VerdictValue.TRAINING:
        is_done = all(stream.completion.status is Status.DONE for stream in state.metrics.values())
        ended = el("span", "finished " if is_done else "last record ", age(meta.finished_at))
    elif meta.started_at:
        ended = el("span", "started ", age(meta.started_at))
    if is_snapshot:
        seen = el("span", "snapshot of ", clock(meta.timestamp), ", not live", class_="observed")
    else:
        # Filled in by the feed, which hears it every time.
        told = el("time", data_relative="", data_observed="")
        seen = el("span", "observed ", told, el("i", class_="live-dot"), class_="observed")
    expected = None if is_snapshot else _expected(state)
    return el("p", el("span", meta.run_id, class_="run-id"), ended, expected, seen, class_="verdict-run dotted")


def _expected(state: DashboardState) -> Element | None:
    """When the running stream that takes longest should end; those that have not begun are not counted in."""
    ends = [
        (stream.completion.expected_end_at, stream.label)
        for stream in state.metrics.values()
        if stream.completion.expected_end_at and stream.completion.status is Status.RUNNING
    ]
    if not ends or state.verdict.value is not VerdictValue.TRAINING:
        return None
    instant, label = max(ends)
    # The script tells it as `about 95 s left`.
    left = el("time", instant_words(instant), datetime=iso_text(instant), data_left="")
    return el("span", f"{label} ", left, class_="verdict-left")
