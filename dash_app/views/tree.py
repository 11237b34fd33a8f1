"""Plain trees <-> components: a tree of `presentation` as Dash components, and components as a tree for a script.

The second is for long lists and many panels, drawn by `assets/live/trees.js`: the page's own renderer keeps a
subscription for each component, and a table of fifty runs has two thousand. It refuses components other than those of
HTML, and attributes that could run anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.presentation.markup import Child, Node, nodes

RENAMED: Mapping[str, str] = {
    "className": "class",
    "tabIndex": "tabindex",
    "dateTime": "datetime",
    "rowSpan": "rowspan",
    "colSpan": "colspan",
}
"""Dash's name of an attribute -> the name in HTML."""
DASH_NAMES = {name: own for own, name in RENAMED.items()}
ALLOWED = {"class", "tabindex", "datetime", "title", "role", "scope", "href", "download", "type", "disabled", "style"}
Tree = Any
"""A text, or `[tag, attributes, children]`."""


def components(child: Child) -> list[Component | str]:
    """Return the Dash components of a plain tree."""
    return [component(node) for node in nodes(child)]


def component(node: Node) -> Any:
    """Return the Dash component of one element; a text stays a text."""
    if isinstance(node, str):
        return node
    named = {DASH_NAMES.get(name, name): value for name, value in node.attributes.items()}
    inside = components(node.children)
    return getattr(html, node.tag.capitalize())(inside[0] if len(inside) == 1 else inside or None, **named)


def as_tree(content: Any) -> list[Tree]:
    """Return the trees of a list of components. Raises ValueError for what is refused."""
    if content is None:
        return []
    return [_tree(one) for one in (content if isinstance(content, list | tuple) else [content]) if one is not None]


def in_trees(entries: Mapping[str, Mapping[str, Any]], *parts: str) -> dict[str, dict[str, Any]]:
    """Return the entries with these parts of each as trees."""
    return {name: {**entry, **{part: as_tree(entry[part]) for part in parts}} for name, entry in entries.items()}


def _tree(one: Any) -> Tree:
    if not isinstance(one, Component):
        return str(one)
    told = one.to_plotly_json()  # type: ignore[no-untyped-call] # Dash does not annotate it
    if told["namespace"] != "dash_html_components":
        raise ValueError(f"{told['namespace']} cannot be drawn as a plain tree")
    props: dict[str, Any] = dict(told["props"])
    children = as_tree(props.pop("children", None))
    attributes: dict[str, Any] = {
        RENAMED.get(name, name): value for name, value in props.items() if value not in (None, False)
    }
    strange = {name for name in attributes if name not in ALLOWED and not name.startswith(("data-", "aria-"))}
    if strange:
        raise ValueError(f"attributes that are not drawn: {sorted(strange)}")
    return [told["type"].lower(), attributes, children]
