"""Models that are no torch file: DCP folders, XGBoost, LightGBM, CatBoost, written by hand."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from support.build_pickles import Call, Name, pickled

OWN = "torch.distributed.checkpoint.metadata"
SIZE = Name("torch", "Size")


def _made(name: str, state: Any, module: str = OWN) -> Call:
    return Call(Name(module, name), (), state=state, new=True)


def dcp_tensor(shape: tuple[int, ...], chunks: list[tuple[int, ...]] | None = None, dtype: str = "float32") -> Call:
    """What `.metadata` says of one tensor and the chunks it is stored in."""
    layout = Call(Name("torch.serialization", "_get_layout"), ("torch.strided",))
    memory = Call(Name(OWN, "_MEM_FORMAT_ENCODING"), (0,))
    properties = _made("TensorProperties", (Name("torch", dtype), layout, False, memory, False))
    parts = [
        _made("ChunkStorageMetadata", {"offsets": Call(SIZE, ((0,) * len(c),)), "sizes": Call(SIZE, (c,))})
        for c in chunks or [shape]
    ]
    return _made("TensorStorageMetadata", {"properties": properties, "size": Call(SIZE, (shape,)), "chunks": parts})


def dcp_bytes() -> Call:
    """An entry that is no tensor."""
    return _made("BytesStorageMetadata", {"x": 1})


def dcp_metadata(held: dict[str, Any], stored: list[tuple[str, str, int, int]], **more: Any) -> bytes:
    """A `.metadata`: tensors by name, and (name, file, offset, length) of what is stored."""
    pairs = [
        (
            _made("MetadataIndex", {"fqn": name, "index": n, "offset": None}),
            _made("_StorageInfo", {"relative_path": path, "offset": offset, "length": length},
                  "torch.distributed.checkpoint.filesystem"),
        )
        for n, (name, path, offset, length) in enumerate(stored)
    ]  # fmt: skip
    state = {"state_dict_metadata": held, "planner_data": {}, "storage_data": _Pairs(pairs), **more}
    return pickled(_made("Metadata", state))


class _Pairs(dict[Any, Any]):
    """A dict whose keys cannot be hashed: only its items are written."""

    def __init__(self, pairs: list[tuple[Any, Any]]) -> None:
        super().__init__()
        self._pairs = pairs

    def items(self) -> Any:
        """The pairs in order."""
        return self._pairs


def a_dcp_folder() -> dict[str, bytes]:
    """A sound folder of two ranks: file name -> contents."""
    held = {
        "model.layer.weight": dcp_tensor((8, 4), [(4, 4), (4, 4)]),
        "model.layer.bias": dcp_tensor((8,)),
        "optimizer.state.layer.weight.exp_avg": dcp_tensor((8, 4)),
        "epoch": dcp_bytes(),
    }
    stored = [
        ("model.layer.weight", "__0_0.distcp", 0, 600),
        ("model.layer.weight", "__1_0.distcp", 0, 600),
        ("model.layer.bias", "__0_0.distcp", 600, 500),
        ("optimizer.state.layer.weight.exp_avg", "__1_0.distcp", 600, 700),
        ("epoch", "__0_0.distcp", 1100, 20),
    ]
    return {
        ".metadata": dcp_metadata(held, stored),
        "__0_0.distcp": b"PK\x03\x04" + bytes(1116),
        "__1_0.distcp": b"PK\x03\x04" + bytes(1296),
    }


def an_xgboost(trees: int = 2, **changes: Any) -> dict[str, Any]:
    """A parsed XGBoost model; `changes` go into its first tree."""
    tree = {
        "left_children": [1, -1, -1], "right_children": [2, -1, -1], "split_indices": [0, 0, 0],
        "split_conditions": [0.5, -0.1, 0.2], "base_weights": [0.0, -0.1, 0.2], "tree_param": {"num_nodes": "3"},
    }  # fmt: skip
    every = [tree | {"id": n} for n in range(trees)]
    every[0] |= changes
    model = {"gbtree_model_param": {"num_trees": str(trees)}, "trees": every}
    return {"learner": {"gradient_booster": {"model": model, "name": "gbtree"}}, "version": [3, 0, 0]}


def ubjson(value: Any) -> bytes:
    """Universal Binary JSON as XGBoost writes it: long lengths, typed arrays of floats."""
    if isinstance(value, dict):
        pairs = (_ubj_text(key) + ubjson(item) for key, item in value.items())
        return b"{" + b"".join(pairs) + b"}"
    if isinstance(value, list) and value and all(isinstance(one, float) for one in value):
        return b"[$d#" + _ubj_length(len(value)) + np.array(value, ">f4").tobytes()
    if isinstance(value, list):
        return b"[#" + _ubj_length(len(value)) + b"".join(map(ubjson, value))
    if isinstance(value, str):
        return b"S" + _ubj_text(value)
    return b"D" + struct.pack(">d", value) if isinstance(value, float) else b"l" + struct.pack(">i", value)


def _ubj_length(count: int) -> bytes:
    return b"L" + struct.pack(">q", count)


def _ubj_text(text: str) -> bytes:
    return _ubj_length(len(text.encode())) + text.encode()


def xgboost_json(**changes: Any) -> bytes:
    """An XGBoost model as JSON."""
    return json.dumps(an_xgboost(**changes), separators=(",", ":")).encode()


def lightgbm(trees: int = 2, leaf: str = "0.25") -> bytes:
    """A LightGBM model as text."""
    blocks = [f"Tree={n}\nnum_leaves=2\nleaf_value=-0.5 {leaf}\nshrinkage=0.1\n\n\n".encode() for n in range(trees)]
    sizes = " ".join(str(len(block)) for block in blocks)
    front = f"tree\nversion=v4\nnum_class=1\nfeature_names=a b\ntree_sizes={sizes}\n\n".encode()
    return front + b"".join(blocks) + b"end of trees\n\nfeature_importances:\na=1\n\nend of parameters\n"


def catboost(core: int = 200) -> bytes:
    """The frame of a CatBoost model; its core is not looked into."""
    return b"CBM1" + struct.pack("<I", core) + bytes(range(200))
