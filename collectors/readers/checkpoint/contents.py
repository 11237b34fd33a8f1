"""The value of a pickle -> tensors by dotted name and plain scalars by dotted key. Pure.

Input: records of the stack machine. Output: `Contents`. It walks without recursion, looks into each
container once, and stops at limits, so nesting and cycles without end cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import prod
from typing import Final

from collectors.evidence.checkpoint import Role
from collectors.readers.checkpoint.roles import (
    belongs_to_optimizer,
    is_curve,
    is_optimizer_state,
    role_beside_model,
    role_of_name,
)
from collectors.readers.common.finding_list import shorten
from collectors.readers.pickle.arrays import array_of
from collectors.readers.pickle.values import PickledDict, PickledObject, Tensor

MOST_VISITS: Final = 500_000
MOST_DEPTH: Final = 64
MOST_SCALARS: Final = 1_000
MOST_SCALAR_TEXT: Final = 200
MOST_NAME: Final = 300

_MODULE_PARTS: Final = frozenset(["_modules", "_parameters", "_buffers"])
"""Parts of a pickled module that are not part of a tensor's name in its state dict."""


@dataclass(frozen=True, slots=True)
class NamedTensor:
    """A tensor and where it stands."""

    name: str
    """Dotted path, such as `model_state_dict.encoder.weight`."""
    tensor: Tensor
    role: Role


@dataclass(slots=True)
class Contents:
    """What a checkpoint holds, by name."""

    tensors: list[NamedTensor] = field(default_factory=list)
    scalars: dict[str, bool | int | float | str] = field(default_factory=dict)
    cut_short: bool = False
    """A limit was met: names may be missing."""
    is_optimizer: bool = False
    """The whole value is an optimizer's state dict."""
    bad_arrays: list[str] = field(default_factory=list)
    """NumPy arrays that are not finite and should be."""


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    depth: int
    role: Role
    takes_scalars: bool

    def inside(self, key: object) -> _Place:
        part = _key_text(key)
        hidden = part in _MODULE_PARTS
        name = self.name if hidden else (f"{self.name}.{part}" if self.name else part)
        role: Role = "optimizer" if self.role == "model" and belongs_to_optimizer(part) else self.role
        return _Place(shorten(name, MOST_NAME), self.depth + 1, role, True)

    def entry(self, key: object, value: object) -> _Place:
        """The place of a dict's value: beside the model the outermost keys say what is not the model's."""
        place = self.inside(key)
        if self.depth or place.role != "model":
            return place
        numbers = prod(value.shape) if isinstance(value, Tensor) else None
        return replace(place, role=role_beside_model(_key_text(key), numbers))


def read_contents(value: object) -> Contents:
    """Return the tensors and scalars of a pickled value, in file order."""
    found = Contents()
    seen: set[int] = set()
    waiting: list[_Children] = [iter([(_Place("", 0, "model", True), value)])]
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
            if _is_optimizer(item):
                found.is_optimizer |= place.depth == 0
                place = replace(place, role="optimizer")
            waiting.append(_children(place, item))
            _look_into_array(found, place, item)
    return found


def _is_optimizer(item: object) -> bool:
    state = item.state if isinstance(item, PickledObject) else item
    return isinstance(state, PickledDict) and is_optimizer_state(key for key, _ in state.pairs)


def _keep(found: Contents, place: _Place, item: object) -> None:
    if isinstance(item, Tensor):
        role = role_of_name(place.name) if place.role == "model" else place.role
        found.tensors.append(NamedTensor(place.name or "(the tensor itself)", item, role))
    else:
        _keep_scalar(found, place, item)


def _look_into_array(found: Contents, place: _Place, item: object) -> None:
    """Keep the name of an array that is not finite; a curve may hold NaN, and so may what training keeps."""
    array = array_of(item) if isinstance(item, PickledObject) and place.role == "model" else None
    if array is not None and not is_curve(place.name) and not array.is_finite:
        found.bad_arrays.append(place.name or "(the array itself)")


def _children(place: _Place, item: PickledDict | PickledObject | list[object] | tuple[object, ...]) -> _Children:
    if isinstance(item, PickledDict):
        yield from ((place.entry(key, value), value) for key, value in item.pairs)
    elif isinstance(item, PickledObject):
        yield from _object_children(place, item)
    else:
        held = ((index, value) for index, value in enumerate(item) if isinstance(value, _WORTH_A_LOOK))
        yield from ((place.inside(index), value) for index, value in held)


def _object_children(place: _Place, item: PickledObject) -> _Children:
    """Attributes by name; arguments and items only for the tensors they may hold."""
    states = item.state if isinstance(item.state, tuple) else (item.state,)
    for state in states:
        if isinstance(state, PickledDict):
            yield from ((place.inside(key), value) for key, value in state.pairs)
    yield from ((place.inside(key), value) for key, value in item.pairs)
    held = _Place(place.name, place.depth + 1, place.role, False)
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
