"""What a reader says of one checkpoint, and of the index of one in several files. Frozen, no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from collectors.evidence.files import Finding

Role = Literal["model", "optimizer", "trainer", "observer"]
"""Whose a tensor is: `trainer` is a callback's, a scheduler's, a scaler's; `observer` a quantization statistic."""


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """One stored tensor."""

    name: str
    dtype: str
    """Such as `float32`."""
    shape: tuple[int, ...]
    size_bytes: int
    role: Role = "model"

    @property
    def optimizer(self) -> bool:
        """Part of an optimizer's state, not of the model."""
        return self.role == "optimizer"


@dataclass(frozen=True, slots=True)
class CheckpointEvidence:
    """What a checkpoint file holds, without ever unpickling it."""

    format: str
    """`torch-zip`, `torch-legacy`, `safetensors[-sharded]`, `keras`, `hdf5`, `dcp`, `xgboost-json`, ..., `unknown`."""
    findings: tuple[Finding, ...]
    tensors: tuple[TensorFacts, ...] = ()
    parameters: int = 0
    """Numbers in all tensors."""
    checksum: Literal["ok", "bad", "not recorded", "partial", "not read"] = "not read"
    finite: bool | None = None
    """False: a float of the model is NaN or infinite; None: no float data was read."""
    nonfinite_tensors: tuple[str, ...] = ()
    """Of the model, masks apart."""
    data_read: Literal["all", "part", "none"] = "none"
    """How much of the stored numbers was read and tested within the byte budget."""
    sha256: str | None = None
    """Of the whole file; None above the byte budget."""
    crc32: int | None = None
    """Of the whole file; None above the byte budget. Compared with the copy inside the backup."""
    scalars: dict[str, Any] = field(default_factory=dict)
    """Plain values beside the tensors, such as `epoch`, `config.model.d_model` (dotted keys)."""
    size_bytes: int = 0
    """Size of the file; of all shards together where there are several."""
    constant_tensors: tuple[str, ...] = ()
    """Float tensors of the model with two or more dimensions that hold one number throughout."""
    globals: tuple[str, ...] = ()
    """Names the pickle refers to that are not on the allow-list, such as `argparse.Namespace`."""
    nonfinite_aside: tuple[str, ...] = ()
    """Tensors of optimizers, callbacks and observers, and masks, that are not finite and need not be."""
    opaque: str | None = None
    """What it is, such as `an orbax checkpoint`, where the format is known and no reader here proves it."""
    parts: Mapping[str, int] = field(default_factory=dict)
    """Files beside it that it describes -> bytes each must have at least."""
    weights_alike: Literal["", "zero", "constant"] = ""
    """`zero`: each float of the model is 0; `constant`: each weight matrix holds one number throughout."""
    huge_tensors: Mapping[str, float] = field(default_factory=dict)
    """Tensors of the model with finite numbers above 1e19, masks apart -> the largest, without its sign."""
    nonfinite_arrays: tuple[str, ...] = ()
    """NumPy arrays inside the pickle that hold NaN or infinities, those of losses and of the training's state apart."""

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class ShardIndexEvidence:
    """Which files make up one checkpoint, as an index or their numbers say."""

    findings: tuple[Finding, ...]
    shards: tuple[str, ...] = ()
    """Plain names of files beside the index, in order."""
    weight_map: Mapping[str, str] = field(default_factory=dict)
    """Tensor -> shard that holds it; empty where nothing says so."""
    total_bytes: int | None = None
    """Of all numbers, as the index promises."""
    size_bytes: int = 0
    """Of the index itself."""

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)
