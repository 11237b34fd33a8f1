"""Event files that end long before the table of the same run. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.sources import Source, events_of, table_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import number_words
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.run_files import stride_of

LONG = 1.5
"""Strides: one may be a count from 0 beside one from 1."""


def find_events_end_early(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each stream whose events end more than a stride before its table, in the unit that both have."""
    for s in ended_streams(seen):
        table, events = table_of(s), events_of(s)
        if table is None or events is None or table.unit != events.unit:
            continue
        early, late, unit = _end(events), _end(table), table.unit
        if early is None or late is None or late <= early + LONG * _stride(events):
            continue
        ends = f"ends at {unit} {number_words(early)}, {table.path} at {unit} {number_words(late)}"
        text = f"{s.id}: {events.path} {ends}"
        yield Found(events.path, s.id, text, "Look whether event files of this run are missing, or were cut.")


def _end(source: Source) -> float | None:
    return max((float(p[-1]) for name in source.curves if (p := source.places(name)).size), default=None)


def _stride(source: Source) -> float:
    return max((stride_of(source.places(name)) for name in source.curves), default=1.0)


SPEC = FindingSpec(
    id="events_end_early",
    check="training",
    looks_at="the event files end more than a stride before the table of their run",
    default="warn",
    find=find_events_end_early,
)
