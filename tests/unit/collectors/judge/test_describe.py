"""A checkpoint in one line: what the file is, and how far its contents were checked."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.evidence.checkpoint import CheckpointEvidence, TensorFacts
from collectors.evidence.files import Finding
from collectors.judge.describe import describe_checkpoint

TWO = (TensorFacts("w", "float32", (2,), 8), TensorFacts("m", "float32", (2,), 8, "optimizer"))
ABOVE = Finding("note", "structure only: above the byte budget")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": "unknown"}, "16 B, not a checkpoint"),
        (
            {"format": "orbax", "opaque": "an orbax checkpoint"},
            "16 B, an orbax checkpoint: no reader proves this format",
        ),
        (
            {"format": "xgboost-ubj", "scalars": {"trees": 3}},
            "XGBoost model, 3 trees, parsed whole, no checksum recorded",
        ),
        ({"format": "lightgbm"}, "LightGBM model, parsed whole, no checksum recorded"),
        ({"format": "catboost"}, "CatBoost model, only its size read, no checksum recorded"),
        ({"format": "keras", "checksum": "ok"}, "Keras file, CRC ok, numbers not read"),
        ({"format": "hdf5", "checksum": "not recorded"}, "HDF5 file, no checksum recorded, numbers not read"),
        (
            {"format": "dcp", "tensors": TWO[:1], "parameters": 2},
            "1 tensor, 2 numbers, sizes of its files agree, numbers not read",
        ),
        ({"data_read": "none"}, "no tensors, contents not read"),
        ({"data_read": "none", "findings": (ABOVE,)}, "no tensors, structure only: above the byte budget"),
        ({"data_read": "none", "checksum": "bad"}, "no tensors, CRC does not match, no float data read"),
        ({"data_read": "all"}, "no tensors, CRC not compared, no float data read"),
        ({"finite": True, "data_read": "all"}, "all finite"),
        ({"finite": True, "data_read": "part"}, "finite where it was read"),
        ({"finite": True, "data_read": "all", "nonfinite_aside": ("m",)}, "the model finite (1 tensor beside it not)"),
        ({"finite": False, "data_read": "all", "nonfinite_tensors": ("w", "v")}, "not finite in 2 tensors"),
        (
            {"tensors": TWO, "parameters": 4, "data_read": "all"},
            "2 tensors (1 of the optimizer), 4 numbers, CRC not compared",
        ),
    ],
)
def test_one_line_says_what_it_is_and_what_was_checked(fields: dict[str, Any], words: str) -> None:
    told = describe_checkpoint(CheckpointEvidence(**{"format": "torch-zip", "findings": (), "size_bytes": 16} | fields))

    assert words in told and told.startswith("16 B, ")
