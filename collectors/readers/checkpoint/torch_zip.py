"""A torch zip (`.pt`, `.pth`, Lightning `.ckpt`) -> `CheckpointEvidence`, never unpickled.

Input: an open zip, its directory and a byte budget. Output: evidence. It demands one root folder, a
version, a pickle that only names what is allowed, and storages of exactly the declared size; within
the budget it sums every entry's CRC and tests every float.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.numbers import listed
from collectors.readers.checkpoint.draft import Block, Draft, number_tests
from collectors.readers.checkpoint.tensor_layout import storage_bytes
from collectors.readers.checkpoint.torch_pickle import PickledCheckpoint, fill_draft, read_torch_pickle
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.packed.zip_contents import DrainedZip, ZipToDrain, drain_zip
from collectors.readers.packed.zip_directory import ZipDirectory, ZipProblem
from collectors.readers.packed.zip_entries import (
    STORED,
    PlacedEntry,
    place_entries,
    read_small_entry,
    report_duplicates,
    report_overlaps,
)
from collectors.readers.pickle.stack import PickleProblem

MOST_PICKLE_BYTES: Final = 128 << 20
NEWEST_VERSION: Final = 10
"""Newest file version that a released torch reads."""

Records = Mapping[str, PlacedEntry]
"""Name below the root folder -> entry."""


def is_torch_zip(directory: ZipDirectory) -> bool:
    """The directory names a torch pickle."""
    return any(entry.name.endswith("/data.pkl") or entry.name == "data.pkl" for entry in directory.entries)


def read_torch_zip(handle: BinaryIO, size: int, directory: ZipDirectory, budget: int) -> CheckpointEvidence:
    """Return what the checkpoint holds. Raises FileShrank, OSError."""
    draft = Draft("torch-zip", size)
    report_duplicates(directory.entries, draft.findings)
    placed = place_entries(handle, directory, draft.findings)
    overlapping = report_overlaps(placed, draft.findings)
    root = _root_of(directory, draft.findings)
    records = {one.name.removeprefix(root): one for one in placed if one.name.startswith(root)}
    _check_surroundings(handle, records, draft.findings)
    _report_compressed(placed, draft.findings)
    big_endian = _is_big_endian(handle, records, draft.findings)
    read = _read_pickle(handle, records, draft)
    blocks = _stored_blocks(read, records, draft) if read is not None else []
    if size > budget:
        draft.note_budget(budget)
    elif not overlapping:
        tests = number_tests(blocks, big_endian=big_endian)
        _read_data(ZipToDrain(handle, size, placed, tests, budget), draft)
        draft.report_numbers(blocks, tests)
    return draft.evidence()


def _root_of(directory: ZipDirectory, findings: FindingList) -> str:
    """The one folder everything lies in, with its slash."""
    roots = list(dict.fromkeys(entry.name.partition("/")[0] for entry in directory.entries if "/" in entry.name))
    bare = [entry.name for entry in directory.entries if "/" not in entry.name]
    if bare:
        findings.error("expected every entry in one root folder, found one outside of any", bare[0])
    if len(roots) > 1:
        findings.error(f"expected one root folder, found {len(roots):,}: {listed(shorten(root) for root in roots)}")
    pickled = next((entry.name for entry in directory.entries if entry.name.endswith("/data.pkl")), "")
    return pickled.removesuffix("data.pkl")


def _check_surroundings(handle: BinaryIO, records: Records, findings: FindingList) -> None:
    if any(name.startswith("code/") or name == "constants.pkl" for name in records):
        findings.error("is a TorchScript program with code in it: expected a checkpoint of plain tensors")
    name = "version" if "version" in records else ".data/version"
    raw = _small(handle, records, name, findings)
    if name not in records:
        findings.error("the entry `version` is missing: torch.load refuses the file")
    elif raw is None:
        return  # it cannot be read, and that was said
    elif not raw.strip().isdigit():
        findings.error(f"expected a number as file version, found {raw[:20]!r}", "version")
    elif int(raw) > NEWEST_VERSION:
        findings.warning(f"file version {int(raw)} is newer than {NEWEST_VERSION}, the newest that is known", "version")


def _report_compressed(placed: Sequence[PlacedEntry], findings: FindingList) -> None:
    packed = [one.name for one in placed if one.entry.method != STORED]
    if packed:
        text = f"compressed entries ({len(packed):,}): torch.save never compresses, so another program zipped it"
        findings.warning(text, packed[0])


def _small(handle: BinaryIO, records: Records, name: str, findings: FindingList) -> bytes | None:
    """A small entry; None where there is none, or where it cannot be read and that is said."""
    placed = records.get(name)
    if placed is None:
        return None
    try:
        return read_small_entry(handle, placed, 64)
    except ZipProblem as problem:
        findings.error(problem.text, problem.where)
        return None


def _is_big_endian(handle: BinaryIO, records: Records, findings: FindingList) -> bool:
    raw = _small(handle, records, "byteorder", findings)
    if raw is not None and raw not in (b"little", b"big"):
        findings.error(f"expected `little` or `big` as byte order, found {raw[:20]!r}", "byteorder")
    return raw == b"big"


def _read_pickle(handle: BinaryIO, records: Records, draft: Draft) -> PickledCheckpoint | None:
    placed = records.get("data.pkl")
    if placed is None:
        return None  # it could not be placed, and that was said
    try:
        data = read_small_entry(handle, placed, MOST_PICKLE_BYTES)
        read = read_torch_pickle(data, draft.findings, placed.name)
    except ZipProblem as problem:
        draft.findings.error(problem.text, problem.where)
        return None
    except PickleProblem as problem:
        draft.findings.error(problem.text, f"{placed.name}, offset {problem.offset:,}")
        return None
    if read.end != len(data):
        draft.findings.warning(f"{len(data) - read.end:,} bytes follow the end of the pickle", placed.name)
    fill_draft(draft, read)
    return read


def _stored_blocks(read: PickledCheckpoint, records: Records, draft: Draft) -> list[Block]:
    """The blocks whose entry is there and has the declared size, under the entry's name."""
    found: list[Block] = []
    for block in read.blocks():
        storage = read.storages[block.key]
        entry = records.get(f"data/{block.key}")
        expected = storage_bytes(storage)
        if entry is None:
            text = f"the stored numbers are missing: expected an entry of {expected:,} bytes"
            draft.findings.error(text, f"data/{shorten(block.key)}")
        elif entry.entry.size != expected:
            text = f"expected {expected:,} bytes for {storage.count:,} numbers of {storage.dtype}"
            draft.findings.error(f"{text}, found {entry.entry.size:,}", entry.name)
        else:
            found.append(replace(block, key=entry.name))
    _report_extra(read, records, draft.findings)
    return found


def _report_extra(read: PickledCheckpoint, records: Records, findings: FindingList) -> None:
    known = {f"data/{key}" for key in read.storages}
    extra = [one.name for name, one in records.items() if name.startswith("data/") and name not in known]
    if extra:
        text = f"{len(extra):,} stored blocks belong to no tensor" if len(extra) > 1 else "belongs to no tensor"
        findings.warning(text, listed(extra, most=3))


def _read_data(work: ZipToDrain, draft: Draft) -> None:
    """Read the whole file once: CRCs, sha256, and the numbers to their tests."""
    work.compare_crc = any(one.entry.crc32 for one in work.placed if one.entry.size)
    drained = drain_zip(work, draft.findings)
    draft.digest = drained.digest
    _set_checksum(draft, drained, recorded=work.compare_crc)


def _set_checksum(draft: Draft, drained: DrainedZip, *, recorded: bool) -> None:
    if drained.damaged:
        draft.checksum = "bad"
    elif not recorded:
        draft.checksum = "not recorded"
        draft.findings.note(
            "no checksum recorded: it was saved with CRC recording off, so a changed byte goes unnoticed"
        )
    else:
        draft.checksum = "partial" if drained.left_out else "ok"
        if drained.left_out:
            draft.findings.note(f"{drained.left_out:,} compressed entries were not unpacked: above the byte budget")
