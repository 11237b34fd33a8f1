"""What was seen of a workspace and its newest backup -> how a file is brought back, or a new backup packed. Pure.

Refuses to bring anything back from an archive that was not tested whole, that may be of another run, whose copy is
the same bytes as the bad file, or where a person must look first: a link, a folder, a name that is no plain one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from collectors.contract.values import Status
from collectors.evidence.archive import ArchiveMember
from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.judge.checks.backup_copies import Copies, copies_in, must_hold
from collectors.judge.checks.table_run import SLACK_SECONDS
from collectors.judge.remedy import Command, Kind, Remedy, is_plain, together
from collectors.numbers import listed
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence

PACKERS: Final = {".zip": ("zip", "-q"), ".tar.gz": ("tar", "-czf"), ".tgz": ("tar", "-czf")}
"""Ending of an archive -> what makes one."""


def bring_back(seen: WorkspaceEvidence, file: ReadFile[Any], name: str) -> Remedy | None:
    """Restore a bad or missing file from the newest backup; None where that may do harm, or does not help."""
    found = _backup_of_this_run(seen, file)
    if found is None or file.facts.problem is not None:
        return None
    path, copies = found
    pairs = [(one, copies.of(one.path)) for one in file.files]
    bad = [(one, copy) for one, copy in pairs if one.absent or copies.differs(one)]
    if not bad or any(copy is None or copy.crc32 is None or copies.lacks(one) for one, copy in bad):
        return None
    commands = [_unpacking(path, copies.archive.format, copy, one.path) for one, copy in bad if copy is not None]
    known = tuple(command for command in commands if command is not None)
    done_by = together(known) if len(known) == len(bad) else ()
    action = f"Restore {{names}} from the backup{'' if done_by else f' {path}'}, which tests sound."
    paths = tuple(one.path for one in file.files)
    return Remedy(action, Kind.RESTORE, (name,), done_by, paths=paths)


def bring_back_checkpoint(seen: WorkspaceEvidence, s: StreamEvidence) -> Remedy | None:
    """Restore a stream's checkpoint, in the words of every check that speaks of it."""
    return bring_back(seen, s.checkpoint, f"{s.stream.label}'s checkpoint") if s.checkpoint is not None else None


def and_pack(seen: WorkspaceEvidence, bad: ReadFile[Any] | None) -> str:
    """What is to be done besides where the newest backup holds the bad file too: else check 9 finds two."""
    newest = seen.backups[0] if seen.backups else None
    if bad is None or newest is None or newest.evidence is None or not newest.evidence.sound:
        return ""
    copies = copies_in(newest.evidence, seen)
    holds = any(copies.of(one.path) is not None and not copies.differs(one) for one in bad.files)
    return ", and make a new backup: the newest holds this one too" if holds else ""


def own_checkpoint(seen: WorkspaceEvidence, s: StreamEvidence) -> Remedy:
    """Against a checkpoint that is not this stream's of this run."""
    known = bring_back_checkpoint(seen, s)
    action = f"Put {{names}}'s own checkpoint back in place{and_pack(seen, s.checkpoint)}."
    return known or Remedy(action, Kind.RESTORE, (s.stream.label,))


def own_config(seen: WorkspaceEvidence, s: StreamEvidence) -> Remedy:
    """Against a config that its run's other files contradict: of both, the one that is not as it was packed."""
    back = config_of_run(seen, s)
    return back if back.paths else bring_back_checkpoint(seen, s) or back


def config_of_run(seen: WorkspaceEvidence, s: StreamEvidence) -> Remedy:
    """Against a config that is not its run's."""
    known = bring_back(seen, s.config, f"{s.stream.label}'s config") if s.config is not None else None
    action = f"Put the config of {{names}}'s run back in place, or train again with this one{and_pack(seen, s.config)}."
    return known or Remedy(action, Kind.RESTORE, (s.stream.label,))


def _backup_of_this_run(seen: WorkspaceEvidence, bad: ReadFile[Any]) -> tuple[str, Copies] | None:
    """The newest archive, tested whole, in which what is sound today has its copy, and nothing sound differs."""
    newest = seen.backups[0] if seen.backups else None
    if newest is None or newest.evidence is None or newest.being_written or not newest.evidence.sound:
        return None
    if newest.evidence.tested != "all" or _is_older_than_runs(seen, newest):
        return None
    copies = copies_in(newest.evidence, seen)
    doubtful = {one.path for one in bad.files} | set(_doubtful(seen))
    sound = [one for one in copies.today if one.path not in doubtful and not copies.lacks(one)]
    return (newest.path, copies) if sound and not any(map(copies.differs, sound)) else None


def _is_older_than_runs(seen: WorkspaceEvidence, archive: ReadFile[Any]) -> bool:
    """Whether an archive was packed before today's runs had ended, where times can be told."""
    packed = archive.facts.modified_at
    ended = [s.run.last_at for s in seen.streams if s.run is not None and s.times_trusted]
    return packed is not None and any(packed < end - SLACK_SECONDS for end in ended)


def _doubtful(seen: WorkspaceEvidence) -> Iterator[str]:
    """Paths of what is missing, damaged or another stream's: they say nothing of the run that an archive is of."""
    files: list[ReadFile[Any] | None] = [file for s in seen.streams for file in (s.checkpoint, s.config)]
    hashes = Counter(file.evidence.sha256 for s in seen.streams if (file := s.checkpoint) and file.evidence)
    for file in filter(None, [*files, seen.scaler]):
        found = file.evidence
        is_shared = isinstance(found, CheckpointEvidence) and found.sha256 is not None and hashes[found.sha256] > 1
        if found is None or is_shared or any(f.severity == "error" for f in found.findings):
            yield from (one.path for one in file.files)


def _unpacking(archive: str, kind: str, copy: ArchiveMember, path: str) -> Command | None:
    """Take one member out of an archive to its place in the workspace."""
    stored = copy.stored or copy.name
    if not all(map(is_plain, (archive, stored, path))) or (kind != "zip" and ":" in archive):
        return None
    in_place, out = (("unzip", "-o"), ("unzip", "-p")) if kind == "zip" else (("tar", "-xf"), ("tar", "-xOf"))
    if copy.name == path:
        return Command((*in_place, archive), (stored,))
    return Command((*out, archive), (stored,), path)


def new_backup(seen: WorkspaceEvidence, instead_of: Sequence[str] = ()) -> Remedy:
    """Pack every checkpoint, config, scaler and loss history into a new archive beside the old ones.

    `instead_of`: what the newest archive holds otherwise; that today's is the right one, nobody knows.
    """
    target, patterns = _new_archive(seen), seen.config.backup.paths if seen.config.backup else ()
    is_finished = all(s.progress.status is Status.DONE for s in seen.streams) and not set(_doubtful(seen))
    said = "pack checkpoints, configs, scaler and loss histories"
    if instead_of:
        said = f"if today's {listed(instead_of)} is to be released, {said}; else restore it from {seen.backups[0].path}"
    elif target is not None:
        said = f"{said} into {target if is_finished else patterns[0]}"
    sentence = f"{said[0].upper()}{said[1:]}."
    remedy = Remedy(sentence, Kind.BACK_UP, paths=tuple(instead_of), is_after_training=not seen.backups)
    files = list(_to_pack(seen))
    if target is None or not is_finished or not all(map(is_plain, (target, *files))) or ":" in target:
        return remedy
    packer = next(words for ending, words in PACKERS.items() if target.endswith(ending))
    folder = target.rpartition("/")[0]
    has_folder = not folder or any(file.path.rpartition("/")[0] == folder for file in seen.backups)
    make = () if has_folder else (Command(("mkdir", "-p"), (folder,)),)
    return replace(remedy, commands=(*make, Command((*packer, target), tuple(files))))


def _to_pack(seen: WorkspaceEvidence) -> Iterator[str]:
    files = [*must_hold(seen), *([seen.scaler] if seen.scaler else [])]
    files += [s.loss_table for s in seen.streams if s.loss_table is not None]
    yield from dict.fromkeys(file.path for file in files if file.facts.exists)


def _new_archive(seen: WorkspaceEvidence) -> str | None:
    """A name that is looked for, that a program can make, and that no archive has."""
    patterns = seen.config.backup.paths if seen.config.backup else ()
    taken = {file.path for file in seen.backups}
    endings = [run + more for run in [seen.run_id or "run"] for more in ("", "-2", "-3", "-4")]
    for pattern in patterns:
        folder, name = pattern.rpartition("/")[::2]
        if not pattern.endswith(tuple(PACKERS)) or "*" in folder or name.count("*") > 1:
            continue
        names = (pattern.replace("*", one) for one in endings)
        free = next((one for one in names if one not in taken), None)
        if free is not None:
            return free
    return None
