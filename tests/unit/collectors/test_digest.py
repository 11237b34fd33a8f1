"""One short name for a content, everywhere the same."""

from __future__ import annotations

import hashlib

from collectors.digest import short_digest


def test_text_and_its_bytes_have_the_same_digest() -> None:
    raw = "größer".encode()

    assert short_digest("größer") == short_digest(raw) == hashlib.sha256(raw).hexdigest()[:20]
    assert short_digest("größer", 12) == short_digest("größer")[:12]
    assert short_digest("a") != short_digest("b")


def test_a_name_that_is_no_text_has_one_too() -> None:
    assert short_digest("a\udcff") == short_digest(b"a\xff")
