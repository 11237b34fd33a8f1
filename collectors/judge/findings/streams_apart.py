"""Streams that were trained long after one another are hardly one release. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import duration_words, instant_words
from collectors.training.evidence import WorkspaceEvidence

WEEK_SECONDS = 7 * 86_400.0


def find_streams_apart(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each stream that began longer after the end of the one before it than the description allows."""
    hours = seen.config.max_gap_hours
    longest = WEEK_SECONDS if hours is None else hours * 3600
    runs = [(s.run.started_at, s.run.last_at, s) for s in ended_streams(seen) if s.run is not None]
    times = sorted(runs, key=lambda run: run[0])
    for n, (began, _, after) in enumerate(times[1:], 1):
        _, ended, before = max(times[:n], key=lambda run: run[1])  # a short one may end within a long one
        if began - ended > longest:
            allowed = "" if hours is None else f", and `max_gap_hours` allows {duration_words(longest)}"
            text = (
                f"{after.id} began {instant_words(began)}, {duration_words(began - ended)} after {before.id} had "
                f"ended ({instant_words(ended)}){allowed}"
            )
            hint = f"Train {before.stream.label} and {after.stream.label} in one go, or say why this gap is right."
            yield Found(None, after.id, text, hint, level=None if hours is None else "fail")


SPEC = FindingSpec(
    id="streams_apart",
    check="provenance",
    looks_at="a stream began more than a week after the one before it had ended (`max_gap_hours`: fails beyond those)",
    default="warn",
    find=find_streams_apart,
)
