"""Checkpoint evidence -> one line in words: what was verified, and what was not. Pure.

Input: `CheckpointEvidence`. Output: a line such as `503 kB, 61 tensors, 121,328
numbers, CRC ok, all finite`. It passes no verdict and repeats no finding.
"""

from __future__ import annotations

from typing import Final

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.numbers import plural, size_words

_CHECKSUMS: Final = {
    "ok": "CRC ok",
    "bad": "CRC does not match",
    "not recorded": "no checksum recorded",
    "partial": "CRC partly compared",
    "not read": "CRC not compared",
}


def describe_checkpoint(evidence: CheckpointEvidence) -> str:
    """Say in one line what the file is, and how far its contents were checked."""
    size = size_words(evidence.size_bytes)
    if evidence.format == "unknown":
        return f"{size}, not a checkpoint"
    return ", ".join([size, *_contents(evidence), *_verification(evidence)])


def _contents(evidence: CheckpointEvidence) -> list[str]:
    if evidence.format in ("keras", "hdf5"):
        return [f"{'Keras' if evidence.format == 'keras' else 'HDF5'} file"]
    if not evidence.tensors:
        return ["no tensors"]
    others = sum(tensor.optimizer for tensor in evidence.tensors)
    text = plural(len(evidence.tensors), "tensor")
    if others:
        text += f" ({others:,} of the optimizer)"
    return [text, plural(evidence.parameters, "number")]


def _verification(evidence: CheckpointEvidence) -> list[str]:
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
    return "all finite" if evidence.data_read == "all" else "finite where it was read"
