"""A text document -> its text, or why it is none.

Input: the bytes. Output: `DocumentEvidence` with at most 1 MiB of decoded text. Refuses binary
files. Judges nothing: what the text must speak of is the check's question.
"""

from __future__ import annotations

from typing import Final

from collectors.evidence.documents import DocumentEvidence
from collectors.evidence.files import Finding
from collectors.readers.text.text import binary_kind, decode_text

MAX_BYTES: Final = 1024 * 1024
_LINE_SIGNS: Final = "\t\n\r\f\v\x1b"
"""Control characters that occur in honest text; the last one colours terminals."""


def read_document(data: bytes) -> DocumentEvidence:
    """Return the text, at most `MAX_BYTES` of it; without text when it is not a text file."""
    kind = "empty (0 bytes)" if not data else binary_kind(data)
    if kind:
        return DocumentEvidence((Finding("error", f"is {kind}; a text was expected"),))
    text, encoding, findings = decode_text(data[:MAX_BYTES])
    if len(data) > MAX_BYTES:
        words = f"has more than {MAX_BYTES:,} bytes; only the beginning was read"
        findings = [f for f in findings if "inside a character" not in f.text]
        findings.append(Finding("warning", words))
    if not text.strip():
        findings.append(Finding("error", "holds nothing but space"))
    elif _is_noise(text):
        return DocumentEvidence((Finding("error", "is binary data; a text was expected"),))
    return DocumentEvidence(tuple(findings), text, encoding)


def _is_noise(text: str) -> bool:
    """Say whether one character in twenty is a control character."""
    sample = text[:4096]
    control = sum(1 for c in sample if (c < " " or "\x7f" <= c < "\xa0") and c not in _LINE_SIGNS)
    return control * 20 > len(sample)
