"""The first block of an HDF5 file, alone and inside a `.keras` zip."""

from __future__ import annotations

import io
import struct

from support.build_checkpoints import hdf5, keras
from support.build_zips import Entry

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.readers.checkpoint.keras import SUPERBLOCK_BYTES, read_hdf5
from collectors.readers.checkpoint.read import read_checkpoint

NOT_READ = "HDF5 numbers are not read here: shapes, NaN and infinities were not checked"
UNKNOWN = "its HDF5 superblock is of a kind that is not known here: the size was not compared"


def told(data: bytes) -> list[str]:
    """What is said of an HDF5 file, besides that its numbers are not read."""
    *found, last = read_hdf5(io.BytesIO(data), len(data), len(data)).findings
    assert last.text == NOT_READ
    return [one.text for one in found]


def block(version: int, *, offsets: int = 8, lengths: int = 4, end: int = 2048, flags: int = 0) -> bytes:
    """A first block of each version: sizes of offsets and lengths, and the end of file where the version has it."""
    signature = b"\x89HDF\r\n\x1a\n"
    if version < 2:
        start = signature + bytes([version, 0, 0, 0, 0, offsets, lengths, 0]) + bytes(8)
        start += (b"" if version == 0 else bytes(4)) + b"\xff" * 16 + struct.pack("<Q", end) + b"\xff" * 8
    else:
        start = signature + bytes([version, offsets, lengths, flags]) + b"\xff" * 16 + struct.pack("<Q", end)
        start += b"\xff" * 8
    return start.ljust(2048, b"\0")


def test_every_version_names_its_end_and_a_byte_less_is_cut_short() -> None:
    for version in (0, 1, 2, 3):
        assert told(block(version)) == [], version
        assert told(block(version, end=2049)) == [
            "names byte 2,049 as its end, but has 2,048: it is cut short or being written"
        ], version
        assert told(block(version, end=100)) == [], "more may follow"


def test_addresses_of_another_size_and_versions_from_elsewhere_are_not_compared() -> None:
    for version in (0, 1, 2, 3):
        assert told(block(version, offsets=4, lengths=8, end=9999)) == [UNKNOWN], version
    for version in (4, 255):
        assert told(block(version, end=9999)) == [UNKNOWN], version


def test_only_the_newer_versions_say_that_they_are_open_for_writing() -> None:
    for version in (2, 3):
        assert told(block(version, flags=1)) == ["is marked as open for writing: it was not closed properly"]
    for version in (0, 1):
        data = bytearray(block(version))
        data[11] = 1
        assert told(bytes(data)) == []


def test_no_file_is_shorter_than_its_first_block() -> None:
    whole = hdf5(SUPERBLOCK_BYTES)

    assert told(whole) == []
    assert told(whole[:-1]) == ["has 51 bytes, less than the first block of HDF5: it is cut short"]


def test_above_its_budget_nothing_is_hashed() -> None:
    data = hdf5()
    within, above = (read_hdf5(io.BytesIO(data), len(data), len(data) - less) for less in (0, 1))

    assert (within.checksum, above.checksum) == ("not recorded", "not read")
    assert within.sha256 is not None
    assert above.sha256 is None


def in_zip(data: bytes) -> CheckpointEvidence:
    return read_checkpoint(io.BytesIO(data), len(data), name="model.keras")


def weights_of(data: bytes) -> bytes:
    return keras(lambda entries: [*entries[:-1], Entry("model.weights.h5", data)])


def test_weights_inside_the_zip_are_looked_at_in_the_same_way() -> None:
    good = in_zip(keras())

    assert (good.format, good.checksum, [one.text for one in good.findings]) == ("keras", "ok", [NOT_READ])
    for data, text in (
        (b"", "has 0 bytes: expected HDF5 weights"),
        (b"text", "does not begin with the HDF5 signature"),
        (hdf5(60, claims=61), "names byte 61 as its end, but has 60: it is cut short or being written"),
    ):
        (problem, _) = in_zip(weights_of(data)).findings
        assert (problem.text, problem.where, problem.severity) == (text, "model.weights.h5", "error")


def test_each_entry_that_is_missing_is_named() -> None:
    without_weights = in_zip(keras(lambda entries: entries[:-1]))
    without_metadata = in_zip(keras(lambda entries: entries[1:]))

    assert [(f.where, f.text) for f in without_weights.findings[:-1]] == [
        ("model.weights.h5", "the weights are missing: expected this entry")
    ]
    assert [(f.where, f.text) for f in without_metadata.findings[:-1]] == [
        ("metadata.json", "this entry is missing or cannot be read")
    ]
    assert in_zip(keras(lambda entries: [entries[0], entries[2]])).format != "keras", "without its config it is a zip"


def test_the_zip_is_drained_within_its_budget_only() -> None:
    data = keras()
    within, above = (read_checkpoint(io.BytesIO(data), len(data), budget=len(data) - less) for less in (0, 1))

    assert (within.checksum, above.checksum) == ("ok", "not read")
