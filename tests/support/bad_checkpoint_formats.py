"""Table of bad safetensors, HDF5 and Keras files."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from support.bad_input import Bad
from support.build_checkpoints import (
    hdf5,
    keras,
    safetensors,
    weights,
)
from support.build_zips import Entry


def safe(edit: Callable[[dict[str, Any]], Any]) -> Callable[[], bytes]:
    """A safetensors file with a changed header."""
    return lambda: safetensors(edit=edit)


def header(value: Any) -> Callable[[], bytes]:
    """A safetensors file with another header."""
    return lambda: safetensors(header=value)


def _nan_safetensors() -> bytes:
    return safetensors({"a.weight": np.array([1, np.nan, 3], "<f4"), "b": weights()})


def _twice() -> bytes:
    entry = json.dumps({"dtype": "F32", "shape": [0], "data_offsets": [0, 0]})
    return b'{"a": %s, "a": %s}' % (entry.encode(), entry.encode())


BAD_OTHERS = [
    Bad("safetensors: cut short", lambda: safetensors()[:-3], "cut short"),
    Bad("safetensors: header cut", lambda: safetensors()[:40], "cut short"),
    Bad("safetensors: header of 90 MB", lambda: struct.pack("<Q", 90_000_000) + b"{" + bytes(99), "cut short"),
    Bad("safetensors: no JSON", header(b"{nothing"), "not JSON"),
    Bad("safetensors: a name twice", lambda: safetensors(header=_twice()), "twice"),
    Bad("safetensors: NaN in the header", header(b'{"a": NaN}'), "JSON does not know"),
    Bad("safetensors: 100,000 brackets", header(b'{"a":' + b"[" * 100_000), "not JSON"),
    Bad("safetensors: 5 million commas", header(b'{"a":[' + b"0," * 5_000_000 + b"0]}"), "parts"),
    Bad("safetensors: digits without end", header(b'{"a":' + b"9" * 10_000 + b"}"), "not JSON"),
    Bad("safetensors: wrong encoding", header(b'{"\xff":1}'), "not JSON"),
    Bad("safetensors: no tensors", header({}), "holds no tensors"),
    Bad("safetensors: only metadata", header({"__metadata__": {"format": "pt"}}), "holds no tensors"),
    Bad("safetensors: gap", safe(lambda h: h["head.weight"].update(data_offsets=[164, 228])), "belong to no tensor"),
    Bad("safetensors: overlap", safe(lambda h: h["head.weight"].update(data_offsets=[156, 220])), "inside the tensor"),
    Bad("safetensors: behind the end", safe(lambda h: h["steps"].update(data_offsets=[900, 908])), "there are 232"),
    Bad("safetensors: backwards", safe(lambda h: h["steps"].update(data_offsets=[8, 0])), "offsets span -8"),
    Bad("safetensors: wrong size", safe(lambda h: h["steps"].update(shape=[2])), "needs 16 bytes"),
    Bad("safetensors: negative", safe(lambda h: h["steps"].update(shape=[-1])), "expected `dtype`"),
    Bad("safetensors: fraction", safe(lambda h: h["steps"].update(shape=[1.5])), "expected `dtype`"),
    Bad("safetensors: truth as size", safe(lambda h: h["steps"].update(shape=[True])), "expected `dtype`"),
    Bad("safetensors: no shape", safe(lambda h: h["steps"].pop("shape")), "expected `dtype`"),
    Bad("safetensors: three offsets", safe(lambda h: h["steps"]["data_offsets"].append(9)), "expected `dtype`"),
    Bad("safetensors: entry is a number", safe(lambda h: h.update(steps=3)), "expected `dtype`"),
    Bad("safetensors: metadata of numbers", safe(lambda h: h.update(__metadata__={"a": 1})), "map text to text"),
    Bad("safetensors: unknown type", safe(lambda h: h["steps"].update(dtype="F99")), "type F99", "warning"),
    Bad("safetensors: appended", lambda: safetensors(tail=b"12345"), "5 bytes follow"),
    Bad("safetensors: NaN", _nan_safetensors, "holds 1 NaN of 3"),
    Bad("HDF5: cut short", lambda: hdf5(1000, claims=2000), "names byte 2,000 as its end"),
    Bad("HDF5: cut short (version 3)", lambda: hdf5(1000, claims=2000, version=3), "names byte 2,000 as its end"),
    Bad("HDF5: only a signature", lambda: hdf5()[:8], "cut short"),
    Bad("HDF5: unknown version", lambda: hdf5()[:8] + b"\x09" + hdf5()[9:], "not known here", "warning"),
    Bad("HDF5: numbers not read", hdf5, "HDF5 numbers are not read", "note"),
    Bad(
        "HDF5: left open", lambda: hdf5(version=3)[:11] + b"\x01" + hdf5(version=3)[12:], "open for writing", "warning"
    ),
    Bad("Keras: no weights", lambda: keras(lambda e: e[:2]), "weights are missing"),
    Bad("Keras: weights empty", lambda: keras(lambda e: [*e[:2], Entry(e[2].name)]), "has 0 bytes"),
    Bad("Keras: weights cut", lambda: keras(lambda e: [*e[:2], Entry(e[2].name, hdf5()[:999])]), "as its end"),
    Bad("Keras: weights are none", lambda: keras(lambda e: [*e[:2], Entry(e[2].name, b"x" * 99)]), "HDF5 signature"),
    Bad("Keras: no metadata", lambda: keras(lambda e: e[1:]), "missing or cannot be read"),
    Bad("Keras: broken JSON", lambda: keras(lambda e: [e[0], Entry("config.json", b"{"), e[2]]), "not JSON"),
    Bad("Keras: wrong CRC", lambda: keras(lambda e: [*e[:2], Entry(e[2].name, hdf5(), crc32=5)]), "CRC"),
    Bad("Keras: cut short", lambda: keras()[:-30], "cut short"),
]
