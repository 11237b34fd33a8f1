"""One 512-byte tar header -> what it says, every field looked at first. Pure.

Input: a block, or the contents of an extended header. Output: `TarHeader`, extended fields. It refuses
wrong checksums, sizes that are negative or no numbers, and extended fields it cannot follow: Python's
own tarfile trusts some of these and never comes back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from collectors.readers.common.finding_list import shorten

BLOCK: Final = 512
_LARGEST: Final = 1 << 63


class TarProblem(Exception):
    """The archive cannot be followed further; the message says why."""


@dataclass(frozen=True, slots=True)
class TarHeader:
    """One header as it is written."""

    name: str
    kind: str
    """Type flag; `0` for a regular file, also where an old writer left NUL."""
    size: int
    link: str

    @property
    def has_contents(self) -> bool:
        """Blocks of contents follow: links, folders and devices have none, whatever size they claim."""
        return self.kind not in "123456"

    @property
    def is_regular(self) -> bool:
        """A file with contents."""
        return self.kind in "07"


def looks_like_tar(block: bytes) -> bool:
    """The block has the checksum of a tar header."""
    return len(block) >= BLOCK and any(block[:BLOCK]) and _checksum_fits(block[:BLOCK])


def parse_header(block: bytes) -> TarHeader:
    """Return what a header says. Raises TarProblem."""
    if not _checksum_fits(block):
        raise TarProblem("expected a tar header, found other bytes (its checksum does not fit)")
    kind = chr(block[156])
    name = _text(block[0:100])
    if block[257:263] == b"ustar\0" and block[345] != 0:
        name = f"{_text(block[345:500])}/{name}"
    if kind == "\0":
        kind = "5" if name.endswith("/") else "0"
    return TarHeader(name, kind, _number(block[124:136], "size"), _text(block[157:257]))


def _checksum_fits(block: bytes) -> bool:
    try:
        stored = _number(block[148:156], "checksum")
    except TarProblem:
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    # Some old writers summed signed bytes.
    return stored == sum(rest) or stored == sum(byte - 256 if byte > 127 else byte for byte in rest)


def _number(field: bytes, what: str) -> int:
    """Octal text, or the base-256 form for large numbers."""
    if field[0] == 0xFF:
        raise TarProblem(f"a tar header gives a negative {what}")
    if field[0] == 0x80:
        value = int.from_bytes(field[1:], "big")
    else:
        text = field.split(b"\0", 1)[0].strip(b" ")
        if not re.fullmatch(rb"[0-7]*", text):
            raise TarProblem(f"a tar header gives {shorten(repr(text), 20)} as {what}: expected an octal number")
        value = int(text or b"0", 8)
    if value >= _LARGEST:
        raise TarProblem(f"a tar header claims a {what} of {value:,}")
    return value


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")


def parse_extended(data: bytes) -> dict[str, str]:
    """Return the fields of a POSIX extended header (`length key=value`). Raises TarProblem."""
    fields: dict[str, str] = {}
    at = 0
    while at < len(data):
        match = re.match(rb"(\d{1,9}) ([^=\n]{1,1000})=", data[at : at + 1100])
        length = int(match[1]) if match else 0
        if match is None or length <= match.end() or data[at + length - 1 : at + length] != b"\n":
            if not data[at:].strip(b"\0"):
                break
            raise TarProblem("an extended tar header is damaged")
        value = data[at + match.end() : at + length - 1]
        fields[match[2].decode("utf-8", "backslashreplace")] = value.decode("utf-8", "backslashreplace")
        at += length
    return fields


def extended_size(fields: dict[str, str]) -> int | None:
    """The size an extended header gives; None where it gives none. Raises TarProblem."""
    text = fields.get("size")
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,18}", text):
        raise TarProblem(f"an extended tar header gives {shorten(text, 20)!r} as size: expected a number")
    return int(text)
