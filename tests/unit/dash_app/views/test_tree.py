"""Long lists as plain trees: the same as the components, and nothing that could run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from dash import dcc, html
from support.states import diverged_state, ready_state

from collectors.store.rows import damaged_row, row_of
from dash_app.reading.query import RunQuery, select_page
from dash_app.views.runs.history import render_history
from dash_app.views.runs.history_rows import Looks
from dash_app.views.runs.picker import render_options
from dash_app.views.tree import ALLOWED, as_tree

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
