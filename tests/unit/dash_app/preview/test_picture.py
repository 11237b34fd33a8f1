"""Which bytes are a picture, and how large it says it is."""

from __future__ import annotations

import struct

import pytest
from support.bitmaps import JPEG, WEBP, WEBP_EXTENDED, WEBP_LOSSLESS, png

from dash_app.preview.picture import picture_size, picture_type

PICTURES = {
    "png": (png(), "image/png"),
    "jpeg": (JPEG, "image/jpeg"),
    "webp": (WEBP, "image/webp"),
    "lossless webp": (WEBP_LOSSLESS, "image/webp"),
    "extended webp": (WEBP_EXTENDED, "image/webp"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_known_by_its_own_bytes(name: str) -> None:
    data, media_type = PICTURES[name]

    assert picture_type(data[:16]) == media_type
    assert picture_size(data) == (30, 20)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_that_was_cut_anywhere_has_its_size_or_none(name: str) -> None:
    """It never raises, and never tells another size."""
    data, _ = PICTURES[name]

    assert {picture_size(data[:length]) for length in range(len(data))} <= {None, (30, 20)}
    assert picture_size(data[:17]) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><script>1</script>",
        b"GIF89a" + bytes(40),
        b"BM" + bytes(60),
        b"RIFF" + bytes(4) + b"WAVE" + bytes(40),
        b"%PDF-1.7",
    ],
)
def test_nothing_else_is_a_picture(data: bytes) -> None:
    assert picture_type(data) is None
    assert picture_size(data) is None


def test_a_jpeg_that_never_comes_to_its_frame_ends() -> None:
    """Segments without end or of no length cost one pass."""
    endless = b"\xff\xd8" + b"\xff\xe0\x00\x00" * 50_000
    padded = b"\xff\xd8\xff" + b"\xff" * 50_000

    assert picture_size(endless) is None
    assert picture_size(padded) is None


def test_a_size_of_nothing_is_none() -> None:
    empty = png()[:16] + struct.pack(">II", 0, 20) + png()[24:]

    assert picture_size(empty) is None


def webp(chunk: bytes, content: bytes) -> bytes:
    return b"RIFF" + bytes(4) + b"WEBP" + chunk + bytes(4) + content


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png()[:16] + struct.pack(">II", 70_000, 66_000), (70_000, 66_000)),
        (webp(b"VP8X", bytes(4) + (69_999).to_bytes(3, "little") + (65_999).to_bytes(3, "little")), (70_000, 66_000)),
        (webp(b"VP8L", b"\x2f" + struct.pack("<I", 16_383 | 16_382 << 14 | 0b1011 << 28)), (16_384, 16_383)),
        (webp(b"VP8L", b"\x2e" + struct.pack("<I", 29 | 19 << 14)), None),
        (webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 0xFFFF, 0x4000 | 9_001)), (16_383, 9_001)),
        (webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2b" + struct.pack("<HH", 30, 20)), None),
        (webp(b"VP8?", bytes(40)), None),
        (png()[:12] + b"IDAT" + struct.pack(">II", 30, 20), None),
    ],
)
def test_a_size_is_read_whole_and_nothing_beside_it(data: bytes, size: tuple[int, int] | None) -> None:
    """Scales and versions stand in the same words as sizes."""
    assert picture_size(data) == size


def frame(marker: int, before: bytes = b"") -> bytes:
    """A JPEG of 300 x 513 pixels whose frame has this marker."""
    return b"\xff\xd8" + before + bytes([0xFF, marker, 0, 17, 8]) + struct.pack(">HH", 513, 300)


def test_of_a_jpeg_the_frame_tells_the_size_behind_whatever_segments() -> None:
    told = {marker: picture_size(frame(marker)) for marker in range(0xC0, 0xD0)}
    segments = b"\xff\xc4\x00\x05abc" + b"\xff\xff\xff\xe0\x00\x02" + b"\xff\xe1\x01\x02" + bytes(256)

    assert {marker for marker, size in told.items() if size is None} == {0xC4, 0xC8, 0xCC}
    assert {size for size in told.values() if size} == {(300, 513)} == {picture_size(frame(0xC0, segments))}
    assert (
        picture_size(frame(0xC0, b"\xff\xe0\x00\x00")) == picture_size(frame(0xC0, b"\xff\xe0\x00\x01")) == (300, 513)
    )
    assert picture_size(frame(0xC0, b"\xff\xe0\x00\x03")) is None, "the next segment does not begin there"
