"""Check 5: the newest archive is sound and holds every file of each checkpoint, and every config."""

from __future__ import annotations

from typing import Any

from collectors.evidence.archive import ArchiveEvidence, ArchiveMember
from collectors.judge.checks.part import (
    WAIT_HINT,
    Judgement,
    Part,
    failing,
    first_error,
    judge_parts,
    missing_text,
    passing,
    skipping,
    warnings_of,
)
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning, When
from collectors.numbers import listed, plural, size_words
from collectors.training.evidence import ReadFile, WorkspaceEvidence


def check_backup(seen: WorkspaceEvidence) -> Judgement:
    """The newest archive tests sound and holds every stream's checkpoint and config, non-empty."""
    patterns = seen.config.backup.paths if seen.config.backup else ()
    hint = "After training, zip every stream's checkpoint and config into " + (patterns[0] if patterns else "a backup")
    if not seen.backups:
        return judge_parts([failing(None, None, f"no archive matches {listed(patterns)}", hint + ".")])
    newest = seen.backups[0]
    return judge_parts([_backup(newest, seen, hint + ".")])


def _backup(file: ReadFile[ArchiveEvidence], seen: WorkspaceEvidence, hint: str) -> Part:
    if file.evidence is None:
        return failing(file.path, None, missing_text(file.facts), hint)
    if file.being_written:
        return skipping(file.path, None, f"{file.path} is being written", WAIT_HINT)
    if not file.evidence.sound:
        return failing(file.path, None, f"{file.path}: {first_error(file.evidence.findings)}", hint)
    absent = [one.path for one in _must_hold(seen) if not _holds(file.evidence, one)]
    if absent:
        text = f"{file.path} holds no {listed(absent)} (or an empty one)"
        return failing(file.path, None, text, hint)
    tested = {"all": "all sound", "part": "tested in part", "none": "contents not tested"}[file.evidence.tested]
    members = plural(len(file.evidence.members), "member")
    text = f"{file.path}: {size_words(file.facts.size_bytes)}, {members}, {tested}"
    return passing(file.path, None, text, warnings_of(file.evidence.findings))


def _must_hold(seen: WorkspaceEvidence) -> list[ReadFile[Any]]:
    """Every stream's checkpoint, all files of it, and config."""
    return [one for s in seen.streams for file in (s.checkpoint, s.config) if file for one in file.files]


def _holds(archive: ArchiveEvidence, file: ReadFile[Any]) -> bool:
    """Whether the archive has a copy: an empty one only of a file that is empty and well read without a byte."""
    member = member_for(archive, file.path)
    is_empty = file.facts.size_bytes == 0 and file.evidence is None
    return member is not None and (member.size_bytes > 0 or is_empty)


def member_for(archive: ArchiveEvidence, path: str) -> ArchiveMember | None:
    """The archive's copy of a workspace file: the same path, perhaps below a folder of the archive.

    Where no path ends alike, a member of the same file name counts, if there is only one.
    """
    parts = path.split("/")
    exact = [m for m in archive.members if m.name.split("/")[-len(parts) :] == parts]
    if exact:
        return min(exact, key=lambda m: len(m.name))
    named = [m for m in archive.members if m.name.rpartition("/")[2] == parts[-1]]
    return named[0] if len(named) == 1 else None


SPEC = CheckSpec(
    number=5,
    id="backup",
    title="Backup bundle",
    judge=check_backup,
    gate=GatePlace("backup-check", "Backup"),
    meaning=Meaning(
        passes_when="the newest archive tests sound end to end and holds all files of each checkpoint, and each config",
        proves=(
            "every byte of the newest archive was unpacked and its checksums agree; it holds a copy of every file of"
            " each checkpoint, and of each config"
        ),
        cannot_prove="that the copies were ever restored, or that older archives are sound",
    ),
    when=When(section="backup"),
    readiness="backup_ready",
    at_saving=True,
)
