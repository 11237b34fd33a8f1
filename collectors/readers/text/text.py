"""Bytes -> text: which encoding it is, and what is odd about it.

Input: the bytes of one file. Output: text without its byte order mark, the encoding's name, findings.
Line ends stay as they are. Never raises, and refuses nothing: what is no text at all is an error
finding, and the text is given as well as it could be read.
"""

from __future__ import annotations

import codecs
from typing import Final

from collectors.evidence.files import Finding

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC: Final = (
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstandard data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"BZh", "bzip2 data"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF-", "a PDF document"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a numpy array"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
)


def decode_text(data: bytes) -> tuple[str, str, list[Finding]]:
    """Return the text, its encoding's name (`utf-8`, `utf-16-le`, `latin-1`, ...) and findings.

    Bytes that are not UTF-8 are read as Latin-1, with a warning; a NUL byte is an error.
    """
    findings: list[Finding] = []
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", ""))
    if mark:
        findings.append(Finding("note", f"begins with a byte order mark ({encoding})"))
    encoding = encoding or _guess_wide(data) or "utf-8"
    if encoding != "utf-8":
        findings.append(Finding("warning", f"is {encoding.upper()}; UTF-8 was expected"))
    text, encoding, problems = _decode(data[len(mark) :], encoding)
    return text, encoding, findings + problems + _nul_findings(text)


def binary_kind(data: bytes) -> str | None:
    """Return what kind of binary file this is by its first bytes, such as `a zip archive`, or None."""
    if data[:1] == b"\x80" and data[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "a pickle"
    if data[257:262] == b"ustar":
        return "a tar archive"
    if data.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer (run `git lfs pull`)"
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def line_at(text: str, offset: int) -> int:
    """Return the number (from 1) of the line that holds the character at `offset`."""
    return text.count("\n", 0, offset) + 1


def brief(value: object, width: int = 40) -> str:
    """Return `value` between backticks, shortened, with control characters written out."""
    words = str(value)
    words = words if len(words) <= width else words[: width - 1] + "…"
    return "`" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in words) + "`"


def without_surrogates(text: str) -> str:
    """Return `text` with halves of characters replaced: they cannot be written as UTF-8."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _guess_wide(data: bytes) -> str | None:
    """Return UTF-16 without a mark, told by the zero in nearly every second byte."""
    sample = data[:1024]
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    even, odd = sample[0::2].count(0) / pairs, sample[1::2].count(0) / pairs
    if odd > 0.6 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 and odd < 0.1 else None


def _decode(data: bytes, encoding: str) -> tuple[str, str, list[Finding]]:
    try:
        return data.decode(encoding), encoding, []
    except UnicodeDecodeError as error:
        at = error.start
        is_cut = error.reason in ("unexpected end of data", "truncated data")
    if is_cut:
        cut = Finding("warning", "ends inside a character: is it being written?", f"offset {at}")
        return data[:at].decode(encoding, "replace"), encoding, [cut]
    line = data.count(b"\n", 0, at) + 1
    where = f"line {line}, offset {at}"
    if encoding != "utf-8":
        return data.decode(encoding, "replace"), encoding, [Finding("error", "is damaged", where)]
    text = f"byte 0x{data[at]:02X} is not UTF-8; the file is read as Latin-1"
    return data.decode("latin-1"), "latin-1", [Finding("warning", text, where)]


def _nul_findings(text: str) -> list[Finding]:
    at = text.find("\0")
    if at < 0:
        return []
    if not text.strip("\0"):
        return [Finding("error", f"holds nothing but {len(text):,} zero bytes")]
    return [Finding("error", "holds a NUL byte, which no text has", f"line {line_at(text, at)}")]
