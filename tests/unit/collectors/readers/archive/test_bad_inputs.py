"""Every way a backup archive can be bad: input, what is said, and how severe it is."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.bad_input import Bad
from support.build_archives import END, FILES, PACKERS, backup_tar, backup_zip, padded, raw_header, special
from support.build_zips import DEFLATED, Entry, raw_zip

from collectors.readers.archive.read import read_archive


def packed(kind: str, change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """A compressed tar, changed after compression."""
    return lambda: change(PACKERS[kind](backup_tar()))


def tar_of(*blocks: bytes) -> Callable[[], bytes]:
    """A tar of these blocks, with its end mark."""
    return lambda: b"".join(blocks) + END


def with_member(name: str, kind: bytes, target: str = "") -> Callable[[], bytes]:
    """A sound tar with one more entry."""
    return lambda: backup_tar(special(name, kind, target))


def flipped(data: bytes, at: int) -> bytes:
    """One bit changed."""
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


def zip_of(*entries: Entry) -> Callable[[], bytes]:
    """A zip of these entries."""
    return lambda: raw_zip(list(entries))


def _deflated_in_a_zip() -> bytes:
    data = backup_zip()
    return flipped(data, data.index(b"patchtst_ssl.pt") + 200)


def _overlapping_zip() -> bytes:
    first = Entry("a", bytes(100))
    return raw_zip([first, Entry("a", bytes(100), header_offset=0)])


def _nested_bomb() -> bytes:
    """A zip whose directory promises 4 GB out of a few kB."""
    return raw_zip([Entry(f"{n}.bin", b"x" * 100, DEFLATED, size=1 << 28) for n in range(16)])


def _pax(**fields: str) -> bytes:
    body = b""
    for key, value in fields.items():
        text = f" {key.replace('__', '.')}={value}\n".encode()
        length = len(text) + 1
        length += len(str(length)) - 1
        body += str(length if len(str(length)) + len(text) == length else length + 1).encode() + text
    return raw_header("pax", b"%011o\0" % len(body), b"x") + padded(body)


BODY = padded(b"12345678")
ONE = raw_header() + BODY
ZEROS = bytes(100 << 20)

BAD = [
    Bad("0 bytes", lambda: b"", "0 bytes"),
    Bad("text", lambda: b"not an archive", "found text"),
    Bad("zeros", lambda: bytes(10240), "nothing but zeros"),
    Bad("random bytes", lambda: np.random.default_rng(0).bytes(2000), "of no known format"),
    Bad("HTML page", lambda: b"<html>login</html>", "an HTML page"),
    Bad("Git LFS pointer", lambda: b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    Bad("zstandard", lambda: b"\x28\xb5\x2f\xfd" + bytes(50), "zstandard archives are not read; use zip or tar.gz"),
    Bad("7-Zip", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(50), "a 7-Zip archive"),
    Bad("RAR", lambda: b"Rar!\x1a\x07\x01" + bytes(50), "a RAR archive"),
    Bad("empty zip", lambda: backup_zip({}), "an empty zip"),
    Bad("zip of folders", zip_of(Entry("a/"), Entry("a/b/")), "holds no files"),
    Bad("zip cut short", lambda: backup_zip()[:-40], "cut short"),
    Bad("zip cut in half", lambda: backup_zip()[:4000], "cut short"),
    Bad("zip with bytes behind it", lambda: backup_zip() + b"xyz", "3 bytes follow"),
    Bad("zip with a flipped bit", _deflated_in_a_zip, "checkpoints/patchtst_ssl.pt"),
    Bad("zip with a wrong CRC", zip_of(Entry("a", b"abc", crc32=5)), "CRC of the contents does not match"),
    Bad("zip with a name twice", zip_of(Entry("a", b"1"), Entry("a", b"2")), "two entries of this name"),
    Bad("zip with ..", zip_of(Entry("../../etc/passwd", b"1")), "has `..` in its path"),
    Bad("zip with an absolute name", zip_of(Entry("/etc/passwd", b"1")), "has an absolute path"),
    Bad("zip with a drive", zip_of(Entry("C:/x", b"1")), "has an absolute path"),
    Bad("zip with a backslash", zip_of(Entry("a\\b", b"1")), "backslash"),
    Bad("zip with a NUL", zip_of(Entry("a\0b", b"1")), "NUL"),
    Bad("zip without a name", zip_of(Entry("", b"1")), "has no name"),
    Bad("zip with a link", zip_of(Entry("a", b"b", mode=0o120777), Entry("c", b"1")), "symbolic link", "warning"),
    Bad("encrypted zip", zip_of(Entry("a", b"secret", flags=0x801)), "is encrypted"),
    Bad("zip of an unknown method", zip_of(Entry("a", b"x", 14)), "LZMA"),
    Bad("overlapping zip bomb", _overlapping_zip, "overlap"),
    Bad("zip bomb by promise", _nested_bomb, "refused as a decompression bomb"),
    Bad("zip bomb by surprise", zip_of(Entry("a", ZEROS, DEFLATED, size=10)), "unpacks to more than the 10 bytes"),
    Bad("zip of 4 GB claimed", zip_of(Entry("a", b"x", size=0xFFFFFFF0)), "claims 4,294,967,280 bytes in"),
    Bad("zip of 65,535 entries claimed", lambda: raw_zip([Entry("a", b"1")], count=65000), "expected 65,000 entries"),
    Bad("tar cut in a file", lambda: backup_tar()[:3000], "is cut short: expected 5,000 bytes"),
    Bad("tar without its end", lambda: backup_tar()[: 512 * 11], "without its end mark"),
    Bad("tar with one zero block only", lambda: ONE + bytes(512), "without its end mark"),
    Bad("tar with zeros inside", lambda: ONE + bytes(512) + raw_header("b") + BODY + END, "zeros lies", "warning"),
    Bad("tar with bytes behind it", lambda: backup_tar() + b"x" * 600, "follow the end mark"),
    Bad("two tars in a row", lambda: backup_tar() + backup_tar(), "follow the end mark"),
    Bad("tar with a damaged header", lambda: ONE + b"x" * 512 + END, "checksum does not fit"),
    Bad("tar with a wrong checksum", tar_of(ONE, raw_header(checksum=b"000001\0 ")), "checksum does not fit"),
    Bad("tar with a negative size", tar_of(ONE, raw_header("b", b"\xff" * 12)), "negative size"),
    Bad("tar with a size of text", tar_of(ONE, raw_header("b", b"-0000000010\0")), "expected an octal number"),
    Bad("tar with a size of 2^70", tar_of(ONE, raw_header("b", b"\x80\0" + b"\xff" * 10)), "claims a size of"),
    Bad(
        "tar with a size of 4 TB", tar_of(raw_header("b", b"\x80" + bytes(5) + b"\x04" + bytes(5)) + BODY), "cut short"
    ),
    Bad(
        "tar with a damaged PAX header", tar_of(raw_header("p", b"%011o\0" % 9, b"x"), padded(b"9999 a=b\n")), "damaged"
    ),
    Bad("tar with a negative PAX size", tar_of(_pax(size="-512"), ONE), "expected a number"),
    Bad("tar with a huge PAX size", tar_of(_pax(size="9" * 40), ONE), "expected a number"),
    Bad("tar with a PAX size of 9 PB", tar_of(_pax(size="9" * 16), ONE), "is cut short"),
    Bad("tar with a PAX path", tar_of(_pax(path="../x"), ONE), "has `..`"),
    Bad("tar with a sparse file", tar_of(_pax(GNU__sparse__major="1"), ONE), "a sparse file"),
    Bad("tar with a GNU sparse file", tar_of(raw_header("s", kind=b"S"), BODY), "a sparse file"),
    Bad(
        "tar with a global name", tar_of(raw_header("g", b"%011o\0" % 10, b"g"), padded(b"10 path=x\n"), ONE), "global"
    ),
    Bad("tar with a name of 2 MB", tar_of(raw_header("L", b"%011o\0" % (2 << 20), b"L")), "too many to read"),
    Bad("tar with ..", tar_of(raw_header("../../x"), BODY), "has `..` in its path"),
    Bad("tar with an absolute name", tar_of(raw_header("/etc/x"), BODY), "has an absolute path"),
    Bad("tar with a name twice", tar_of(ONE, ONE), "occurs more than once", "warning"),
    Bad("tar with a symbolic link", with_member("l", tarfile.SYMTYPE, "a"), "a symbolic link", "warning"),
    Bad("tar with a link outside", with_member("x/l", tarfile.SYMTYPE, "../../a"), "points out of the archive"),
    Bad("tar with an absolute link", with_member("l", tarfile.SYMTYPE, "/etc"), "an absolute path"),
    Bad("tar with a hard link to nothing", with_member("l", tarfile.LNKTYPE, "gone"), "not there", "warning"),
    Bad("tar with a hard link outside", with_member("l", tarfile.LNKTYPE, "../a"), "points out of the archive"),
    Bad("tar with a device", with_member("d", tarfile.CHRTYPE), "a character device"),
    Bad("tar with a FIFO", with_member("f", tarfile.FIFOTYPE), "a FIFO"),
    Bad("tar with an unknown type", tar_of(raw_header("u", kind=b"!"), BODY), "of an unknown type"),
    Bad("tar of folders", lambda: backup_tar(special("d", tarfile.DIRTYPE), files={}), "holds no files"),
    Bad("tar of 100,001 entries", lambda: raw_header(size=b"0" * 11 + b"\0") * 100_001 + END, "more than 100,000"),
    Bad("gzip cut short", packed("tar.gz", lambda d: d[:-20]), "cut short"),
    Bad("gzip without its checksum", packed("tar.gz", lambda d: d[:-8]), "cut short"),
    Bad("gzip with a wrong checksum", packed("tar.gz", lambda d: d[:-8] + b"abcd" + d[-4:]), "incorrect data check"),
    Bad("gzip with a wrong length", packed("tar.gz", lambda d: d[:-1] + b"\x01"), "incorrect length check"),
    Bad("gzip with a flipped bit", packed("tar.gz", lambda d: flipped(d, len(d) // 2)), "damaged"),
    Bad("gzip with bytes behind it", packed("tar.gz", lambda d: d + b"garbage"), "other bytes follow"),
    Bad("gzip with a broken second stream", packed("tar.gz", lambda d: d + b"\x1f\x8b\x08"), "cut short"),
    Bad("gzip of no tar", lambda: gzip.compress(b"hello" * 200), "expected a tar header"),
    Bad("gzip of nothing", lambda: gzip.compress(b""), "without its end mark"),
    Bad("gzip of a checkpoint", lambda: gzip.compress(b"PK\x03\x04" + bytes(600)), "expected a tar header"),
    Bad("gzip bomb", lambda: gzip.compress(ZEROS, 9), "refused as a decompression bomb"),
    Bad("gzip of a tar cut short", lambda: gzip.compress(backup_tar()[:3000]), "is cut short"),
    Bad("xz cut short", packed("tar.xz", lambda d: d[:-20]), "cut short"),
    Bad("xz with a flipped bit", packed("tar.xz", lambda d: flipped(d, len(d) // 2)), "damaged"),
    Bad("xz bomb", lambda: lzma.compress(ZEROS), "refused as a decompression bomb"),
    Bad("xz of 1.5 GB memory", lambda: lzma.compress(b"x", filters=[HUGE_DICTIONARY]), "more than 128 MiB of memory"),
    Bad("bzip2 cut short", packed("tar.bz2", lambda d: d[:-20]), "cut short"),
    Bad("bzip2 with a flipped bit", packed("tar.bz2", lambda d: flipped(d, len(d) // 2)), "damaged"),
]
HUGE_DICTIONARY = {"id": lzma.FILTER_LZMA2, "dict_size": 1536 << 20, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC3}


def test_the_table_is_long_enough() -> None:
    """At least 60 different bad archives, each with its own name."""
    names = [bad.name for bad in BAD]

    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_bad_archive_is_named(bad: Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong is a finding of the right severity; nothing is unpacked anywhere."""
    monkeypatch.chdir(tmp_path)
    data = bad.build()
    start = time.process_time()

    evidence = read_archive(io.BytesIO(data), len(data))

    assert time.process_time() - start < 10  # seconds of work, however busy the machine is
    found = [f for f in evidence.findings if f.severity == bad.severity and bad.text in str(f)]
    assert found, [f"{f.severity}: {f}" for f in evidence.findings]
    assert evidence.sound == (bad.severity != "error")
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_follow_what_an_archive_claims() -> None:
    """Bombs, sizes and dictionaries of up to 2^70 bytes: at most 64 MiB."""
    small = [data for bad in BAD if bad.name != "xz of 1.5 GB memory" and len(data := bad.build()) < 200_000]
    tracemalloc.start()

    for data in small:
        read_archive(io.BytesIO(data), len(data))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(small) > 60
    assert peak < 64 << 20, f"{peak:,} bytes"


@pytest.mark.parametrize("cut", ["tar.gz", "tar.bz2", "tar.xz"])
def test_what_was_read_before_the_damage_is_kept(cut: str) -> None:
    """A cut archive still tells which files it had, and that it was tested in part only."""
    data = PACKERS[cut](backup_tar(files={"first": b"1" * 100, "second": np.random.default_rng(0).bytes(2 << 20)}))

    evidence = read_archive(io.BytesIO(data[: len(data) - 100_000]), len(data) - 100_000)

    assert not evidence.sound
    assert (evidence.tested, evidence.sha256) == ("part", None)
    assert cut == "tar.xz" or [member.name for member in evidence.members] == ["first"]


def test_a_recorded_list_of_zip_methods_is_refused_by_name() -> None:
    """The finding names the method and what to use instead."""
    data = raw_zip([Entry("a", b"x", 93)])

    finding = read_archive(io.BytesIO(data), len(data)).findings[0]

    assert str(finding) == "is compressed by method 93 (zstandard), which is not read: use deflate (a)"


def test_the_standard_library_agrees_that_the_good_ones_are_good() -> None:
    """The archives that are broken above are sound to begin with."""
    with zipfile.ZipFile(io.BytesIO(backup_zip())) as archive:
        assert archive.testzip() is None
    with tarfile.open(fileobj=io.BytesIO(backup_tar())) as archive:
        assert archive.getnames() == list(FILES)
