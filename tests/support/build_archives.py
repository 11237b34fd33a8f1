"""Backup archives, sound and broken, written by the tests themselves.

`backup_zip()` and `backup_tar()` hold the files of a small run; `raw_header` writes a tar header of
which every field can lie.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from typing import Any

import numpy as np

FILES: dict[str, bytes] = {
    "checkpoints/patchtst_ssl.pt": np.random.default_rng(1).bytes(5000),
    "checkpoints/swinmae_ssl.pt": np.random.default_rng(2).bytes(3000),
    "configs/patchtst_ssl_real.yaml": b"training:\n  lr: 0.002\n",
    "configs/swinmae_ssl_real.yaml": b"training:\n  lr: 0.001\n",
}


def backup_zip(files: dict[str, bytes] | None = None, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip by the standard library."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in (FILES if files is None else files).items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def backup_tar(*extra: tuple[tarfile.TarInfo, bytes], files: dict[str, bytes] | None = None, kind: int = 1) -> bytes:
    """A tar by the standard library; `kind` is 0 for ustar, 1 for GNU, 2 for PAX."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        for name, data in (FILES if files is None else files).items():
            archive.addfile(*member(name, data))
        for info, data in extra:
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def member(name: str, data: bytes) -> tuple[tarfile.TarInfo, io.BytesIO]:
    """A regular file for `TarFile.addfile`."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info, io.BytesIO(data)


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """A link, folder or device."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


PACKERS: dict[str, Any] = {"tar.gz": gzip.compress, "tar.bz2": bz2.compress, "tar.xz": lzma.compress}


def raw_header(name: str = "a.pt", size: bytes = b"00000000010\0", kind: bytes = b"0", **fields: bytes) -> bytes:
    """One header block with a fitting checksum (unless `checksum` is given)."""
    block = bytearray(512)
    raw = name.encode()
    block[: len(raw)] = raw
    block[100:108] = b"0000644\0"
    block[124:136] = size
    block[136:148] = b"00000000000\0"
    block[156:157] = kind
    block[157 : 157 + len(fields.get("link", b""))] = fields.get("link", b"")
    block[257:265] = fields.get("magic", b"ustar\x0000")
    block[148:156] = b" " * 8
    block[148:156] = fields.get("checksum", b"%06o\0 " % sum(block))
    return bytes(block)


def padded(data: bytes) -> bytes:
    """Contents as whole blocks."""
    return data + bytes(-len(data) % 512)


END = bytes(1024)
