"""Elements and texts -> a plain tree, and a tree -> HTML. Pure.

One tree has two faces: this module writes it as HTML, `dash_app.views.tree` makes components of it. Text
goes in as text and is escaped on the way out; nothing that a file says can become markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Final, TypeAlias

VOID: Final = frozenset({"br", "img", "input", "link", "meta"})
"""Elements that have no end."""
RAW: Final = "style"
"""The element whose text browsers read as it stands; it may hold nothing that could end it."""
Value: TypeAlias = str | int | float | bool | None
Node: TypeAlias = "Element | str"
Child: TypeAlias = "Element | str | int | Iterable[Child] | None"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a tree."""

    tag: str
    attributes: Mapping[str, str | int | float | bool]
    """By their HTML names; True is an attribute without a value."""
    children: tuple[Node, ...]


def el(tag: str, /, *children: Child, **attributes: Value) -> Element:
    """Return an element: None among the children is nothing, a list stands for what is in it.

    `class_` stands for `class`, `_` in an attribute's name for `-`; None and False leave one out.
    """
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    told = {key: value for key, value in named.items() if value is not None and value is not False}
    return Element(tag, told, nodes(children))


def nodes(child: Child) -> tuple[Node, ...]:
    """Return what a child stands for, as a flat row."""
    if child is None:
        return ()
    if isinstance(child, Element | str):
        return (child,)
    return (str(child),) if isinstance(child, int) else tuple(node for one in child for node in nodes(one))


def mapped(node: Node, change: Callable[[Element], Element]) -> Node:
    """Return the tree with every element changed, the innermost first."""
    if isinstance(node, str):
        return node
    return change(replace(node, children=tuple(mapped(child, change) for child in node.children)))


def to_html(child: Child) -> str:
    """Return a tree as HTML. Raises ValueError for a style sheet that could end its element."""
    return "".join(escape(node) if isinstance(node, str) else _element(node) for node in nodes(child))


def _element(element: Element) -> str:
    told = "".join(_attribute(key, value) for key, value in element.attributes.items())
    opening = f"<{element.tag}{told}>"
    if element.tag in VOID:
        return opening
    inside = "".join(map(str, element.children)) if element.tag == RAW else to_html(element.children)
    if element.tag == RAW and "<" in inside:
        raise ValueError("a style sheet that holds a `<`")
    return f"{opening}{inside}</{element.tag}>"


def _attribute(key: str, value: str | int | float | bool) -> str:
    return f" {key}" if value is True else f' {key}="{escape(str(value))}"'
