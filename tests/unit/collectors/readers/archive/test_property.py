"""Any bytes, any cut and any changed byte give evidence, never an exception, and within bounds."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.build_archives import END, FILES, PACKERS, backup_tar, backup_zip, padded, raw_header

from collectors.evidence.archive import ArchiveEvidence
from collectors.readers.archive.read import read_archive

GOOD = {
    "zip": backup_zip(),
    "tar": backup_tar(),
    "tar (PAX)": backup_tar(files={"é" * 60 + ".pt": b"123", **FILES}, kind=2),
    **{kind: pack(backup_tar()) for kind, pack in PACKERS.items()},
}
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(data: bytes) -> ArchiveEvidence:
    """Evidence, within a few seconds."""
    start = time.perf_counter()
    evidence = read_archive(io.BytesIO(data), len(data))
    assert time.perf_counter() - start < 5
    return evidence


@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"BZh9"]), rest=st.binary(max_size=400)
)
@QUICK
def test_any_bytes_give_evidence(start: bytes, rest: bytes) -> None:
    """Whatever a file holds, reading it ends with a record, and garbage is never a sound archive."""
    assert not read(start + rest).sound


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
@QUICK
def test_any_cut_is_noticed(name: str, data: st.DataObject) -> None:
    """An archive that ends early is never sound, up to the end mark of a tar."""
    good = GOOD[name]
    needed = len(good.rstrip(b"\0")) if name.startswith("tar (") or name == "tar" else len(good)
    length = data.draw(st.integers(0, needed - 1))

    assert not read(good[:length]).sound


@pytest.mark.parametrize("name", ["tar.gz", "tar.bz2", "tar.xz"])
@given(data=st.data())
@QUICK
def test_no_flipped_bit_changes_the_contents_unnoticed(name: str, data: st.DataObject) -> None:
    """Behind its header, a changed bit is found, or is padding and the contents are the same."""
    good = GOOD[name]
    at = data.draw(st.integers(12, len(good) - 1))
    bit = data.draw(st.integers(0, 7))

    evidence = read(good[:at] + bytes([good[at] ^ (1 << bit)]) + good[at + 1 :])

    assert not evidence.sound or evidence.members == read(good).members


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
@QUICK
def test_any_change_gives_evidence(name: str, data: st.DataObject) -> None:
    """A changed byte, a piece taken out or doubled: a record."""
    good = GOOD[name]
    place = st.integers(0, len(good) - 1)
    at, end = data.draw(place), data.draw(place)
    value = data.draw(st.integers(0, 255))

    read(good[:at] + bytes([value]) + good[at + 1 :])
    read(good[: min(at, end)] + good[max(at, end) :])
    read(good[:at] + good[min(at, end) : max(at, end)] + good[at:])


_FIELD = st.binary(min_size=12, max_size=12)


@given(size=_FIELD, kind=st.binary(min_size=1, max_size=1), link=st.binary(max_size=40), rest=st.binary(max_size=1500))
@QUICK
def test_any_tar_header_gives_evidence(size: bytes, kind: bytes, link: bytes, rest: bytes) -> None:
    """Headers with a fitting checksum and any size, type and link: sizes that are negative or endless included."""
    header = raw_header("a", size, kind, link=link)

    read(raw_header("first") + padded(b"12345678") + header + padded(rest) + END)
    read(header + padded(rest) + END)
