"""Checks 1, 2, 3, 5 and 7: each file is there and holds what it should."""

from __future__ import annotations

import math
import re

from collectors.checks.judgement import (
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
from collectors.evidence import ArchiveEvidence, ArchiveMember, ScalerEvidence
from collectors.readers.describe import describe_checkpoint
from collectors.state import Status
from collectors.words import listed, plural, size_words
from collectors.workspace_evidence import ReadFile, StreamEvidence, WorkspaceEvidence

WAIT_HINT = "It is being written; look again in a moment."


def check_checkpoints(seen: WorkspaceEvidence) -> Judgement:
    """Every stream's checkpoint is sound and holds finite tensors."""
    return judge_parts(_checkpoint(s) for s in seen.streams)


def _checkpoint(s: StreamEvidence) -> Part:
    file = s.checkpoint
    if file.evidence is None:
        hint = f"Train {s.stream.label}; it should save {s.stream.checkpoint[0]}."
        return failing(file.path, s.id, f"{s.id}: {missing_text(file.facts)}", hint)
    found = file.evidence
    if found.sound:
        text = f"{s.id}: {describe_checkpoint(found)}"
        return passing(file.path, s.id, text, warnings_of(found.findings))
    if file.being_written:
        return skipping(file.path, s.id, f"{s.id}: {file.path} is being written", WAIT_HINT)
    hint = f"Save {s.stream.label}'s checkpoint again, or restore it from a backup that tests sound."
    return failing(file.path, s.id, f"{s.id}: {file.path}: {first_error(found.findings)}", hint)


def check_scaler(seen: WorkspaceEvidence) -> Judgement:
    """The scaler holds method, center and scale: equal-length, finite, every scale > 0."""
    file = seen.scaler
    if file is None or seen.config.scaler is None:
        return judge_parts([])
    owner = seen.config.stream(seen.config.scaler.stream)
    hint = f"Run {owner.label} training; it should save {seen.config.scaler.path}."
    if file.evidence is None:
        return judge_parts([failing(file.path, owner.id, missing_text(file.facts), hint)])
    if file.being_written:
        return judge_parts([skipping(file.path, owner.id, f"{file.path} is being written", WAIT_HINT)])
    problem = first_error(file.evidence.findings) or scaler_problem(file.evidence)
    if problem:
        return judge_parts([failing(file.path, owner.id, f"{file.path}: {problem}", hint)])
    channels = plural(len(file.evidence.center or ()), "channel")
    text = f"{file.path}: {file.evidence.method}, {channels}, finite, every scale > 0"
    return judge_parts([passing(file.path, owner.id, text, warnings_of(file.evidence.findings))])


def scaler_problem(scaler: ScalerEvidence) -> str | None:
    """What is wrong with the numbers of a scaler that could be read; None where nothing is."""
    center, scale = scaler.center, scaler.scale
    absent = [
        name for name, value in (("method", scaler.method), ("center", center), ("scale", scale)) if value is None
    ]
    if absent or center is None or scale is None:
        return f"expected the keys method, center and scale; missing: {', '.join(absent)}"
    if not center or len(center) != len(scale):
        return f"center has {plural(len(center), 'number')} and scale {len(scale)}: expected as many, and at least one"
    for name, values in (("center", center), ("scale", scale)):
        bad = next((i for i, v in enumerate(values) if not math.isfinite(v)), None)
        if bad is not None:
            return f"{name}[{bad}] is {values[bad]}: expected a finite number"
    flat = next((i for i, v in enumerate(scale) if v <= 0), None)
    return None if flat is None else f"scale[{flat}] is {scale[flat]:g}: expected a number above 0"


def check_logs(seen: WorkspaceEvidence) -> Judgement:
    """Every stream has an event file with at least one sound scalar record."""
    return judge_parts(_logs(s) for s in seen.streams)


def _logs(s: StreamEvidence) -> Part:
    folder = s.stream.events.folder
    hint = f"Train {s.stream.label} with its event writer on; it should write below {folder}."
    if not s.events:
        found = "; ".join(f"{path}: {problem}" for path, problem in s.unreadable_events)
        return failing(folder, s.id, f"{s.id}: {found or f'no event file below {folder}'}", hint)
    scalars = sum(c.points for f in s.events for c in f.evidence.series.values())
    damaged = sum(f.evidence.damaged for f in s.events)
    newest = s.events[-1].facts.path
    findings = [f"{file.facts.path}: {found}" for file in s.events for found in warnings_of(file.evidence.findings)]
    errors = [f"{f.facts.path}: {e}" for f in s.events if (e := first_error(f.evidence.findings))]
    if not scalars:
        what = "; ".join(errors) or f"{plural(len(s.events), 'event file')}, no scalar record yet"
        return failing(newest, s.id, f"{s.id}: {what}", hint)
    text = f"{s.id}: {plural(len(s.events), 'event file')}, {plural(scalars, 'scalar record')}, "
    text += plural(damaged, "damaged record") if damaged else "no damaged record"
    return passing(newest, s.id, text, [*errors, *findings])


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
    absent = [path for path in _must_hold(seen) if not _holds(file.evidence, path)]
    if absent:
        text = f"{file.path} holds no {listed(absent)} (or an empty one)"
        return failing(file.path, None, text, hint)
    tested = {"all": "all sound", "part": "tested in part", "none": "contents not tested"}[file.evidence.tested]
    members = plural(len(file.evidence.members), "member")
    text = f"{file.path}: {size_words(file.facts.size_bytes)}, {members}, {tested}"
    return passing(file.path, None, text, warnings_of(file.evidence.findings))


def _must_hold(seen: WorkspaceEvidence) -> list[str]:
    """Paths of every stream's checkpoint and config."""
    return [path for s in seen.streams for path in (s.checkpoint.path, s.config.path)]


def _holds(archive: ArchiveEvidence, path: str) -> bool:
    member = member_for(archive, path)
    return member is not None and member.size_bytes > 0


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


def check_split_policy(seen: WorkspaceEvidence) -> Judgement:
    """The document exists, is text, and speaks of what it must."""
    file, wanted = seen.split_policy, seen.config.split_policy
    if file is None or wanted is None:
        return judge_parts([])
    words = listed(wanted.must_mention)
    hint = f"Write {wanted.path}: say how data was split into {words}."
    if file.evidence is None:
        return judge_parts([failing(file.path, None, missing_text(file.facts), hint)])
    if not file.evidence.sound:
        return judge_parts([failing(file.path, None, f"{file.path}: {first_error(file.evidence.findings)}", hint)])
    absent = [w for w in wanted.must_mention if not _speaks_of(file.evidence.text, w)]
    if absent:
        return judge_parts([failing(file.path, None, f"{file.path} does not speak of {listed(absent)}", hint)])
    return judge_parts([passing(file.path, None, f"{file.path} speaks of {words}")])


def _speaks_of(text: str, word: str) -> bool:
    """A word that begins like the wanted one counts (`training` speaks of train)."""
    return re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) is not None


def is_running(s: StreamEvidence) -> bool:
    """Whether the stream is training right now."""
    return s.progress.status is Status.RUNNING
