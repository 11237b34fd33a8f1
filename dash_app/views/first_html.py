"""Observation -> what stands in the page before any script ran: the verdict and the checklist. Pure.

Read by `curl`, by people without scripts, and for the moment until the page is drawn. All text is
escaped; nothing of it is markup.
"""

from __future__ import annotations

import html

from collectors.contract.state import Check, DashboardState, NotAsked
from collectors.presentation.checklist import not_asked_line
from collectors.presentation.words import OUTCOME_MARKS, VERDICT_STATUS, VERDICT_WORDS, status_class
from dash_app.reading.observation import Observation

ENTRY = '<div id="react-entry-point">{content}</div>'
"""Where the page is drawn: it replaces what stands in it."""


def escape(text: str) -> str:
    """Text that is neither markup nor a slot of the index (`{%config%}`), which Dash fills afterwards."""
    return html.escape(text).replace("{", "&#123;")


def first_html(seen: Observation) -> str:
    """Return the entry point of the page, filled with what is known now."""
    content = _verdict(seen.state) if seen.state else _nothing(seen.sentence or "No state yet.")
    return ENTRY.format(content=f'<div class="top" aria-hidden="true"></div><main class="main">{content}</main>')


def _nothing(sentence: str) -> str:
    return f'<section class="verdict is-idle"><h1 class="verdict-word">NO STATE</h1><p>{escape(sentence)}</p></section>'


def _verdict(state: DashboardState) -> str:
    verdict = state.verdict
    counts = f"{verdict.passed} passed, {verdict.failed} failed, {verdict.skipped} skipped"
    return (
        f'<section class="verdict {status_class(VERDICT_STATUS[verdict.value])}">'
        f'<h1 class="verdict-word">{escape(VERDICT_WORDS[verdict.value])}</h1>'
        f'<div class="verdict-why"><p class="verdict-reason">{escape(verdict.reason)}</p>'
        f"<p>{escape(state.meta.title)}, {escape(state.meta.run_id)}, {counts}</p></div></section>"
        f"<noscript><ol>{''.join([*map(_row, state.checklist), *map(_off, state.not_asked)])}</ol>"
        "<p>Graph and charts need JavaScript.</p></noscript>"
    )


def _row(check: Check) -> str:
    hint = f" Hint: {escape(check.hint)}" if check.hint else ""
    mark = f"{OUTCOME_MARKS[check.outcome]} {check.outcome.upper()}"
    return f"<li>{escape(mark)} - {escape(check.title)}: {escape(check.detail)}{hint}</li>"


def _off(one: NotAsked) -> str:
    return f"<li>{escape(not_asked_line(one))}</li>"
