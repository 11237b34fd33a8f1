"""State -> a badge: two words in a small picture, such as `training | READY 9/9`.

A verdict, one stream or one check, drawn with the page's own colours and readable without them. What
cannot be told is said in grey (`stale`, `unknown`); what is not there is a badge as well, because many
wikis show nothing at all in place of a picture that was not found. It knows no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import Check, DashboardState
from collectors.contract.values import Status
from collectors.numbers import instant_words, place_words
from collectors.presentation.palette import colour
from collectors.presentation.svg import FONT, SVG, cut, text_width, xml_text
from collectors.presentation.words import (
    NOT_ASKED,
    OUTCOME_STATUS,
    VERDICT_STATUS,
    VERDICT_WORDS,
    progress_words,
    stream_word,
)

HEIGHT: Final = 20
SIZE: Final = 11
PAD: Final = 7
ROUND: Final = 4
MOST_LABEL: Final = 240.0
MOST_MESSAGE: Final = 300.0
LABEL: Final = "training"
WHITE: Final = "#ffffff"
LABEL_GROUND: Final = colour("line-strong", "dark")


@dataclass(frozen=True)
class Badge:
    """What a badge says."""

    label: str
    """What it is about, at the left."""
    message: str
    """What is known of it, at the right."""
    status: Status
    """The colour behind the message."""
    title: str
    """The whole truth in a sentence, for a pointer that rests and for screen readers."""


def verdict_badge(state: DashboardState, run_id: str | None = None) -> Badge:
    """Return the verdict as word and count; `run_id` is named where it is a stored run."""
    verdict = state.verdict
    message = f"{VERDICT_WORDS[verdict.value]} {verdict.passed}/{verdict.total}"
    label = f"{LABEL} {run_id}" if run_id else LABEL
    title = f"{state.meta.title}, {state.meta.run_id}: {verdict.reason}"
    return Badge(label, message, VERDICT_STATUS[verdict.value], _dated(title, state))


def stream_badge(state: DashboardState, stream: str) -> Badge:
    """Return how far one stream is; a badge that says so where there is no such stream."""
    found = state.metrics.get(stream)
    if found is None:
        return missing_badge("no such stream")
    so_far = found.completion
    message = _stream_message(found)
    title = f"{found.label}: {message}"
    if so_far.from_previous_run:
        # Green of a run that is over says nothing about the one that is shown.
        return Badge(found.label, message, Status.IDLE, _dated(title, state))
    return Badge(found.label, message, so_far.status, _dated(title, state))


def check_badge(state: DashboardState, check: str) -> Badge:
    """Return the outcome of one check, named by its id or number."""
    found = next((one for one in state.checklist if check in (one.id, str(one.index))), None)
    off = next((one for one in state.not_asked if check in (one.id, str(one.index))), None)
    if off is not None:
        title = f"{off.index}. {off.title}: {NOT_ASKED}. {off.reason}"
        return Badge(f"{off.index}. {off.title}", NOT_ASKED, Status.IDLE, _dated(title, state))
    if found is None:
        return missing_badge("no such check")
    title = f"{_check_name(found)}: {found.outcome.value}. {found.detail}"
    return Badge(_check_name(found), found.outcome.value.upper(), OUTCOME_STATUS[found.outcome], _dated(title, state))


def stale_badge(badge: Badge, observed_at: datetime | None) -> Badge:
    """Return the badge of something that nobody has looked at for too long."""
    since = f"last looked at {instant_words(observed_at)}" if observed_at else "nobody observes it"
    return replace(badge, message="stale", status=Status.IDLE, title=f"stale: {since}. Then: {badge.title}")


def unknown_badge(sentence: str) -> Badge:
    """Return the badge of a state that cannot be read, and why."""
    return Badge(LABEL, "unknown", Status.IDLE, sentence)


def missing_badge(what: str) -> Badge:
    """Return the badge of something that is not there."""
    return Badge(LABEL, what, Status.FAIL, f"{what}: whoever wrote this page should look at the badge's address")


def render_badge(badge: Badge) -> str:
    """Return the badge as SVG, 20 px high."""
    label, message = cut(badge.label, MOST_LABEL, SIZE), cut(badge.message, MOST_MESSAGE, SIZE)
    left, right = (round(text_width(words, SIZE)) for words in (label, message))
    middle, width = left + 2 * PAD, left + right + 4 * PAD
    name = xml_text(f"{label}: {message}")
    return (
        f'<svg xmlns="{SVG}" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" '
        f'role="img" aria-label="{name}"><title>{xml_text(badge.title)}</title>'
        f'<path fill="{LABEL_GROUND}" d="{_left_side(middle)}"/>'
        f'<path fill="{message_ground(badge.status)}" d="{_right_side(middle, width)}"/>'
        f'<g fill="{WHITE}" font-family="{FONT}" font-size="{SIZE}">'
        f"{_words(label, PAD, left)}{_words(message, middle + PAD, right)}</g></svg>"
    )


def message_ground(status: Status) -> str:
    """Return the colour behind a message: dark enough for white words."""
    return colour(f"{status.value}-text", "light")


def _words(words: str, left: int, width: int) -> str:
    """Text that takes exactly the room that was measured for it, whatever font is there."""
    return f'<text x="{left}" y="14" textLength="{width}" lengthAdjust="spacingAndGlyphs">{xml_text(words)}</text>'


def _left_side(end: int) -> str:
    corner = f"A{ROUND} {ROUND} 0 0 1"
    return f"M{ROUND} 0H{end}V{HEIGHT}H{ROUND}{corner} 0 {HEIGHT - ROUND}V{ROUND}{corner} {ROUND} 0z"


def _right_side(start: int, end: int) -> str:
    corner = f"A{ROUND} {ROUND} 0 0 1"
    return f"M{start} 0H{end - ROUND}{corner} {end} {ROUND}V{HEIGHT - ROUND}{corner} {end - ROUND} {HEIGHT}H{start}z"


def _check_name(check: Check) -> str:
    return f"{check.index}. {check.title}"


def _stream_message(stream: StreamMetrics) -> str:
    if stream.diverged_at is not None:
        return f"diverged at {place_words(stream.diverged_at.epoch, stream.diverged_at.step)}".removesuffix(" at ")
    word, status = stream_word(stream), stream.completion.status
    return word if status is Status.IDLE else f"{word}, {progress_words(stream)}"


def _dated(title: str, state: DashboardState) -> str:
    return f"{title} (since {instant_words(state.meta.timestamp)})"
