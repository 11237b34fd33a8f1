"""Pickles written opcode by opcode, as torch.save writes them, so that tests can also write bad ones.

`pickled(value)` writes protocol 2. Besides plain values it takes `Name` (a global), `Call` (REDUCE, or
NEWOBJ), `Stored` (a reference to numbers outside the pickle) and `Raw` (opcodes as they are).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

PROTO2 = b"\x80\x02"
STOP = b"."


@dataclass(frozen=True)
class Name:
    """A global: `Name("os", "system")`."""

    module: str
    name: str


@dataclass(frozen=True)
class Call:
    """What calling a name with arguments makes; `state` is given to it by BUILD."""

    function: Any
    arguments: Any = ()
    state: Any = None
    new: bool = False


@dataclass(frozen=True)
class Stored:
    """A reference to a storage: `Stored("FloatStorage", "0", 12)`."""

    kind: str
    key: Any
    count: Any
    location: str = "cpu"
    module: str = "torch"
    extra: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Raw:
    """Opcodes that leave one value on the stack."""

    opcodes: bytes


ORDERED_DICT = Name("collections", "OrderedDict")
RUNS_CODE = Call(Name("os", "system"), ("touch canary",))
"""Loaded by pickle, this would leave a file called `canary`."""
REBUILD = Name("torch._utils", "_rebuild_tensor_v2")


def pickled(value: Any) -> bytes:
    """A whole pickle of protocol 2."""
    return PROTO2 + opcodes(value) + STOP


def tensor(stored: Any, shape: tuple[int, ...], stride: tuple[int, ...] | None = None, offset: int = 0) -> Call:
    """A tensor as torch.save describes it."""
    steps = contiguous(shape) if stride is None else stride
    return Call(REBUILD, (stored, offset, shape, steps, False, Call(ORDERED_DICT)))


def contiguous(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Strides of a tensor whose numbers lie in a row."""
    steps = [1]
    for size in reversed(shape[1:]):
        steps.append(steps[-1] * size)
    return tuple(reversed(steps[: len(shape)]))


def opcodes(value: Any) -> bytes:
    """The opcodes that put `value` on the stack."""
    if isinstance(value, Raw):
        return value.opcodes
    if isinstance(value, Name):
        return b"c" + value.module.encode() + b"\n" + value.name.encode() + b"\n"
    if isinstance(value, Call):
        built = b"" if value.state is None else opcodes(value.state) + b"b"
        return opcodes(value.function) + opcodes(value.arguments) + (b"\x81" if value.new else b"R") + built
    if isinstance(value, Stored):
        kind = Name(value.module, value.kind)
        return opcodes(("storage", kind, value.key, value.location, value.count, *value.extra)) + b"Q"
    return _plain(value)


def _plain(value: Any) -> bytes:
    if value is None or isinstance(value, bool):
        return {None: b"N", True: b"\x88", False: b"\x89"}[value]
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return b"G" + struct.pack(">d", value)
    if isinstance(value, str):
        raw = value.encode("utf-8", "surrogatepass")
        return b"X" + struct.pack("<I", len(raw)) + raw
    if isinstance(value, bytes):
        return b"B" + struct.pack("<I", len(value)) + value
    return _container(value)


def _integer(value: int) -> bytes:
    if -(1 << 31) <= value < 1 << 31:
        return b"J" + struct.pack("<i", value)
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def _container(value: Any) -> bytes:
    if isinstance(value, tuple):
        return b"(" + b"".join(map(opcodes, value)) + b"t"
    if isinstance(value, list):
        return b"](" + b"".join(map(opcodes, value)) + b"e"
    if isinstance(value, dict):
        return b"}(" + b"".join(opcodes(key) + opcodes(item) for key, item in value.items()) + b"u"
    raise TypeError(f"no opcodes for {type(value).__name__}")
