"""State -> the verdict bar: one word, what stands in the way, which run, and the tally.

The word was decided in `collectors/`; here it only gets its shade and its icon.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.state import DashboardState, Meta, Status, Verdict, VerdictValue
from dash_app.formatting import VERDICT_STATUS, VERDICT_WORDS, status_class
from dash_app.views.markup import age, attributes, icon, observed


def render_verdict(state: DashboardState | None, sentence: str) -> Component:
    """Return the bar; without a state, `sentence` says what is known instead."""
    if state is None:
        return _bar(Status.IDLE, "NO STATE", [html.P(sentence, className="verdict-reason")])
    return _bar(
        VERDICT_STATUS[state.verdict.value],
        VERDICT_WORDS[state.verdict.value],
        [_reason(state), _run(state.meta, state.verdict)],
        _tally(state.verdict),
    )


def verdict_now(state: DashboardState | None) -> dict[str, Any]:
    """What the tab's title and icon and the polite announcement are made of."""
    if state is None:
        return {"value": "none", "word": "NO STATE", "title": "", "reason": ""}
    return {
        "value": state.verdict.value.value,
        "word": VERDICT_WORDS[state.verdict.value],
        "title": state.meta.title,
        "reason": state.verdict.reason,
    }


def _bar(status: Status, word: str, why: list[Component], *rest: Component) -> Component:
    heading = html.H2([icon(status), word], className="verdict-word")
    return html.Div(
        [heading, html.Div(why, className="verdict-why"), *rest],
        className=f"verdict {status_class(status)}",
    )


def _reason(state: DashboardState) -> Component:
    """The sentence, with the check it begins with in bold and leading to its row."""
    reason = state.verdict.reason
    for check in state.checklist:
        head = f"{check.index}. {check.title}"
        if reason.startswith(head):
            link = html.A(head, href=f"#check-{check.id}", className="verdict-check")
            return html.P([link, reason.removeprefix(head)], className="verdict-reason")
    return html.P(reason, className="verdict-reason")


def _run(meta: Meta, verdict: Verdict) -> Component:
    parts: list[Component] = [html.Span(meta.run_id, className="run-id")]
    if meta.finished_at and verdict.value is not VerdictValue.TRAINING:
        parts.append(html.Span(["finished ", age(meta.finished_at)]))
    elif meta.started_at:
        parts.append(html.Span(["started ", age(meta.started_at)]))
    parts.append(html.Span(["observed ", observed(), html.I(className="live-dot")]))
    return html.P(parts, className="verdict-run dotted")


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
