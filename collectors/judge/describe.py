"""Checkpoint evidence -> one line in words: what was verified, and what was not. Pure.

Input: `CheckpointEvidence`. Output: a line such as `503 kB, 61 tensors, 121,328
numbers, CRC ok, all finite`. It passes no verdict and repeats no finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from collectors.evidence.checkpoint import CheckpointEvidence, Role
from collectors.numbers import plural, size_words

_CHECKSUMS: Final = {
    "ok": "CRC ok",
    "bad": "CRC does not match",
    "not recorded": "no checksum recorded",
    "partial": "CRC partly compared",
    "not read": "CRC not compared",
}
_BOOSTERS: Final = {
    "xgboost-json": "XGBoost",
    "xgboost-ubj": "XGBoost",
    "lightgbm": "LightGBM",
    "catboost": "CatBoost",
    "catboost-json": "CatBoost",
}
_OWNERS: Final[Mapping[Role, str]] = {
    "optimizer": "of the optimizer",
    "trainer": "of the training's state",
    "observer": "of observers",
}


def describe_checkpoint(evidence: CheckpointEvidence) -> str:
    """Say in one line what the file is, and how far its contents were checked."""
    size = size_words(evidence.size_bytes)
    if evidence.format == "unknown":
        return f"{size}, not a checkpoint"
    if evidence.opaque is not None:
        return f"{size}, {evidence.opaque}: no reader proves this format"
    return ", ".join([size, *_contents(evidence), *_verification(evidence)])


def _contents(evidence: CheckpointEvidence) -> list[str]:
    if evidence.format in ("keras", "hdf5"):
        return [f"{'Keras' if evidence.format == 'keras' else 'HDF5'} file"]
    if evidence.format in _BOOSTERS:
        trees = evidence.scalars.get("trees")
        return [f"{_BOOSTERS[evidence.format]} model", *([plural(trees, "tree")] if isinstance(trees, int) else [])]
    if not evidence.tensors:
        return ["no tensors"]
    others = Counter(tensor.role for tensor in evidence.tensors if tensor.role != "model")
    text = plural(len(evidence.tensors), "tensor")
    if others:
        text += f" ({', '.join(f'{count:,} {_OWNERS[role]}' for role, count in others.items())})"
    return [text, plural(evidence.parameters, "number")]


def _verification(evidence: CheckpointEvidence) -> list[str]:
    if evidence.format == "dcp":
        return ["sizes of its files agree, numbers not read"]
    if evidence.format in _BOOSTERS:
        return ["only its size read" if evidence.format == "catboost" else "parsed whole", "no checksum recorded"]
    if evidence.data_read == "none" and evidence.checksum == "not read":
        above = any(finding.text.startswith("structure only") for finding in evidence.findings)
        return ["structure only: above the byte budget" if above else "contents not read"]
    words = [_CHECKSUMS[evidence.checksum]]
    if evidence.format in ("keras", "hdf5"):
        return [*words, "numbers not read"]
    return [*words, _finite_words(evidence)]


def _finite_words(evidence: CheckpointEvidence) -> str:
    if evidence.finite is False:
        return f"not finite in {plural(len(evidence.nonfinite_tensors), 'tensor')}"
    if evidence.finite is None:
        return "no float data read"
    aside = len(evidence.nonfinite_aside)
    if evidence.data_read != "all":
        return "finite where it was read"
    return f"the model finite ({plural(aside, 'tensor')} beside it not)" if aside else "all finite"
