"""Evidence -> the artifacts of the state: how far each file can be trusted. Pure.

missing < present (there, not sound) < readable (sound) < verified (contents checked, of this run).
Of files that come by the thousand the newest are listed, and the rest is counted (see `listing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.contract.artifacts import Artifact, Artifacts, Readiness
from collectors.contract.state import Check
from collectors.contract.values import Level, Outcome
from collectors.evidence.archive import ArchiveEvidence
from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.evidence.documents import ConfigEvidence
from collectors.evidence.files import FileFacts
from collectors.judge import checklist
from collectors.judge.checks.backup_copies import copies_in
from collectors.judge.checks.provenance import is_older_than_run
from collectors.judge.checks.scaler import scaler_problem
from collectors.judge.checks.table_run import SLACK_SECONDS, is_told_by_table, table_part
from collectors.judge.describe import describe_checkpoint
from collectors.judge.shortlist import listed_backups, listed_logs, listed_reports, not_listed
from collectors.numbers import listed, plural, utc
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence
from collectors.training.series import EventFile


def build_artifacts(seen: WorkspaceEvidence, checks: Mapping[str, Check]) -> Artifacts:
    """Every file the pipeline names, with its level."""
    scaler = [_scaler(seen, seen.scaler)] if seen.scaler else []
    return Artifacts(
        readiness=_readiness(checks),
        checkpoints=tuple(_checkpoint(s, s.checkpoint, seen) for s in seen.streams if s.checkpoint),
        scaler=tuple(scaler),
        logs=tuple(a for s in seen.streams for a in _logs(s, len(seen.streams))),
        configs=tuple(_config(s, s.config, seen) for s in seen.streams if s.config),
        backup=tuple(_backup(seen, f, n == 0) for n, f in enumerate(listed_backups(seen).files)),
        loss_files=tuple(a for s in seen.streams for a in _loss_files(s, seen)),
        documents=tuple(_documents(seen)),
        not_listed=not_listed(seen),
    )


def _readiness(checks: Mapping[str, Check]) -> Readiness:
    """Each flag: at least one check that feeds it was asked, and all of those passed."""

    def ready(flag: str) -> bool:
        feeding = [checks[s.id] for s in checklist.CHECKS if s.readiness == flag and s.id in checks]
        return bool(feeding) and all(c.outcome is Outcome.PASS for c in feeding)

    return Readiness.model_validate({flag: ready(flag) for flag in Readiness.model_fields})


def _artifact(facts: FileFacts, level: Level, detail: str, **more: Any) -> Artifact:
    """An artifact; what does not exist is missing, whatever else was said."""
    if not facts.exists:
        level, detail = Level.MISSING, facts.problem or "not there"
    elif facts.problem:
        level, detail = Level.PRESENT, facts.problem
    return Artifact(
        path=facts.path,
        stream=more.get("stream"),
        level=level,
        size_bytes=facts.size_bytes if facts.exists else None,
        modified_at=utc(facts.modified_at) if facts.exists else None,
        sha256=more.get("sha256"),
        detail=detail,
        belongs_to_run=more.get("belongs"),
    )


def _level(*, sound: bool, checked: bool, belongs: bool | None) -> Level:
    if not sound:
        return Level.PRESENT
    return Level.VERIFIED if checked and belongs else Level.READABLE


def _errors(evidence: Any) -> str:
    return listed((str(f) for f in evidence.findings if f.severity == "error"), most=2)


def _belonging_words(belongs: bool | None) -> str:
    return {True: "of this run", False: "not of this run", None: "run unknown"}[belongs]


def _checkpoint(s: StreamEvidence, file: ReadFile[CheckpointEvidence], seen: WorkspaceEvidence) -> Artifact:
    found = file.evidence
    if found is None:
        return _artifact(file.facts, Level.PRESENT, "not read", stream=s.id)
    by_table = is_told_by_table(s, seen.config)
    belongs = _belongs_to_table(s, seen) if by_table else _made_during_run(file, s)
    level = _level(sound=found.sound and found.opaque is None, checked=found.data_read == "all", belongs=belongs)
    detail = f"{describe_checkpoint(found)}; {_belonging_words(belongs)}" if found.sound else _errors(found)
    return _artifact(file.facts, level, detail, stream=s.id, sha256=found.sha256, belongs=belongs)


def _made_during_run(file: ReadFile[Any], s: StreamEvidence) -> bool | None:
    if not s.times_trusted or file.missing:
        return None
    return s.in_current_run and not is_older_than_run(file, s)


def _belongs_to_table(s: StreamEvidence, seen: WorkspaceEvidence) -> bool | None:
    """Whether check 9 finds checkpoint and table to be of one run."""
    part = table_part(s, seen.config.limits.trusted_time_seconds)
    return {Outcome.PASS: True, Outcome.FAIL: False, Outcome.SKIP: None}[part.outcome]


def _scaler(seen: WorkspaceEvidence, file: ReadFile[Any]) -> Artifact:
    stream = seen.config.scaler.stream if seen.config.scaler else None
    if file.evidence is None:
        return _artifact(file.facts, Level.PRESENT, "not read", stream=stream)
    owner = seen.of(stream) if stream else None
    belongs = _scaler_belongs(file, owner)
    channels = plural(len(file.evidence.center or ()), "channel")
    problem = _errors(file.evidence) or scaler_problem(file.evidence)
    level = _level(sound=problem is None, checked=True, belongs=belongs)
    detail = problem or f"{file.evidence.method}, {channels}"
    return _artifact(file.facts, level, detail, stream=stream, sha256=file.sha256, belongs=belongs)


def _scaler_belongs(file: ReadFile[Any], owner: StreamEvidence | None) -> bool | None:
    """The scaler is written before the first epoch, so only the previous run's end tells."""
    modified = file.facts.modified_at
    if owner is None or not owner.times_trusted or modified is None:
        return None
    previous = owner.previous_run
    belongs = previous is None or modified + previous.clock_lag >= previous.last_at - SLACK_SECONDS
    return owner.in_current_run and belongs


def _logs(s: StreamEvidence, streams: int) -> Iterator[Artifact]:
    run = s.run if s.in_current_run else None
    recorded = {f.facts.path for f in s.events if f.evidence.series}  # a header alone is of no run
    current = {*(f.facts.path for f in run.files), *(recorded & set(run.left_out))} if run else set()
    listed = listed_logs(s, streams)
    for file in listed.events:
        belongs = file.facts.path in current or (False if file.evidence.records else None)
        level = _level(sound=file.evidence.records > 0, checked=file.evidence.sound, belongs=belongs)
        yield _artifact(file.facts, level, _log_detail(file), stream=s.id, belongs=belongs)
    for path, problem in listed.unreadable:
        yield _artifact(FileFacts(path, True, problem=problem), Level.PRESENT, problem, stream=s.id)
    if s.stream.events and not s.events and not s.unreadable_events:
        yield _artifact(FileFacts(s.stream.events.folder, False), Level.MISSING, "no event file", stream=s.id)


def _log_detail(file: EventFile) -> str:
    if not file.evidence.records and (problem := _errors(file.evidence)):
        return problem
    scalars = sum(c.points for c in file.evidence.series.values())
    damaged = f", {plural(file.evidence.damaged, 'damaged record')}" if file.evidence.damaged else ""
    return plural(scalars, "scalar record") + damaged


def _config(s: StreamEvidence, file: ReadFile[ConfigEvidence], seen: WorkspaceEvidence) -> Artifact:
    if file.evidence is None:
        return _artifact(file.facts, Level.PRESENT, "not read", stream=s.id)
    belongs = _unchanged_since_run(file, s, seen)
    level = _level(sound=file.evidence.sound, checked=True, belongs=belongs)
    detail = file.evidence.format if file.evidence.sound else _errors(file.evidence)
    if file.evidence.sound and belongs is None and s.times_trusted:
        detail += ", changed after the run"
    return _artifact(file.facts, level, detail, stream=s.id, sha256=file.sha256, belongs=belongs)


def _unchanged_since_run(file: ReadFile[Any], s: StreamEvidence, seen: WorkspaceEvidence) -> bool | None:
    """A config written before its run ended is the run's; one written later may be or not."""
    modified, ended = file.facts.modified_at, s.run.last_at if s.run is not None and s.times_trusted else None
    if is_told_by_table(s, seen.config) and _belongs_to_table(s, seen):
        ended = s.loss_table.facts.modified_at if s.loss_table is not None else None
    if ended is None or modified is None:
        return None
    return True if modified <= ended + SLACK_SECONDS and s.in_current_run else None


def _backup(seen: WorkspaceEvidence, file: ReadFile[Any], newest: bool) -> Artifact:
    if not newest:
        return _artifact(file.facts, Level.PRESENT, "older than the newest archive, not read")
    if file.evidence is None:
        return _artifact(file.facts, Level.PRESENT, "not read")
    belongs = _copies_are_todays(seen, file.evidence)
    level = _level(sound=file.evidence.sound, checked=file.evidence.tested == "all", belongs=belongs)
    members = plural(len(file.evidence.members), "member")
    detail = f"{file.evidence.format}, {members}" if file.evidence.sound else _errors(file.evidence)
    return _artifact(file.facts, level, detail, sha256=file.sha256, belongs=belongs)


def _copies_are_todays(seen: WorkspaceEvidence, archive: ArchiveEvidence) -> bool | None:
    """Whether the archive's checkpoints and configs equal today's; None where that cannot be told."""
    answers, copies = [], copies_in(archive, seen)
    for s in seen.streams:
        found = s.checkpoint_evidence
        is_damaged = found is not None and not found.sound  # what differs from it may well be of this run
        checkpoint = (s.checkpoint, found.crc32 if found else None, is_damaged)
        for file, today, is_of_no_run in (checkpoint, (s.config, s.config.crc32 if s.config else None, False)):
            if file is None:
                continue
            copy = copies.of(file.path)
            known = copy is not None and copy.crc32 is not None and today is not None
            is_equal = copy.crc32 == today if known and copy else None
            answers.append(None if is_of_no_run and not is_equal else is_equal)
    if False in answers:
        return False
    return None if None in answers else True


def _loss_files(s: StreamEvidence, seen: WorkspaceEvidence) -> Iterator[Artifact]:
    table = s.loss_table
    if table is not None:
        rows = len(table.evidence.rows) if table.evidence else 0
        sound = table.evidence is not None and table.evidence.sound
        # The losses know the stream's own latest run, which may be older than the current one.
        belongs = is_told_by_table(s, seen.config) or s.losses.table_belongs
        belongs = belongs and s.in_current_run
        level = _level(sound=sound, checked=True, belongs=belongs)
        detail = plural(rows, "row") if sound or table.evidence is None else _errors(table.evidence)
        yield _artifact(table.facts, level, detail, stream=s.id, sha256=table.sha256, belongs=belongs)
    if s.picture is not None:
        belongs = _made_during_run(ReadFile(s.picture), s)
        yield _artifact(s.picture, Level.PRESENT, "picture, not read", stream=s.id, belongs=belongs)


def _documents(seen: WorkspaceEvidence) -> Iterator[Artifact]:
    if seen.split_policy is not None:
        found = seen.split_policy.evidence
        sound = found is not None and found.sound
        level = Level.READABLE if sound else Level.PRESENT
        yield _artifact(
            seen.split_policy.facts, level, "text" if sound else "not text", sha256=seen.split_policy.sha256
        )
    for report in listed_reports(seen).files:
        sound = report.evidence is not None and report.evidence.sound
        detail = _decision(report.evidence.data) if report.evidence and sound else "not readable"
        yield _artifact(report.facts, Level.READABLE if sound else Level.PRESENT, detail, sha256=report.sha256)


def _decision(data: Any) -> str:
    decision = data.get("decision") if isinstance(data, Mapping) else None
    return f"decision: {decision}" if isinstance(decision, str) else "no decision in it"
