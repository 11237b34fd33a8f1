"""Words of the contract -> the small trees that every region uses: icons, times, marked words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from collectors.contract.delta import Judgement
from collectors.contract.values import Direction, Status, VerdictValue
from collectors.numbers import UNKNOWN, instant_words, iso_text
from collectors.presentation.markup import Child, Element, el
from collectors.presentation.words import (
    DIRECTION_LOOKS,
    DIRECTION_WORDS,
    REGRESSION_LOOKS,
    REGRESSION_WORDS,
    VERDICT_STATUS,
    VERDICT_WORDS,
    code_parts,
    quoted,
    status_class,
    verdict_icon,
)


def icon(name: str | Status) -> Element:
    """A small icon: a status, or another name of `icons`.

    Icons are decoration: a word always stands beside them, so screen readers pass them over.
    """
    return el("span", class_=f"icon icon-{name}", aria_hidden="true")


def unseen(text: str) -> Element:
    """Text for screen readers, where eyes have a shape or a place."""
    return el("span", text, class_="unseen")


def coded(sentence: str) -> list[Child]:
    """A sentence in which what stands between backticks is a name of a file, or something to type."""
    return [el("code", part) if index % 2 else part for index, part in enumerate(code_parts(sentence)) if part]


def age(when: datetime | None) -> Element:
    """An instant that the page's ticking script tells as `6 min ago`, exact on hover.

    The text is exact, so that it is right without a script; there is no clock in here.
    """
    return el("time", instant_words(when), datetime=iso_text(when), data_relative="") if when else el("span", UNKNOWN)


def clock(when: datetime | None) -> Element:
    """An instant that the page's ticking script tells as `14:02:11`, with its day where not today."""
    return el("time", instant_words(when), datetime=iso_text(when), data_clock="") if when else el("span", UNKNOWN)


def verdict_mark(verdict: VerdictValue | None) -> Element:
    """A verdict as icon and word; what cannot be read is damaged."""
    if verdict is None:
        return el("span", icon("incomplete"), "DAMAGED", class_="verdict-mark is-fail")
    look = f"verdict-mark {status_class(VERDICT_STATUS[verdict])}"
    return el("span", icon(verdict_icon(verdict)), VERDICT_WORDS[verdict], class_=look)


def direction_mark(direction: Direction, reason: str | None = None) -> Element:
    """How a value stands to the baseline's, as icon and word; `reason` is told on hover."""
    shade, shape = DIRECTION_LOOKS[direction]
    look = f"direction {status_class(shade)}"
    return el("span", icon(shape), DIRECTION_WORDS[direction], class_=look, title=quoted(reason) if reason else None)


def judgement_mark(judgement: Judgement) -> Element:
    """What the regression policy says, as icon and word."""
    shade, shape = REGRESSION_LOOKS[judgement.value]
    look = f"judgement {status_class(shade)}"
    return el("span", icon(shape), REGRESSION_WORDS[judgement.value], class_=look)


def panel_head(title: Child, *more: Child) -> Element:
    """The heading of a panel and what stands beside it."""
    return el("header", el("h2", title), *more, class_="panel-head")


def table(columns: Iterable[str], rows: Child, class_: str) -> Element:
    """A table with a heading a column."""
    return el("table", table_head(columns), el("tbody", rows), class_=class_)


def table_head(columns: Iterable[str]) -> Element:
    """The headings of a table's columns."""
    return el("thead", el("tr", (el("th", name, scope="col") for name in columns)))
