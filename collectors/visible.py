"""Any text -> the same with what could hide something from a reader made visible, and bounded. Pure."""

from __future__ import annotations

import unicodedata

MAX_TEXT = 4000
"""Longest text, in characters, that is carried into the state; the rest is cut with an ellipsis."""


def visible_text(value: object) -> object:
    """Make characters that could hide or reorder text visible as escapes, and bound the length.

    Control characters (ANSI escapes among them), lone surrogates, bidirectional overrides and
    zero-width characters become `\\x1b`-like escapes; newlines and tabs stay.
    """
    if not isinstance(value, str):
        return value
    cut = value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join(_visible(char) for char in cut)


def _visible(char: str) -> str:
    if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
