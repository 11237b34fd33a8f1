"""Sound archives of every kind: their members, checksums and what is said about links."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.build_archives import FILES, PACKERS, backup_tar, backup_zip, special
from support.build_zips import Entry, raw_zip

from collectors.evidence.archive import ArchiveEvidence
from collectors.readers.archive.read import read_archive
from collectors.readers.checkpoint.read import read_checkpoint

EXPECTED = [(name, len(data), zlib.crc32(data)) for name, data in FILES.items()]
KINDS: dict[str, Callable[[], bytes]] = {
    "zip": backup_zip,
    "tar": backup_tar,
    **{kind: lambda pack=pack: pack(backup_tar()) for kind, pack in PACKERS.items()},  # type: ignore[misc]
}


def read(data: bytes, **options: int) -> ArchiveEvidence:
    """What the reader finds in these bytes."""
    return read_archive(io.BytesIO(data), len(data), **options)  # type: ignore[arg-type]


def members(evidence: ArchiveEvidence) -> list[tuple[str, int, int | None]]:
    """Name, size and CRC of each member."""
    return [(member.name, member.size_bytes, member.crc32) for member in evidence.members]


@pytest.mark.parametrize("kind", KINDS)
def test_every_member_is_listed_with_its_checksum(kind: str) -> None:
    """The same files in each kind of archive give the same members, and nothing to complain about."""
    data = KINDS[kind]()

    evidence = read(data)

    assert (evidence.format, evidence.tested, evidence.findings) == (kind, "all", ())
    assert members(evidence) == EXPECTED
    assert evidence.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_zips_of_each_method_are_drained(method: int) -> None:
    """Stored, deflated and bzip2 entries."""
    assert members(read(backup_zip(method=method))) == EXPECTED


@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tars_of_each_format_are_followed(kind: int) -> None:
    """Long names and names beyond ASCII, in each of the three formats."""
    name = "checkpoints/" + "very_long_folder_name/" * 4 + "modèle.pt"
    files = {name: b"1234", "b" * 90: b""}

    evidence = read(backup_tar(files=files, kind=kind))

    assert members(evidence) == [(name, 4, zlib.crc32(b"1234")), ("b" * 90, 0, 0)]


def test_very_long_names_need_extended_headers() -> None:
    """GNU and PAX write them in front of the header."""
    name = "/".join(["d" * 50] * 20) + "/model.pt"

    for kind in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert members(read(backup_tar(files={name: b"x"}, kind=kind))) == [(name, 1, zlib.crc32(b"x"))]


def test_names_are_normalised() -> None:
    """`./a//b` is `a/b`, in zip and tar."""
    for archive in (backup_tar(files={"./a//b": b"1", "c": b"2"}), raw_zip([Entry("./a//b", b"1"), Entry("c", b"2")])):
        assert [(m.name, m.stored) for m in read(archive).members] == [("a/b", "./a//b"), ("c", "")]


def test_folders_are_no_members() -> None:
    """Only files count."""
    tar = backup_tar(special("empty", tarfile.DIRTYPE))

    assert members(read(tar)) == EXPECTED
    assert [m.name for m in read(raw_zip([Entry("a/"), Entry("a/b", b"1")])).members] == ["a/b"]


def test_a_hard_link_has_the_contents_of_its_target() -> None:
    """`model_best.pt` linked to another checkpoint is a file like any other."""
    first = EXPECTED[0]

    evidence = read(backup_tar(special("checkpoints/best.pt", tarfile.LNKTYPE, first[0])))

    assert members(evidence)[-1] == ("checkpoints/best.pt", first[1], first[2])
    assert evidence.findings == ()


def test_of_a_repeated_name_the_last_one_counts() -> None:
    """As when a tar is unpacked: what was appended later wins."""
    info = tarfile.TarInfo("configs/patchtst_ssl_real.yaml")
    info.size = 3

    evidence = read(backup_tar((info, b"new")))

    assert ("configs/patchtst_ssl_real.yaml", 3, zlib.crc32(b"new")) in members(evidence)
    assert len(evidence.members) == 4


def test_several_gzip_streams_are_one_file() -> None:
    """pigz and `cat a.gz b.gz` write several; zeros behind them are padding."""
    tar = backup_tar()

    evidence = read(gzip.compress(tar[:5000]) + gzip.compress(tar[5000:]) + bytes(1000))

    assert (members(evidence), evidence.findings) == (EXPECTED, ())


@pytest.mark.parametrize("kind", KINDS)
def test_above_the_byte_budget_nothing_is_unpacked(kind: str) -> None:
    """Names where they can be had without unpacking, no checksums, and a note."""
    evidence = read(KINDS[kind](), budget=500)

    assert (evidence.sound, evidence.tested, evidence.sha256) == (True, "none", None)
    assert all(crc is None for _, _, crc in members(evidence))
    assert [member.name for member in evidence.members] == (list(FILES) if kind in ("zip", "tar") else [])
    assert "above the byte budget" in evidence.findings[0].text


def test_a_budget_between_packed_and_unpacked_is_used_up() -> None:
    """What fits is tested; the rest is listed where the format allows it, and said to be untested."""
    files = {"a": bytes(1000), "b": np.random.default_rng(0).bytes(3000), "c": bytes(2 << 20)}

    zipped = read(backup_zip(files), budget=10_000)
    packed = read(gzip.compress(backup_tar(files=files)), budget=10_000)

    assert (zipped.tested, zipped.sound, [m.crc32 is None for m in zipped.members]) == (
        "part",
        True,
        [False, False, True],
    )
    assert (packed.tested, packed.sound) == ("part", True)
    assert any("byte budget" in f.text for f in packed.findings)


def test_a_sparse_archive_of_64_gib_costs_nothing(tmp_path: Path) -> None:
    """Headers are followed by seeking, contents passed over."""
    path = tmp_path / "huge.tar"
    head = backup_tar(files={"a": b"1"})[:1024]
    with path.open("wb") as file:
        file.write(head)
        file.truncate(64 << 30)

    with path.open("rb") as handle:
        evidence = read_archive(handle, 64 << 30)

    assert [member.name for member in evidence.members] == ["a"]
    assert evidence.tested == "none"


def test_a_compressible_backup_is_no_bomb() -> None:
    """Logs compress well; only beyond both limits it is refused."""
    text = "\n".join(f"epoch {n} loss {1 / (n + 1):.6f}" for n in range(200_000)).encode()

    assert read(backup_zip({"train.log": text})).findings == ()
    assert read(gzip.compress(backup_tar(files={"zeros.bin": bytes(30 << 20)}))).findings == ()


def test_the_checkpoint_and_its_copy_have_the_same_checksum() -> None:
    """What provenance compares: the CRC of the file and of the member of the backup."""
    path = Path(__file__).parents[4] / "data" / "checkpoints" / "torch_zip.pt"
    data = path.read_bytes()
    with path.open("rb") as handle:
        original = read_checkpoint(handle, len(data))

    copies = [read(pack({"c.pt": data})).members[0] for pack in (backup_zip, lambda files: backup_tar(files=files))]

    assert {(copy.size_bytes, copy.crc32) for copy in copies} == {(original.size_bytes, original.crc32)}
