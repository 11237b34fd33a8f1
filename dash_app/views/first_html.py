"""What is asked for -> what stands in the page before any script ran: verdict, age and checklist. Pure.

Read by `curl`, by people without scripts, and for the moment until the page is drawn. All text is
escaped; nothing of it is markup.
"""

from __future__ import annotations

import html
from datetime import datetime

from collectors.contract.state import Check, DashboardState, NotAsked
from collectors.numbers import duration_words, instant_words
from collectors.presentation.checklist import not_asked_line
from collectors.presentation.words import OUTCOME_MARKS, VERDICT_STATUS, VERDICT_WORDS, status_class
from dash_app.reading.freshness import Freshness
from dash_app.reading.observation import Observation, ObserverHeartbeat

ENTRY = '<div id="react-entry-point">{content}</div>'
"""Where the page is drawn: it replaces what stands in it."""
ROOT = '<html lang="en">'
"""How the index begins."""


def escape(text: str) -> str:
    """Text that is neither markup nor a slot of the index (`{%config%}`), which Dash fills afterwards."""
    return html.escape(text).replace("{", "&#123;")


def root_of(fresh: Freshness) -> str:
    """Return the root with what styles and scripts ask it for: how fresh the page is, and whether its run is stored."""
    shown = ' data-shown="snapshot"' if fresh.word == "stored" else ""
    return f'{ROOT[:-1]} data-freshness="{fresh.word}"{shown}>'


def first_title(seen: Observation, fresh: Freshness, run_id: str | None, usual: str) -> str:
    """Return the title of the tab, as `assets/bar/title.js` tells it once it runs."""
    if seen.state is None:
        return escape(f"NO STATE · {usual}")
    old = f"({run_id}) " if run_id else "(old) " if fresh.word == "stale" else ""
    return escape(f"{old}{VERDICT_WORDS[seen.state.verdict.value]} · {seen.state.meta.title} · {usual}")


def first_html(seen: Observation, fresh: Freshness, run_id: str | None, now: datetime) -> str:
    """Return the entry point of the page, filled with what is known now of the run that was asked for."""
    told = f'<p class="feed-sentence">{escape(fresh.sentence)}</p>' if fresh.sentence else ""
    age = _age(seen, fresh, now)
    content = _verdict(seen.state, age) if seen.state else _nothing(seen.sentence or "No state yet.", run_id)
    return ENTRY.format(content=f'<div class="top" aria-hidden="true"></div><main class="main">{told}{content}</main>')


def _nothing(sentence: str, run_id: str | None) -> str:
    asked = f"There is no readable snapshot of run {run_id}. " if run_id else ""
    return (
        '<section class="verdict is-idle" id="verdict"><h1 class="verdict-word">NO STATE</h1>'
        f"<p>{escape(asked + sentence)}</p></section>"
    )


def _age(seen: Observation, fresh: Freshness, now: datetime) -> str:
    """When what is shown was true, so that it holds however long the page lies about: there is no clock in it."""
    if fresh.word == "stored":
        return f"snapshot of {instant_words(seen.state.meta.timestamp)}, not live" if seen.state else ""
    beat: ObserverHeartbeat | None = seen.heartbeat
    if beat is None:
        return "stale: observed by nobody"
    seconds = max(0.0, (now - beat.observed_at).total_seconds())
    stale = "stale: " if fresh.word == "stale" else ""
    return f"{stale}observed {instant_words(beat.observed_at)}, {duration_words(seconds)} before this page was loaded"


def _verdict(state: DashboardState, age: str) -> str:
    verdict = state.verdict
    counts = f"{verdict.passed} passed, {verdict.failed} failed, {verdict.skipped} skipped"
    return (
        f'<section class="verdict {status_class(VERDICT_STATUS[verdict.value])}" id="verdict">'
        f'<h1 class="verdict-word">{escape(VERDICT_WORDS[verdict.value])}</h1>'
        f'<div class="verdict-why"><p class="verdict-reason">{escape(verdict.reason)}</p>'
        f"<p>{escape(state.meta.title)}, {escape(state.meta.run_id)}, {counts}</p><p>{escape(age)}</p></div></section>"
        f"<noscript><ol>{''.join([*map(_row, state.checklist), *map(_off, state.not_asked)])}</ol>"
        "<p>Graph and charts need JavaScript.</p></noscript>"
    )


def _row(check: Check) -> str:
    hint = f" Hint: {escape(check.hint)}" if check.hint else ""
    mark = f"{OUTCOME_MARKS[check.outcome]} {check.outcome.upper()}"
    return f"<li>{escape(mark)} - {escape(check.title)}: {escape(check.detail)}{hint}</li>"


def _off(one: NotAsked) -> str:
    return f"<li>{escape(not_asked_line(one))}</li>"
