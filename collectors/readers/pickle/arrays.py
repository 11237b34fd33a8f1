"""A NumPy array inside a pickle -> whether its floats are finite. Pure; the array is never made by its pickle.

Input: the record of an object. Output: `Array`, or None for what is no array of floats. It refuses to guess:
an array of another type, of fields, or of an unknown order is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from collectors.readers.pickle.values import PickledObject

_MAKERS: Final = re.compile(r"numpy\._?core\.(multiarray\._reconstruct|numeric\._frombuffer)")
_FLOATS: Final = re.compile(r"(f[248]|c8|c16)")
_AT_ONCE: Final = 1 << 20
"""Bytes that are tested at once."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Array:
    """The bytes of an array of floats."""

    data: bytes
    dtype: Any
    """A NumPy dtype."""

    @property
    def is_finite(self) -> bool:
        """None of its numbers is NaN or infinite."""
        whole = len(self.data) - len(self.data) % self.dtype.itemsize
        parts = (self.data[at : min(at + _AT_ONCE, whole)] for at in range(0, whole, _AT_ONCE))
        return all(bool(np.isfinite(np.frombuffer(part, self.dtype)).all()) for part in parts)


def array_of(item: PickledObject) -> Array | None:
    """The array of floats that an object is, by either way in which NumPy pickles one."""
    if item.maker is None or not _MAKERS.fullmatch(item.maker.path):
        return None
    if item.maker.path.endswith("_frombuffer"):
        data, kind = (*item.arguments, None, None)[:2] if isinstance(item.arguments, tuple) else (None, None)
    else:  # version, shape, dtype, order, bytes
        state = item.state if isinstance(item.state, tuple) and len(item.state) == 5 else (None,) * 5
        data, kind = state[4], state[2]
    dtype = _dtype_of(kind)
    return Array(data, dtype) if isinstance(data, bytes) and dtype is not None else None


def _dtype_of(kind: object) -> Any:
    """A float type from its code and its byte order; None for any other."""
    if not isinstance(kind, PickledObject) or not isinstance(kind.arguments, tuple) or not kind.arguments:
        return None
    code = kind.arguments[0]
    if not isinstance(code, str) or not _FLOATS.fullmatch(code):
        return None
    return np.dtype((">" if is_big_endian(kind) else "<") + code)


def is_big_endian(kind: PickledObject) -> bool:
    """Whether the record of a NumPy dtype says that the largest byte comes first."""
    return isinstance(kind.state, tuple) and kind.state[1:2] == (">",)
