"""DashboardState -> one self-contained HTML page: the page's own regions, with curves drawn. Pure.

Nothing is loaded and nothing runs: the page's own policy forbids both. The same state gives the same
bytes, whenever it is written. Every text of the state is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from collectors.contract.artifacts import Artifact
from collectors.contract.delta import Delta
from collectors.contract.state import DashboardState
from collectors.numbers import plural
from collectors.presentation.charts.figure import loss_figure
from collectors.presentation.charts.scale import USUAL, Look
from collectors.presentation.icons import ICONS
from collectors.presentation.markup import Child, Element, el, mapped, to_html
from collectors.presentation.pieces import clock, icon, judgement_mark
from collectors.presentation.regions.cards import cards
from collectors.presentation.regions.checklist import checklist
from collectors.presentation.regions.comparison import comparison_body, comparison_head
from collectors.presentation.regions.config import config
from collectors.presentation.regions.decisions import decisions, worst_alarms
from collectors.presentation.regions.files import files_table
from collectors.presentation.regions.notices import notices
from collectors.presentation.regions.provenance import legend, provenance
from collectors.presentation.regions.verdict import verdict_bar
from collectors.presentation.style import STYLE
from collectors.presentation.words import VERDICT_WORDS, one_line, shown_path

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""No script, no font, no picture, no frame from anywhere."""


@dataclass(frozen=True, slots=True)
class Against:
    """The baseline that a run is compared with."""

    run_id: str
    state: DashboardState | None
    """Its snapshot; None where it is gone or cannot be read."""
    delta: Delta | None
    """The comparison; None where it cannot be made."""


def as_html(state: DashboardState, against: Against | None = None, look: Look = USUAL) -> str:
    """Return the page; `look` is how its charts are drawn."""
    is_itself = against is not None and against.run_id == state.meta.run_id
    other = None if is_itself else against
    ghosts = other.state.metrics if other and other.state else {}
    figures = (
        loss_figure(run, ghosts.get(stream), look, f"loss-{n}") for n, (stream, run) in enumerate(state.metrics.items())
    )
    parts = [
        _title(state),
        el("section", verdict_bar(state, _about(state, other), linked=False), id="verdict"),
        notices(state),
        el("section", checklist(state, all_open=True, path=shown_path), class_="panel", id="checklist"),
        _panel("readiness", "Readiness", el("div", cards(state), class_="cards")),
        _panel("losses", "Curves", el("div", figures, class_="figures")),
        _panel("decisions", "Decisions", decisions(state), worst_alarms(state)) if state.decisions else None,
        _comparison(against, is_itself=is_itself) if against else None,
        _panel("config", "Configuration", config(state)),
        _panel("provenance", "Provenance", provenance(state, against.run_id if against else None),
               files_table(state, _file_facts, shown_path), legend()),
    ]  # fmt: skip
    page = el("html", _head(state), el("body", el("main", parts)), lang="en")
    return f"<!DOCTYPE html>\n{to_html(mapped(page, _with_drawn_icon))}\n"


def _panel(name: str, title: str, *inside: Child) -> Element:
    return el("section", el("h2", title), inside, class_="panel", id=name)


def _title(state: DashboardState) -> Element:
    meta = state.meta
    brand = el("p", icon("brand"), el("span", "Training Dashboard"), el("span", "run report"), class_="brand")
    facts = [
        el("b", meta.run_id),
        el("span", "workspace ", el("b", one_line(meta.workspace))),
        el("span", "started ", clock(meta.started_at)) if meta.started_at else None,
        el("span", "last record ", clock(meta.finished_at)) if meta.finished_at else None,
    ]
    return el("header", brand, el("h1", one_line(meta.title)), el("p", facts, class_="facts"), class_="head")


def _about(state: DashboardState, against: Against | None) -> Element:
    """When the verdict became true, and what the policy says of it."""
    delta = against.delta if against else None
    told = (judgement_mark(delta.regression), f" against the baseline {delta.baseline.run_id}") if delta else None
    judged = el("span", told) if told else None
    return el("p", el("span", "as of ", clock(state.meta.timestamp)), judged, class_="verdict-run dotted")


def _comparison(against: Against, *, is_itself: bool) -> Element:
    gone = f"Nothing is compared: the snapshot of the baseline {against.run_id} is not there or cannot be read."
    if is_itself:
        notes = ("This run is the baseline itself.", *(against.delta.notes[1:] if against.delta else ()))
        body, delta = el("div", tuple(el("p", one_line(note), class_="same") for note in notes)), None
    else:
        delta = against.delta
        body = comparison_body(delta, shown_path) if delta else el("p", gone, class_="same")
    return el("section", comparison_head(delta, against.run_id), body, class_="panel comparison", id="comparison")


def _file_facts(_path: str, file: Artifact | None) -> Element | None:
    """The exact size and the hash of a file."""
    if file is None or (file.size_bytes is None and file.sha256 is None):
        return None
    size = "" if file.size_bytes is None else plural(file.size_bytes, "byte")
    sha = (" sha256 ", el("code", file.sha256)) if file.sha256 else None
    return el("span", size, sha, class_="file-facts")


def _with_drawn_icon(element: Element) -> Element:
    """An icon that draws itself: there is no style sheet with shapes here."""
    look = str(element.attributes.get("class", "")).split()
    if look[:1] != ["icon"]:
        return element
    shape = ICONS[look[1].removeprefix("icon-")]
    box = f"0 0 {shape.box} {shape.box}"
    path = el("path", d=shape.path, stroke_width=shape.width, stroke_dasharray=shape.dashes)
    return replace(element, children=(el("svg", path, viewBox=box),))


def _head(state: DashboardState) -> Element:
    title = f"{VERDICT_WORDS[state.verdict.value]} - {state.meta.run_id} - {one_line(state.meta.title)}"
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=POLICY),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        el("style", STYLE),
    )


def file_name(state: DashboardState) -> str:
    """Return what the page is called when it is saved: the run's id holds only letters, digits and `._-`."""
    return f"{state.meta.run_id}-report.html"
