"""Any checkpoint file -> `CheckpointEvidence`. The format is told by the bytes, never by the name alone.

Input: an open, seekable, regular file, its size, and a byte budget. Output: evidence, whatever the
bytes hold; what is wrong is a finding. It unpickles nothing, imports nothing the file names, and reads
the file at most once besides its directory; above the budget it reads the structure only. Of the readers of formats
only the one that is needed is imported.
"""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO, Final

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.evidence.files import Finding
from collectors.numbers import listed
from collectors.readers.checkpoint.draft import Draft
from collectors.readers.common.magic import HDF5, LOOK, ZIP, booster_kind, describe_start, shown_start
from collectors.readers.common.single_pass import FileShrank
from collectors.readers.packed.zip_directory import ZipDirectory, ZipProblem, read_zip_directory

DEFAULT_BUDGET: Final = 2 << 30
"""Bytes of a file that are read at most; larger files are judged by structure alone."""


def read_checkpoint(handle: BinaryIO, size: int, *, name: str = "", budget: int = DEFAULT_BUDGET) -> CheckpointEvidence:
    """Return what the file holds. Raises OSError only when the disk does.

    `size` is in bytes, as it was when the file was opened; `name` serves to say that an ending and the
    contents contradict each other, and to tell formats apart that have no mark of their own.
    """
    handle.seek(0)
    start = handle.read(LOOK)
    try:
        evidence = _read(handle, size, start, budget)
        if evidence.format == "unknown":
            evidence = _named_only(handle, size, start, name) or evidence
    except FileShrank as problem:
        return _unknown(size, str(problem), f"offset {problem.offset:,}")
    return _with_ending(evidence, name)


def _named_only(handle: BinaryIO, size: int, start: bytes, name: str) -> CheckpointEvidence | None:
    """What a format is called that no reader proves; None for what is none of those either."""
    from collectors.readers.checkpoint.opaque import opaque_kind, read_opaque

    kind = opaque_kind(start, name)
    return read_opaque(handle, size, kind, start) if kind else None


def _read(handle: BinaryIO, size: int, start: bytes, budget: int) -> CheckpointEvidence:
    """Evidence by the one reader that these bytes ask for."""
    if start.startswith(ZIP):
        return _read_zip(handle, size, budget)
    if start.startswith(HDF5):
        from collectors.readers.checkpoint.keras import read_hdf5

        return read_hdf5(handle, size, budget)
    return _read_tensors(handle, size, start, budget) or _read_trees(handle, size, start, budget)


def _read_tensors(handle: BinaryIO, size: int, start: bytes, budget: int) -> CheckpointEvidence | None:
    from collectors.readers.checkpoint.safetensors import is_safetensors, read_safetensors
    from collectors.readers.checkpoint.torch_legacy import is_torch_legacy, read_torch_legacy

    if is_torch_legacy(start):
        return read_torch_legacy(handle, size, budget)
    return read_safetensors(handle, size, budget) if is_safetensors(start) else None


def _read_trees(handle: BinaryIO, size: int, start: bytes, budget: int) -> CheckpointEvidence:
    kind = booster_kind(start)
    if kind is not None:
        from collectors.readers.checkpoint.boosters import read_booster

        return read_booster(handle, size, kind, budget)
    found = describe_start(start, size)
    began = f" (it begins with {shown_start(start)})" if start else ""
    return _unknown(size, f"expected a checkpoint, found {found}{began}")


def _read_zip(handle: BinaryIO, size: int, budget: int) -> CheckpointEvidence:
    try:
        directory = read_zip_directory(handle, size)
    except ZipProblem as problem:
        return _unknown(size, problem.text, problem.where, kind="torch-zip")
    from collectors.readers.checkpoint.torch_zip import is_torch_zip, read_torch_zip

    if is_torch_zip(directory):
        return read_torch_zip(handle, size, directory, budget)
    from collectors.readers.checkpoint.keras import is_keras_zip, read_keras

    if is_keras_zip(directory):
        return read_keras(handle, size, directory, budget)
    return _unknown(size, f"expected a checkpoint, found {_describe_zip(directory)}")


def _describe_zip(directory: ZipDirectory) -> str:
    names = [entry.name for entry in directory.entries]
    if names and all(name.endswith(".npy") for name in names):
        return f"NumPy arrays (an .npz with {listed(names)})"
    return f"a zip without `data.pkl` (it holds {listed(names)})" if names else "an empty zip"


def _unknown(size: int, text: str, where: str | None = None, *, kind: str = "unknown") -> CheckpointEvidence:
    draft = Draft(kind, size)
    draft.findings.error(text, where)
    return draft.evidence()


_ENDINGS: Final = {
    ".safetensors": "safetensors",
    ".keras": "keras",
    ".h5": "hdf5",
    ".hdf5": "hdf5",
    ".pt": "torch",
    ".pth": "torch",
    ".pth.tar": "torch",
    ".ckpt": "torch",
}


def _with_ending(evidence: CheckpointEvidence, name: str) -> CheckpointEvidence:
    """Add a note when the ending of the name promises another format than the bytes hold."""
    promised = next((kind for ending, kind in _ENDINGS.items() if name.lower().endswith(ending)), None)
    if promised is None or evidence.format in ("unknown", "opaque") or evidence.format.startswith(promised):
        return evidence
    note = Finding("warning", f"is named like {promised}, but its bytes are {evidence.format}")
    return replace(evidence, findings=(*evidence.findings, note))
