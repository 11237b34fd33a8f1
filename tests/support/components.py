"""A Dash component -> what a person would read of it, and its parts by class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def parts(content: Any) -> Iterator[Component]:
    """Every component in `content`, in reading order, itself included."""
    if isinstance(content, Component):
        yield content
        yield from parts(getattr(content, "children", None))
    elif isinstance(content, (list, tuple)):
        for one in content:
            yield from parts(one)


def text_of(content: Any) -> str:
    """All text of `content`, pieces joined by a space."""
    return " ".join(_words(content))


def of_class(content: Any, name: str) -> list[Component]:
    """Parts that carry a CSS class."""
    return [part for part in parts(content) if name in (getattr(part, "className", None) or "").split()]


def _words(content: Any) -> Iterator[str]:
    if isinstance(content, Component):
        yield from _words(getattr(content, "children", None))
    elif isinstance(content, (list, tuple)):
        for one in content:
            yield from _words(one)
    elif content is not None:
        yield str(content).strip()
