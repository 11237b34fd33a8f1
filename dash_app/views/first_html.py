"""What is asked for -> what stands in the page before any script ran: verdict, age, and what the caller drew. Pure.

Read by `curl`, by people without scripts, and for the moment until the page is drawn. All text is
escaped; nothing of it is markup.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from collectors.contract.state import DashboardState
from collectors.numbers import duration_words, instant_words
from collectors.presentation.markup import Element, el, to_html
from collectors.presentation.pieces import icon
from collectors.presentation.regions.verdict import verdict_bar
from collectors.presentation.words import VERDICT_WORDS
from dash_app.reading.freshness import Freshness
from dash_app.reading.observation import Observation

BACK = "All workspaces"
ENTRY = '<div id="first-html">{content}</div><div id="react-entry-point"></div>'
"""The page is drawn in the second, and `first.js` takes the first away in that very moment."""
WITHOUT_SCRIPTS = "Without JavaScript nothing here follows the training, and the pipeline is a still picture. "
ROOT = '<html lang="en">'
"""How the index begins."""


@dataclass(frozen=True, slots=True)
class First:
    """What the address asks for, as it is now."""

    seen: Observation
    fresh: Freshness
    run_id: str | None
    """The stored run that is asked for; None for the current state."""
    home: str = ""
    """Address of the fleet, of which this is one workspace."""


def escape(text: str) -> str:
    """Text that is neither markup nor a slot of the index (`{%config%}`), which Dash fills afterwards."""
    return html.escape(text).replace("{", "&#123;")


def root_of(fresh: Freshness) -> str:
    """Return the root with what styles and scripts ask it for: how fresh the page is, and whether its run is stored."""
    shown = ' data-shown="snapshot"' if fresh.word == "stored" else ""
    return f'{ROOT[:-1]} data-freshness="{fresh.word}"{shown}>'


def first_title(first: First, usual: str) -> str:
    """Return the title of the tab, as `assets/bar/title.js` tells it once it runs."""
    state = first.seen.state
    if state is None:
        return escape(f"NO STATE · {usual}")
    old = f"({first.run_id}) " if first.run_id else "(old) " if first.fresh.word == "stale" else ""
    return escape(f"{old}{VERDICT_WORDS[state.verdict.value]} · {state.meta.title} · {usual}")


def first_html(first: First, now: datetime, below: str = "") -> str:
    """Return what is known now, `below` (HTML) under the verdict, and the entry point of the page."""
    state = first.seen.state
    content = f'<p class="feed-sentence">{escape(first.fresh.sentence)}</p>' if first.fresh.sentence else ""
    content += _verdict(first, state, _age(first, state, now)) if state else _nothing(first)
    content += below.replace("{", "&#123;")
    return ENTRY.format(content=f'{_top(first)}<main class="main">{content}</main>')


def _top(first: First) -> str:
    """The bar's name; what can be pressed in it comes with the scripts."""
    title = first.seen.state.meta.title if first.seen.state else None
    back = el("a", BACK, href=first.home, class_="to-fleet") if first.home else None
    name = el("span", title, class_="workspace") if title else None
    about = el("div", back, name, class_="brand-about") if back or name else None
    return _plain(
        el("div", el("div", icon("brand"), el("h1", "Training Dashboard"), about, class_="brand"), class_="top")
    )


def _nothing(first: First) -> str:
    asked = f"There is no readable snapshot of run {first.run_id}. " if first.run_id else ""
    words = escape(asked + (first.seen.sentence or "No state yet."))
    return f'<section class="verdict is-idle"><h2 class="verdict-word">NO STATE</h2><p>{words}</p></section>'


def _age(first: First, state: DashboardState, now: datetime) -> str:
    """When what is shown was true, so that it holds however long the page lies about: there is no clock in it."""
    beat = first.seen.heartbeat
    if first.fresh.word == "stored":
        return f"snapshot of {instant_words(state.meta.timestamp)}, not live"
    if beat is None:
        return "stale: observed by nobody"
    seconds = max(0.0, (now - beat.observed_at).total_seconds())
    stale = "stale: " if first.fresh.word == "stale" else ""
    return f"{stale}observed {instant_words(beat.observed_at)}, {duration_words(seconds)} before this page was loaded"


def _verdict(first: First, state: DashboardState, age: str) -> str:
    """The bar as the page draws it, and what somebody without scripts has instead of the rest."""
    facts = (el("span", state.meta.run_id, class_="run-id"), el("span", age))
    bar = verdict_bar(state, el("p", facts, class_="verdict-run dotted"), linked=False)
    asked = urlencode({"run": first.run_id}) if first.run_id else ""
    report = el("a", "The report", href=f"report.html?{asked}")
    told = el("p", WITHOUT_SCRIPTS, report, " of this run has all the rest on one page.", class_="notices")
    return _plain(bar, el("noscript", told))


def _plain(*elements: Element) -> str:
    """Markup without slots of the index."""
    return to_html(elements).replace("{", "&#123;")
