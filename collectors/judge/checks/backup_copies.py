"""An archive and a run's files -> which of its members are their copies. Pure.

The copies of one run lie under one folder of the archive, laid out as in the workspace: of several such sets the one
that is today's counts. Where no folder holds them all, an archive that was packed otherwise is searched by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from collectors.evidence.archive import ArchiveEvidence, ArchiveMember
from collectors.training.evidence import ReadFile, WorkspaceEvidence


@dataclass(frozen=True)
class Copies:
    """The copies that one archive holds."""

    archive: ArchiveEvidence
    wanted: tuple[ReadFile[Any], ...]
    """Files of the workspace that belong together."""
    today: tuple[ReadFile[Any], ...]
    """What can be compared, as it is in the workspace."""

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Folders of the archive (`run/`, empty for its top) that hold every wanted file, nearest to the top first."""
        if not self.wanted:
            return ()
        held = self._by_name
        roots = self._roots_of(self.wanted[0])
        found = (root for root in roots if all(_is_copy(held.get(root + one.path), one) for one in self.wanted))
        return tuple(sorted(found, key=lambda root: (len(root), root)))

    @cached_property
    def root(self) -> str | None:
        """The set that counts: the one that differs least from today's; None where no folder holds them all."""
        return min(self.roots, key=lambda root: len(self._differing(root)), default=None)

    @property
    def scattered(self) -> tuple[tuple[str, str], ...]:
        """Path and folder of each wanted file, where all are there and no folder holds them all."""
        places = [(one.path, min(self._roots_of(one), key=len, default=None)) for one in self.wanted]
        known = tuple((path, root) for path, root in places if root is not None)
        return known if self.root is None and len(known) == len(self.wanted) else ()

    def lacks(self, file: ReadFile[Any]) -> bool:
        """Whether there is no copy of a workspace file; an empty one is none, unless the file is empty itself."""
        return not _is_copy(self.of(file.path), file)

    def of(self, path: str) -> ArchiveMember | None:
        """What stands for a workspace file, be it empty."""
        return self._copy(path, self.root)

    def differs(self, file: ReadFile[Any]) -> bool:
        """Whether there is a copy, and it holds other bytes."""
        return _differs(self.of(file.path), file)

    def differing(self) -> list[str]:
        """Paths of the workspace whose copies hold other bytes."""
        return self._differing(self.root)

    def _differing(self, root: str | None) -> list[str]:
        return [file.path for file in self.today if _differs(self._copy(file.path, root), file)]

    def _copy(self, path: str, root: str | None) -> ArchiveMember | None:
        if root is None:
            return member_for(self.archive, path)
        name = path.rpartition("/")[2]
        return self._by_name.get(root + path) or _only(m for m in self._named(name) if m.name.startswith(root))

    def _named(self, name: str) -> list[ArchiveMember]:
        return [m for m in self.archive.members if m.name.rpartition("/")[2] == name]

    @cached_property
    def _by_name(self) -> dict[str, ArchiveMember]:
        return {m.name: m for m in self.archive.members}

    def _roots_of(self, file: ReadFile[Any]) -> Iterator[str]:
        """Folders of the archive under which this file's path lies, with a copy."""
        path = file.path
        return (
            m.name.removesuffix(path)
            for m in self.archive.members
            if (m.name == path or m.name.endswith(f"/{path}")) and _is_copy(m, file)
        )


def copies_in(archive: ArchiveEvidence, seen: WorkspaceEvidence) -> Copies:
    """The copies of a workspace's checkpoints, configs and scaler."""
    return Copies(archive, tuple(must_hold(seen)), tuple(_todays(seen)))


def must_hold(seen: WorkspaceEvidence) -> list[ReadFile[Any]]:
    """Every stream's checkpoint, all files of it, and config."""
    return [one for s in seen.streams for file in (s.checkpoint, s.config) if file for one in file.files]


def member_for(archive: ArchiveEvidence, path: str) -> ArchiveMember | None:
    """The archive's copy of a workspace file: the same path, perhaps below a folder of the archive.

    Where no path ends alike, a member of the same file name counts, if there is only one.
    """
    parts = path.split("/")
    exact = [m for m in archive.members if m.name.split("/")[-len(parts) :] == parts]
    if exact:
        return min(exact, key=lambda m: len(m.name))
    return _only(m for m in archive.members if m.name.rpartition("/")[2] == parts[-1])


def _is_copy(member: ArchiveMember | None, file: ReadFile[Any]) -> bool:
    """An empty one is a copy only of a file that is empty and well read without a byte."""
    is_empty = file.facts.size_bytes == 0 and file.evidence is None
    return member is not None and (member.size_bytes > 0 or is_empty)


def _only(members: Iterator[ArchiveMember]) -> ArchiveMember | None:
    found = list(members)
    return found[0] if len(found) == 1 else None


def _todays(seen: WorkspaceEvidence) -> Iterator[ReadFile[Any]]:
    """What is compared with its copy; of a scaler without numbers check 2 speaks."""
    read = [f for s in seen.streams for f in (s.checkpoint, s.config) if f is not None and f.evidence is not None]
    yield from (one for file in read for one in file.files)
    if seen.scaler is not None and seen.scaler.evidence is not None and seen.scaler.evidence.scale:
        yield seen.scaler


def _differs(copy: ArchiveMember | None, file: ReadFile[Any]) -> bool:
    """Whether a copy has other bytes than today's file; what is missing does not differ."""
    if copy is None:
        return False
    size, crc = file.facts.size_bytes, file.crc32 if file.crc32 is not None else getattr(file.evidence, "crc32", None)
    if size is not None and copy.size_bytes != size:
        return True
    return crc is not None and copy.crc32 is not None and copy.crc32 != crc
