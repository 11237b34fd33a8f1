"""Checkpoints in every format that is read, written by hand: no torch, no safetensors, no Keras.

`torch_zip()` and `torch_legacy()` write a small sound checkpoint; their arguments make it as bad as a
test wants it. All numbers are made from fixed seeds.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from support.build_pickles import Stored, pickled, tensor
from support.build_zips import Entry, raw_zip

Array = np.ndarray[Any, Any]
KINDS = {"f2": "HalfStorage", "f4": "FloatStorage", "f8": "DoubleStorage", "i8": "LongStorage", "u2": "BFloat16Storage"}


def weights(seed: int = 0, shape: tuple[int, ...] = (8, 4)) -> Array:
    """Some trained-looking numbers."""
    return np.random.default_rng(seed).normal(0, 0.1, shape).astype("<f4")


def a_model() -> dict[str, Array]:
    """A small model: two layers and a counter."""
    return {
        "encoder.weight": weights(1),
        "encoder.bias": weights(2, (8,)),
        "head.weight": weights(3, (2, 8)),
        "steps": np.array(7, "<i8"),
    }


class Numbers:
    """Storages by key, and the tensors that refer to them."""

    def __init__(self, *, legacy: bool = False) -> None:
        self.extra: tuple[Any, ...] = (None,) if legacy else ()
        self.blocks: dict[str, bytes] = {}
        self.counts: dict[str, int] = {}

    def add(self, array: Array, **changes: Any) -> Any:
        """Store an array; return its tensor. `changes` may override `shape`, `stride`, `offset`, `count`, `kind`."""
        key = str(len(self.blocks))
        self.blocks[key] = array.tobytes()
        self.counts[key] = changes.get("count", array.size)
        kind = changes.get("kind", KINDS[array.dtype.str[1:]])
        stored = Stored(kind, key, self.counts[key], extra=self.extra)
        shape = changes.get("shape", array.shape)
        return tensor(stored, shape, changes.get("stride"), changes.get("offset", 0))

    def add_all(self, arrays: dict[str, Array]) -> dict[str, Any]:
        """Store several arrays; return a state dict."""
        return {name: self.add(array) for name, array in arrays.items()}


def a_value(numbers: Numbers, model: dict[str, Array] | None = None) -> dict[str, Any]:
    """What a trainer saves: epoch, model, optimizer, configuration, loss."""
    arrays = a_model() if model is None else model
    trained = next((array.shape for array in arrays.values() if array.ndim > 1), (8, 4))
    return {
        "epoch": 6,
        "model_state_dict": numbers.add_all(arrays),
        "optimizer_state_dict": {
            "state": {0: {"step": numbers.add(np.array(9, "<f4")), "exp_avg": numbers.add(weights(5, trained))}},
            "param_groups": [{"lr": 0.002, "params": [0]}],
        },
        "config": {"model": {"d_model": 48}, "name": "small"},
        "val_loss": 0.25,
    }


def torch_zip(
    value: Any = None,
    numbers: Numbers | None = None,
    *,
    edit: Callable[[list[Entry]], list[Entry]] | None = None,
    root: str = "archive",
    pickle: bytes | None = None,
    **end: Any,
) -> bytes:
    """A torch zip. `edit` changes the list of entries, `end` the end record, `pickle` the pickle itself."""
    numbers = Numbers() if numbers is None else numbers
    value = a_value(numbers) if value is None else value
    entries = [
        Entry(f"{root}/data.pkl", pickled(value) if pickle is None else pickle),
        Entry(f"{root}/byteorder", b"little"),
        *(Entry(f"{root}/data/{key}", block) for key, block in numbers.blocks.items()),
        Entry(f"{root}/version", b"3\n"),
    ]
    return raw_zip(entries if edit is None else edit(entries), **end)


def one_tensor(array: Array, **changes: Any) -> bytes:
    """A torch zip with one tensor called `weight`."""
    numbers = Numbers()
    return torch_zip({"weight": numbers.add(array, **changes)}, numbers)


MAGIC_NUMBER = 0x1950A86A20F9469CFC6C


def torch_legacy(
    value: Any = None,
    numbers: Numbers | None = None,
    *,
    keys: list[str] | None = None,
    protocol: int = 1001,
    little_endian: bool = True,
) -> bytes:
    """A torch file of the old format."""
    numbers = Numbers(legacy=True) if numbers is None else numbers
    value = a_value(numbers) if value is None else value
    order: Any = "<q" if little_endian else ">q"
    keys = sorted(numbers.blocks) if keys is None else keys
    machine = {"protocol_version": 1001, "little_endian": little_endian, "type_sizes": {"int": 4}}
    front = pickled(MAGIC_NUMBER) + pickled(protocol) + pickled(machine) + pickled(value) + pickled(keys)
    blocks = (struct.pack(order, numbers.counts.get(k, 0)) + numbers.blocks.get(k, b"") for k in keys)
    return front + b"".join(blocks)


SAFE_TYPES = {"f2": "F16", "f4": "F32", "f8": "F64", "i8": "I64", "u2": "BF16", "u1": "U8"}


def safetensors(
    arrays: dict[str, Array] | None = None, *, header: Any = None, edit: Any = None, tail: bytes = b""
) -> bytes:
    """A safetensors file; `edit` changes the header before it is written, `header` replaces it."""
    arrays = a_model() if arrays is None else arrays
    found: dict[str, Any] = {}
    data = b""
    for name, array in arrays.items():
        end = len(data) + array.nbytes
        found[name] = {
            "dtype": SAFE_TYPES[array.dtype.str[1:]],
            "shape": list(array.shape),
            "data_offsets": [len(data), end],
        }
        data += array.tobytes()
    if edit is not None:
        edit(found)
    raw = header if isinstance(header, bytes) else json.dumps(found if header is None else header).encode()
    return struct.pack("<Q", len(raw)) + raw + data + tail


def hdf5(size: int = 2048, *, claims: int | None = None, version: int = 0) -> bytes:
    """An HDF5 superblock and zeros."""
    end = struct.pack("<Q", size if claims is None else claims)
    if version in (0, 1):
        start = b"\x89HDF\r\n\x1a\n" + bytes([version, 0, 0, 0, 0, 8, 8, 0]) + bytes(24 if version == 0 else 28) + end
    else:
        start = b"\x89HDF\r\n\x1a\n" + bytes([version, 8, 8, 0]) + bytes(16) + end
    return start.ljust(size, b"\0")


def keras(edit: Callable[[list[Entry]], list[Entry]] | None = None, **end: Any) -> bytes:
    """A `.keras` file."""
    entries = [
        Entry("metadata.json", b'{"keras_version": "3.0"}'),
        Entry("config.json", b'{"class_name": "Sequential"}'),
        Entry("model.weights.h5", hdf5()),
    ]
    return raw_zip(entries if edit is None else edit(entries), **end)
