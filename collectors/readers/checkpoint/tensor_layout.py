"""Does each tensor fit its storage, and each storage its bytes? Pure arithmetic.

Input: tensors and storages as a file describes them. Output: sentences about what does not fit. It
reads no data and allocates nothing by what a file claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from collectors.evidence.checkpoint import Role
from collectors.readers.common.dtypes import ITEM_BYTES, UNTYPED
from collectors.readers.pickle.values import Storage, Tensor


@dataclass(frozen=True, slots=True)
class Extent:
    """Where the numbers of one tensor lie in its block, counted in elements of its dtype."""

    name: str
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    role: Role = "model"

    @property
    def count(self) -> int:
        """Numbers."""
        return prod(self.shape)

    @property
    def end(self) -> int:
        """Element behind the last one."""
        if self.count == 0:
            return self.offset
        return self.offset + 1 + sum((size - 1) * step for size, step in zip(self.shape, self.stride, strict=True))

    @property
    def is_contiguous(self) -> bool:
        """Its numbers lie in a row without gaps, in whatever order."""
        return self.end - self.offset == self.count


def storage_bytes(storage: Storage) -> int:
    """Bytes a storage must have."""
    return storage.count * ITEM_BYTES[storage.dtype]


def tensor_bytes(tensor: Tensor) -> int:
    """Bytes of a tensor's own numbers."""
    return prod(tensor.shape) * ITEM_BYTES.get(tensor.dtype, 1)


def extent_of(tensor: Tensor, name: str, role: Role = "model") -> Extent:
    """Where a tensor lies in its storage."""
    return Extent(name, tensor.offset, tensor.shape, tensor.stride, role)


def misfit(tensor: Tensor) -> str | None:
    """Say how a tensor does not fit its storage; None when it does."""
    if tensor.storage is None:
        return None
    there = tensor.storage.count
    if tensor.storage.dtype == UNTYPED and tensor.dtype != UNTYPED:
        there //= ITEM_BYTES[tensor.dtype]
    needed = extent_of(tensor, "").end
    if needed <= there:
        return None
    shape = "x".join(str(size) for size in tensor.shape[:8]) or "scalar"
    wanted = f"{needed:,}" if needed < 1 << 63 else "more than 2^63"
    return f"its shape {shape} needs {wanted} numbers, but its storage has {there:,}"
