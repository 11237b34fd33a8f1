"""Small entries of a zip: what is read whole, what is refused, and what each refusal says."""

from __future__ import annotations

import io

import pytest
from support.build_zips import DEFLATED, STORED, Entry, raw_zip

from collectors.evidence.files import Finding
from collectors.readers.common.finding_list import FindingList
from collectors.readers.packed.zip_directory import ZipProblem, read_zip_directory
from collectors.readers.packed.zip_entries import (
    PlacedEntry,
    place_entries,
    read_small_entry,
    report_duplicates,
    report_overlaps,
)


def placed(data: bytes) -> tuple[list[PlacedEntry], tuple[Finding, ...]]:
    """Where the contents of each entry lie, and what was said."""
    handle, findings = io.BytesIO(data), FindingList()
    return place_entries(handle, read_zip_directory(handle, len(data)), findings), tuple(findings.all())


def small(entry: Entry, limit: int = 1 << 20) -> bytes:
    data = raw_zip([entry])
    (one,), _ = placed(data)
    return read_small_entry(io.BytesIO(data), one, limit)


def said(*entries: Entry) -> list[str]:
    return [finding.text for finding in placed(raw_zip(list(entries)))[1]]


def test_a_small_entry_is_read_stored_or_deflated_up_to_its_limit() -> None:
    for method in (STORED, DEFLATED):
        assert small(Entry("a", b"x" * 100, method), limit=100) == b"x" * 100
        with pytest.raises(ZipProblem, match="has 100 bytes; at most 99 are read"):
            small(Entry("a", b"x" * 100, method), limit=99)


def test_a_small_entry_of_another_compression_is_refused_by_its_method() -> None:
    with pytest.raises(ZipProblem, match="is compressed by method 12: expected it stored or deflated"):
        small(Entry("a", b"BZh9 something", 12))


def test_a_small_entry_that_unpacks_to_another_size_is_refused() -> None:
    for size in (9, 11):
        with pytest.raises(ZipProblem, match=f"expected {size} bytes once decompressed, found another number"):
            small(Entry("a", b"x" * 10, DEFLATED, size=size))


def test_methods_that_nothing_here_reads_are_named() -> None:
    names = {9: "deflate64", 14: "LZMA", 93: "zstandard", 95: "xz", 96: "JPEG", 97: "WavPack", 98: "PPMd", 1: "unknown"}
    for method, name in names.items():
        assert said(Entry("a", b"x", method)) == [
            f"is compressed by method {method} ({name}), which is not read: use deflate"
        ]


def test_entries_that_lie_side_by_side_do_not_overlap_and_one_byte_less_does() -> None:
    first, second = Entry("a", b"12345"), Entry("b", b"67890")
    whole = raw_zip([first, second])
    beside, _ = placed(whole)
    findings = FindingList()

    assert [whole[one.start : one.end] for one in beside] == [b"12345", b"67890"]
    assert beside[1].entry.header_offset == beside[0].end
    assert not report_overlaps(beside, findings)
    nearer = [PlacedEntry(beside[0].entry, beside[0].start, beside[0].end + 1), beside[1]]
    assert report_overlaps(nearer, findings)
    assert [(one.where, one.text.split(":")[0]) for one in findings.all()] == [("b", "its contents overlap those of a")]


def test_a_name_that_occurs_twice_is_told_once() -> None:
    data, findings = raw_zip([Entry("a"), Entry("b"), Entry("a")]), FindingList()

    report_duplicates(read_zip_directory(io.BytesIO(data), len(data)).entries, findings)

    assert [one.where for one in findings.all()] == ["a"]


def test_a_header_outside_the_contents_is_told_with_its_offset() -> None:
    length = len(raw_zip([Entry("a", b"xyz")])) - 22 - 47  # contents: without directory and end record
    fits = said(Entry("a", b"xyz"), Entry("b", header_offset=0))

    assert fits == ["is called 'a' at its contents: programs would disagree"]
    assert said(Entry("a", b"xyz", header_offset=length - 29)) == [
        f"its header is said to be at offset {length - 29}, outside the contents of the zip"
    ]
    assert said(Entry("a", b"xyz", header_offset=length - 30)) == [
        f"expected its header at offset {length - 30}, found other bytes"
    ]


def test_contents_that_reach_into_the_directory_are_told_with_what_is_there() -> None:
    assert said(Entry("a", b"xyz", size=4, packed_size=4)) == ["claims 4 bytes, but only 3 are there"]
    assert said(Entry("a", b"xyz", size=3, packed_size=3)) == []


def test_what_the_header_at_the_contents_says_otherwise_is_told() -> None:
    assert said(Entry("a", b"xyz", local_method=DEFLATED)) == [
        "its header names another compression method than the directory"
    ]
    assert said(Entry("a", b"xyz", local_size=4)) == ["its header gives other sizes or another CRC than the directory"]
    assert said(Entry("a", b"xyz", local_size=4, flags=0x808)) == [], "sizes follow the contents"
