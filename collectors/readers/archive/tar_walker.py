"""The bytes of a tar, piece by piece -> its members, with checksums; nothing is unpacked.

Input: pieces in order, as a sink of a file or of a decompressor. Output: members and findings. It
follows headers itself, keeps no contents, and refuses more entries and longer names than the limits.
Links and devices are reported, never followed.
"""

from __future__ import annotations

import zlib
from typing import Final

from collectors.evidence.archive import ArchiveMember
from collectors.readers.archive.tar_headers import (
    BLOCK,
    TarHeader,
    TarProblem,
    extended_size,
    parse_extended,
    parse_header,
)
from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.packed.member_names import MOST_CHARACTERS, name_problem, normalised, target_problem

MOST_ENTRIES: Final = 100_000
MOST_EXTENSION_BYTES: Final = 1 << 20
"""Bytes of one extended header."""
MOST_EXTENSIONS_BYTES: Final = 16 << 20
"""Bytes of all extended headers together."""
_EXTENDED: Final = "LKxXg"
"""Types of headers that only say something about the next one."""
_KINDS: Final = {"3": "a character device", "4": "a block device", "6": "a FIFO", "S": "a sparse file"}


class TarWalker:
    """A sink for the bytes of a tar. `members` and the findings grow while it is fed."""

    def __init__(self, findings: FindingList) -> None:
        self._findings = findings
        self._found: dict[str, ArchiveMember] = {}
        self._names: set[str] = set()
        self._entries = 0
        self._extended_bytes = 0
        self._block = b""
        self._current: TarHeader | None = None
        self._left = 0
        self._padding = 0
        self._crc32: int | None = None
        self._extension = b""
        self._next_fields: dict[str, str] = {}
        self._zero_blocks = 0
        self._is_lost = False
        self._has_trailer = False

    @property
    def members(self) -> tuple[ArchiveMember, ...]:
        """Regular files and hard links to them; of a repeated name the last one, as when unpacking."""
        return tuple(self._found.values())

    @property
    def is_done(self) -> bool:
        """Nothing that follows can add members."""
        return self._is_lost or self._zero_blocks >= 2

    @property
    def skippable(self) -> int:
        """Bytes of contents that may be passed over with `skip`."""
        return self._left + self._padding if self._current is not None and not self._gathers else 0

    def skip(self) -> None:
        """Pass over the contents of the current member: its checksum stays unknown."""
        self._crc32 = None
        self._left = self._padding = 0
        self._close()

    def feed(self, piece: memoryview) -> None:
        """Take the next bytes."""
        at = 0
        while at < len(piece) and not self._is_lost:
            if self._left:
                at += self._feed_contents(piece[at : at + self._left])
            elif self._padding:
                step = min(self._padding, len(piece) - at)
                self._padding -= step
                at += step
            elif self._zero_blocks >= 2:
                self._check_trailer(piece[at:])
                return
            else:
                step = min(BLOCK - len(self._block), len(piece) - at)
                self._block += bytes(piece[at : at + step])
                at += step
                self._maybe_open()

    def finish(self) -> None:
        """Say what is missing at the end of the archive."""
        if self._is_lost:
            return
        if self._left and self._current is not None:
            there = self._current.size - self._left
            text = f"is cut short: expected {self._current.size:,} bytes, found {there:,}"
            self._findings.error(text, self._current.name)
        elif self._zero_blocks < 2:
            self._findings.error("the tar ends without its end mark (two blocks of zeros): it is cut short")

    @property
    def _gathers(self) -> bool:
        return self._current is not None and self._current.kind in _EXTENDED

    def _maybe_open(self) -> None:
        if len(self._block) < BLOCK:
            return
        block, self._block = self._block, b""
        if not any(block):
            self._zero_blocks += 1
            return
        if self._zero_blocks:
            self._findings.warning("one block of zeros lies between members: some programs stop reading there")
            self._zero_blocks = 0
        try:
            self._open(parse_header(block))
        except TarProblem as problem:
            self._lose(str(problem))

    def _open(self, written: TarHeader) -> None:
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise TarProblem(f"the tar has more than {MOST_ENTRIES:,} entries: the rest is not read")
        header = written
        if written.kind not in _EXTENDED:
            size = extended_size(self._next_fields)
            header = TarHeader(
                self._next_fields.get("path", written.name),
                written.kind,
                written.size if size is None else size,
                self._next_fields.get("linkpath", written.link),
            )
        else:
            self._extended_bytes += written.size
            if written.size > MOST_EXTENSION_BYTES or self._extended_bytes > MOST_EXTENSIONS_BYTES:
                raise TarProblem(f"an extended tar header claims {written.size:,} bytes: too many to read")
        self._current = header
        self._left = header.size if header.has_contents else 0
        self._padding = -self._left % BLOCK
        self._crc32 = 0
        if not self._left:
            self._close()

    def _feed_contents(self, piece: memoryview) -> int:
        if self._gathers:
            self._extension += bytes(piece)
        elif self._crc32 is not None:
            self._crc32 = zlib.crc32(piece, self._crc32)
        self._left -= len(piece)
        if not self._left:
            self._close()
        return len(piece)

    def _close(self) -> None:
        """The contents of the current header are complete."""
        header, self._current = self._current, None
        if header is None:
            return
        if header.kind in _EXTENDED:
            self._extend(header.kind)
            return
        sparse = any(key.startswith("GNU.sparse") for key in self._next_fields)
        self._next_fields = {}
        if header.kind == "5":
            self._hide(shorten(normalised(header.name), MOST_CHARACTERS), "folder")
        else:
            self._add(TarHeader(header.name, "S", header.size, header.link) if sparse else header)

    def _extend(self, kind: str) -> None:
        """Keep what an extended header says about the next one."""
        data, self._extension = self._extension, b""
        try:
            if kind == "L":
                self._next_fields["path"] = data.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")
            elif kind == "K":
                self._next_fields["linkpath"] = data.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")
            elif kind == "g":
                self._check_global(parse_extended(data))
            else:
                self._next_fields.update(parse_extended(data))
        except TarProblem as problem:
            self._lose(str(problem))

    def _check_global(self, fields: dict[str, str]) -> None:
        if fields.keys() & {"path", "linkpath", "size"}:
            raise TarProblem("a global tar header gives every member the same name or size")

    def _add(self, header: TarHeader) -> None:
        problem = name_problem(header.name)
        if problem is not None:
            self._findings.error(problem, header.name)
        name = shorten(normalised(header.name), MOST_CHARACTERS)
        if name in self._names:
            self._findings.warning("occurs more than once: the last one counts when it is unpacked", header.name)
        self._names.add(name)
        if header.is_regular:
            self._found[name] = ArchiveMember(name, header.size, self._crc32, _stored(header.name, name))
        elif header.kind in "12":
            self._add_link(header, name)
        else:
            what = _KINDS.get(header.kind, f"of an unknown type ({shorten(repr(header.kind), 10)})")
            self._findings.error(f"is {what}: expected regular files", header.name)

    def _add_link(self, header: TarHeader, name: str) -> None:
        """A hard link to an earlier member has its contents; a symbolic link has none."""
        is_hard = header.kind == "1"
        problem = target_problem("" if is_hard else name.rpartition("/")[0], header.link)
        if problem is not None:
            self._findings.error(f"is a link that {problem}: {shorten(header.link)}", header.name)
            return
        target = self._found.get(normalised(header.link)) if is_hard else None
        if target is not None:
            self._found[name] = ArchiveMember(name, target.size_bytes, target.crc32, _stored(header.name, name))
            return
        what = "a hard link to a file that is not there" if is_hard else "a symbolic link, not a file"
        self._findings.warning(f"is {what}: {shorten(header.link)}", header.name)
        self._hide(name, "link")

    def _hide(self, name: str, what: str) -> None:
        """Take back the file of that name which came before: unpacking puts the later entry in its place."""
        if self._found.pop(name, None) is not None:
            self._findings.warning(f"a later {what} of the same name hides the file when it is unpacked", name)

    def _check_trailer(self, rest: memoryview) -> None:
        if not self._has_trailer and any(bytes(rest)):
            self._has_trailer = True
            self._findings.error("other bytes follow the end mark of the tar: they would not be unpacked")

    def _lose(self, text: str) -> None:
        self._is_lost = True
        self._findings.error(text, f"after {self._entries:,} entries" if self._entries else None)


def _stored(stored: str, name: str) -> str:
    return "" if stored == name else shorten(stored, MOST_CHARACTERS)
