"""A document is text, in whatever encoding, or is named for what it is."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.readers.text.read_document import MAX_BYTES, read_document
from collectors.readers.text.text import brief, decode_text

POLICY = Path(__file__).parents[4] / "data/configs/calibration_split_policy.md"


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("x"), io.BytesIO())
    return out.getvalue()


def test_the_recorded_split_policy_is_read() -> None:
    evidence = read_document(POLICY.read_bytes())

    assert (evidence.text, evidence.encoding, evidence.findings) == (POLICY.read_text(), "utf-8", ())


ENCODED: list[tuple[str, str, str]] = [
    # encoding, its name in the evidence, what is said
    ("utf-8", "utf-8", ""),
    ("utf-8-sig", "utf-8", "byte order mark"),
    ("utf-16", "utf-16-le", "is UTF-16-LE"),
    ("utf-16-le", "utf-16-le", "is UTF-16-LE"),
    ("utf-16-be", "utf-16-be", "is UTF-16-BE"),
    ("utf-32", "utf-32-le", "is UTF-32-LE"),
    ("latin-1", "latin-1", "byte 0xFC is not UTF-8; the file is read as Latin-1"),
    ("cp1252", "latin-1", "is not UTF-8"),
]


@pytest.mark.parametrize(("encoding", "name", "words"), ENCODED)
def test_text_in_a_usual_encoding_is_read(encoding: str, name: str, words: str) -> None:
    text = "train: normal für Prüfstand\r\ncalibration: later\n"

    evidence = read_document(text.encode(encoding))

    assert evidence.sound
    assert (evidence.text, evidence.encoding) == (text, name)
    assert words in " ".join(map(str, evidence.findings))
    assert bool(evidence.findings) is bool(words)


NO_TEXT: list[tuple[str, bytes, str]] = [
    ("empty", b"", "is empty (0 bytes)"),
    ("only space", b" \n\t \r\n", "holds nothing but space"),
    ("only a byte order mark", b"\xef\xbb\xbf", "holds nothing but space"),
    ("a zip archive (an Office document)", b"PK\x03\x04word/document.xml", "is a zip archive"),
    ("a PDF", b"%PDF-1.7\n%text", "is a PDF document"),
    ("a picture", b"\x89PNG\r\n\x1a\n", "is a PNG picture"),
    ("gzip data", gzip.compress(b"train calibration normal"), "is gzip data"),
    ("a tar archive", _tar(), "is a tar archive"),
    ("a pickle", b"\x80\x04\x95train", "is a pickle"),
    ("zero bytes", b"\0" * 512, "is binary data"),
    ("every byte there is", bytes(range(256)) * 4, "is binary data"),
    ("text with one NUL", b"train, calibration\0 and normal, and a good deal more of it", "holds a NUL byte"),
    ("text after random bytes", bytes(range(1, 9)) * 20 + b"train", "is binary data"),
]


@pytest.mark.parametrize(("data", "words"), [row[1:] for row in NO_TEXT], ids=[row[0] for row in NO_TEXT])
def test_what_is_no_text_is_named(data: bytes, words: str) -> None:
    evidence = read_document(data)

    assert not evidence.sound
    assert words in " ".join(map(str, evidence.findings))


def test_a_long_document_is_read_to_its_bound_and_says_so() -> None:
    evidence = read_document("ü".encode() * MAX_BYTES)

    assert evidence.sound
    assert len(evidence.text.encode()) == MAX_BYTES
    assert [str(f) for f in evidence.findings] == ["has more than 1,048,576 bytes; only the beginning was read"]


def test_a_long_document_cut_inside_a_character_does_not_blame_the_file() -> None:
    evidence = read_document(b"x" + "ü".encode() * MAX_BYTES)

    assert [f.severity for f in evidence.findings] == ["warning"]
    assert "only the beginning" in evidence.findings[0].text


def test_text_that_ends_inside_a_character_is_a_file_being_written() -> None:
    text, encoding, findings = decode_text("a,b\n1,ü".encode()[:-1])

    assert (text, encoding) == ("a,b\n1,", "utf-8")
    assert [str(f) for f in findings] == ["ends inside a character: is it being written? (offset 6)"]


def test_a_wrong_byte_is_told_with_its_line_and_offset() -> None:
    _, encoding, findings = decode_text(b"a\nb\nc\xff\n")

    assert encoding == "latin-1"
    assert findings[0].where == "line 3, offset 5"


def test_what_is_quoted_from_a_file_is_short_and_harmless() -> None:
    assert brief("x" * 100) == "`" + "x" * 39 + "…`"
    assert brief("\x1b[31m\u202e\u200b\n") == r"`\x1b[31m\u202e\u200b\n`"


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_give_evidence_and_text_that_can_be_written(data: bytes) -> None:
    evidence = read_document(data)

    evidence.text.encode("utf-8")
    assert evidence.sound or evidence.findings


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=20),
    encoding=st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]),
)
def test_text_with_a_mark_is_decoded_exactly(text: str, encoding: str) -> None:
    """But for a NUL at its beginning, which makes UTF-16 look like UTF-32."""
    assert decode_text(text.encode(encoding))[0] == text
