"""Table of checkpoints whose tensors or numbers are bad, and of old torch files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from support.bad_checkpoint_pickles import beside_weights, calls
from support.bad_input import Bad
from support.build_checkpoints import (
    Numbers,
    a_value,
    one_tensor,
    torch_legacy,
    torch_zip,
    weights,
)
from support.build_pickles import REBUILD, RUNS_CODE, Call, Name, Stored, tensor

W = Stored("FloatStorage", "0", 32)


def one_stored(**changes: Any) -> Callable[[], bytes]:
    """A torch zip with one tensor that lies about itself."""
    return lambda: one_tensor(weights(), **changes)


def rebuilt(*arguments: Any) -> Callable[[], bytes]:
    """A torch zip with a tensor of these arguments."""
    return beside_weights(Call(REBUILD, arguments))


def numbers_with(value: float, at: int = 3, kind: str = "<f4") -> Callable[[], bytes]:
    """A torch zip of which one weight is another value."""

    def build() -> bytes:
        array = weights().astype(kind)
        array.flat[at] = value
        return one_tensor(array)

    return build


def _twice_described() -> bytes:
    numbers = Numbers()
    first = numbers.add(weights())
    other = tensor(Stored("DoubleStorage", "0", 16), (4, 4))
    return torch_zip({"a": first, "b": other}, numbers)


def _only_optimizer() -> bytes:
    numbers = Numbers()
    return torch_zip({"optimizer": {"state": {0: {"exp_avg": numbers.add(weights())}}}}, numbers)


def _meta() -> bytes:
    numbers = Numbers()
    meta = Call(Name("torch._utils", "_rebuild_meta_tensor_no_storage"), (Name("torch", "float32"), (3,), (1,), False))
    return torch_zip({"w": numbers.add(weights()), "m": meta}, numbers)


def _mask() -> bytes:
    numbers = Numbers()
    mask = np.triu(np.full((6, 6), -np.inf, "<f4"), 1)
    return torch_zip({"w": numbers.add(weights()), "attn.mask": numbers.add(mask)}, numbers)


def _nan_in_optimizer() -> bytes:
    numbers = Numbers()
    value = a_value(numbers)
    numbers.blocks["5"] = np.full(32, np.nan, "<f4").tobytes()
    return torch_zip(value, numbers)


def _one_constant() -> bytes:
    numbers = Numbers()
    return torch_zip(numbers.add_all({"a": np.full((8, 4), 0.5, "<f4"), "b": weights()}), numbers)


HUGE = 1 << 62
BAD_CONTENTS = [
    Bad("empty dict", lambda: torch_zip({}, Numbers()), "holds no tensors"),
    Bad("no tensors", lambda: torch_zip({"epoch": 3}, Numbers()), "holds no tensors"),
    Bad("a number", lambda: torch_zip(3, Numbers()), "holds no tensors"),
    Bad("only an optimizer", _only_optimizer, "no weights of a model"),
    Bad("tensors without numbers", lambda: one_tensor(np.zeros((0, 4), "<f4")), "not one number"),
    Bad("meta tensor", _meta, "meta tensor", "warning"),
    Bad("NaN", numbers_with(np.nan), "holds 1 NaN of 32"),
    Bad("infinity", numbers_with(np.inf), "holds 1 infinite of 32"),
    Bad("minus infinity", numbers_with(-np.inf), "holds 1 infinite of 32"),
    Bad("NaN in half precision", numbers_with(np.nan, kind="<f2"), "holds 1 NaN"),
    Bad("NaN in double precision", numbers_with(np.nan, kind="<f8"), "holds 1 NaN"),
    Bad("NaN in the optimizer", _nan_in_optimizer, "the optimizer's state holds 32 NaN", "note"),
    Bad("attention mask", _mask, "as an attention mask does", "note"),
    Bad("one matrix constant", _one_constant, "one number throughout in 1 weight matrix: a", "warning"),
    Bad("shape larger than storage", one_stored(shape=(8, 5)), "needs 40 numbers, but its storage has 32"),
    Bad("offset behind storage", one_stored(offset=1), "needs 33 numbers"),
    Bad("strides behind storage", one_stored(stride=(40, 1)), "but its storage has 32"),
    Bad("2^62 by 2^62", one_stored(shape=(HUGE, HUGE)), "but its storage has 32"),
    Bad("64 dimensions of 2^62", one_stored(shape=(HUGE,) * 64, stride=(1,) * 64), "but its storage has 32"),
    Bad("65 dimensions", one_stored(shape=(1,) * 65), "at most 64 numbers"),
    Bad("negative size", one_stored(shape=(-8, 4)), "whole number from 0"),
    Bad("size of 2^80", one_stored(shape=(1 << 80,)), "whole number from 0"),
    Bad("negative stride", one_stored(stride=(-4, 1)), "whole number from 0"),
    Bad("text as size", one_stored(shape=("8", 4)), "whole number from 0"),
    Bad("truth as size", one_stored(shape=(True, 4)), "whole number from 0"),
    Bad("fewer strides than sizes", one_stored(stride=(1,)), "as many strides as dimensions"),
    Bad("more numbers declared", one_stored(count=64), "expected 256 bytes for 64 numbers"),
    Bad("negative count", one_stored(count=-1), "length of a storage"),
    Bad("count of 2^62", one_stored(count=HUGE), "found 128"),
    Bad("another type declared", one_stored(kind="DoubleStorage"), "for 32 numbers of float64"),
    Bad("unknown storage type", one_stored(kind="MyStorage"), "unknown type"),
    Bad("storage described twice", _twice_described, "described twice"),
    Bad("tensor of too few arguments", rebuilt(W, 0), "at least 4 arguments"),
    Bad("tensor without storage", rebuilt(3, 0, (1,), (1,)), "expected a storage"),
    Bad("tensor of no arguments", beside_weights(Call(REBUILD, "x")), "at least 4 arguments"),
    Bad(
        "dtype that is none", calls("torch._utils", "_rebuild_tensor_v3", W, 0, (1,), (1,), 0, 0, 3), "expected a dtype"
    ),
]


def legacy(change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """An old torch file, changed."""
    return lambda: change(torch_legacy())


def _legacy_without_count() -> bytes:
    numbers = Numbers(legacy=True)
    value = a_value(numbers)
    numbers.counts["0"] = 31
    return torch_legacy(value, numbers)


BAD_LEGACY = [
    Bad("old format: only the magic", legacy(lambda d: d[:16]), "the pickle is damaged"),
    Bad("old format: cut in a pickle", legacy(lambda d: d[:300]), "the pickle is damaged"),
    Bad("old format: numbers cut short", legacy(lambda d: d[:-3]), "before the numbers do"),
    Bad("old format: no numbers", lambda: torch_legacy()[: -(32 + 8 + 16 + 1 + 32 + 1) * 4], "cut short"),
    Bad("old format: bytes appended", legacy(lambda d: d + b"xyz"), "3 bytes follow"),
    Bad("old format: another count", _legacy_without_count, "expected 32 numbers, found a block of 31"),
    Bad("old format: key missing", lambda: torch_legacy(keys=["0", "1"]), "numbers of 4 storages are missing"),
    Bad(
        "old format: key too many", lambda: torch_legacy(keys=[*"012345", "99"]), "1 stored blocks belong to no tensor"
    ),
    Bad("old format: keys are numbers", lambda: torch_legacy(keys=[0, 1]), "list of storage keys"),  # type: ignore[list-item]
    Bad("old format: other protocol", lambda: torch_legacy(protocol=7), "expected format 1001"),
    Bad(
        "old format: runs code",
        lambda: torch_legacy({"w": RUNS_CODE}, Numbers(legacy=True)),
        "names os.system",
    ),
    Bad("old format: no tensors", lambda: torch_legacy({}, Numbers(legacy=True)), "holds no tensors"),
    Bad("old format: no checksum", torch_legacy, "no checksum recorded", "note"),
]
