"""A column that can be sorted by -> its heading: a button that says which way it is sorted, and turns it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dash_app.reading.query import RunQuery
from dash_app.views.markup import attributes, icon


def sort_head(
    label: str,
    sort: str,
    query: RunQuery,
    *marks: Component,
    title: str | None = None,
    look: str | None = "cell-number",
) -> Component:
    """Return the heading of what `sort` names in a wish; the largest come first, and at a second press last."""
    is_sorted = query.sort == sort
    direction = ("descending" if query.descending else "ascending") if is_sorted else "none"
    arrow = [icon(direction)] if is_sorted else []
    wished = attributes(data_sort=sort, data_descending="0" if is_sorted and query.descending else "1")
    inside: list[Component | str] = [label, *marks, *arrow]
    button = html.Button(inside, type="button", title=title, **wished)
    return html.Th(button, scope="col", className=look, **attributes(aria_sort=direction))
