"""Long lists as plain trees: the same as the components, and nothing that could run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from dash import dcc, html
from support.components import parts, tag_of, text_of
from support.html_reading import read_page
from support.states import diverged_state, empty_state, failing_state, ready_state, running_state, with_text

from collectors.compare.compare import compare
from collectors.contract.state import DashboardState
from collectors.presentation.markup import Child, el, to_html
from collectors.presentation.regions.cards import cards
from collectors.presentation.regions.checklist import checklist
from collectors.presentation.regions.comparison import comparison_body, comparison_head
from collectors.presentation.regions.files import files_table
from collectors.presentation.regions.loss_table import loss_table
from collectors.presentation.regions.losses import loss_foot, loss_head
from collectors.presentation.regions.verdict import verdict_bar
from collectors.store.rows import damaged_row, row_of
from dash_app.reading.query import RunQuery
from dash_app.reading.run_page import select_page
from dash_app.views.runs.history import render_history
from dash_app.views.runs.history_rows import Looks
from dash_app.views.runs.picker import render_options
from dash_app.views.tree import ALLOWED, as_tree, component, components, in_trees

SCRIPT = (Path(__file__).resolve().parents[4] / "assets/live/trees.js").read_text(encoding="utf-8")


def nodes(trees: list[Any]) -> list[list[Any]]:
    """Every element of the trees."""
    found = [one for one in trees if isinstance(one, list)]
    return found + [inner for one in found for inner in nodes(one[2])]


def test_a_component_becomes_tag_attributes_and_children() -> None:
    component = html.Td(["a", html.Time("b", dateTime="2026")], className="x", **{"data-run": "r"})

    assert as_tree(component) == [["td", {"class": "x", "data-run": "r"}, ["a", ["time", {"datetime": "2026"}, ["b"]]]]]
    assert as_tree(None) == []


@pytest.mark.parametrize(
    "component", [dcc.Input(), html.Img(src="x"), html.Div(id="x"), html.Iframe(srcDoc="<b>"), html.Form(action="x")]
)
def test_what_is_not_drawn_is_refused(component: Any) -> None:
    with pytest.raises(ValueError, match="drawn"):
        as_tree(component)


def test_the_script_draws_every_tag_and_attribute_that_the_lists_are_made_of() -> None:
    """What Python sends and the browser would leave out is an error here."""
    rows = [row_of(ready_state(), (1, 1)), row_of(diverged_state(), (1, 1)), damaged_row("run-x", "broken", (1, 1))]
    table = render_history(select_page(rows, RunQuery()), Looks("run-x", rows[0], rows[1]["run_id"], True))
    trees = as_tree([*table, *render_options("run", rows, 99, None), *render_options("baseline", rows, 3, None)])
    tags = set(re.findall(r"\w+", re.search(r"TAGS = /\^\((.*?)\)", SCRIPT).group(1)))  # type: ignore[union-attr] # else the test fails
    attributes = re.compile(re.search(r"ATTRIBUTES = /(.*?)/;", SCRIPT).group(1))  # type: ignore[union-attr] # as above

    found = nodes(trees)
    assert {tag for tag, _, _ in found} <= tags
    names = {name for _, attributes_, _ in found for name in attributes_}
    assert {name for name in names if not attributes.match(name)} <= {"style", "href"} <= ALLOWED


def test_an_element_becomes_the_component_of_its_tag() -> None:
    made = component(el("td", "a", el("time", "b", datetime="2026"), class_="x", colspan=2, data_run="r"))

    assert made.to_plotly_json()["type"] == "Td"
    assert (made.className, made.colSpan, getattr(made, "data-run")) == ("x", 2, "r")
    assert (made.children[0], made.children[1].dateTime) == ("a", "2026")
    assert components((None, "text")) == ["text"]


def regions(state: DashboardState) -> Child:
    """Every region that page and report share."""
    delta = compare(state, ready_state())
    streams = [(loss_head(run), loss_foot(run), loss_table(run)) for run in state.metrics.values()]
    return (
        verdict_bar(state, linked=True),
        checklist(state),
        cards(state),
        comparison_head(delta, "run-old"),
        comparison_body(delta),
        files_table(state, lambda path, _file: el("code", path)),
        streams,
    )


@pytest.mark.parametrize(
    "state",
    [
        ready_state(),
        failing_state(),
        running_state(),
        diverged_state(),
        empty_state(),
        with_text(failing_state(), "<b>"),
    ],
)
def test_a_tree_says_the_same_as_components_and_as_html(state: DashboardState) -> None:
    tree = regions(state)

    page = read_page("<!DOCTYPE html>\n" + to_html(tree))
    drawn = components(tree)
    assert page.text.replace(" ", "") == text_of(drawn).replace(" ", "").replace("\n", "")
    tags = [one.tag for one in page.all() if one.tag]
    assert tags == [tag_of(part) for part in parts(drawn)]


def test_a_single_child_stands_alone_and_an_empty_element_has_none() -> None:
    alone, empty = component(el("b", "text")), component(el("i", class_="live-dot"))

    assert (alone.children, empty.children, component("text")) == ("text", None, "text")
    assert as_tree(empty) == [["i", {"class": "live-dot"}, []]]
    assert as_tree(("a", None, 7)) == ["a", "7"]
    assert as_tree(html.Button("a", disabled=False, title=None, tabIndex="0")) == [["button", {"tabindex": "0"}, ["a"]]]


def test_of_each_entry_the_named_parts_become_trees_and_the_rest_stays() -> None:
    entries = {"s": {"head": html.B("h"), "foot": None, "rest": 1}}

    assert in_trees(entries, "head", "foot") == {"s": {"head": [["b", {}, ["h"]]], "foot": [], "rest": 1}}
