"""Where a tar ends: its end mark, what may stand behind it, and what is missing without it."""

from __future__ import annotations

import gzip
import io
from itertools import pairwise

import pytest
from support.build_archives import END, FILES, backup_tar, padded, raw_header

from collectors.evidence.archive import ArchiveEvidence
from collectors.readers.archive.read import read_archive
from collectors.readers.packed import unpacking

TRAILER = "other bytes follow the end mark of the tar: they would not be unpacked"
ONE = raw_header("a.pt", b"00000000010\0") + padded(b"12345678")
"""One member of eight bytes."""


def read(data: bytes) -> ArchiveEvidence:
    """What the reader finds in these bytes."""
    return read_archive(io.BytesIO(data), len(data))


def texts(evidence: ArchiveEvidence) -> list[str]:
    """What is said, in order."""
    return [finding.text for finding in evidence.findings]


@pytest.mark.parametrize("zeros", [0, 1, 512, 9_216, 3 << 20])
def test_zeros_behind_the_end_mark_are_padding(zeros: int) -> None:
    """Tapes are filled to whole records."""
    evidence = read(ONE + END + bytes(zeros))

    assert (texts(evidence), [member.name for member in evidence.members]) == ([], ["a.pt"])


@pytest.mark.parametrize("trailer", [b"x", bytes(600) + b"x", b"x" * (3 << 20), ONE + END])
def test_anything_else_behind_it_is_said_once(trailer: bytes) -> None:
    """However long it is: another archive behind the first one would not be unpacked."""
    for pack in (bytes, gzip.compress):
        evidence = read(pack(ONE + END + trailer))
        assert texts(evidence) == [TRAILER]
        assert len(evidence.members) == 1


@pytest.mark.parametrize("end", [b"", bytes(511), bytes(512), bytes(1023)])
def test_without_two_blocks_of_zeros_it_is_cut_short(end: bytes) -> None:
    assert texts(read(ONE + end)) == ["the tar ends without its end mark (two blocks of zeros): it is cut short"]


@pytest.mark.parametrize(("there", "said"), [(0, "found 0"), (1, "found 1"), (7, "found 7")])
def test_contents_that_are_cut_say_how_much_is_there(there: int, said: str) -> None:
    [finding] = read(ONE[: 512 + there]).findings

    assert (finding.text, finding.where) == (f"is cut short: expected 8 bytes, {said}", "a.pt")


def test_one_zero_block_between_members_is_no_end_and_is_said() -> None:
    evidence = read(ONE + bytes(512) + raw_header("b.pt", b"00000000010\0") + padded(b"abcdefgh") + END)

    assert [member.name for member in evidence.members] == ["a.pt", "b.pt"]
    assert [str(finding) for finding in evidence.findings] == [
        "one block of zeros lies between members: some programs stop reading there"
    ]
    assert evidence.sound


@pytest.mark.parametrize(("streams", "is_read"), [(3, True), (4, False)])
def test_so_many_compressed_streams_may_follow_each_other(
    monkeypatch: pytest.MonkeyPatch, streams: int, is_read: bool
) -> None:
    """Programs that pack in parallel write several; a bomb may be made of millions."""
    monkeypatch.setattr(unpacking, "MOST_STREAMS", 3)
    data = ONE + END
    at = [len(data) * n // streams for n in range(streams + 1)]
    packed = b"".join(gzip.compress(data[a:b]) for a, b in pairwise(at))

    evidence = read(packed)

    assert evidence.sound is is_read
    assert texts(evidence) == ([] if is_read else ["more than 3 compressed streams in a row"])


def test_a_whole_tar_ends_well() -> None:
    evidence = read(backup_tar())

    assert (texts(evidence), len(evidence.members), evidence.tested) == ([], len(FILES), "all")


def test_a_checksum_that_old_writers_made_of_signed_bytes_fits_too() -> None:
    header = bytearray(ONE[:512])
    header[:8] = b"\x7e\x7f\x80\xff.pt\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(byte - 256 if byte > 127 else byte for byte in header)

    evidence = read(bytes(header) + ONE[512:] + END)
    assert (texts(evidence), [member.size_bytes for member in evidence.members]) == (
        ["has a backslash in its name"],
        [8],
    )
    header[148:156] = b"%06o\0 " % (sum(header) + 1)
    assert "its checksum does not fit" in texts(read(ONE + bytes(header) + END))[0]
