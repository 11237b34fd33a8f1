"""The first bytes of a file -> what it is, in words. Pure.

Input: up to 4 KiB. Output: a phrase such as `an HTML page`. It never looks at names, and never claims
more than the bytes show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LOOK: Final = 4096
"""Bytes that are looked at."""

HDF5: Final = b"\x89HDF\r\n\x1a\n"
ZIP: Final = b"PK\x03\x04"
GZIP: Final = b"\x1f\x8b"
XZ: Final = b"\xfd7zXZ\x00"
BZIP2: Final = b"BZh"
ZSTD: Final = b"\x28\xb5\x2f\xfd"

_CATBOOST: Final = b"CBM1"
_LEARNER: Final = re.compile(rb'^\s*\{\s*"learner"\s*:')
_OBLIVIOUS: Final = re.compile(rb'^\s*\{\s*"(ctr_data|features_info|model_info|oblivious_trees)"\s*:')
_MAGIC: Final[Mapping[bytes, str]] = MappingProxyType(
    {
        b"version https://git-lfs": "a Git LFS pointer, not the file itself: run `git lfs pull`",
        ZIP: "a zip",
        b"PK\x05\x06": "an empty zip",
        HDF5: "an HDF5 file",
        GZIP: "a gzip",
        XZ: "an xz file",
        BZIP2: "a bzip2 file",
        ZSTD: "a zstandard file",
        b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
        b"Rar!\x1a\x07": "a RAR archive",
        b"\x7fELF": "a program (ELF)",
        b"MZ": "a Windows program",
        b"%PDF-": "a PDF",
        b"\x89PNG": "a PNG picture",
        b"\xff\xd8\xff": "a JPEG picture",
        b"\x93NUMPY": "a NumPy array",
        b"GGUF": "a GGUF model",
        b"TFL3": "a TensorFlow Lite model",
        b"SQLite format 3": "a SQLite database",
        b"#!": "a script",
        b"<?xml": "an XML document",
        b"<<<<<<< ": "a file with a Git merge conflict",
    }
)


def describe_start(start: bytes, size: int) -> str:
    """Say what a file of `size` bytes is that begins with `start`."""
    if size == 0 or not start:
        return "0 bytes: nothing was written, or it is being written right now"
    known = next((words for magic, words in _MAGIC.items() if start.startswith(magic)), None)
    return known or _markup(start) or _pickle(start) or _contents(start)


def booster_kind(start: bytes) -> str | None:
    """Which booster's model begins like this; None for anything else."""
    if start.startswith(_CATBOOST):
        return "catboost"
    if start.startswith(b"tree\nversion=v"):
        return "lightgbm"
    if start.startswith(b"{L") and start[10:17] == b"learner":
        return "xgboost-ubj"
    if _LEARNER.match(start):
        return "xgboost-json"
    return "catboost-json" if _OBLIVIOUS.match(start) else None


def shown_start(start: bytes) -> str:
    """The first bytes as a person can read them."""
    text = start[:16].decode("latin-1")
    return repr(text) if text.isprintable() else start[:8].hex(" ")


def _markup(start: bytes) -> str | None:
    head = start.lstrip()[:64].lower()
    if head.startswith((b"<!doctype", b"<html")):
        return "an HTML page: a download that went wrong"
    if head.startswith((b"{", b"[")) and b"\0" not in start:
        return "JSON text"
    return None


def _pickle(start: bytes) -> str | None:
    if start[:1] == b"\x80" and len(start) > 1 and start[1] in range(2, 6):
        return f"a plain pickle (protocol {start[1]}), which is not read: only torch.save's own formats are"
    return None


def _contents(start: bytes) -> str:
    if not start.strip(b"\0"):
        return "nothing but zeros at the beginning: it was never filled"
    if start[257:262] == b"ustar":
        return "a tar archive"
    printable = sum(byte in _TEXT for byte in start)
    return "text" if printable == len(start) else "of no known format"


_TEXT: Final = frozenset([9, 10, 13, *range(32, 127), *range(128, 256)])
