"""What a pickle would build, as plain records. Nothing here is ever called or imported.

Input: nothing. Output: records. Lists and tuples of a pickle are Python's own; everything a name in
the pickle would make is a record that only remembers the name and what it was given. Records compare
by identity, and nothing here may be hashed or printed as a whole: a hostile pickle nests without end.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False, repr=False)
class Global:
    """A name the pickle refers to, such as `torch._utils._rebuild_tensor_v2`."""

    path: str
    """Module and name, joined by a dot."""
    offset: int
    """Byte in the pickle where it is named first."""


@dataclass(slots=True, eq=False, repr=False)
class PickledDict:
    """A dict or OrderedDict: its pairs in file order. Keys are any values."""

    pairs: list[tuple[object, object]] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class PickledObject:
    """What calling a name would make: not made, only remembered."""

    maker: Global | None
    """None when what is called is not a plain name."""
    arguments: object = ()
    state: object = None
    """What BUILD gave it: usually its attributes."""
    items: list[object] = field(default_factory=list)
    pairs: list[tuple[object, object]] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Storage:
    """A block of numbers outside the pickle."""

    key: str
    dtype: str
    """Such as `float32`; `untyped` when it is counted in bytes."""
    count: int
    """Elements (bytes when untyped)."""
    location: str
    """Where it lived when it was saved, such as `cuda:0`."""


@dataclass(slots=True, eq=False, repr=False)
class StorageView:
    """Part of a storage, as the oldest torch format describes shared ones."""

    root: Storage
    offset: int


@dataclass(slots=True, eq=False, repr=False)
class Tensor:
    """A tensor as the pickle describes it: not yet checked against anything."""

    storage: Storage | None
    """None for a meta tensor, which has no numbers."""
    dtype: str
    offset: int
    """In elements."""
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    """In elements."""
