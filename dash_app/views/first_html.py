"""Observation -> what stands in the page before any script ran: the verdict, and below it what the caller drew. Pure.

Read by `curl`, by people without scripts, and for the moment until the page is drawn. All text is
escaped; nothing of it is markup.
"""

from __future__ import annotations

import html

from collectors.contract.state import DashboardState
from collectors.presentation.words import VERDICT_STATUS, VERDICT_WORDS, status_class
from dash_app.reading.observation import Observation

ENTRY = '<div id="first-html">{content}</div><div id="react-entry-point"></div>'
"""The page is drawn in the second, and `first.js` takes the first away in that very moment."""


def escape(text: str) -> str:
    """Text that is neither markup nor a slot of the index (`{%config%}`), which Dash fills afterwards."""
    return html.escape(text).replace("{", "&#123;")


def first_html(seen: Observation, below: str = "") -> str:
    """Return what is known now, `below` (HTML) under the verdict, and the entry point of the page."""
    content = _verdict(seen.state) if seen.state else _nothing(seen.sentence or "No state yet.")
    content += below.replace("{", "&#123;")
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
        "<noscript><p>The graph needs JavaScript, and so does whatever follows the training.</p></noscript>"
    )
