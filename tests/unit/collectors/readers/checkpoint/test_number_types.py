"""Names of number types, their sizes, and the bits that say NaN and infinity."""

from __future__ import annotations

import numpy as np
import pytest

from collectors.readers.common.dtypes import (
    FLOAT_BITS,
    ITEM_BYTES,
    SAFETENSORS_DTYPES,
    STORAGE_DTYPES,
    UNTYPED,
    dtype_named,
    is_float,
)


@pytest.mark.parametrize(
    ("path", "dtype"),
    [
        ("torch.float32", "float32"),
        ("torch.bfloat16", "bfloat16"),
        ("torch.half", "float16"),
        ("torch.float", "float32"),
        ("torch.double", "float64"),
        ("torch.short", "int16"),
        ("torch.int", "int32"),
        ("torch.long", "int64"),
        ("torch.Tensor", None),
        ("torch.load", None),
        ("torch.untyped", None),
        ("torch.", None),
        ("float32", None),
        ("numpy.float32", None),
        ("", None),
    ],
)
def test_only_a_dtype_of_torch_is_a_dtype(path: str, dtype: str | None) -> None:
    assert dtype_named(path) == dtype


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
def test_bits_of_nan_and_of_both_infinities_are_those_that_numpy_writes(name: str) -> None:
    bits = FLOAT_BITS[name]
    values = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 1.0, np.finfo(name).max], name).view(f"<{bits.item}")

    assert [bool(value & bits.mask == bits.value) for value in values] == [True, True, True, False, False, False, False]
    assert bits.minus_infinity == int(values[1])
    assert int(values[0]) & bits.fraction == 0 != int(values[2]) & bits.fraction


@pytest.mark.parametrize("name", FLOAT_BITS)
def test_bits_fit_the_size_of_their_type(name: str) -> None:
    bits = FLOAT_BITS[name]
    size = int(bits.item[1:])

    assert size == (ITEM_BYTES[name] // 2 if name.startswith("complex") else ITEM_BYTES[name])
    assert bits.value & ~bits.mask == 0
    assert bits.mask < 1 << 8 * size
    if bits.fraction:
        assert bits.minus_infinity == bits.value | 1 << 8 * size - 1
        assert bits.fraction & bits.mask == 0
    else:
        assert bits.minus_infinity is None


def test_types_without_infinity_have_none() -> None:
    without = {name for name, bits in FLOAT_BITS.items() if bits.minus_infinity is None}

    assert without == {"float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu"}


def test_every_name_that_a_file_may_use_has_a_size() -> None:
    for names in (STORAGE_DTYPES, SAFETENSORS_DTYPES):
        assert set(names.values()) <= set(ITEM_BYTES)
    assert ITEM_BYTES[UNTYPED] == 1
    for name in ("float16", "float32", "float64", "int8", "int64", "uint16", "complex64", "complex128", "bool"):
        assert ITEM_BYTES[name] == np.dtype(name).itemsize


def test_only_floats_can_hold_nan() -> None:
    assert {name for name in ITEM_BYTES if is_float(name)} == set(FLOAT_BITS) | {"float4_e2m1fn_x2"}
