"""The value of a pickle -> tensors by dotted name and plain scalars by dotted key. Pure.

Input: records of the stack machine. Output: `Contents`. It walks without recursion, looks into each
container once, and stops at limits, so nesting and cycles without end cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from collectors.readers.common.finding_list import shorten
from collectors.readers.pickle.values import PickledDict, PickledObject, Tensor

MOST_VISITS: Final = 500_000
MOST_DEPTH: Final = 64
MOST_SCALARS: Final = 1_000
MOST_SCALAR_TEXT: Final = 200
MOST_NAME: Final = 300

_MODULE_PARTS: Final = frozenset(["_modules", "_parameters", "_buffers"])
"""Parts of a pickled module that are not part of a tensor's name in its state dict."""
_OPTIMIZER_KEY: Final = re.compile(r"optimi[sz]er|^optims?(_|$)", re.IGNORECASE)
_OPTIMIZER_LEAVES: Final = frozenset(["exp_avg", "exp_avg_sq", "max_exp_avg_sq", "momentum_buffer", "square_avg"])


@dataclass(frozen=True, slots=True)
class NamedTensor:
    """A tensor and where it stands."""

    name: str
    """Dotted path, such as `model_state_dict.encoder.weight`."""
    tensor: Tensor
    optimizer: bool
    """It belongs to an optimizer's state."""


@dataclass(slots=True)
class Contents:
    """What a checkpoint holds, by name."""

    tensors: list[NamedTensor] = field(default_factory=list)
    scalars: dict[str, bool | int | float | str] = field(default_factory=dict)
    cut_short: bool = False
    """A limit was met: names may be missing."""


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    depth: int
    optimizer: bool
    takes_scalars: bool

    def inside(self, key: object, *, takes_scalars: bool = True) -> _Place:
        part = _key_text(key)
        hidden = part in _MODULE_PARTS
        name = self.name if hidden else (f"{self.name}.{part}" if self.name else part)
        optimizer = self.optimizer or belongs_to_optimizer(part)
        return _Place(shorten(name, MOST_NAME), self.depth + 1, optimizer, takes_scalars)


def belongs_to_optimizer(key: str) -> bool:
    """One key of a path says that what lies under it is an optimizer's state."""
    return ("." not in key and _OPTIMIZER_KEY.search(key) is not None) or key in _OPTIMIZER_LEAVES


def read_contents(value: object) -> Contents:
    """Return the tensors and scalars of a pickled value, in file order."""
    found = Contents()
    seen: set[int] = set()
    waiting: list[_Children] = [iter([(_Place("", 0, False, True), value)])]
    visits = 0
    while waiting:
        place, item = next(waiting[-1], (None, None))
        if place is None:
            waiting.pop()
            continue
        visits += 1
        if visits > MOST_VISITS:
            found.cut_short = True
            break
        if place.depth > MOST_DEPTH:
            found.cut_short = True
        elif not isinstance(item, PickledDict | PickledObject | list | tuple):
            _keep(found, place, item)
        elif id(item) not in seen:
            seen.add(id(item))
            waiting.append(_children(place, item))
    return found


def _keep(found: Contents, place: _Place, item: object) -> None:
    if isinstance(item, Tensor):
        found.tensors.append(NamedTensor(place.name or "(the tensor itself)", item, place.optimizer))
    else:
        _keep_scalar(found, place, item)


def _children(place: _Place, item: PickledDict | PickledObject | list[object] | tuple[object, ...]) -> _Children:
    if isinstance(item, PickledDict):
        yield from ((place.inside(key), value) for key, value in item.pairs)
    elif isinstance(item, PickledObject):
        yield from _object_children(place, item)
    else:
        held = ((index, value) for index, value in enumerate(item) if isinstance(value, _WORTH_A_LOOK))
        yield from ((place.inside(index, takes_scalars=False), value) for index, value in held)


def _object_children(place: _Place, item: PickledObject) -> _Children:
    """Attributes by name; arguments and items only for the tensors they may hold."""
    states = item.state if isinstance(item.state, tuple) else (item.state,)
    for state in states[:2]:
        if isinstance(state, PickledDict):
            yield from ((place.inside(key), value) for key, value in state.pairs)
    yield from ((place.inside(key), value) for key, value in item.pairs)
    held = _Place(place.name, place.depth + 1, place.optimizer, False)
    yield held, item.arguments
    yield held, item.items


_WORTH_A_LOOK: Final = (Tensor, PickledDict, PickledObject, list, tuple)
"""Numbers and text inside lists are data, not settings: a loss history may have a million of them."""
_Children = Iterator[tuple[_Place, object]]


def _key_text(key: object) -> str:
    if isinstance(key, str):
        return shorten(key, MOST_NAME)
    if isinstance(key, bool | int | float) or key is None:
        return str(key)
    return "(key)"


def _keep_scalar(found: Contents, place: _Place, value: object) -> None:
    if not place.takes_scalars or not place.name or len(found.scalars) >= MOST_SCALARS:
        return
    if isinstance(value, int | float):
        found.scalars.setdefault(place.name, value)
    elif isinstance(value, str) and len(value) <= MOST_SCALAR_TEXT:
        found.scalars.setdefault(place.name, shorten(value, MOST_SCALAR_TEXT))
