"""What can be wished of a fleet -> chips and fields, each with how many rows it leaves. Pure.

Chips are links, fields a form that is sent by GET: the address says it all, and no script is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from collectors.contract.workspace_row import NEEDS_SOMEBODY, Standing
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import unseen
from collectors.presentation.standing import LOOKS
from collectors.store.fleet import FleetPage
from dash_app.reading.fleet_query import NEEDS, address_with

FIELDS: Final = ("check", "stage", "label")


def chips(page: FleetPage, given: Mapping[str, str]) -> Element:
    """Return a link for each standing that there is, and for all."""
    counts, chosen = page.counts, given.get("verdict", "")
    needs = sum(counts.get(standing, 0) for standing in NEEDS_SOMEBODY)
    shown = [("", "all", sum(counts.values())), (NEEDS, "needs you", needs)]
    shown += [
        (one.value, LOOKS[one].word.lower(), counts.get(one, 0))
        for one in Standing
        if counts.get(one) or one.value == chosen
    ]
    links = (_chip(word, label, count, given) for word, label, count in shown)
    return el("nav", links, class_="fleet-chips", id="fleet-chips", aria_label="Verdicts")


def _chip(word: str, label: str, count: int, given: Mapping[str, str]) -> Element:
    is_chosen = given.get("verdict", "") == word
    return el(
        "a",
        label,
        " ",
        el("b", f"{count:,}"),
        href=address_with(given, verdict=word),
        class_="fleet-chip",
        aria_current="true" if is_chosen else None,
        data_key=f"chip {word}",
    )


def fields(page: FleetPage, given: Mapping[str, str]) -> Element:
    """Return the form: a text, and a choice of each kind that some row has."""
    offers = page.offers
    choices = {
        "check": [(mark.id, f"{mark.index}. {mark.title}", count) for mark, count in offers.checks.items()],
        "stage": [(stage, label, count) for (stage, label), count in offers.stages.items()],
        "label": [(label, label.replace(":", ": ", 1), count) for label, count in offers.labels.items()],
    }
    kept = (
        el("input", type="hidden", name=name, value=given[name]) for name in ("verdict", "theme") if given.get(name)
    )
    search = el(
        "label",
        unseen("Find a workspace"),
        el("input", type="search", name="text", value=given.get("text", ""), maxlength=200, autocomplete="off",
           placeholder="workspace, label, reason, check   ( / )", id="fleet-text"),
    )  # fmt: skip
    return el(
        "form",
        search,
        (_choice(name, choices[name], given.get(name, "")) for name in FIELDS),
        kept,
        el("button", "Find", type="submit", class_="plain-button fleet-find"),
        class_="fleet-fields",
        id="fleet-fields",
        method="get",
        role="search",
    )


NAMES: Final = {"check": ("Fails check", "any check"), "stage": ("Busy stage", "any stage"), "label": ("Label", "any")}


def _choice(name: str, offered: Iterable[tuple[str, str, int]], chosen: str) -> Element | None:
    """A choice; nothing where there is none to make."""
    found = list(offered)
    if chosen and chosen not in (value for value, _, _ in found):
        found.append((chosen, chosen, 0))
    if not found:
        return None
    label, every = NAMES[name]
    options = [el("option", every, value="")]
    options += [
        el("option", f"{words} ({count:,})", value=value, selected=value == chosen or None)
        for value, words, count in found
    ]
    return el("label", el("span", label), el("select", options, name=name, id=f"fleet-{name}"))
