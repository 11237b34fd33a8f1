"""A function of what nobody changes -> the same function, which computes once for each object. Pure.

Readings, runs and their columns stay the same objects until a file changes, so what is judged of a stream is computed
again only where its points are others. What an object told is forgotten with the object.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from collectors.evidence.order import distinct

P = ParamSpec("P")
T = TypeVar("T")
_ITSELF = object()


def per_object(make: Callable[P, T]) -> Callable[P, T]:
    """Let `make`, of frozen records or numpy arrays, be asked again and again."""
    kept: dict[tuple[int, ...], tuple[tuple[weakref.ref[Any], ...], Any]] = {}

    @wraps(make)
    def of(*args: P.args, **kwargs: P.kwargs) -> T:
        key = tuple(map(id, args))
        known = kept.get(key)
        if known is not None and all(ref() is one for ref, one in zip(known[0], args, strict=True)):
            return cast(T, args[0] if known[1] is _ITSELF else known[1])
        found = make(*args, **kwargs)
        refs = tuple(weakref.ref(one, lambda _: kept.pop(key, None)) for one in args)
        kept[key] = (refs, _ITSELF if found is args[0] else found)  # what is its own answer would be held for ever
        return found

    return of


@per_object
def known_steps(step: Any) -> Any:
    """The steps that are known; the same array where all are."""
    known = step >= 0
    return step if bool(known.all()) else step[known]


@per_object
def finite_of(column: Any) -> Any:
    """The finite numbers of a column; the same array where all are."""
    finite = np.isfinite(column)
    return column if bool(finite.all()) else column[finite]


@per_object
def rising_once(places: Any) -> Any:
    """The finite places, rising, each once; the same array where they are so."""
    known = finite_of(places)
    return known if bool(np.all(known[1:] > known[:-1])) else distinct(known)


@per_object
def are_whole(places: Any) -> bool:
    """Whether all are whole numbers."""
    return bool((places % 1 == 0).all())
