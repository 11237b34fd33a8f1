"""State -> the head of the report: which run, the verdict with its sentence, and the tally. Pure."""

from __future__ import annotations

from collectors.contract.delta import Delta
from collectors.contract.state import DashboardState, Verdict
from collectors.contract.values import Outcome, VerdictValue
from collectors.presentation.checklist import summary_line
from collectors.presentation.html.figures import instant
from collectors.presentation.html.markup import Html, el
from collectors.presentation.html.shades import icon, marked
from collectors.presentation.words import (
    OUTCOME_STATUS,
    REGRESSION_LOOKS,
    REGRESSION_WORDS,
    VERDICT_STATUS,
    VERDICT_WORDS,
    one_line,
    status_class,
)


def render_head(state: DashboardState) -> Html:
    """Return the page's heading and what it is about."""
    meta = state.meta
    brand = el("p", icon("brand"), "Training Dashboard", el("span", "run report"), class_="brand")
    facts = [
        el("b", meta.run_id),
        el("span", "workspace ", el("b", one_line(meta.workspace))),
        el("span", "started ", instant(meta.started_at)) if meta.started_at else None,
        el("span", "last record ", instant(meta.finished_at)) if meta.finished_at else None,
    ]
    return el("header", brand, el("h1", one_line(meta.title)), el("p", *facts, class_="facts"), class_="head")


def render_verdict(state: DashboardState, delta: Delta | None) -> Html:
    """Return the verdict bar; with a comparison also what the regression policy says."""
    value = state.verdict.value
    status = VERDICT_STATUS[value]
    shape = "incomplete" if value is VerdictValue.INCOMPLETE else status.value
    word = el("h2", icon(shape), VERDICT_WORDS[value], class_="verdict-word")
    told = [el("p", one_line(state.verdict.reason), class_="verdict-reason"),
            el("p", "as of ", instant(state.meta.timestamp), class_="verdict-time")]  # fmt: skip
    why = el("div", *told, _judged(delta) if delta else None, class_="verdict-why")
    return el("section", word, why, _tally(state.verdict), class_=f"verdict {status_class(status)}", id="verdict")


def _judged(delta: Delta) -> Html:
    found = delta.regression
    word = marked(REGRESSION_WORDS[found.value], *REGRESSION_LOOKS[found.value])
    return el("p", word, f" against the baseline {delta.baseline.run_id}", class_="verdict-baseline")


def _tally(verdict: Verdict) -> Html:
    """The counts as a bar, and in words."""
    counts = ((verdict.passed, Outcome.PASS), (verdict.failed, Outcome.FAIL), (verdict.skipped, Outcome.SKIP))
    total = max(1, sum(count for count, _ in counts))
    parts, start = [], 0.0
    for count, outcome in counts:
        if count:
            share = 100 * count / total
            bar = f"tally-part {status_class(OUTCOME_STATUS[outcome])}"
            parts.append(el("rect", x=f"{start:.2f}%", width=f"{share:.2f}%", y="0", height="6", class_=bar))
            start += share
    drawn = el("svg", *parts, width="100%", height="6", class_="tally-bar", aria_hidden="true")
    return el(
        "div", drawn, el("p", summary_line(verdict).removeprefix("Summary: "), class_="tally-words"), class_="tally"
    )


def render_notices(state: DashboardState) -> Html | None:
    """Return what the collector wants a person to know; nothing where it has nothing to say."""
    if not state.notices:
        return None
    return el("ul", *(el("li", one_line(notice)) for notice in state.notices), class_="notices")
