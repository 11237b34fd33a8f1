"""State -> the verdict bar: one word, what stands in the way, which run, and the tally.

The word was decided in `collectors/`; here it only gets its shade and its icon.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.contract.state import DashboardState, Verdict
from collectors.contract.values import Status, VerdictValue
from collectors.numbers import iso_text
from collectors.presentation.words import VERDICT_STATUS, VERDICT_WORDS, status_class, verdict_icon
from dash_app.views.markup import age, attributes, clock, commands, icon, left, observed


def render_verdict(state: DashboardState | None, sentence: str, *, is_snapshot: bool = False) -> Component:
    """Return the bar; without a state, `sentence` says what is known instead.

    A snapshot is not observed any more: its bar tells when it became true.
    """
    if state is None:
        heading = _heading(Status.IDLE, "NO STATE")
        return _bar(Status.IDLE, [heading, html.Div(html.P(commands(sentence), className="verdict-reason"))])
    value = state.verdict.value
    status = VERDICT_STATUS[value]
    why = html.Div([_reason(state), _run(state, is_snapshot=is_snapshot)], className="verdict-why")
    parts = [_heading(verdict_icon(value), VERDICT_WORDS[value]), why, _tally(state.verdict)]
    return _bar(status, parts, data_true_at=iso_text(state.meta.timestamp))


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


def _bar(status: Status, parts: list[Component], **data: str) -> Component:
    return html.Div(parts, className=f"verdict {status_class(status)}", **attributes(**data))


def _heading(mark: str | Status, word: str) -> Component:
    return html.H2([icon(mark), word], className="verdict-word")


def _reason(state: DashboardState) -> Component:
    """The sentence, with the check it begins with in bold and leading to its row."""
    reason = state.verdict.reason
    for check in state.checklist:
        head = f"{check.index}. {check.title}"
        if reason.startswith(head):
            link = html.A(head, href=f"#check-{check.id}", className="verdict-check")
            return html.P([link, reason.removeprefix(head)], title=reason, className="verdict-reason")
    return html.P(reason, title=reason, className="verdict-reason")


def _run(state: DashboardState, *, is_snapshot: bool) -> Component:
    meta = state.meta
    parts: list[Component] = [html.Span(meta.run_id, className="run-id")]
    if meta.finished_at and state.verdict.value is not VerdictValue.TRAINING:
        ended = all(stream.completion.status is Status.DONE for stream in state.metrics.values())
        parts.append(html.Span(["finished " if ended else "last record ", age(meta.finished_at)]))
    elif meta.started_at:
        parts.append(html.Span(["started ", age(meta.started_at)]))
    if not is_snapshot:
        parts += _expected(state)
    if is_snapshot:
        parts.append(html.Span(["snapshot of ", clock(meta.timestamp), ", not live"], className="observed"))
    else:
        parts.append(html.Span(["observed ", observed(), html.I(className="live-dot")], className="observed"))
    return html.P(parts, className="verdict-run dotted")


def _expected(state: DashboardState) -> list[Component]:
    """When the running stream that takes longest should end; those that have not begun are not counted in."""
    ends = [
        (stream.completion.expected_end_at, stream.label)
        for stream in state.metrics.values()
        if stream.completion.expected_end_at and stream.completion.status is Status.RUNNING
    ]
    if not ends or state.verdict.value is not VerdictValue.TRAINING:
        return []
    instant, label = max(ends)
    return [html.Span([f"{label} ", left(instant)], className="verdict-left")]


def _tally(verdict: Verdict) -> Component:
    counts = (
        (verdict.passed, "passed", Status.DONE),
        (verdict.failed, "failed", Status.FAIL),
        (verdict.skipped, "skipped", Status.IDLE),
    )
    bar = [html.I(className=status_class(status), style={"flexGrow": count}) for count, _, status in counts if count]
    words = [html.Span([html.B(count), f" {word}"]) for count, word, _ in counts]
    return html.Div(
        [
            html.Div(bar, className="tally-bar", **attributes(aria_hidden="true")),
            html.P(words, className="tally-words"),
        ],
        className="tally",
    )
