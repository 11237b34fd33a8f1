"""Evidence -> what may change though no file was read, to tell whether the state must be built again. Pure."""

from __future__ import annotations

from typing import Any

from collectors.training.evidence import ReadFile, WorkspaceEvidence


def signs_of(seen: WorkspaceEvidence) -> tuple[object, ...]:
    """What may change though no file was read: listings, missing files, and silence that grows."""
    streams = tuple(
        (s.progress.status, s.progress.quiet, s.instead_of_events, *(_place(f) for f in (s.checkpoint, s.config)))
        for s in seen.streams
    )
    facts = (*(s.picture for s in seen.streams), *(b.facts for b in seen.backups), *(r.facts for r in seen.reports))
    tables = tuple(s.loss_table.beside for s in seen.streams if s.loss_table)
    more = (tuple(seen.stage_files.items()), tuple(seen.smoke.items()), seen.run_id, seen.problems, seen.elsewhere)
    decided = seen.decisions.files if seen.decisions else None
    return (streams, facts, more, tables, _writers(seen), decided)


def _place(file: ReadFile[Any] | None) -> object:
    """Which file was chosen, and what lies beside one that is not there."""
    return None if file is None else (file.path, file.being_written, file.beside)


def _writers(seen: WorkspaceEvidence) -> tuple[object, ...]:
    return tuple(s.progress.writer for s in seen.streams)
