"""A part of a table of scores -> its columns as numbers; CSV of any dialect with a header, or JSON lines.

Input: an open file, which columns are wanted, and where the part before it ended. Output: `ScorePart`, at most
`PART_BYTES` of the file. A cell that is no number costs that cell; a last line that is not whole yet is left for the
next reading. Refuses binary files and tables without one wanted column of scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

from collectors.evidence.scores import ReadTo, ScorePart
from collectors.readers.common.finding_list import FindingList
from collectors.readers.scores.cells import Frame, columns_of
from collectors.readers.scores.csv_part import csv_frame, header_of
from collectors.readers.scores.json_part import json_frame
from collectors.readers.text.text import binary_kind, brief

PART_BYTES: Final = 32 << 20
MOST_COLUMNS: Final = 10_000
START: Final = ReadTo()
_BOM: Final = b"\xef\xbb\xbf"


def read_scores(
    handle: BinaryIO, size: int, *, wanted: Mapping[str, Sequence[str]], behind: ReadTo = START
) -> ScorePart:
    """Read the rows behind those that were read; `wanted`: what a column means -> its names, the first there counts."""
    offset, header = behind.offset, behind.header
    findings = FindingList()
    handle.seek(offset)
    data = handle.read(min(PART_BYTES, size - offset))
    is_last = offset + len(data) >= size
    kind = binary_kind(data) if offset == 0 else None
    if kind or size == 0:
        findings.error(f"is {kind}, not a table of scores" if kind else "is empty; a table of scores was expected")
        return ScorePart(findings.all(), end_offset=size)
    whole = _whole_lines(data, is_last=is_last)
    if not whole and not is_last:
        findings.error(f"has a line of more than {PART_BYTES >> 20} MiB, which is no row of scores")
        return ScorePart(findings.all(), end_offset=size)
    end = offset + len(whole)
    text = whole.removeprefix(_BOM) if offset == 0 else whole
    is_json = text.lstrip()[:1] == b"{" if offset == 0 else not header
    if is_json:
        frame = json_frame(text, wanted, findings)
    else:
        header, text = (header, text) if header else header_of(text)
        frame = csv_frame(text, header, wanted, findings)
    return _part(replace(frame, before=behind.rows), findings, (header, end, not is_last), wanted)


def _part(
    frame: Frame, findings: FindingList, place: tuple[str, int, bool], wanted: Mapping[str, Sequence[str]]
) -> ScorePart:
    header, end, more = place
    if not any(name == "score" or name.startswith("series:") for name in frame.cells):
        asked = [name for key, names in wanted.items() if key == "score" or key.startswith("series:") for name in names]
        shown = ", ".join(brief(name) for name in frame.names[:8]) or "none"
        if not findings.has_errors:
            findings.error(f"has no column of scores: expected {' or '.join(map(brief, asked))}, found {shown}")
        return ScorePart(findings.all(), frame.format, header, frame.names[:MOST_COLUMNS], end_offset=end)
    found = columns_of(frame, findings)
    return ScorePart(
        findings=findings.all(),
        format=frame.format,
        header=header,
        names=frame.names[:MOST_COLUMNS],
        rows=frame.rows,
        columns=found.columns,
        words=found.words,
        streams=found.streams,
        clocks=found.clocks,
        unreadable_times=found.unreadable_times,
        mask_ratios=frame.mask_ratios,
        end_offset=end,
        more_to_read=more,
    )


def _whole_lines(data: bytes, *, is_last: bool) -> bytes:
    """The lines that have ended; a quoted field may hold an end of line. At the file's end a whole row needs none."""
    end = len(data)
    while end > 0:
        end = data.rfind(b"\n", 0, end) + 1
        if data.count(b'"', 0, end) % 2 == 0:
            break
        end -= 1
    rest = data[end:]
    if is_last and rest.strip() and _looks_whole(data[:end], rest):
        return data
    return data[:end]


def _looks_whole(before: bytes, rest: bytes) -> bool:
    """Whether a last line without its end has as many cells as the one before it."""
    if rest.count(b'"') % 2:
        return False
    last = before.rstrip(b"\r\n").rpartition(b"\n")[2]
    if rest.lstrip()[:1] == b"{":
        return rest.rstrip()[-1:] == b"}"
    return bool(last) and all(_outside(last).count(sign) == _outside(rest).count(sign) for sign in (b",", b";", b"\t"))


def _outside(line: bytes) -> bytes:
    """What stands outside quotes."""
    return b"".join(line.split(b'"')[::2])
