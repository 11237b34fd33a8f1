"""State -> the verdict bar: one word, what stands in the way, the tally, and what to do next. Pure.

The word was decided where the checks are; here it only gets its shade and its icon.
"""

from __future__ import annotations

from collectors.contract.state import DashboardState
from collectors.contract.values import Outcome
from collectors.numbers import iso_text
from collectors.presentation.markup import Child, Element, el
from collectors.presentation.pieces import coded, icon
from collectors.presentation.regions.steps import steps
from collectors.presentation.steps import steps_count
from collectors.presentation.words import (
    NOT_YET,
    OUTCOME_STATUS,
    VERDICT_STATUS,
    VERDICT_WORDS,
    quoted,
    status_class,
    verdict_icon,
)


def verdict_bar(state: DashboardState, *about: Child, linked: bool) -> Element:
    """Return the bar; `about` stands below the reason, whose check leads to its row where it is `linked`."""
    value = state.verdict.value
    return el(
        "div",
        el("h2", icon(verdict_icon(value)), VERDICT_WORDS[value], class_="verdict-word"),
        el("div", _why(state, linked=linked), about, class_="verdict-why"),
        _tally(state),
        steps(state, copied=linked),
        class_=f"verdict {status_class(VERDICT_STATUS[value])}",
        data_true_at=iso_text(state.meta.timestamp),
    )


def _why(state: DashboardState, *, linked: bool) -> list[Element]:
    """The sentence, and below it the check that says so with what it found."""
    told = [(state.verdict.reason, "verdict-reason"), (state.verdict.evidence or "", "verdict-evidence")]
    return [_naming_check(text, look, state, linked=linked) for text, look in told if text]


def _naming_check(text: str, look: str, state: DashboardState, *, linked: bool) -> Element:
    """A line; the check that it begins with leads to its row."""
    heads = {check.id: f"{check.index}. {check.title}" for check in state.checklist}
    found = next((check for check, head in heads.items() if text.startswith(head)), None)
    if found is None:
        return el("p", coded(text), title=quoted(text), class_=look)
    link = el("a" if linked else "b", heads[found], href=f"#check-{found}" if linked else None, class_="verdict-check")
    return el("p", link, coded(text.removeprefix(heads[found])), title=quoted(text), class_=look)


def _following(state: DashboardState) -> str:
    """How many of the failed only follow from another failure."""
    count = sum(bool(check.follows_from) for check in state.checklist if check.outcome is Outcome.FAIL)
    return f", {count} of them follow{'s' if count == 1 else ''}" if count else ""


def _tally(state: DashboardState) -> Element:
    """The counts as a bar with a part a check, and in words, with how many steps are left."""
    verdict, idle = state.verdict, status_class(OUTCOME_STATUS[Outcome.SKIP])
    counts = [
        (verdict.passed, "passed", status_class(OUTCOME_STATUS[Outcome.PASS])),
        (verdict.failed, f"failed{_following(state)}", status_class(OUTCOME_STATUS[Outcome.FAIL])),
    ]
    skipped = verdict.skipped - verdict.not_yet
    counts += [(skipped, "skipped", idle)] if skipped or not verdict.not_yet else []
    counts += [(verdict.not_yet, NOT_YET, f"{idle} is-not-yet")] if verdict.not_yet else []
    bar = el(
        "div", ([el("i", class_=look)] * count for count, _, look in counts), class_="tally-bar", aria_hidden="true"
    )
    words = el("p", (el("span", el("b", count), f" {word} ") for count, word, _ in counts), class_="tally-words")
    left = el("p", steps_count(state), class_="steps-count") if state.steps else None
    return el("div", bar, words, left, class_="tally")
