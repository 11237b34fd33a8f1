"""Arguments of the calls in a torch pickle -> tensors, storages and plain values. Pure.

Input: the arguments of one allowed name. Output: the record of what it would make. It refuses
arguments of another shape than torch.save writes (`Malformed`); whether a tensor fits its storage is
looked at later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from collectors.readers.common.dtypes import STORAGE_DTYPES, dtype_named
from collectors.readers.common.finding_list import shorten
from collectors.readers.pickle.arrays import is_big_endian
from collectors.readers.pickle.values import Global, PickledDict, PickledObject, Storage, StorageView, Tensor

MOST_DIMENSIONS: Final = 64
_LARGEST: Final = 1 << 63


class Malformed(Exception):
    """The arguments are not what torch.save writes; the message says what was expected."""


def storage_of(reference: object) -> Storage | StorageView | PickledObject:
    """Return what a reference out of the pickle names. Raises Malformed."""
    if isinstance(reference, tuple) and reference[:1] == ("module",) and len(reference) == 4:
        maker = reference[1]
        return PickledObject(maker if isinstance(maker, Global) else None)
    if not isinstance(reference, tuple) or len(reference) not in (5, 6) or _text(reference[0]) != "storage":
        raise Malformed("a reference out of the pickle is not one to a storage")
    kind, key, location, count = reference[1], reference[2], reference[3], reference[4]
    if not isinstance(kind, Global) or kind.path.rpartition(".")[2] not in STORAGE_DTYPES:
        raise Malformed("a storage is of an unknown type")
    dtype = STORAGE_DTYPES[kind.path.rpartition(".")[2]]
    root = Storage(_text(key), dtype, _whole_number(count, "the length of a storage"), shorten(_text(location)))
    view = reference[5] if len(reference) == 6 else None
    if isinstance(view, tuple) and len(view) == 3:
        return StorageView(root, _whole_number(view[1], "the offset of a storage"))
    return root


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str | int):
        return str(value)
    raise Malformed("expected text in a reference to a storage")


def _whole_number(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LARGEST:
        raise Malformed(f"expected {what} to be a whole number from 0")
    return value


def _whole_numbers(value: object, what: str) -> tuple[int, ...]:
    if not isinstance(value, tuple | list) or len(value) > MOST_DIMENSIONS:
        raise Malformed(f"expected {what} to be at most {MOST_DIMENSIONS} numbers")
    return tuple(_whole_number(number, what) for number in value)


def _arguments(arguments: object, least: int) -> tuple[object, ...]:
    if not isinstance(arguments, tuple) or len(arguments) < least:
        raise Malformed(f"expected at least {least} arguments")
    return arguments


def _tensor(arguments: object) -> Tensor:
    """Storage, offset, shape, stride, and then what does not matter here."""
    given, offset, shape, stride = _arguments(arguments, 4)[:4]
    base = given.offset if isinstance(given, StorageView) else 0
    storage = given.root if isinstance(given, StorageView) else given
    if not isinstance(storage, Storage):
        raise Malformed("expected a storage")
    sizes = _whole_numbers(shape, "the shape of a tensor")
    strides = _whole_numbers(stride, "the strides of a tensor")
    if len(sizes) != len(strides):
        raise Malformed(f"expected as many strides as dimensions, found {len(strides)} and {len(sizes)}")
    return Tensor(storage, storage.dtype, base + _whole_number(offset, "the offset of a tensor"), sizes, strides)


def _typed_tensor(arguments: object) -> Tensor:
    """The same, with the dtype as seventh argument and the storage in bytes."""
    every = _arguments(arguments, 7)
    tensor = _tensor(every)
    tensor.dtype = _dtype(every[6])
    return tensor


def _meta_tensor(arguments: object) -> Tensor:
    dtype, shape, stride = _arguments(arguments, 3)[:3]
    sizes = _whole_numbers(shape, "the shape of a tensor")
    return Tensor(None, _dtype(dtype), 0, sizes, _whole_numbers(stride, "the strides of a tensor"))


def _dtype(value: object) -> str:
    name = dtype_named(value.path) if isinstance(value, Global) else None
    if name is None:
        raise Malformed("expected a dtype")
    return name


def _first(arguments: object) -> object:
    return _arguments(arguments, 1)[0]


def _of_type(arguments: object) -> object:
    """A tensor with attributes or of a subclass: how to rebuild it, its type, its arguments."""
    function, _, inner = _arguments(arguments, 3)[:3]
    maker = MAKERS.get(function.path) if isinstance(function, Global) else None
    return PickledObject(None, arguments) if maker is None else maker(inner)


def _dict(arguments: object) -> PickledDict:
    """A dict from nothing, from another one, or from a list of pairs."""
    given = arguments[0] if isinstance(arguments, tuple) and arguments else None
    if isinstance(given, PickledDict):
        return PickledDict(list(given.pairs))
    items = given if isinstance(given, list) else []
    return PickledDict([(pair[0], pair[1]) for pair in items if isinstance(pair, tuple | list) and len(pair) == 2])


def _items(arguments: object) -> object:
    given = arguments[0] if isinstance(arguments, tuple) and arguments else []
    return list(given) if isinstance(given, tuple | list) else PickledObject(None, arguments)


def _size(arguments: object) -> tuple[int, ...]:
    return _whole_numbers(_first(arguments), "a size")


def _encoded(arguments: object) -> object:
    """Bytes that an old protocol wrote as text."""
    every = _arguments(arguments, 1)
    encoding = every[1] if len(every) > 1 else "latin1"
    if isinstance(every[0], str) and encoding in ("latin1", "latin-1"):
        return every[0].encode("latin-1")
    return PickledObject(None, arguments)


def _number(arguments: object) -> object:
    """A NumPy scalar: its dtype and its bytes."""
    kind, data = _arguments(arguments, 2)[:2]
    code = kind.arguments[0] if isinstance(kind, PickledObject) and isinstance(kind.arguments, tuple) else None
    if not isinstance(code, str) or not isinstance(data, bytes) or not re.fullmatch(r"[fiu][1248]|b1", code):
        return PickledObject(None, arguments)
    if code == "f1" or len(data) != int(code[1]):
        raise Malformed(f"expected {code[1]} bytes for a number")
    order = ">" if isinstance(kind, PickledObject) and is_big_endian(kind) else "<"
    return np.frombuffer(data, dtype=order + code)[0].item()


MAKERS: Final[Mapping[str, Callable[[object], object]]] = MappingProxyType(
    {
        "torch._utils._rebuild_tensor": _tensor,
        "torch._utils._rebuild_tensor_v2": _tensor,
        "torch._utils._rebuild_tensor_v3": _typed_tensor,
        "torch._utils._rebuild_qtensor": _tensor,
        "torch._utils._rebuild_meta_tensor_no_storage": _meta_tensor,
        "torch._utils._rebuild_parameter": _first,
        "torch._utils._rebuild_parameter_with_state": _first,
        "torch._utils._rebuild_device_tensor_from_cpu_tensor": _first,
        "torch._tensor._rebuild_from_type_v2": _of_type,
        "torch.Size": _size,
        "_codecs.encode": _encoded,
        **dict.fromkeys(("collections.OrderedDict", "collections.Counter"), _dict),
        **dict.fromkeys(("builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset"), _items),
        **dict.fromkeys(("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar"), _number),
    }
)
