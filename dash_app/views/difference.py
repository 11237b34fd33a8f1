"""Two drawings of a region -> what makes the second one of the first, where a browser holds that. Pure.

Input: components, lists, mappings and plain values. Output: a `Patch` of Dash; the second drawing as a whole where
both have nothing in common. Lists of another length are replaced, never shifted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dash import Patch, html
from dash.development.base_component import Component

OWN_OF_DASH: Final = frozenset(vars(html.Div())) - {"children"}
"""What every component holds beside its properties."""
Place = tuple[str | int, ...]
"""Keys and numbers that lead from a drawing to a part of it, as JSON has them."""


def props_of(component: Component) -> Mapping[str, Any]:
    """The properties that are set; Dash's own way asks of each whether it is one, ten times as long."""
    return {name: value for name, value in vars(component).items() if name not in OWN_OF_DASH}


def difference(before: Any, now: Any) -> Any:
    """The patch from one drawing to the other."""
    patch: Any = Patch()
    for place, value in _changes(before, now, ()):
        if not place:
            return now
        at = patch
        for key in place[:-1]:
            at = at[key]
        at[place[-1]] = value
    return patch


def _changes(before: Any, now: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """The smallest parts that are others, and what stands there now."""
    if before is now:
        return
    held, new = _parts(before), _parts(now)
    if new is not None and held is not None and type(before) is type(now) and held.keys() == new.keys():
        inside = (*place, "props") if isinstance(now, Component) else place
        for key, part in new.items():
            yield from _changes(held[key], part, (*inside, key))
    elif new is not None or before != now:
        yield place, now


def _parts(whole: Any) -> Mapping[Any, Any] | None:
    """What a drawing is made of, by key; None where it has no parts."""
    if isinstance(whole, Component):
        return props_of(whole)
    if isinstance(whole, list | tuple):
        return dict(enumerate(whole))
    return whole if isinstance(whole, Mapping) else None
