"""What a reader says of one archive and its members. Frozen, no verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from collectors.evidence.files import Finding


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One regular file inside an archive."""

    name: str
    """Normalised: forward slashes, no leading `./`."""
    size_bytes: int
    crc32: int | None
    """Of the contents, computed while draining; None when it was not read."""
    stored: str = ""
    """Its name as the archive has it, where that is another one, such as `./a` for `a`."""


@dataclass(frozen=True, slots=True)
class ArchiveEvidence:
    """What a backup archive holds."""

    format: str
    """`zip`, `tar`, `tar.gz`, `tar.xz`, `tar.zst`, `unknown`."""
    findings: tuple[Finding, ...]
    members: tuple[ArchiveMember, ...] = ()
    tested: Literal["all", "part", "none"] = "none"
    """How much of the contents was drained and its checksums compared."""
    sha256: str | None = None
    size_bytes: int = 0
    """Size of the archive file."""

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)
