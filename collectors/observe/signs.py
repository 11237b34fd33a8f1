"""Evidence -> what may change though no file was read, to tell whether the state must be built again. Pure."""

from __future__ import annotations

from collectors.training.evidence import WorkspaceEvidence


def signs_of(seen: WorkspaceEvidence) -> tuple[object, ...]:
    """What may change though no file was read: listings, missing files, and silence that grows."""
    streams = tuple(
        (s.progress.status, s.progress.quiet, s.checkpoint.being_written, s.checkpoint.path, s.config.path)
        for s in seen.streams
    )
    facts = (*(s.picture for s in seen.streams), *(b.facts for b in seen.backups), *(r.facts for r in seen.reports))
    more = (tuple(seen.stage_files.items()), tuple(seen.smoke.items()), seen.run_id, seen.problems)
    return (streams, facts, more, _writers(seen))


def _writers(seen: WorkspaceEvidence) -> tuple[object, ...]:
    return tuple(s.progress.writer for s in seen.streams)
