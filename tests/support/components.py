"""A Dash component or a plain tree -> what a person would read of it, and its parts by class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component

from collectors.presentation.markup import Element


def parts(content: Any) -> Iterator[Any]:
    """Every component or element in `content`, in reading order, itself included."""
    if isinstance(content, (Component, Element)):
        yield content
        yield from parts(getattr(content, "children", None))
    elif isinstance(content, (list, tuple)):
        for one in content:
            yield from parts(one)


def text_of(content: Any) -> str:
    """All text of `content`, pieces joined by a space."""
    return " ".join(_words(content))


def of_class(content: Any, name: str) -> list[Any]:
    """Parts that carry a CSS class."""
    return [part for part in parts(content) if name in look_of(part).split()]


def look_of(part: Any) -> str:
    """The classes of one part."""
    return str(attribute(part, "className" if isinstance(part, Component) else "class") or "")


def attribute(part: Any, name: str) -> Any:
    """An attribute of one part by its own name; None where it has none."""
    return part.attributes.get(name) if isinstance(part, Element) else getattr(part, name, None)


def tag_of(part: Any) -> str:
    """The HTML tag of one part."""
    return part.tag if isinstance(part, Element) else type(part).__name__.lower()


def _words(content: Any) -> Iterator[str]:
    if isinstance(content, (Component, Element)):
        yield from _words(getattr(content, "children", None))
    elif isinstance(content, (list, tuple)):
        for one in content:
            yield from _words(one)
    elif content is not None:
        yield str(content).strip()
