"""When scores were written against what they were made with; part of check 12. Pure.

File times count only where provenance trusts them.
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.decisions.analysis import Analysis
from collectors.decisions.series import FUSED
from collectors.evidence.files import FileFacts
from collectors.judge.checks.part import Part, failing, passing, skipping
from collectors.judge.checks.table_run import LOST
from collectors.numbers import instant_words, listed
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence

AGAIN = "Score again: what was scored with is not what is released."


def time_parts(found: Analysis, seen: WorkspaceEvidence) -> Iterator[Part]:
    """One part for each file that is newer than the scores; one where none is, or times were lost."""
    scored_at = found.scored_at
    streams = scoring_streams(found, seen)
    if scored_at is None or not streams:
        return
    path = found.files.scores[0].path
    if not all(s.times_trusted for s in streams):
        text = "times were lost: nothing says that the scores are newer than what they were made with"
        yield skipping(path, None, text, LOST)
        return
    newer = [
        (what, facts)
        for what, facts in _used(found, seen, streams)
        if facts.modified_at is not None and scored_at < facts.modified_at - found.rules.slack_seconds
    ]
    for what, facts in newer:
        times = f"{instant_words(scored_at)}, it is of {instant_words(facts.modified_at)}"
        yield failing(facts.path, None, f"scored before {what} {facts.path} was written ({times})", AGAIN)
    if not newer:
        yield passing(path, None, "scored after checkpoints, scaler and thresholds were written")


def scoring_streams(found: Analysis, seen: WorkspaceEvidence) -> list[StreamEvidence]:
    """Streams that the scores are of."""
    parts = found.series[FUSED].parts if FUSED in found.series else ()
    named = [s for s in seen.streams if s.id in (*found.series, *parts)]
    return named or list(seen.streams)


def _used(found: Analysis, seen: WorkspaceEvidence, streams: list[StreamEvidence]) -> Iterator[tuple[str, FileFacts]]:
    for s in streams:
        if s.checkpoint is not None:
            yield f"{s.id}'s checkpoint", s.checkpoint.facts
    if (
        seen.scaler is not None
        and seen.config.scaler is not None
        and seen.config.scaler.stream in [s.id for s in streams]
    ):
        yield "the scaler", seen.scaler.facts
    if found.files.thresholds is not None:
        yield "the thresholds", found.files.thresholds


def belongs_to_run(found: Analysis, seen: WorkspaceEvidence) -> bool | None:
    """Whether the scores were written since the current run began; None where that cannot be told."""
    if (
        found.scored_at is None
        or seen.started_at is None
        or not all(s.times_trusted for s in scoring_streams(found, seen))
    ):
        return None
    return found.scored_at >= seen.started_at - found.rules.slack_seconds


def without_scores(found: Analysis, seen: WorkspaceEvidence) -> list[str]:
    """Streams of which no window was scored, where others were."""
    return [s.id for s in seen.streams if found.series and s.id not in found.series]


def told_without(found: Analysis, seen: WorkspaceEvidence) -> str | None:
    """The same in words."""
    absent = without_scores(found, seen)
    return f"no scores of {listed(absent)}" if absent else None
