"""Event files that the description names and nobody wrote, beside a table that holds the losses. Pure.

Events and tables are each optional: one of them is enough to see the losses. That the other one was announced
is told. Where the description says that the table holds the same numbers as the event files, check 3 fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.spec import FindingSpec, Found
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.words import no_events


def find_events_missing(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each stream whose table stands alone though its events are described."""
    for s in seen.streams:
        events = s.stream.events
        if events is not None and s.is_told_by_table_alone:
            hint = f"Train {s.stream.label} with its event writer on, or take `events` out of its description."
            yield Found(events.folder, s.id, f"{s.id}: {no_events(s)}", hint)


SPEC = FindingSpec(
    id="events_missing",
    check="logs",
    looks_at="event files are described and none is there, while the table holds the losses",
    default="warn",
    find=find_events_missing,
)
