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


def test_every_pattern_of_the_small_floats_is_finite_or_not_as_their_standard_says() -> None:
    """Infinity is 11111 00 in E5M2, all ones are NaN in E4M3FN, and so is minus zero where FNUZ says so."""
    not_finite = {
        "float8_e5m2": {*range(0x7C, 0x80), *range(0xFC, 0x100)},
        "float8_e4m3fn": {0x7F, 0xFF},
        "float8_e4m3fnuz": {0x80},
        "float8_e5m2fnuz": {0x80},
        "float8_e8m0fnu": {0xFF},
    }
    for name, patterns in not_finite.items():
        bits = FLOAT_BITS[name]
        assert {value for value in range(256) if value & bits.mask == bits.value} == patterns, name
    small = FLOAT_BITS["float8_e5m2"]
    assert {value for value in not_finite["float8_e5m2"] if value & small.fraction == 0} == {0x7C, 0xFC}


def test_the_bits_of_huge_are_those_of_the_number_and_no_smaller_type_holds_it() -> None:
    for name, unsigned in (("float32", "<u4"), ("float64", "<u8")):
        assert FLOAT_BITS[name].huge == int(np.array([1e19], name).view(unsigned)[0])
    front = FLOAT_BITS["bfloat16"].huge
    assert front is not None
    assert front == int(np.array([1e19], "float32").view("<u4")[0]) >> 16
    assert {name for name, bits in FLOAT_BITS.items() if bits.huge is None} == {
        "float16", "complex32", *(name for name in FLOAT_BITS if name.startswith("float8"))
    }  # fmt: skip


def test_bits_of_bfloat16_are_the_front_half_of_a_float() -> None:
    whole, half = FLOAT_BITS["float32"], FLOAT_BITS["bfloat16"]

    assert (half.mask, half.value, half.fraction) == (whole.mask >> 16, whole.value >> 16, whole.fraction >> 16)
