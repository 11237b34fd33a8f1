"""Check 5: the newest archive is sound and holds every file of each checkpoint, and every config."""

from __future__ import annotations

from dataclasses import replace

from collectors.evidence.archive import ArchiveEvidence
from collectors.judge.checks.backup_copies import copies_in
from collectors.judge.checks.bring_back import new_backup
from collectors.judge.checks.part import (
    WAIT,
    Judgement,
    Part,
    Short,
    failing,
    first_error,
    judge_parts,
    lacking,
    missing_text,
    not_yet_there,
    passing,
    skipping,
    warnings_of,
)
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning, When
from collectors.numbers import listed, plural, size_words
from collectors.training.evidence import ReadFile, WorkspaceEvidence

UNREAD = "The newest backup cannot be read"


def check_backup(seen: WorkspaceEvidence) -> Judgement:
    """The newest archive tests sound and holds every stream's checkpoint and config, non-empty."""
    patterns = seen.config.backup.paths if seen.config.backup else ()
    if not seen.backups:
        text, short = f"no archive matches {listed(patterns)}", Short("There is no backup")
        none = failing(None, None, text, new_backup(seen), short=short)
        return judge_parts([lacking(none, not_yet_there(seen))])
    return judge_parts([_backup(seen.backups[0], seen)])


def _backup(file: ReadFile[ArchiveEvidence], seen: WorkspaceEvidence) -> Part:
    if file.evidence is None:
        return failing(file.path, None, missing_text(file.facts), new_backup(seen), short=Short(UNREAD))
    if file.being_written:
        return skipping(file.path, None, f"{file.path} is being written", WAIT)
    if not file.evidence.sound:
        text = f"{file.path}: {first_error(file.evidence.findings)}"
        return failing(file.path, None, text, new_backup(seen), short=Short("The newest backup is damaged"))
    absent = _absent(file.evidence, seen)
    if absent:
        text = f"{file.path} holds no {listed(absent)} (or an empty one)"
        return replace(
            failing(file.path, None, text, new_backup(seen), short=Short("The newest backup is not complete")),
            extra=tuple(warnings_of(file.evidence.findings)),
        )
    tested = {"all": "all sound", "part": "tested in part", "none": "contents not tested"}[file.evidence.tested]
    members = plural(len(file.evidence.members), "member")
    text = f"{file.path}: {size_words(file.facts.size_bytes)}, {members}, {tested}"
    return passing(file.path, None, text, warnings_of(file.evidence.findings))


def _absent(archive: ArchiveEvidence, seen: WorkspaceEvidence) -> list[str]:
    """What the archive must hold and does not."""
    copies = copies_in(archive, seen)
    return [file.path for file in copies.wanted if copies.lacks(file)]


SPEC = CheckSpec(
    number=5,
    id="backup",
    title="Backup bundle",
    judge=check_backup,
    gate=GatePlace("backup-check"),
    meaning=Meaning(
        passes_when="the newest archive tests sound end to end and holds all files of each checkpoint, and each config",
        proves=(
            "every byte of the newest archive was unpacked and its checksums agree; it holds a copy of every file of"
            " each checkpoint, and of each config, under one folder where its paths are those of the workspace"
        ),
        cannot_prove="that the copies were ever restored, or that older archives are sound",
    ),
    when=When(section="backup"),
    readiness="backup_ready",
    at_saving=True,
)
