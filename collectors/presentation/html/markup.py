"""Text and elements -> HTML. Pure.

Every text is escaped unless it is `Html`, which only this module makes: nothing that a file says can
become markup.
"""

from __future__ import annotations

from html import escape
from typing import Final

VOID: Final = frozenset({"br", "link", "meta"})
"""Elements that have no end."""


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child = str | int | None
Value = str | int | float | bool | None


def el(name: str, /, *children: Child, **attributes: Value) -> Html:
    """Return an element; children that are not `Html` are escaped, None is nothing.

    `class_` stands for `class`, `_` in an attribute's name for `-`; True is an attribute without a
    value, None and False leave it out.
    """
    told = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{told}>")
    return Html(f"<{name}{told}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Html:
    """Return children one after the other."""
    return Html("".join(_child(child) for child in children))


def dotted(*parts: Child) -> Html:
    """Return facts in a row, a middle dot between; those that are empty are left out."""
    return Html(" · ".join(_child(part) for part in parts if part))


def _child(child: Child) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Html) else escape(str(child))


def _attribute(key: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
