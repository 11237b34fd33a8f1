"""Names of number types, and how their bits say NaN or infinite. A table; pure.

Input: names as torch and safetensors write them. Output: one name, such as `float32`, its size in
bytes, and for floats a bit test. Unknown names have no entry: their data are never guessed at.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

UNTYPED: Final = "untyped"
"""A storage that is counted in bytes."""

ITEM_BYTES: Final[Mapping[str, int]] = MappingProxyType(
    {
        UNTYPED: 1,
        "float64": 8,
        "float32": 4,
        "float16": 2,
        "bfloat16": 2,
        "float8_e4m3fn": 1,
        "float8_e4m3fnuz": 1,
        "float8_e5m2": 1,
        "float8_e5m2fnuz": 1,
        "float8_e8m0fnu": 1,
        "float4_e2m1fn_x2": 1,
        "complex32": 4,
        "complex64": 8,
        "complex128": 16,
        **{f"{sign}int{bits}": bits // 8 for sign in ("", "u") for bits in (8, 16, 32, 64)},
        **{f"{sign}int{bits}": 1 for sign in ("", "u") for bits in range(1, 8)},
        "bool": 1,
        "qint8": 1,
        "quint8": 1,
        "qint32": 4,
        "quint4x2": 1,
        "quint2x4": 1,
        **{f"bits{shape}": 1 for shape in ("8", "1x8", "2x4", "4x2")},
        "bits16": 2,
    }
)

_ALIASES: Final = MappingProxyType(
    {"half": "float16", "float": "float32", "double": "float64", "short": "int16", "int": "int32", "long": "int64"}
)

STORAGE_DTYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "UntypedStorage": UNTYPED,
        "FloatStorage": "float32",
        "DoubleStorage": "float64",
        "HalfStorage": "float16",
        "BFloat16Storage": "bfloat16",
        "LongStorage": "int64",
        "IntStorage": "int32",
        "ShortStorage": "int16",
        "CharStorage": "int8",
        "ByteStorage": "uint8",
        "BoolStorage": "bool",
        "ComplexFloatStorage": "complex64",
        "ComplexDoubleStorage": "complex128",
        "QInt8Storage": "qint8",
        "QUInt8Storage": "quint8",
        "QInt32Storage": "qint32",
        "QUInt4x2Storage": "quint4x2",
        "QUInt2x4Storage": "quint2x4",
    }
)

SAFETENSORS_DTYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "F64": "float64",
        "F32": "float32",
        "F16": "float16",
        "BF16": "bfloat16",
        "F8_E4M3": "float8_e4m3fn",
        "F8_E5M2": "float8_e5m2",
        "F8_E8M0": "float8_e8m0fnu",
        "F8_E4M3FNUZ": "float8_e4m3fnuz",
        "F8_E5M2FNUZ": "float8_e5m2fnuz",
        "C64": "complex64",
        "I64": "int64",
        "I32": "int32",
        "I16": "int16",
        "I8": "int8",
        "U64": "uint64",
        "U32": "uint32",
        "U16": "uint16",
        "U8": "uint8",
        "BOOL": "bool",
    }
)

SAFETENSORS_PACKED: Final[Mapping[str, int]] = MappingProxyType({"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6})
"""Bits of the numbers of less than a byte, from safetensors 0.6 on. They can hold neither NaN nor infinities."""


@dataclass(frozen=True, slots=True)
class FloatBits:
    """A float is not finite exactly when `bits & mask == value`."""

    item: str
    """NumPy's name for an unsigned integer of the same size, without byte order: `u4`."""
    mask: int
    value: int
    fraction: int = 0
    """Bits that are all zero in an infinity; 0 where the type has no infinity."""
    huge: int | None = None
    """Bits of `HUGE`; None where the type cannot hold it."""

    @property
    def minus_infinity(self) -> int | None:
        """Bits of minus infinity; None where the type has none."""
        return None if self.fraction == 0 else self.value | (1 << (8 * int(self.item[1:]) - 1))


HUGE: Final = 1e19
"""No weight is larger: its square is more than a 32-bit float can hold."""


def _bits_of(value: float, item: str) -> int:
    """The bits of a float: `item` is `f` or `d`, as `struct` writes it."""
    return int.from_bytes(struct.pack(f">{item}", value), "big")


_HALF: Final = FloatBits("u2", 0x7C00, 0x7C00, 0x03FF)
_SINGLE: Final = FloatBits("u4", 0x7F800000, 0x7F800000, 0x007FFFFF, _bits_of(HUGE, "f"))
_DOUBLE: Final = FloatBits("u8", 0x7FF0000000000000, 0x7FF0000000000000, 0x000FFFFFFFFFFFFF, _bits_of(HUGE, "d"))

FLOAT_BITS: Final[Mapping[str, FloatBits]] = MappingProxyType(
    {
        "float16": _HALF,
        "complex32": _HALF,
        "bfloat16": FloatBits("u2", 0x7F80, 0x7F80, 0x007F, _bits_of(HUGE, "f") >> 16),
        "float32": _SINGLE,
        "complex64": _SINGLE,
        "float64": _DOUBLE,
        "complex128": _DOUBLE,
        "float8_e5m2": FloatBits("u1", 0x7C, 0x7C, 0x03),
        "float8_e4m3fn": FloatBits("u1", 0x7F, 0x7F),
        "float8_e4m3fnuz": FloatBits("u1", 0xFF, 0x80),
        "float8_e5m2fnuz": FloatBits("u1", 0xFF, 0x80),
        "float8_e8m0fnu": FloatBits("u1", 0xFF, 0xFF),
    }
)


def dtype_named(path: str) -> str | None:
    """The dtype of a dotted torch name such as `torch.bfloat16`; None when it is not one."""
    name = path.removeprefix("torch.")
    name = _ALIASES.get(name, name)
    return name if path.startswith("torch.") and name in ITEM_BYTES and name != UNTYPED else None


def is_float(dtype: str) -> bool:
    """Its data can hold NaN or infinities."""
    return dtype.startswith(("float", "bfloat", "complex"))
