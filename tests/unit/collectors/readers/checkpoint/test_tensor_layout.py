"""Where a tensor lies in its storage, to the element."""

from __future__ import annotations

from collectors.readers.checkpoint.tensor_layout import Extent, misfit, storage_bytes, tensor_bytes
from collectors.readers.pickle.values import Storage, Tensor


def stored(dtype: str, count: int) -> Storage:
    return Storage("0", dtype, count, "cpu")


def test_an_extent_ends_behind_its_last_element_wherever_it_begins() -> None:
    for shape, stride, offset, end, is_contiguous in (
        ((4,), (1,), 0, 4, True),
        ((4,), (1,), 7, 11, True),
        ((2, 3), (3, 1), 7, 13, True),
        ((2, 3), (1, 2), 7, 13, True),
        ((2, 3), (4, 1), 7, 14, False),
        ((3,), (2,), 0, 5, False),
        ((), (), 7, 8, True),
        ((0, 3), (3, 1), 7, 7, True),
        ((5,), (0,), 7, 8, False),
    ):
        one = Extent("w", offset, shape, stride)
        assert (one.end, one.is_contiguous) == (end, is_contiguous), (shape, stride, offset)


def test_bytes_follow_from_type_and_shape() -> None:
    assert storage_bytes(stored("float64", 3)) == 24
    assert tensor_bytes(Tensor(None, "float16", 0, (2, 3), (3, 1))) == 12
    assert tensor_bytes(Tensor(None, "unheard of", 0, (2, 3), (3, 1))) == 6


def said(shape: tuple[int, ...], count: int, dtype: str = "float32", kind: str = "float32") -> str | None:
    return misfit(Tensor(stored(kind, count), dtype, 0, shape, (1,) * len(shape)))


def test_a_tensor_needs_as_many_numbers_as_its_storage_has() -> None:
    assert said((4,), 4) is None
    assert said((4,), 3) == "its shape 4 needs 4 numbers, but its storage has 3"
    assert said((), 0) == "its shape scalar needs 1 numbers, but its storage has 0"
    assert said((1,) * 8 + (2,), 1) == "its shape 1x1x1x1x1x1x1x1 needs 2 numbers, but its storage has 1"
    assert said((1 << 63,), 1) == f"its shape {1 << 63} needs more than 2^63 numbers, but its storage has 1"
    assert (
        said(((1 << 63) - 1,), 1) == f"its shape {(1 << 63) - 1} needs {(1 << 63) - 1:,} numbers, but its storage has 1"
    )
    assert misfit(Tensor(None, "float32", 0, (9,), (1,))) is None, "a meta tensor needs nothing"


def test_a_storage_without_a_type_is_counted_in_bytes() -> None:
    assert said((2,), 8, kind="untyped") is None
    assert said((2,), 7, kind="untyped") == "its shape 2 needs 2 numbers, but its storage has 1"
    assert said((7,), 7, dtype="untyped", kind="untyped") is None
