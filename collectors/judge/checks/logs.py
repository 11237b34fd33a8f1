"""Check 3: every stream has at least one sound record of a configured series."""

from __future__ import annotations

from collectors.contract.streams import EventFolder
from collectors.evidence.tables import LossTableEvidence
from collectors.judge.checks.part import (
    NAME_TAGS,
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
from collectors.judge.checks.records import records_again
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning
from collectors.numbers import plural
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence
from collectors.training.words import absent_tags, no_events

NO_RECORD = "{} has not recorded one loss"


def check_logs(seen: WorkspaceEvidence) -> Judgement:
    """Every stream has an event file, or the table that it has instead, with at least one sound record."""
    told = ((s, part) for s in seen.streams if (part := _logs(s)) is not None)
    return judge_parts(lacking(part, not_yet_there(seen, s) if _has_no_record(s) else None) for s, part in told)


def _has_no_record(s: StreamEvidence) -> bool:
    """Whether nothing was written that could be read, or be damaged."""
    has_table = s.loss_table is not None and not s.loss_table.absent
    is_empty = not any(f.evidence.series or first_error(f.evidence.findings) for f in s.events)
    return is_empty and not s.unreadable_events and not has_table


def _logs(s: StreamEvidence) -> Part | None:
    if s.stream.events is not None and not s.is_told_by_table_alone:
        return _events(s, s.stream.events)
    return _table(s, s.loss_table) if s.loss_table is not None else None


def _events(s: StreamEvidence, wanted: EventFolder) -> Part:
    folder = wanted.folder
    hint = records_again(s)
    unreadable = [f"{path}: {problem}" for path, problem in s.unreadable_events]
    if not s.events:
        short = Short(f"{{}}'s event files {'cannot be read' if unreadable else 'are missing'}", s.stream.label)
        return failing(folder, s.id, f"{s.id}: {'; '.join(unreadable) or no_events(s)}", hint, short=short)
    scalars = sum(c.points for f in s.events for c in f.evidence.series.values())
    damaged = sum(f.evidence.damaged for f in s.events)
    newest = s.events[-1].facts.path
    findings = [f"{file.facts.path}: {found}" for file in s.events for found in warnings_of(file.evidence.findings)]
    errors = [f"{f.facts.path}: {e}" for f in s.events if (e := first_error(f.evidence.findings))] + unreadable
    if not scalars:
        what = "; ".join(errors) or f"{plural(len(s.events), 'event file')}, no scalar record yet"
        return failing(newest, s.id, f"{s.id}: {what}", hint, short=Short(NO_RECORD, s.stream.label))
    absent = absent_tags(s)
    if absent is not None and not s.losses.curves:
        return failing(newest, s.id, f"{s.id}: {absent}", NAME_TAGS)
    findings += [absent] if absent is not None else []
    text = f"{s.id}: {plural(len(s.events), 'event file')}, {plural(scalars, 'scalar record')}, "
    text += plural(damaged, "damaged record") if damaged else "no damaged record"
    return passing(newest, s.id, text, [*errors, *findings])


def _table(s: StreamEvidence, table: ReadFile[LossTableEvidence]) -> Part:
    """A stream without event files is asked by its table; `events_missing` tells of those that should be there."""
    hint = records_again(s)
    if table.evidence is None:
        short = Short(f"{{}}'s table of losses {'is missing' if table.absent else 'cannot be read'}", s.stream.label)
        return failing(table.path, s.id, f"{s.id}: {missing_text(table.facts, table.beside)}", hint, short=short)
    if table.being_written:
        return skipping(table.path, s.id, f"{s.id}: {table.path} is being written", WAIT)
    error = first_error(table.evidence.findings)
    if error:
        name_it = f"Correct {table.path}, or its section in dashboard.yaml."
        short = Short("{}'s table of losses cannot be read", s.stream.label)
        return failing(table.path, s.id, f"{s.id}: {table.path}: {error}", name_it, short=short)
    values = sum(len(curve) for curve in s.losses.curves.values())
    if not values:
        text = f"{s.id}: {table.path}: no row with a loss yet"
        return failing(table.path, s.id, text, hint, short=Short(NO_RECORD, s.stream.label))
    text = f"{s.id}: {table.path}, {plural(len(table.evidence.rows), 'row')}"
    return passing(table.path, s.id, text, warnings_of(table.evidence.findings))


SPEC = CheckSpec(
    number=3,
    id="logs",
    title="Training logs",
    judge=check_logs,
    gate=GatePlace("runs-check"),
    meaning=Meaning(
        passes_when="every stream has an event file (or, where it has none, a table) with at least one sound record",
        proves=(
            "at least one loss record exists, in event files with a sound checksum; damaged records are counted with"
            " their offsets"
        ),
        cannot_prove="that nobody cut off the end of the file at a record's border",
    ),
    readiness="logs_ready",
    at_saving=True,
)
