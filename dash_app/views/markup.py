"""Small pieces of markup that every region uses: attributes, icons, times, text for the unseeing.

Text goes in as text; nothing here turns a string into markup.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import html

from collectors.contract.values import Status
from collectors.numbers import UNKNOWN, instant_words, iso_text


def attributes(**named: str) -> dict[str, Any]:
    """`data-` and `aria-` attributes: `attributes(data_check="scaler")` is `data-check="scaler"`."""
    return {name.replace("_", "-"): value for name, value in named.items()}


def icon(name: str | Status) -> html.Span:
    """A small icon: a status, or another name from `05-icons.css`.

    Icons are decoration: a word always stands beside them, so screen readers pass them over.
    """
    return html.Span(className=f"icon icon-{name}", **attributes(aria_hidden="true"))


def unseen(text: str) -> html.Span:
    """Text for screen readers, where eyes have a shape or a place."""
    return html.Span(text, className="unseen")


def end_shown(text: str) -> html.B:
    """A name of which, where it is too long, the end stays: there ids and paths differ."""
    return html.B(html.Bdi(text), title=text, className="end-shown")


def dialog_close() -> html.Button:
    """Return the button that closes the dialog it stands in; `19-dialogs.js` listens."""
    marks = attributes(data_dialog_close="", aria_label="Close")
    return html.Button(
        html.Span("×", **attributes(aria_hidden="true")), type="button", className="dialog-close", **marks
    )


def commands(sentence: str) -> list[str | html.Code]:
    """A sentence in which what stands between backticks is something to type."""
    return [html.Code(part) if index % 2 else part for index, part in enumerate(sentence.split("`")) if part]


def age(when: datetime | None) -> html.Time | html.Span:
    """An instant that the ticking script tells as `6 min ago`, exact on hover.

    The text sent is exact, so that the page is right without a script; there is no clock in here.
    """
    return _time(when, "data_relative")


def clock(when: datetime | None) -> html.Time | html.Span:
    """An instant that the ticking script tells as `14:02:11`, with its day where not today."""
    return _time(when, "data_clock")


def observed() -> html.Time:
    """When the state was last observed: filled in by the feed, which hears it every time."""
    return html.Time(**attributes(data_relative="", data_observed=""))


def left(when: datetime) -> html.Time:
    """An expected instant that the ticking script tells as `about 95 s left`."""
    return html.Time(instant_words(when), dateTime=iso_text(when), **attributes(data_left=""))


def _time(when: datetime | None, kind: str) -> html.Time | html.Span:
    if when is None:
        return html.Span(UNKNOWN)
    return html.Time(instant_words(when), dateTime=iso_text(when), **attributes(**{kind: ""}))


def text_clock(iso: str | None) -> html.Time | html.Span:
    """The same as `clock` for an instant that is ISO 8601 text already."""
    if iso is None:
        return html.Span(UNKNOWN)
    return html.Time(instant_words(iso), dateTime=iso, **attributes(data_clock=""))
