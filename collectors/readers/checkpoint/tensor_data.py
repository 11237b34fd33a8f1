"""Stored numbers -> which tensors hold NaN, infinities or huge numbers, and which hold one number throughout.

Input: the bytes of one block of numbers, piece by piece, and the tensors that lie in it. Output:
facts. It works on the bits of 1 MiB at a time, whatever the size, and tests floats only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from collectors.readers.checkpoint.roles import is_trained
from collectors.readers.checkpoint.tensor_layout import Extent
from collectors.readers.common.dtypes import FLOAT_BITS, FloatBits

Bits = np.ndarray[Any, Any]
MOST_EXTENTS: Final = 4_000
"""Tensors in one block that are told apart."""


@dataclass(slots=True)
class NonFinite:
    """What one tensor holds that is not a finite number."""

    extent: Extent
    count: int = 0
    has_nan: bool = False
    has_infinity: bool = False
    is_exact: bool = True
    """False when counting was cut short, or other tensors lie in between."""


class Patience:
    """How many more bad numbers are looked at one by one, for all blocks of a file."""

    def __init__(self, steps: int = 50_000_000) -> None:
        self._left = steps

    def takes(self, steps: int) -> bool:
        """Use some of it up; False when it is gone."""
        self._left -= steps
        return self._left >= 0


class NumberTest:
    """A sink for the bytes of one block of floats."""

    def __init__(self, dtype: str, extents: Sequence[Extent], *, big_endian: bool, patience: Patience) -> None:
        self._bits: FloatBits = FLOAT_BITS[dtype]
        self._sign = 1 << (8 * int(self._bits.item[1:]) - 1)
        self._parts = 2 if dtype.startswith("complex") else 1
        self._item = np.dtype((">" if big_endian else "<") + self._bits.item)
        self._extents = _told_apart(extents)
        self._starts = np.array([min(one.offset, _LARGEST) for one in self._extents], np.int64)
        self._ends = np.array([min(one.end, _LARGEST) for one in self._extents], np.int64)
        self._found: dict[int, NonFinite] = {}
        self._largest: dict[int, int] = {}
        """Tensors with huge numbers -> bits of the largest, without its sign."""
        self._patience = patience
        self._rest = b""
        self._at = 0
        self._first: int | None = None
        self._is_alike = True  # every element so far has the same bits
        self._is_zero = True  # every element so far is zero, of whatever sign
        self._is_mask = True  # every element so far is zero or minus infinity
        self._is_infinite = self._bits.fraction != 0  # every element so far is an infinity

    def feed(self, piece: memoryview) -> None:
        """Test the next bytes."""
        data: bytes | memoryview = self._rest + bytes(piece) if self._rest else piece
        whole = len(data) - len(data) % self._item.itemsize
        self._rest = bytes(data[whole:])
        if whole:
            self._test(np.frombuffer(data[:whole], dtype=self._item))

    def finish(self) -> None:
        """Nothing is left to do: a cut-off number is the reader's finding, not this one's."""

    @property
    def nonfinite(self) -> list[NonFinite]:
        """Tensors that hold NaN or infinities, in the order of the file."""
        return [self._found[index] for index in sorted(self._found)]

    @property
    def huge(self) -> list[tuple[Extent, float]]:
        """Tensors that hold finite numbers beyond `HUGE`, and the largest magnitude of each, in the order of the file.

        Masks hold such numbers instead of minus infinity: a block of nothing but 0 and huge negative ones has none.
        """
        found = ((self._extents[index], self._number(self._largest[index])) for index in sorted(self._largest))
        return [(extent, number) for extent, number in found if is_trained(extent.name) or not self._is_mask]

    def mask_words(self, *, trained: bool) -> str | None:
        """What the block is when it holds nothing but what a mask or an empty statistic holds; else None.

        `trained`: its name is that of weights, which may have overflowed altogether.
        """
        if self._is_infinite:
            return None if trained else "holds nothing but infinities, as a mask or a statistic of no data does"
        return "holds only 0 and minus infinity, as an attention mask does" if self._is_mask else None

    @property
    def was_fed(self) -> bool:
        """At least one number was read."""
        return self._first is not None

    @property
    def is_constant(self) -> bool:
        """Every element is the same number."""
        return self._is_alike or self._is_zero

    @property
    def is_zero(self) -> bool:
        """Every element is zero."""
        return self._is_zero and self.was_fed

    def _test(self, bits: Bits) -> None:
        if self._first is None:
            self._first = int(bits[0])
        if self._is_alike:
            self._is_alike = _all(bits, lambda some: some == self._first)
        if self._is_mask:
            self._is_mask = _all(bits, self._fits_mask)
        if self._is_infinite:
            self._is_infinite = _all(bits, self._is_infinity)
        if self._bits.fraction:
            self._test_magnitudes(bits)
        else:
            bad = (bits & self._bits.mask) == self._bits.value
            self._is_zero = self._is_alike and self._first == 0
            if bad.any():
                self._claim(bits, np.flatnonzero(bad))
        self._at += len(bits)

    def _test_magnitudes(self, bits: Bits) -> None:
        """Without its sign a number that is not finite is larger than each that is, and one pass finds the largest."""
        magnitudes = bits & (self._sign - 1)
        largest, infinity, huge = int(magnitudes.max()), self._bits.value, self._bits.huge
        self._is_zero &= largest == 0
        if largest >= infinity:
            self._claim(bits, np.flatnonzero(magnitudes >= infinity))
        if huge is not None and largest > huge:
            places = np.flatnonzero((magnitudes > huge) & (magnitudes < infinity))
            self._claim_huge(places, magnitudes[places])

    def _fits_mask(self, bits: Bits) -> Bits:
        minus_infinity = self._bits.minus_infinity
        fits: Bits = bits == 0
        if minus_infinity is not None:
            least = minus_infinity if self._bits.huge is None else self._sign | self._bits.huge
            fits = ((bits & (self._sign - 1)) == 0) | ((bits >= least) & (bits <= minus_infinity))
        return fits

    def _is_infinity(self, bits: Bits) -> Bits:
        fits: Bits = (bits & (self._sign - 1)) == self._bits.value
        return fits

    def _claim(self, bits: Bits, places: Bits) -> None:
        """Find out which tensors the bad numbers of this piece belong to."""
        infinite = (bits[places] & self._bits.fraction) == 0 if self._bits.fraction else np.zeros(len(places), bool)
        elements = (places + self._at) // self._parts
        for index, part in self._shares(elements):
            self._count(index, elements[part], infinite[part])

    def _claim_huge(self, places: Bits, magnitudes: Bits) -> None:
        """Find out which tensors the huge numbers of this piece belong to."""
        elements = (places + self._at) // self._parts
        for index, part in self._shares(elements):
            extent, of_it = self._extents[index], magnitudes[part]
            if not extent.is_contiguous and self._patience.takes(500 + 8 * len(of_it)):
                of_it = of_it[_lies_in(extent, elements[part])]
            if len(of_it):
                self._largest[index] = max(self._largest.get(index, 0), int(of_it.max()))

    def _number(self, bits: int) -> float:
        """The number that these bits are."""
        short = self._bits.item == "u2"  # bfloat16 is the front half of a float; half precision holds no huge number
        data = (bits << 16 if short else bits).to_bytes(8 if self._bits.item == "u8" else 4, "little")
        return float(np.frombuffer(data, "<f8" if self._bits.item == "u8" else "<f4")[0])

    def _shares(self, elements: Bits) -> Iterator[tuple[int, slice]]:
        """The tensors within whose extent some of these elements lie, and which of them."""
        first = np.searchsorted(elements, self._starts)
        end = np.searchsorted(elements, self._ends)
        for index in np.flatnonzero(first < end).tolist():
            yield index, slice(int(first[index]), int(end[index]))

    def _count(self, index: int, elements: Bits, infinite: Bits) -> None:
        """Add the bad elements that lie within one tensor's extent."""
        extent = self._extents[index]
        if not self._patience.takes(500 + len(elements) * (1 if extent.is_contiguous else 8)):
            known = self._found.setdefault(index, NonFinite(extent, has_nan=not infinite[0]))
            known.is_exact = False
            return
        if not extent.is_contiguous:
            infinite = infinite[_lies_in(extent, elements)]
        if len(infinite):
            known = self._found.setdefault(index, NonFinite(extent))
            known.count += len(infinite)
            known.has_infinity |= bool(infinite.any())
            known.has_nan |= not infinite.all()


_LARGEST: Final = (1 << 63) - 1


def _told_apart(extents: Sequence[Extent]) -> list[Extent]:
    """The tensors, the last ones as one when there are too many."""
    if len(extents) <= MOST_EXTENTS:
        return list(extents)
    rest = extents[MOST_EXTENTS:]
    start = min(one.offset for one in rest)
    length = max(one.end for one in rest) - start
    return [*extents[:MOST_EXTENTS], Extent(f"{len(rest):,} further tensors", start, (length,), (1,))]


def _all(bits: Bits, holds: Any) -> bool:
    """True when something holds for all; ordinary weights say no within the first few."""
    return bool(holds(bits[:16]).all()) and bool(holds(bits).all())


def _lies_in(extent: Extent, elements: Bits) -> Bits:
    """Which elements within its extent a strided tensor covers: its strides, from the largest, leave no rest."""
    rest = elements - extent.offset
    for step, size in sorted(zip(extent.stride, extent.shape, strict=True), reverse=True):
        if step:
            index = np.minimum(rest // step, size - 1)
            rest = rest - index * step
    covered: Bits = rest == 0
    return covered
