"""A page of rows -> the whole document: bar, chips, fields, groups of rows, the way to the next page. Pure.

It is complete as it is sent; `assets/fleet/` only renews it, moves through it by keys and asks it to find.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from collectors.numbers import plural
from collectors.presentation.markup import Child, Element, el, to_html
from collectors.presentation.palette import colour
from collectors.presentation.pieces import age, icon, unseen
from collectors.presentation.standing import GROUPS
from collectors.store.fleet import FleetPage
from dash_app.reading.fleet_query import address_with
from dash_app.views.fleet.filters import chips, fields
from dash_app.views.fleet.row import fleet_row

TITLE: Final = "All workspaces"
PRODUCT: Final = "Training Dashboard"
NOBODY_YET: Final = "No workspace is here yet, or none that you may see."
NOTHING_FITS: Final = "No workspace fits all that is asked for."
NEWER: Final = "Rows that come before these are on the first page."
KEYS: Final = (
    ("/", "find a workspace"),
    ("j k", "to the next and to the previous one"),
    ("Enter", "there: to the first that was found; on a workspace: open it"),
    ("t", "another theme: the device's, light, dark"),
    ("?", "this list"),
)
THEMES: Final = (("", "auto", "Theme of this device"), ("light", "light", "Light"), ("dark", "dark", "Dark"))
MARKS: Final = (
    ("is-done", "passed, ready"),
    ("is-fail", "failed, not ready"),
    ("is-stalled", "incomplete"),
    ("is-running", "training"),
    ("is-not-yet", "not yet"),
    ("is-idle", "skipped"),
)
DOCUMENT: Final = """<!DOCTYPE html>
<html lang="en"{theme} data-sign="{sign}" data-freshness="live">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="{light}">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="{dark}">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{styles}">
</head>
<body>
{body}
<script id="_dash-config" type="application/json">{config}</script>
<script src="{scripts}"></script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the rows."""

    prefix: str
    """Where the page hangs; begins and ends with a slash."""
    styles: str
    """Address of the styles, below the prefix."""
    scripts: str
    account: Element | None = None
    """Who asks, where somebody has to say it."""


def fleet_document(page: FleetPage, given: Mapping[str, str], frame: Frame) -> str:
    """Return the page as HTML; `given` are the parameters of its address."""
    theme, needs = given.get("theme", ""), sum(page.counts.get(one, 0) for one in GROUPS[0][1])
    body = [
        el("a", "Skip to the workspaces", href="#fleet-rows", class_="skip"),
        _top(page, given, frame),
        el("main", _main(page, given, frame), class_="fleet"),
        _keys(),
    ]
    return DOCUMENT.format(
        theme=f' data-theme="{theme}"' if theme else "",
        sign=page.sign,
        title=escape(f"{f'({needs}) ' if needs else ''}{TITLE} · {PRODUCT}"),
        light=colour("surface", "light"),
        dark=colour("surface", "dark"),
        styles=frame.prefix + frame.styles,
        scripts=frame.prefix + frame.scripts,
        body=to_html(body),
        config=json.dumps({"requests_pathname_prefix": frame.prefix}).replace("<", "\\u003c"),
    )


def _top(page: FleetPage, given: Mapping[str, str], frame: Frame) -> Element:
    brand = el("div", icon("brand"), el("h1", TITLE), class_="brand")
    keys = el(
        "button", "?", unseen(" keys"), type="button", class_="plain-button fleet-help", data_keys="", title="Keys"
    )
    actions = el("div", frame.account, _theme_menu(given), keys, class_="top-actions")
    return el("header", brand, el("div", _observed(page), actions, class_="top-end"), class_="top")


def _observed(page: FleetPage) -> Element:
    newest: list[Child] = [" · newest change ", age(page.newest)] if page.newest else []
    return el(
        "p", f"{page.observed:,} of {page.known:,} observed", newest, class_="fleet-observed", id="fleet-observed"
    )


def _theme_menu(given: Mapping[str, str]) -> Element:
    summary = el("summary", (icon(name) for _, name, _ in THEMES), unseen("Theme"), title="Theme")
    links = (
        el("a", icon(name), title, href=address_with(given, theme=value), data_theme_link=name,
           aria_current="true" if given.get("theme", "") == value else None)
        for value, name, title in THEMES
    )  # fmt: skip
    return el("details", summary, el("div", links, class_="menu-panel"), class_="menu theme-menu")


def _main(page: FleetPage, given: Mapping[str, str], frame: Frame) -> list[Child]:
    return [
        el("p", id="fleet-sentence", class_="feed-sentence", role="status"),
        el("div", fields(page, given), chips(page, given), class_="fleet-wishes"),
        el("div", _rows(page, given, frame), id="fleet-rows", class_="panel fleet-rows", tabindex="-1"),
        _legend(),
    ]


def _rows(page: FleetPage, given: Mapping[str, str], frame: Frame) -> list[Child]:
    if not page.rows:
        return [el("p", NOTHING_FITS if page.known else NOBODY_YET, class_="empty")]
    heads = ("Workspace", "Verdict", "Why, or what it is doing", "Checks", "Last runs", "Changed")
    head: Child = el("div", (el("span", one) for one in heads), class_="fleet-heads", aria_hidden="true")
    return [
        head,
        el("p", NEWER, class_="fleet-note") if "before" in given else None,
        *(_group(number, page, given, frame) for number in range(len(GROUPS))),
        _pages(page, given),
    ]


def _group(number: int, page: FleetPage, given: Mapping[str, str], frame: Frame) -> Element | None:
    title, standings = GROUPS[number]
    rows = [one for one in page.rows if one.standing in standings]
    if not rows:
        return None
    count = sum(page.counts.get(standing, 0) for standing in standings)
    told = (fleet_row(one, frame.prefix, given.get("theme", "")) for one in rows)
    name = f"group-{number}"
    heading = el("h2", title, el("span", f" · {count:,}", class_="figure"), id=name)
    return el("section", heading, el("ol", told, class_="fleet-list"), class_="fleet-group", aria_labelledby=name)


def _pages(page: FleetPage, given: Mapping[str, str]) -> Element | None:
    """The ways to the first and to the next page; nothing where this is all."""
    first = el("a", "First page", href=address_with(given), class_="plain-button") if "before" in given else None
    after = page.after and address_with(given, before=page.after.text)
    following = el("a", f"Next {len(page.rows):,}", href=after, rel="next", class_="plain-button") if after else None
    return el("nav", first, following, class_="fleet-pages", aria_label="Pages") if first or following else None


def _legend() -> Element:
    marks = (el("span", el("i", class_=f"mark {look}"), words) for look, words in MARKS)
    return el("p", unseen("Marks: "), marks, class_="fleet-legend", aria_hidden="true")


def _keys() -> Element:
    rows = (el("tr", el("th", el("kbd", key), scope="row"), el("td", does)) for key, does in KEYS)
    close = el("button", "Close", type="button", class_="plain-button", data_dialog_close="")
    head = el("header", el("h2", "Keys"), close, class_="share-head")
    room = el("div", head, el("table", el("tbody", rows)), class_="shortcuts-room")
    return el("dialog", room, id="fleet-keys", class_="dialog", aria_label="Keys")


def count_words(page: FleetPage) -> str:
    """`60 workspaces, 3 need you`: for a picture that has no room for more."""
    needs = sum(page.counts.get(one, 0) for one in GROUPS[0][1])
    return f"{plural(sum(page.counts.values()), 'workspace')}, {f'{needs:,} need you' if needs else 'nothing to do'}"
