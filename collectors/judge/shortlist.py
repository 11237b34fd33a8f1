"""Thousands of files of one kind -> those that are worth a row, and how many more there are. Pure.

The newest are listed, and what is wrong is listed first: nothing that failed hides among older files
that are fine. Everything is judged all the same; only the list is short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from collectors.evidence.files import FileFacts
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence
from collectors.training.series import EventFile

MOST_LISTED: Final = 50
"""Rows of one kind; more are counted, not listed."""
STAGE_FILES: Final = "stage_files"
"""The kind of files that only a stage of its own names."""
T = TypeVar("T")


class Listing(NamedTuple, Generic[T]):
    """What is listed, and how many more there are."""

    files: tuple[T, ...]
    more: int


def first_of(files: Sequence[T], is_wrong: Callable[[T], bool], most: int = MOST_LISTED) -> Listing[T]:
    """Return at most `most` files in their order: those that are wrong, and the first of the others."""
    if len(files) <= most:
        return Listing(tuple(files), 0)
    by_need = sorted(range(len(files)), key=lambda place: not is_wrong(files[place]))
    kept = sorted(by_need[:most])
    return Listing(tuple(files[place] for place in kept), len(files) - most)


def listed_backups(seen: WorkspaceEvidence) -> Listing[ReadFile[Any]]:
    """The newest archives, newest first."""
    return first_of(seen.backups, lambda _: False)


def listed_reports(seen: WorkspaceEvidence) -> Listing[ReadFile[Any]]:
    """The newest data-quality reports; those that keep nothing, or cannot be read, before others."""
    return first_of(seen.reports, lambda report: not _is_kept(report))


def _is_kept(report: ReadFile[Any]) -> bool:
    data = getattr(report.evidence, "data", None)
    return isinstance(data, Mapping) and data.get("decision") == "keep" and not data.get("hard_fails")


class ListedLogs(NamedTuple):
    """One stream's event files that are listed: sound ones, then path and problem of the others."""

    events: tuple[EventFile, ...]
    unreadable: tuple[tuple[str, str], ...]
    more: int


def listed_logs(s: StreamEvidence, streams: int) -> ListedLogs:
    """The newest event files of one of so many streams, and some of those that cannot be opened."""
    most = max(1, MOST_LISTED // max(streams, 1))
    unreadable = s.unreadable_events[: max(most // 2, most - len(s.events))]
    events = s.events[len(unreadable) - most :]
    more = len(s.events) + len(s.unreadable_events) - len(events) - len(unreadable)
    return ListedLogs(events, unreadable, more)


def listed_stage_files(seen: WorkspaceEvidence) -> Mapping[str, Listing[FileFacts]]:
    """Stage id -> the newest files of its own patterns, by path."""
    return {stage: _newest(files) for stage, files in seen.stage_files.items()}


def _newest(files: Sequence[FileFacts]) -> Listing[FileFacts]:
    newest = sorted(files, key=lambda f: (f.problem is None, -(f.modified_at or 0.0)))[:MOST_LISTED]
    return Listing(tuple(sorted(newest, key=lambda f: f.path)), len(files) - len(newest))


def not_listed(seen: WorkspaceEvidence) -> dict[str, int]:
    """Group of artifacts -> how many more files it has than are listed; groups with none are left out."""
    stage_files = listed_stage_files(seen).values()
    counts = {
        "logs": sum(listed_logs(s, len(seen.streams)).more for s in seen.streams),
        "backup": listed_backups(seen).more,
        "documents": listed_reports(seen).more,
        STAGE_FILES: sum(listing.more for listing in stage_files),
    }
    return {group: count for group, count in counts.items() if count}
