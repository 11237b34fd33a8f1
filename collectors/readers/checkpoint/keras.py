"""A Keras `.keras` zip or an HDF5 `.h5` file -> `CheckpointEvidence`, by signature and size only.

Input: an open file and a byte budget. Output: evidence without tensors. Of `.keras` it demands the
three entries, well-formed JSON and matching CRCs; of HDF5 the signature, and the end that the file
itself names. HDF5 numbers are not read, and it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, Final

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.readers.checkpoint.draft import Draft
from collectors.readers.common.finding_list import FindingList
from collectors.readers.common.magic import HDF5
from collectors.readers.common.single_pass import read_once
from collectors.readers.packed.zip_contents import ZipToDrain, drain_zip
from collectors.readers.packed.zip_directory import ZipDirectory, ZipProblem
from collectors.readers.packed.zip_entries import (
    STORED,
    PlacedEntry,
    place_entries,
    read_small_entry,
    report_duplicates,
    report_overlaps,
)
from collectors.readers.text.json_core import MOST_BYTES, JsonProblem, parse_json

SUPERBLOCK_BYTES: Final = 52
"""What is read of the first block of an HDF5 file; no file is shorter."""
_WEIGHTS: Final = "model.weights.h5"
_NOT_READ: Final = "HDF5 numbers are not read here: shapes, NaN and infinities were not checked"


def is_keras_zip(directory: ZipDirectory) -> bool:
    """The directory names Keras's entries."""
    names = {entry.name for entry in directory.entries}
    return "config.json" in names and ("metadata.json" in names or _WEIGHTS in names)


def read_keras(handle: BinaryIO, size: int, directory: ZipDirectory, budget: int) -> CheckpointEvidence:
    """Return what the file shows without reading HDF5. Raises FileShrank, OSError."""
    draft = Draft("keras", size)
    report_duplicates(directory.entries, draft.findings)
    placed = place_entries(handle, directory, draft.findings)
    overlapping = report_overlaps(placed, draft.findings)
    entries = {one.name: one for one in placed}
    for name in ("config.json", "metadata.json"):
        _check_json(handle, entries, name, draft.findings)
    _check_weights(handle, entries, draft.findings)
    if size > budget:
        draft.note_budget(budget)
    elif not overlapping:
        drained = drain_zip(ZipToDrain(handle, size, placed, budget=budget), draft.findings)
        draft.digest = drained.digest
        draft.checksum = "bad" if drained.damaged else ("partial" if drained.left_out else "ok")
    draft.findings.note(_NOT_READ)
    return draft.evidence()


def read_hdf5(handle: BinaryIO, size: int, budget: int) -> CheckpointEvidence:
    """Return what signature and superblock show. Raises FileShrank, OSError."""
    draft = Draft("hdf5", size)
    handle.seek(0)
    _check_superblock(handle.read(SUPERBLOCK_BYTES), size, draft.findings)
    if size > budget:
        draft.note_budget(budget)
    else:
        draft.digest = read_once(handle, size, ())
        draft.checksum = "not recorded"
    draft.findings.note(_NOT_READ)
    return draft.evidence()


def _check_json(handle: BinaryIO, entries: Mapping[str, PlacedEntry], name: str, findings: FindingList) -> None:
    placed = entries.get(name)
    if placed is None:
        findings.error("this entry is missing or cannot be read", name)
        return
    try:
        parse_json(read_small_entry(handle, placed, MOST_BYTES))
    except ZipProblem as problem:
        findings.error(problem.text, name)
    except JsonProblem as problem:
        findings.error(str(problem), name)


def _check_weights(handle: BinaryIO, entries: Mapping[str, PlacedEntry], findings: FindingList) -> None:
    placed = entries.get(_WEIGHTS)
    if placed is None:
        findings.error("the weights are missing: expected this entry", _WEIGHTS)
    elif placed.entry.size == 0:
        findings.error("has 0 bytes: expected HDF5 weights", _WEIGHTS)
    elif placed.entry.method == STORED:
        handle.seek(placed.start)
        _check_superblock(handle.read(SUPERBLOCK_BYTES), placed.entry.size, findings, where=_WEIGHTS)


def _check_superblock(start: bytes, size: int, findings: FindingList, *, where: str | None = None) -> None:
    """Compare the end of file that HDF5 writes into its first block with the real one."""
    if start[:8] != HDF5:
        findings.error("does not begin with the HDF5 signature", where)
        return
    if len(start) < SUPERBLOCK_BYTES:
        findings.error(f"has {size:,} bytes, less than the first block of HDF5: it is cut short", where)
        return
    end = _end_in_superblock(start)
    if end is None:
        findings.warning("its HDF5 superblock is of a kind that is not known here: the size was not compared", where)
    elif end > size:
        findings.error(f"names byte {end:,} as its end, but has {size:,}: it is cut short or being written", where)
    if start[8:9] in (b"\x02", b"\x03") and start[11:12] not in (b"", b"\0"):
        findings.warning("is marked as open for writing: it was not closed properly", where)


def _end_in_superblock(start: bytes) -> int | None:
    """End-of-file address of superblock versions 0 to 3 with 8-byte addresses; None otherwise."""
    version = start[8]
    if version in (0, 1):
        at, width = (40 if version == 0 else 44), start[13]
    elif version in (2, 3):
        at, width = 28, start[9]
    else:
        return None
    return int.from_bytes(start[at : at + 8], "little") if width == 8 else None
