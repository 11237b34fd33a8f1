"""Stored numbers that no training leaves: weights all alike, huge ones, arrays that are not finite. Pure.

A single layer of zeros, biases, a norm of ones and masks are honest; the reader leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.precision import LARGEST
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams, sound_checkpoints
from collectors.numbers import listed, number_words
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence

ALIKE = {
    "zero": "every weight is 0: expected trained weights",
    "constant": "each weight matrix holds one number throughout: expected trained weights",
}


def find_weights_alike(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each checkpoint whose weights are all alike."""
    for s, path, found in sound_checkpoints(ended_streams(seen)):
        if found.weights_alike:
            yield _found(s, path, ALIKE[found.weights_alike])


def find_huge_weights(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each checkpoint with weights that a forward pass cannot use."""
    for s, path, found in sound_checkpoints(ended_streams(seen)):
        if found.huge_tensors:
            beyond = max(found.huge_tensors.values()) > LARGEST
            most = "than a 32-bit float holds" if beyond else "than 1e19, whose square no 32-bit float holds"
            named = (f"{name} ({number_words(largest)})" for name, largest in found.huge_tensors.items())
            yield _found(s, path, f"holds larger weights {most}: {listed(named, most=3)}")


def find_nonfinite_arrays(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each checkpoint with NumPy arrays that hold NaN or infinities."""
    for s, path, found in sound_checkpoints(ended_streams(seen)):
        if found.nonfinite_arrays:
            names = listed(found.nonfinite_arrays, most=3)
            yield _found(s, path, f"NumPy arrays in it hold NaN or infinite numbers: {names}")


def _found(s: StreamEvidence, path: str, text: str) -> Found:
    return Found(path, s.id, f"{s.id}: {path}: {text}", f"Train {s.stream.label} again, and save what it learnt.")


SPECS = (
    FindingSpec(
        id="weights_alike",
        check="checkpoints",
        looks_at="every float of the model is 0, or each of its weight matrices holds one number throughout",
        default="fail",
        short="{}'s weights hold one number throughout",
        find=find_weights_alike,
    ),
    FindingSpec(
        id="weights_huge",
        check="checkpoints",
        looks_at="a weight is larger than 1e19, masks apart; float64 may hold what no float32 does",
        default="fail",
        short="{}'s weights are too large to compute with",
        find=find_huge_weights,
    ),
    FindingSpec(
        id="arrays_not_finite",
        check="checkpoints",
        looks_at="a NumPy array inside the checkpoint's pickle is not finite; those of losses and metrics may be",
        default="fail",
        short="{}'s checkpoint holds numbers that are not finite",
        find=find_nonfinite_arrays,
    ),
)
