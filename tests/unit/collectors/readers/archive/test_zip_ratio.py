"""A decompression bomb is told from an honest backup by size and ratio together."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from collectors.readers.archive.read import read_archive
from collectors.readers.archive.zip_archive import MOST_RATIO, WORTH_A_RATIO, is_bomb

MIB = 1 << 20


@pytest.mark.parametrize(
    ("packed", "unpacked", "expected"),
    [
        (290_000_000, 300_000_000, False),  # a backup of checkpoints: they hardly compress
        (WORTH_A_RATIO, WORTH_A_RATIO + 1, False),
        (1, WORTH_A_RATIO, False),  # small enough for any ratio
        (1, WORTH_A_RATIO + 1, True),
        (0, WORTH_A_RATIO + 1, True),
        (MIB, MOST_RATIO * MIB, False),
        (MIB, MOST_RATIO * MIB + 1, True),
        (0, 0, False),
    ],
)
def test_only_far_more_than_it_takes_is_a_bomb(packed: int, unpacked: int, expected: bool) -> None:
    assert is_bomb(packed, unpacked) is expected


def test_an_honest_backup_above_the_size_where_ratios_count_is_read_to_its_end(tmp_path: Path) -> None:
    """Weights of 66 MiB, as they are packed in real life: to nearly their own size."""
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("checkpoints/model.pt", os.urandom(MIB // 2) * 132)
        packed.writestr("configs/a.yaml", "lr: 1\n")
    assert path.stat().st_size > MIB

    with path.open("rb") as handle:
        evidence = read_archive(handle, path.stat().st_size)

    assert (evidence.sound, evidence.tested, evidence.findings) == (True, "all", ())
    assert [member.size_bytes for member in evidence.members] == [66 * MIB, 6]


def test_zeros_without_end_are_refused_unread() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("zeros.bin", "w") as member:
        for _ in range(66):
            member.write(bytes(MIB))

    evidence = read_archive(io.BytesIO(out.getvalue()), len(out.getvalue()))

    assert (evidence.sound, evidence.tested) == (False, "none")
    assert "refused as a decompression bomb" in evidence.findings[0].text
