"""Bytes of a file's first or last part -> text that can be looked at, or why it is none. Pure.

Output: text whose every hidden character is a visible escape, as rows where it is a table, and
sentences about what was left out. It reads no markup: what stands in the file is shown, not obeyed.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from unicodedata import category

from collectors.numbers import plural, size_words
from dash_app.preview.kinds import LOGS, TABLES, no_preview, suffix_of

MOST_BYTES: Final = 64_000
MOST_ROWS: Final = 1000
MOST_COLUMNS: Final = 40
MOST_CELLS: Final = 12_000
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_NOT_UTF8: Final = re.compile("[\udc80-\udcff]")
_UNUSUAL: Final = re.compile("[\x01-\x07\x0e-\x1a\x1c-\x1f\x7f\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of a file."""

    data: bytes
    first: int
    """Offset of `data`."""
    size: int
    """Bytes of the whole file."""
    mark: bytes
    """Its first bytes."""

    @property
    def which(self) -> Literal["whole", "first", "last"]:
        """Which part of the file it is."""
        if self.first:
            return "last"
        return "whole" if len(self.data) >= self.size else "first"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a file as text."""

    text: str
    notes: tuple[str, ...]
    """What was left out, or is odd, a sentence each."""
    rows: tuple[tuple[str, ...], ...] | None = None
    """The same as a table, the header first; None where it is none."""


def shows_its_end(path: str) -> bool:
    """Whether the last part of a long file is what one wants to see of it."""
    return suffix_of(path) in LOGS


def log_of(part: Part) -> Excerpt:
    """Return the lines of a log as a terminal would leave them. Raises NoPreview for what is no text.

    What a carriage return wrote over is gone, such as a progress bar's earlier states, and so are colours.
    """
    text, notes = _decoded(part)
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in _COLOURS.sub("", text).split("\n"))
    return Excerpt(_visible(_whole_lines("\n".join(lines), part)), (*_size_notes(part), *notes))


def excerpt_of(path: str, part: Part) -> Excerpt:
    """Return what is shown of a file. Raises NoPreview for what is no text."""
    text, notes = _decoded(part)
    text = _whole_lines(text.replace("\r\n", "\n").replace("\r", "\n"), part)
    text = _visible(text)
    if suffix_of(path) not in TABLES:
        return Excerpt(text, (*_size_notes(part), *notes))
    rows, more = _table(text)
    return Excerpt(text, (*_size_notes(part), *more, *notes), rows)


def _decoded(part: Part) -> tuple[str, tuple[str, ...]]:
    mark, encoding = next((pair for pair in _MARKS if part.mark.startswith(pair[0])), (b"", "utf-8"))
    if encoding == "utf-32":
        raise no_preview("It is UTF-32 text; UTF-8 was expected.")
    body = part.data if part.first else part.data[len(mark) :]
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if encoding == "utf-8" else "replace")
    text = decoder.decode(body, final=part.which != "first")  # a character that was cut is left out
    text = _NOT_UTF8.sub("", text[:3]) + text[3:] if part.first else text
    _refuse_binary(text)
    wide = () if encoding == "utf-8" else ("It is UTF-16; UTF-8 was expected.",)
    odd = len(_NOT_UTF8.findall(text))
    told = (f"{plural(odd, 'byte is', 'bytes are')} not UTF-8, and shown like \\xff.",) if odd else ()
    return text, (*wide, *told)


def _refuse_binary(text: str) -> None:
    if text and not text.strip("\0"):
        raise no_preview("It is no text: it holds nothing but zero bytes.")
    if "\0" in text:
        raise no_preview("It is no text: it holds a NUL byte, which no text has.")
    if len(_UNUSUAL.findall(text)) * 10 > len(text):
        raise no_preview("It is no text: more than a tenth of it is not UTF-8, or is control characters.")


def _whole_lines(text: str, part: Part) -> str:
    """Leave out a line that was cut, unless that is all there is."""
    if part.which == "first" and "\n" in text:
        return text[: text.rindex("\n") + 1]
    if part.which == "last" and "\n" in text[:-1]:
        return text[text.index("\n") + 1 :]
    return text


def _visible(text: str) -> str:
    return "\n".join(line if line.isprintable() else "".join(map(_shown, line)) for line in text.split("\n"))


def _shown(char: str) -> str:
    if char == "\t" or category(char) not in _HIDDEN:
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _size_notes(part: Part) -> tuple[str, ...]:
    if part.size == 0:
        return ("The file is empty.",)
    if part.which == "whole":
        return ()
    return (f"Only the {part.which} part is shown: {size_words(len(part.data))} of {size_words(part.size)}.",)


def _table(text: str) -> tuple[tuple[tuple[str, ...], ...] | None, tuple[str, ...]]:
    """Return rows and what was left out of them; None for a text that is no table."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=_delimiter(text)) if row]
    except csv.Error:
        return None, ()
    if not rows:
        return None, ()
    columns = max(map(len, rows))
    width = min(columns, MOST_COLUMNS)
    count = min(len(rows) - 1, MOST_ROWS, MOST_CELLS // width)
    notes = []
    if count < len(rows) - 1:
        notes.append(f"Only the first {plural(count, 'row is', 'rows are')} shown.")
    if width < columns:
        notes.append(f"Only the first {width} of {columns:,} columns are shown.")
    return tuple(_filled(row, width) for row in rows[: count + 1]), tuple(notes)


def _filled(row: Sequence[str], width: int) -> tuple[str, ...]:
    return (*row[:width], *[""] * (width - len(row)))


def _delimiter(text: str) -> str:
    """The sign that stands most often in the first line."""
    line = text.lstrip("\n").partition("\n")[0]
    return max(",;\t|", key=line.count)
