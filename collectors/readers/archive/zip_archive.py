"""A zip as a backup -> `ArchiveEvidence`, every entry drained and its CRC compared.

Input: an open zip and a byte budget. Output: evidence. It demands a directory that fits the file, and
refuses to unpack what is encrypted, overlaps, or unpacks to far more than it takes.
"""

from __future__ import annotations

import stat
from typing import BinaryIO, Final

from collectors.evidence.archive import ArchiveEvidence, ArchiveMember
from collectors.numbers import size_words
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.packed.member_names import MOST_CHARACTERS, name_problem, normalised
from collectors.readers.packed.zip_contents import DrainedZip, ZipToDrain, drain_zip
from collectors.readers.packed.zip_directory import ZipDirectory, ZipEntry, ZipProblem, read_zip_directory
from collectors.readers.packed.zip_entries import place_entries, report_duplicates, report_overlaps

MOST_ENTRIES: Final = 100_000
MOST_RATIO: Final = 250
WORTH_A_RATIO: Final = 64 << 20
"""Bytes from which on the ratio of unpacked to packed is looked at."""


def is_bomb(packed: int, unpacked: int) -> bool:
    """Unpacks to far more than real files do."""
    return unpacked > WORTH_A_RATIO and unpacked > MOST_RATIO * max(packed, 1)


def read_zip_archive(handle: BinaryIO, size: int, budget: int) -> ArchiveEvidence:
    """Return what the zip holds. Raises FileShrank, OSError."""
    findings = FindingList()
    try:
        directory = read_zip_directory(handle, size, most_entries=MOST_ENTRIES)
    except ZipProblem as problem:
        findings.error(problem.text, problem.where)
        return ArchiveEvidence("zip", findings.all(), size_bytes=size)
    report_duplicates(directory.entries, findings)
    _report_names(directory, findings)
    placed = place_entries(handle, directory, findings)
    overlapping = report_overlaps(placed, findings)
    drained = None
    if size > budget:
        findings.note(f"names only: {size_words(size)} is above the byte budget of {size_words(budget)}")
    elif not overlapping and not _report_bomb(directory, findings):
        drained = _drain(ZipToDrain(handle, size, placed, budget=budget), findings)
    return _evidence(directory, drained, findings, size)


def _report_names(directory: ZipDirectory, findings: FindingList) -> None:
    for entry in directory.entries:
        problem = name_problem(entry.name)
        if problem is not None:
            findings.error(problem, entry.name)
        if stat.S_ISLNK(entry.unix_mode):
            findings.warning("is a symbolic link, not a file", entry.name)
    if not any(_is_file(entry) for entry in directory.entries):
        findings.error("holds no files")


def _report_bomb(directory: ZipDirectory, findings: FindingList) -> bool:
    packed = sum(entry.packed_size for entry in directory.entries)
    unpacked = sum(entry.size for entry in directory.entries)
    if not is_bomb(packed, unpacked):
        return False
    text = f"unpacks from {size_words(packed)} to {size_words(unpacked)}: refused as a decompression bomb"
    findings.error(text)
    return True


def _drain(work: ZipToDrain, findings: FindingList) -> DrainedZip:
    drained = drain_zip(work, findings)
    if drained.left_out:
        text = f"{drained.left_out:,} entries were not unpacked: together they exceed the byte budget"
        findings.note(f"{text} of {size_words(work.budget)}")
    return drained


def _is_file(entry: ZipEntry) -> bool:
    return not entry.is_folder and not stat.S_ISLNK(entry.unix_mode)


def _evidence(directory: ZipDirectory, drained: DrainedZip | None, findings: FindingList, size: int) -> ArchiveEvidence:
    sums = drained.crc32 if drained is not None else {}
    members = tuple(
        ArchiveMember(
            shorten(normalised(entry.name), MOST_CHARACTERS),
            entry.size,
            sums.get(entry.name),
            "" if normalised(entry.name) == entry.name else shorten(entry.name, MOST_CHARACTERS),
        )
        for entry in directory.entries
        if _is_file(entry)
    )
    complete = drained is not None and not drained.left_out
    return ArchiveEvidence(
        "zip",
        findings.all(),
        members,
        tested="all" if complete else ("part" if drained is not None else "none"),
        sha256=drained.digest.sha256 if drained is not None else None,
        size_bytes=size,
    )
