"""Any backup archive -> `ArchiveEvidence`, tested end to end and never unpacked to disk.

Input: an open, seekable, regular file, its size, and a byte budget. Output: evidence, whatever the
bytes hold. zip, tar, tar.gz, tar.bz2 and tar.xz are drained: every stream's own checksum is compared and
a CRC-32 of each member computed. It refuses decompression bombs before they cost anything, and names
what it does not read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from collectors.evidence.archive import ArchiveEvidence
from collectors.numbers import size_words
from collectors.readers.archive.tar_headers import BLOCK, looks_like_tar
from collectors.readers.archive.tar_walker import TarWalker
from collectors.readers.archive.zip_archive import is_bomb, read_zip_archive
from collectors.readers.common.finding_list import FindingList
from collectors.readers.common.magic import BZIP2, GZIP, LOOK, XZ, ZIP, ZSTD, describe_start, shown_start
from collectors.readers.common.single_pass import FileShrank, Region, Sink, read_once
from collectors.readers.packed.unpacking import Engine, Unpacker, UnpackProblem, bzip2_stream, gzip_stream, xz_stream

DEFAULT_BUDGET: Final = 2 << 30
"""Bytes that are read, and bytes that are unpacked, at most."""


@dataclass(frozen=True, slots=True)
class _Compression:
    magic: bytes
    kind: str
    engine: Callable[[], Engine]


_COMPRESSIONS: Final = (
    _Compression(GZIP, "tar.gz", gzip_stream),
    _Compression(XZ, "tar.xz", xz_stream),
    _Compression(BZIP2, "tar.bz2", bzip2_stream),
)


class _Enough(Exception):
    """Unpacking is stopped: because of the budget, or as a bomb."""

    def __init__(self, text: str, *, is_bomb: bool) -> None:
        self.is_bomb = is_bomb
        super().__init__(text)


def read_archive(handle: BinaryIO, size: int, *, name: str = "", budget: int = DEFAULT_BUDGET) -> ArchiveEvidence:
    """Return what the archive holds. Raises OSError only when the disk does.

    `size` is in bytes, as it was when the file was opened; `name` is not needed to tell the format.
    """
    handle.seek(0)
    start = handle.read(LOOK)
    try:
        return _read(handle, size, start, budget)
    except FileShrank as problem:
        findings = FindingList()
        findings.error(str(problem), f"offset {problem.offset:,}")
        return ArchiveEvidence("unknown", findings.all(), size_bytes=size)


def _read(handle: BinaryIO, size: int, start: bytes, budget: int) -> ArchiveEvidence:
    if start.startswith(ZIP):
        return read_zip_archive(handle, size, budget)
    for compression in _COMPRESSIONS:
        if start.startswith(compression.magic):
            return _read_compressed(handle, size, compression, budget)
    if looks_like_tar(start):
        return _read_plain_tar(handle, size, budget)
    findings = FindingList()
    if start.startswith(ZSTD):
        findings.error("zstandard archives are not read; use zip or tar.gz")
        return ArchiveEvidence("tar.zst", findings.all(), size_bytes=size)
    began = f" (it begins with {shown_start(start)})" if start else ""
    findings.error(f"expected an archive (zip, tar.gz), found {describe_start(start, size)}{began}")
    return ArchiveEvidence("unknown", findings.all(), size_bytes=size)


def _read_plain_tar(handle: BinaryIO, size: int, budget: int) -> ArchiveEvidence:
    findings = FindingList()
    walker = TarWalker(findings)
    sha256 = None
    if size > budget:
        findings.note(f"names only: {size_words(size)} is above the byte budget of {size_words(budget)}")
        _walk_headers(handle, size, walker)
    else:
        sha256 = read_once(handle, size, [Region(0, size, walker)]).sha256
    _report_empty(walker, findings)
    return ArchiveEvidence(
        "tar", findings.all(), walker.members, "none" if sha256 is None else "all", sha256, size_bytes=size
    )


def _walk_headers(handle: BinaryIO, size: int, walker: TarWalker) -> None:
    """Read headers only, passing over contents."""
    at = 0
    while at < size and not walker.is_done:
        if at + walker.skippable > size:
            break
        if walker.skippable:
            at += walker.skippable
            walker.skip()
            continue
        handle.seek(at)
        block = handle.read(BLOCK)
        walker.feed(memoryview(block))
        at += BLOCK
    walker.finish()


def _read_compressed(handle: BinaryIO, size: int, compression: _Compression, budget: int) -> ArchiveEvidence:
    findings = FindingList()
    if size > budget:
        findings.note(f"not read: {size_words(size)} is above the byte budget of {size_words(budget)}")
        return ArchiveEvidence(compression.kind, findings.all(), size_bytes=size)
    walker = TarWalker(findings)
    unpacker = Unpacker(compression.engine, walker, magic=compression.magic)
    unpacker.guard = _guard(budget)
    sha256 = _drain(handle, size, unpacker, findings)
    if sha256 is not None:
        _report_empty(walker, findings)
    return ArchiveEvidence(
        compression.kind, findings.all(), walker.members, "part" if sha256 is None else "all", sha256, size_bytes=size
    )


def _drain(handle: BinaryIO, size: int, sink: Sink, findings: FindingList) -> str | None:
    """Feed the whole file; return its sha256, or None when it could not be drained to its end."""
    try:
        return read_once(handle, size, [Region(0, size, sink)]).sha256
    except UnpackProblem as problem:
        findings.error(str(problem))
    except _Enough as reason:
        (findings.error if reason.is_bomb else findings.note)(str(reason))
    return None


def _guard(budget: int) -> Callable[[int, int], None]:
    def check(taken: int, given: int) -> None:
        if is_bomb(taken, given):
            text = f"{size_words(taken)} unpack to more than {size_words(given)}: refused as a decompression bomb"
            raise _Enough(text, is_bomb=True)
        if given > budget:
            text = f"read in part: it unpacks to more than the byte budget of {size_words(budget)}"
            raise _Enough(text, is_bomb=False)

    return check


def _report_empty(walker: TarWalker, findings: FindingList) -> None:
    if not walker.members and not findings.has_errors:
        findings.error("holds no files")
