"""Table of bad checkpoint files: not a checkpoint at all, or a zip whose structure lies."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import tarfile
from collections.abc import Callable
from typing import Any

import numpy as np
from support.bad_input import Bad
from support.build_checkpoints import (
    torch_zip,
    weights,
)
from support.build_pickles import RUNS_CODE, pickled
from support.build_zips import DEFLATED, Entry, local_header, raw_zip, zip64

Edit = Callable[[list[Entry]], list[Entry]]


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model.pt"))
    return out.getvalue()


def _npz() -> bytes:
    out = io.BytesIO()
    np.savez(out, a=np.zeros(3))
    return out.getvalue()


BAD_FILES = [
    Bad("0 bytes", lambda: b"", "0 bytes"),
    Bad("HTML page", lambda: b"<!DOCTYPE html><html>404</html>", "an HTML page"),
    Bad("Git LFS pointer", lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
    Bad("plain pickle", lambda: pickle.dumps({"a": 1}), "a plain pickle"),
    Bad("plain pickle that runs code", lambda: pickled(RUNS_CODE), "a plain pickle"),
    Bad("gzip of a checkpoint", lambda: gzip.compress(torch_zip()), "a gzip"),
    Bad("text", lambda: b"epoch,train_loss\n1,0.5\n", "found text"),
    Bad("JSON", lambda: b'{"epoch": 1}', "JSON text"),
    Bad("zeros", lambda: bytes(8192), "nothing but zeros"),
    Bad("random bytes", lambda: np.random.default_rng(4).bytes(4000), "of no known format"),
    Bad("picture", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"),
    Bad("program", lambda: b"\x7fELF" + bytes(100), "a program"),
    Bad("tar", _tar, "a tar archive"),
    Bad("NumPy arrays", _npz, "NumPy arrays"),
    Bad("empty zip", lambda: raw_zip([]), "an empty zip"),
    Bad("zip of something else", lambda: raw_zip([Entry("notes.txt", b"hello")]), "without `data.pkl`"),
    Bad("merge conflict", lambda: b"<<<<<<< HEAD\n", "merge conflict"),
]


def zipped(edit: Edit) -> Callable[[], bytes]:
    """A torch zip with edited entries."""
    return lambda: torch_zip(edit=edit)


def changed(number: int, **fields: Any) -> Callable[[], bytes]:
    """A torch zip of which one entry lies."""

    def edit(entries: list[Entry]) -> list[Entry]:
        for key, value in fields.items():
            setattr(entries[number], key, value)
        return entries

    return lambda: torch_zip(edit=edit)


def without(ending: str) -> Callable[[], bytes]:
    """A torch zip without the entry of that name."""
    return zipped(lambda entries: [one for one in entries if not one.name.endswith(ending)])


def with_data(ending: str, change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """A torch zip in which one entry has other contents (and a CRC that fits them)."""

    def edit(entries: list[Entry]) -> list[Entry]:
        for one in entries:
            if one.name.endswith(ending):
                one.data = change(one.data)
        return entries

    return lambda: torch_zip(edit=edit)


def _comment_with_end_record() -> bytes:
    inner = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0)
    return torch_zip(comment=inner)


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]


def _flipped_weight() -> bytes:
    data = torch_zip()
    return _flipped(data, data.index(weights(1).tobytes()) + 5)


def _flipped_deflate() -> bytes:
    def edit(entries: list[Entry]) -> list[Entry]:
        for one in entries:
            if one.name.endswith("data/0"):
                one.method = DEFLATED
        return entries

    data = torch_zip(edit=edit)
    return _flipped(data, data.index(b"archive/data/0") + 40)


def _bomb_entry() -> bytes:
    def edit(entries: list[Entry]) -> list[Entry]:
        one = next(e for e in entries if e.name.endswith("data/0"))
        one.size, one.method, one.data = len(one.data), DEFLATED, bytes(50 << 20)
        return entries

    return torch_zip(edit=edit)


def _zip64(offset_by: int = 0, *, contradict: bool = False) -> bytes:
    data = torch_zip()
    end = data.rindex(b"PK\x05\x06")
    count, _, offset = struct.unpack("<HII", data[end + 10 : end + 20])
    made = zip64(data[:end], count, offset + offset_by)
    return made[:-12] + struct.pack("<H", count + 1) + made[-10:] if contradict else made


def _zip64_far_away() -> bytes:
    data = _zip64()
    at = data.rindex(b"PK\x06\x07")
    return data[: at + 8] + struct.pack("<Q", 1 << 60) + data[at + 16 :]


BAD_ZIPS = [
    Bad("cut in half", lambda: torch_zip()[: len(torch_zip()) // 2], "cut short"),
    Bad("last byte missing", lambda: torch_zip()[:-1], "cut short"),
    Bad("100 bytes appended", lambda: torch_zip() + b"x" * 100, "100 bytes follow"),
    Bad("two end records", _comment_with_end_record, "two end records"),
    Bad("directory said to be elsewhere", lambda: torch_zip(offset=0), "bytes were added or lost"),
    Bad("bytes before the directory", lambda: torch_zip(gap=b"x" * 9, offset=1), "bytes were added or lost"),
    Bad("more entries claimed", lambda: torch_zip(count=60000), "expected 60,000 entries"),
    Bad("fewer entries claimed", lambda: torch_zip(count=3), "follow the 3 entries"),
    Bad("directory of 4 GB claimed", lambda: torch_zip(length=0xFFFFFFF0), "directory claims"),
    Bad("one of several disks", lambda: torch_zip(disk=3), "one part of several"),
    Bad("entry outside the file", changed(2, header_offset=1 << 30), "outside the contents"),
    Bad("entry longer than the file", changed(5, packed_size=1 << 30, size=1 << 30), "only"),
    Bad("overlapping entries", lambda: torch_zip(edit=_overlap), "overlap"),
    Bad("repeated entry", zipped(lambda e: [*e, e[3]]), "two entries of this name"),
    Bad("encrypted entry", changed(3, flags=1), "encrypted"),
    Bad("unknown compression", changed(3, method=93), "zstandard"),
    Bad("stored with two sizes", changed(3, size=10), "claims 10 bytes in"),
    Bad("another name at the contents", changed(3, local_name="archive/data/x"), "at its contents"),
    Bad("another method at the contents", changed(3, local_method=8), "another compression method"),
    Bad("another size at the contents", changed(3, local_size=3), "other sizes"),
    Bad("no header at the contents", changed(3, magic=b"PKxx"), "expected its header"),
    Bad("two root folders", zipped(lambda e: [*e, Entry("other/x", b"1")]), "expected one root folder"),
    Bad("entry without root folder", zipped(lambda e: [*e, Entry("x", b"1")]), "outside of any"),
    Bad("pickle without root folder", lambda: raw_zip([Entry("data.pkl", pickled({}))]), "outside of any"),
    Bad("zip64 directory elsewhere", lambda: _zip64(5), "expected 9 entries in the zip directory, found 0"),
    Bad("zip64 record outside the file", _zip64_far_away, "outside the file"),
    Bad("end records contradict", lambda: _zip64(contradict=True), "contradict"),
    Bad("zip64 field missing", changed(3, size=0xFFFFFFFF), "zip64 field"),
    Bad("flipped weight byte", _flipped_weight, "CRC of the contents does not match"),
    Bad("wrong CRC of the pickle", changed(0, crc32=1), "CRC of the contents does not match"),
    Bad("damaged compressed entry", _flipped_deflate, "archive/data/0"),
    Bad("entry unpacks to more than declared", _bomb_entry, "unpacks to more"),
    Bad("zipped again", changed(3, method=DEFLATED), "another program zipped it", "warning"),
    Bad("no version", without("/version"), "`version` is missing"),
    Bad("version is no number", with_data("/version", lambda _: b"three"), "expected a number"),
    Bad("version of the future", with_data("/version", lambda _: b"99"), "newer than", "warning"),
    Bad("unknown byte order", with_data("/byteorder", lambda _: b"middle"), "byte order"),
    Bad("byte order of 1 MB", with_data("/byteorder", lambda _: b"l" * (1 << 20)), "at most 64"),
    Bad("TorchScript", zipped(lambda e: [*e, Entry("archive/code/m.py", b"pass")]), "TorchScript"),
    Bad("numbers missing", without("data/0"), "stored numbers are missing"),
    Bad("numbers too short", with_data("data/0", lambda d: d[:-4]), "expected 128 bytes"),
    Bad("numbers too long", with_data("data/0", lambda d: d + b"1234"), "found 132"),
    Bad("numbers of no tensor", zipped(lambda e: [*e, Entry("archive/data/99", b"1234")]), "belongs to no", "warning"),
    Bad("no CRC recorded", zipped(lambda e: [_no_crc(one) for one in e]), "no checksum recorded", "note"),
]


def _overlap(entries: list[Entry]) -> list[Entry]:
    """A second entry that lies inside the contents of another one."""
    hidden = Entry("archive/data/77", bytes(8))
    entries[2].data = local_header(hidden, hidden.data) + hidden.data
    hidden.header_offset = _offset_of(entries, 2)
    return [*entries, hidden]


def _offset_of(entries: list[Entry], number: int) -> int:
    before = sum(30 + len(one.name) + len(one.data) for one in entries[:number])
    return before + 30 + len(entries[number].name)


def _no_crc(entry: Entry) -> Entry:
    entry.crc32 = 0
    return entry
