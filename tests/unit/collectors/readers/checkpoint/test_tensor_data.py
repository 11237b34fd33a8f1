"""NaN, infinities and constant data, by type of number and by where a tensor lies in its storage."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from support.build_checkpoints import Numbers, one_tensor, torch_zip, weights
from support.build_pickles import ORDERED_DICT, Call, Name, Stored, tensor

from collectors.readers.checkpoint.read import read_checkpoint
from collectors.readers.checkpoint.tensor_data import MOST_EXTENTS, NumberTest, Patience
from collectors.readers.checkpoint.tensor_layout import Extent
from collectors.readers.common.dtypes import FLOAT_BITS


def fed(dtype: str, data: bytes, *extents: Extent, pieces: int = 1 << 20, big_endian: bool = False) -> NumberTest:
    """A test that was fed these bytes in pieces."""
    test = NumberTest(dtype, extents, big_endian=big_endian, patience=Patience())
    for at in range(0, len(data), pieces):
        test.feed(memoryview(data[at : at + pieces]))
    test.finish()
    return test


def row(name: str, offset: int, count: int) -> Extent:
    """Numbers in a row."""
    return Extent(name, offset, (count,), (1,))


SPECIAL = {
    "float16": ("7e00", "7c00", "3c00"),
    "bfloat16": ("7fc0", "7f80", "3f80"),
    "float32": ("7fc00000", "7f800000", "3f800000"),
    "float64": ("7ff8000000000000", "7ff0000000000000", "3ff0000000000000"),
    "float8_e5m2": ("7e", "7c", "3c"),
    "float8_e4m3fn": ("7f", None, "7e"),
    "float8_e4m3fnuz": ("80", None, "7f"),
    "float8_e5m2fnuz": ("80", None, "7f"),
    "float8_e8m0fnu": ("ff", None, "fe"),
}


@pytest.mark.parametrize("dtype", SPECIAL)
@pytest.mark.parametrize("big_endian", [False, True])
def test_each_type_knows_its_own_nan_and_infinity(dtype: str, big_endian: bool) -> None:
    """NaN and infinity are told apart; the largest finite pattern beside them is neither."""
    nan, infinity, finite = (None if text is None else bytes.fromhex(text) for text in SPECIAL[dtype])

    def data(value: bytes | None) -> bytes:
        items = [finite, value or finite, finite]
        return b"".join(item if big_endian else item[::-1] for item in items if item is not None)

    bad = fed(dtype, data(nan), row("w", 0, 3), big_endian=big_endian).nonfinite
    assert [(one.count, one.has_nan, one.has_infinity) for one in bad] == [(1, True, False)]
    assert fed(dtype, data(None), row("w", 0, 3), big_endian=big_endian).nonfinite == []
    if infinity is not None:
        endless = fed(dtype, data(infinity), row("w", 0, 3), big_endian=big_endian).nonfinite
        assert [(one.has_nan, one.has_infinity) for one in endless] == [(False, True)]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float8_e5m2"])
def test_the_bit_test_agrees_with_arithmetic_for_every_pattern(dtype: str) -> None:
    """All patterns of the short types: the bits say `not finite` exactly where the number is."""
    bits = np.arange(1 << (8 * int(FLOAT_BITS[dtype].item[1:])), dtype=FLOAT_BITS[dtype].item)
    shift = {"float16": 0, "bfloat16": 16, "float8_e5m2": 8}[dtype]
    wide = "f2" if dtype != "bfloat16" else "f4"
    values = (bits.astype("u4" if wide == "f4" else "u2") << shift).view(wide)

    expected = int((~np.isfinite(values)).sum())

    found = fed(dtype, bits.astype("<" + bits.dtype.str[1:]).tobytes(), row("w", 0, len(bits))).nonfinite
    assert found[0].count == expected


def test_a_number_may_lie_on_the_border_of_two_pieces() -> None:
    """Pieces of any length give the same answer."""
    data = np.array([1, 2, np.nan, 4, np.inf], "<f8").tobytes()

    for pieces in (1, 3, 7, 8, 40):
        found = fed("float64", data, row("w", 0, 5), pieces=pieces).nonfinite
        assert [(one.count, one.has_nan, one.has_infinity) for one in found] == [(2, True, True)]


def test_complex_numbers_are_two_floats() -> None:
    """A NaN in either part counts for the number it belongs to."""
    data = np.array([1, 2 + 1j * np.nan, 3], "<c8").tobytes()

    found = fed("complex64", data, row("a", 0, 1), row("b", 1, 2)).nonfinite

    assert [one.extent.name for one in found] == ["b"]


def test_only_the_tensor_with_the_nan_is_named() -> None:
    """Several tensors in one storage: the one whose numbers they are."""
    data = np.zeros(30, "<f4")
    data[12] = np.nan

    found = fed("float32", data.tobytes(), row("a", 0, 10), row("b", 10, 10), row("c", 20, 10)).nonfinite

    assert [one.extent.name for one in found] == ["b"]


def test_a_strided_tensor_is_not_blamed_for_what_lies_between_its_numbers() -> None:
    """A column of a matrix: NaN in another column is not its own."""
    data = np.zeros((5, 4), "<f4")
    data[2, 3] = np.nan
    first, last = Extent("first", 0, (5, 1), (4, 1)), Extent("last", 3, (5,), (4,))

    found = fed("float32", data.tobytes(), first, last).nonfinite

    assert [(one.extent.name, one.count) for one in found] == [("last", 1)]


def test_numbers_that_no_tensor_uses_do_not_count() -> None:
    """A NaN behind the end of a sliced tensor belongs to nobody."""
    data = np.array([1, 2, 3, np.nan], "<f4").tobytes()

    assert fed("float32", data, row("w", 0, 3)).nonfinite == []


def test_very_many_tensors_in_one_storage_are_still_covered() -> None:
    """Beyond the limit they are told as a group, not forgotten."""
    data = np.zeros(5000, "<f4")
    data[4999] = np.inf

    found = fed("float32", data.tobytes(), *(row(str(n), n, 1) for n in range(5000))).nonfinite

    assert [one.extent.name for one in found] == ["1,000 further tensors"]


def test_without_patience_the_tensor_is_still_named() -> None:
    """When counting is cut short the answer is `at least`, never `finite`."""
    test = NumberTest("float32", [row("w", 0, 100)], big_endian=False, patience=Patience(0))

    test.feed(memoryview(np.full(100, np.nan, "<f4").tobytes()))

    assert [(one.extent.name, one.is_exact, one.has_nan) for one in test.nonfinite] == [("w", False, True)]


def test_minus_zero_and_tiny_numbers_are_finite() -> None:
    """Neither -0.0 nor a subnormal number is taken for something else."""
    data = struct.pack("<4f", -0.0, 1e-45, 3.4e38, -3.4e38)

    assert fed("float32", data, row("w", 0, 4)).nonfinite == []


def test_constant_and_zero_are_told() -> None:
    """One value throughout, over several pieces; one other value ends it."""
    ones = np.ones(1000, "<f4")
    almost = ones.copy()
    almost[999] = 2

    assert fed("float32", ones.tobytes(), row("w", 0, 1000), pieces=1024).is_constant
    assert not fed("float32", ones.tobytes(), row("w", 0, 1000)).is_zero
    assert fed("float32", bytes(4000), row("w", 0, 1000)).is_zero
    assert not fed("float32", almost.tobytes(), row("w", 0, 1000), pieces=1024).is_constant


def test_constant_biases_and_counters_are_no_news() -> None:
    """A layer norm starts with ones: only weight matrices are worth a warning."""
    numbers = Numbers()
    state = {
        "norm.weight": numbers.add(np.ones(64, "<f4")),
        "std": numbers.add(np.ones((1, 3, 1, 1), "<f4")),
        "w": numbers.add(weights()),
        "optimizer": {"exp_avg": numbers.add(np.zeros((8, 8), "<f4"))},
    }
    data = torch_zip(state, numbers)

    evidence = read_checkpoint(io.BytesIO(data), len(data))

    assert (evidence.constant_tensors, evidence.findings) == ((), ())


def test_an_expanded_tensor_is_not_a_constant_matrix() -> None:
    """One row stretched over many is a view, not wiped weights."""
    numbers = Numbers()
    numbers.add(np.ones(4, "<f4"))
    state = {"e": tensor(Stored("FloatStorage", "0", 4), (16, 4), (0, 1)), "w": numbers.add(weights())}

    data = torch_zip(state, numbers)

    assert read_checkpoint(io.BytesIO(data), len(data)).findings == ()


def test_a_mask_is_not_a_broken_weight() -> None:
    """0 and minus infinity only: finite stays true and a note says what it looks like."""
    mask = np.where(np.tri(8, dtype=bool), 0.0, -np.inf).astype("<f4")

    data = one_tensor(mask)
    evidence = read_checkpoint(io.BytesIO(data), len(data))

    assert (evidence.finite, evidence.nonfinite_tensors, evidence.sound) == (True, (), True)
    assert "attention mask" in evidence.findings[0].text


def test_types_whose_bits_are_not_known_are_said_to_be_untested() -> None:
    """float4 is listed, its size is checked, and the evidence does not claim it is finite."""
    numbers = Numbers()
    numbers.blocks["0"] = bytes(range(1, 9))
    stored = Stored("UntypedStorage", "0", 8, module="torch.storage")
    rebuild = Name("torch._utils", "_rebuild_tensor_v3")
    made = Call(rebuild, (stored, 0, (8,), (1,), False, Call(ORDERED_DICT), Name("torch", "float4_e2m1fn_x2")))
    data = torch_zip({"w": made}, numbers)

    evidence = read_checkpoint(io.BytesIO(data), len(data))

    assert (evidence.finite, evidence.data_read, evidence.sound) == (None, "part", True)
    assert any("were not tested" in finding.text for finding in evidence.findings)


def test_patience_is_used_up_by_what_is_looked_at_and_eightfold_where_numbers_lie_apart() -> None:
    """With one step less the count is no longer exact."""
    data = np.full(4, np.nan, "<f4").tobytes()
    for extent, steps, count in ((row("w", 0, 4), 504, 4), (Extent("w", 0, (2,), (3,)), 532, 2)):
        for patience, is_exact in ((steps, True), (steps - 1, False)):
            test = NumberTest("float32", [extent], big_endian=False, patience=Patience(patience))
            test.feed(memoryview(data))
            (found,) = test.nonfinite
            assert (found.is_exact, found.has_nan, found.count) == (is_exact, True, count if is_exact else 0), steps


def test_a_number_is_huge_above_the_bound_and_not_at_it() -> None:
    bound = np.float32(1e19)
    for value, is_huge in ((bound, False), (np.nextafter(bound, np.float32(np.inf)), True), (-bound, False)):
        found = fed("float32", np.array([1.0, value], "<f4").tobytes(), row("w", 0, 2)).huge
        assert [number for _, number in found] == ([float(value)] if is_huge else [])


def in_pieces(dtype: str, item: str, *pieces: list[float]) -> NumberTest:
    """A test that was fed one piece after the other."""
    test = NumberTest(dtype, [row("w", 0, sum(map(len, pieces)))], big_endian=False, patience=Patience())
    for piece in pieces:
        test.feed(memoryview(np.array(piece, item).tobytes()))
    return test


def test_what_holds_of_a_block_holds_of_all_its_pieces() -> None:
    two, four = in_pieces("float32", "<f4", [1, 1], [2, 2]), in_pieces("float32", "<f4", [1, 1], [1, 1])
    assert (two.is_constant, four.is_constant) == (False, True)
    assert not in_pieces("float32", "<f4", [0, 0], [1, 1]).is_zero
    assert not in_pieces("float32", "<f4", [1, 1], [0, 0]).is_zero
    assert in_pieces("float32", "<f4", [0, -0.0], [-0.0]).is_zero
    inf = float("inf")
    assert in_pieces("float32", "<f4", [0, -inf], [0]).mask_words(trained=False)
    assert in_pieces("float32", "<f4", [1, -inf], [0, 0]).mask_words(trained=False) is None
    assert in_pieces("float32", "<f4", [0, 0], [1, -inf]).mask_words(trained=False) is None
    assert in_pieces("float32", "<f4", [inf], [-inf]).mask_words(trained=False)
    assert in_pieces("float32", "<f4", [inf], [-inf]).mask_words(trained=True) is None
    assert in_pieces("float32", "<f4", [1, 1], [inf]).mask_words(trained=False) is None


def test_the_smallest_number_is_not_zero() -> None:
    for dtype, item in (("float32", "<u4"), ("float64", "<u8"), ("float16", "<u2"), ("float8_e5m2", "<u1")):
        assert not in_pieces(dtype, item, [0, 1]).is_zero, dtype
        assert in_pieces(dtype, item, [0, 0]).is_zero, dtype
    for value, is_zero in ((0, True), (1, False), (0xFE, False)):
        assert in_pieces("float8_e4m3fn", "<u1", [value] * 3).is_zero is is_zero, value
    assert not in_pieces("float8_e4m3fn", "<u1", [0, 1]).is_zero


def test_of_a_type_without_infinities_nothing_but_zeros_is_a_mask() -> None:
    assert in_pieces("float8_e4m3fn", "<u1", [0, 0]).mask_words(trained=False)
    assert in_pieces("float8_e4m3fn", "<u1", [0, 1]).mask_words(trained=False) is None
    assert in_pieces("float8_e4m3fn", "<u1", [1, 1]).mask_words(trained=False) is None


def test_the_largest_huge_number_is_none_that_is_infinite_and_every_piece_counts() -> None:
    inf = float("inf")
    for pieces in ([[1e20, inf], [1e21, 1]], [[1e21, -inf], [1e20, inf]], [[-1e21, 3], [0, float("nan")]]):
        ((_, largest),) = in_pieces("float32", "<f4", *pieces).huge
        assert largest == np.float32(1e21)
    ((_, double),) = in_pieces("float64", "<f8", [1e300, -1e301]).huge
    assert double == 1e301


def test_a_complex_number_has_two_parts_and_one_place() -> None:
    """Numbers 0 and 1 are the first tensor's, numbers 2 and 3 the second's."""
    values = np.array([1, 1, 1, 1e20 + 1j, 1, complex(1, np.inf)], "<c8")
    test = fed("complex64", values.tobytes(), row("a", 0, 2), row("b", 2, 2), row("c", 4, 2), pieces=16)

    assert [extent.name for extent, _ in test.huge] == ["b"]
    assert [(one.extent.name, one.count) for one in test.nonfinite] == [("c", 1)]


def test_of_a_tensor_with_gaps_only_its_own_numbers_count() -> None:
    """Whatever the order of its strides."""
    for shape, stride, elements, own in (
        ((2, 2), (3, 1), 5, 4),
        ((2, 2), (1, 3), 5, 4),
        ((3, 2), (4, 1), 10, 6),
        ((2, 3), (1, 4), 10, 6),
        ((4,), (3,), 10, 4),
        ((2, 1), (5, 9), 6, 2),
        ((3, 2), (0, 2), 4, 2),  # expanded: each row is the same one
    ):
        for offset in (0, 3):
            data = np.full(offset + elements, np.nan, "<f4").tobytes()
            (found,) = fed("float32", data, Extent("w", offset, shape, stride)).nonfinite
            assert (found.count, found.is_exact) == (own, True), (shape, stride, offset)


def test_the_last_of_very_many_tensors_are_told_as_one() -> None:
    data = np.ones(MOST_EXTENTS + 2, "<f4")
    data[-2:] = np.nan
    rows = [row(f"w{at}", at, 1) for at in range(MOST_EXTENTS + 2)]

    assert [one.extent.name for one in fed("float32", data[2:].tobytes(), *rows[:MOST_EXTENTS]).nonfinite] == [
        f"w{MOST_EXTENTS - 2}", f"w{MOST_EXTENTS - 1}"
    ]  # fmt: skip
    (rest,) = fed("float32", data.tobytes(), *rows).nonfinite
    assert (rest.extent.name, rest.count) == ("2 further tensors", 2)
