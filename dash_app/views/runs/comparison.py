"""A delta -> the comparison panel: what the policy says, and everything in which two runs differ.

It shows what `compare` judged; what cannot be compared is said to be so, never better or worse.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from collectors.compare.policy_words import policy_words
from collectors.contract.delta import Delta, Side
from dash_app.views.direction import render_judgement
from dash_app.views.markup import attributes, icon
from dash_app.views.runs.changes import render_artifact_changes, render_check_changes
from dash_app.views.runs.picker import verdict_mark
from dash_app.views.runs.stream_delta import render_stream_delta

NO_BASELINE = (
    "No baseline is chosen. Choose one at the top, or pin a stored run: then everybody who opens this page "
    "sees what became better and what became worse."
)


def render_comparison(
    delta: Delta | None, baseline_id: str | None, *, is_pinned: bool, pin_target: str | None
) -> list[Component]:
    """Return the panel's heading and content.

    Without a delta it says why there is none. `pin_target` is the stored run that the button pins; null
    shows no button.
    """
    header = _header(delta, baseline_id, is_pinned, pin_target)
    if delta is None:
        missing = f"The baseline {baseline_id} cannot be compared: its snapshot or the state is not there."
        return [header, html.P(missing if baseline_id else NO_BASELINE, className="empty")]
    return [header, html.Div(_content(delta), className="comparison-body")]


def _content(delta: Delta) -> list[Component]:
    notes = [html.P(note, className="comparison-note") for note in delta.notes]
    streams = [render_stream_delta(stream) for stream in delta.streams]
    return [
        _policy(delta),
        *notes,
        _verdicts(delta),
        html.Div(streams, className="stream-deltas"),
        html.Div([render_check_changes(delta.checks), render_artifact_changes(delta.artifacts)], className="changes"),
    ]


def _header(delta: Delta | None, baseline_id: str | None, is_pinned: bool, pin_target: str | None) -> Component:
    title = [html.Span("Comparison with the baseline "), html.B(baseline_id)] if baseline_id else "Comparison"
    mark = [html.Span([icon("pin"), "pinned"], className="pin-mark")] if is_pinned else []
    judged = [render_judgement(delta.regression)] if delta else []
    return html.Header(
        [html.H2(title), *mark, *judged, html.Span(_pin_buttons(is_pinned, pin_target), className="pin-buttons")],
        className="panel-head",
    )


def _pin_buttons(is_pinned: bool, pin_target: str | None) -> list[Component]:
    """Hidden in a frame; the server refuses there too."""
    buttons = []
    if pin_target:
        words: list[Component | str] = [icon("pin"), "Pin as baseline"]
        title = f"Make {pin_target} the baseline for everybody who opens this page"
        buttons.append(_button(words, title, pin_target))
    if is_pinned:
        buttons.append(_button(["Unpin"], "Let there be no baseline for everybody", ""))
    return buttons


def _button(words: list[Component | str], title: str, run_id: str) -> Component:
    return html.Button(words, type="button", className="plain-button", title=title, **attributes(data_pin=run_id))


def _policy(delta: Delta) -> Component:
    rules = html.Span(f"Policy: {policy_words(delta.policy)}.", className="policy-rules")
    return html.P([html.Span(delta.regression.sentence, className="policy-found"), rules], className="policy")


def _verdicts(delta: Delta) -> Component:
    change = "" if delta.passed_difference == 0 else f" ({delta.passed_difference:+d})"
    parts = [
        html.Span("Verdict"),
        _verdict(delta.run),
        html.Span(f"against the baseline's{change}"),
        _verdict(delta.baseline),
    ]
    return html.P(parts, className="verdict-change")


def _verdict(side: Side) -> Component:
    return html.Span([verdict_mark(side.verdict), f" {side.passed}/{side.total} passed"])
