"""Check 3: every stream has at least one sound record of a configured series."""

from __future__ import annotations

from collectors.judge.checks.part import Judgement, Part, failing, first_error, judge_parts, passing, warnings_of
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning
from collectors.numbers import plural
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.words import absent_tags


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
    absent = absent_tags(s)
    if absent is not None and not s.losses.curves:
        return failing(newest, s.id, f"{s.id}: {absent}", "Name one of these under `events: {tags: ...}`.")
    findings += [absent] if absent is not None else []
    text = f"{s.id}: {plural(len(s.events), 'event file')}, {plural(scalars, 'scalar record')}, "
    text += plural(damaged, "damaged record") if damaged else "no damaged record"
    return passing(newest, s.id, text, [*errors, *findings])


SPEC = CheckSpec(
    id="logs",
    title="Training logs",
    judge=check_logs,
    gate=GatePlace("runs-check", "Logs"),
    meaning=Meaning(
        passes_when="every stream has an event file with at least one sound scalar record",
        proves="at least one loss record with a sound checksum exists; damaged records are counted with their offsets",
        cannot_prove="that nobody cut off the end of the file at a record's border",
    ),
    readiness="logs_ready",
    at_saving=True,
)
