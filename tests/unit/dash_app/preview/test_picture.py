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
