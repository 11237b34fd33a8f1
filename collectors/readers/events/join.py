"""Two readings in a row of one event file -> the evidence that one reading of both would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from collectors.evidence.events import EventEvidence, EventSegment, ScalarSeries
from collectors.evidence.files import Finding
from collectors.readers.events.findings import summary_findings, with_summary
from collectors.readers.events.hparams import all_hparams
from collectors.readers.events.lost import most_tags
from collectors.readers.events.series import MAX_SEGMENTS, MAX_STARTS, merged


def join_events(earlier: EventEvidence, later: EventEvidence) -> EventEvidence:
    """Join two parts; `later` was read from `earlier.end_offset` with `earlier.open_steps`."""
    joined = EventEvidence(
        findings=(),
        series=_joined_series(earlier, later),
        records=earlier.records + later.records,
        damaged=earlier.damaged + later.damaged,
        first_time=later.first_time if earlier.first_time is None else earlier.first_time,
        last_time=earlier.last_time if later.last_time is None else later.last_time,
        end_offset=later.end_offset,
        partial_tail=later.partial_tail,
        segments=_joined_segments(earlier.segments, later),
        start_offset=earlier.start_offset,
        more_to_read=later.more_to_read,
        file_version=earlier.file_version or later.file_version,
        other_values=earlier.other_values + later.other_values,
        repeated_steps=earlier.repeated_steps + later.repeated_steps,
        steps_back=earlier.steps_back + later.steps_back,
        continues=earlier.continues,
        open_steps=later.open_steps,
        lost_tags=most_tags(earlier.lost_tags, later.lost_tags),
        starts=(*earlier.starts, *later.starts)[-MAX_STARTS:],
        hparams=all_hparams(earlier.hparams, later.hparams),
    )
    # What ended the earlier reading was met again by the later one, which began there.
    passed = [detail for detail in _details(earlier) if detail.severity != "error"]
    details = dict.fromkeys([*passed, *_details(later)])  # what holds of the whole file is told of each part
    return replace(joined, findings=with_summary(joined, details))


def _details(part: EventEvidence) -> list[Finding]:
    summary = summary_findings(part)
    return [finding for finding in part.findings if finding not in summary]


def _joined_series(earlier: EventEvidence, later: EventEvidence) -> dict[str, ScalarSeries]:
    joined = {**later.series, **earlier.series}
    for tag in later.series.keys() & earlier.series.keys():
        joined[tag] = _joined_arrays(earlier.series[tag], later.series[tag])
    return {tag: joined[tag] for tag in dict.fromkeys((*earlier.series, *later.series))}


def _joined_arrays(one: ScalarSeries, other: ScalarSeries) -> ScalarSeries:
    return ScalarSeries(
        tag=one.tag,
        step=np.concatenate((one.step, other.step)),
        time=np.concatenate((one.time, other.time)),
        value=np.concatenate((one.value, other.value)),
    )


def _joined_segments(earlier: Sequence[EventSegment], later: EventEvidence) -> tuple[EventSegment, ...]:
    """All segments; the one that goes on over the border is one, and so are those beyond the limit."""
    joined = [*earlier, *later.segments]
    if earlier and later.continues:
        joined[len(earlier) - 1 : len(earlier) + 1] = [merged(earlier[-1], later.segments[0])]
    while len(joined) > MAX_SEGMENTS:
        last = joined.pop()
        joined[-1] = merged(joined[-1], last)
    return tuple(joined)
