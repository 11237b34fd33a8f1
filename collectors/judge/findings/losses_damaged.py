"""Losses of this run that stood in damaged records of its event files, and stand nowhere else. Pure.

A damaged record that held something else costs no loss. Where points stand on a grid, what is missing of it tells;
where they do not, or only some of a long series are kept, the tags that the skipped bytes still spell do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collectors.judge.findings.epochs_missing import FEWEST, Hole, holes_before, holes_of
from collectors.judge.findings.sources import Source, configured_losses, events_of, places_words, table_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import listed
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.run_files import stride_of
from collectors.training.series import EventFile

_TOLD = 5


def find_losses_damaged(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each stream that lost values of configured losses with damaged records of its run."""
    for s in ended_streams(seen):
        damaged = [f for f in s.run.files if not f.evidence.sound] if s.run is not None else []
        lost = _lost(s, damaged) if damaged else []
        if lost:
            path = damaged[-1].facts.path
            hint = f"Bring back a sound copy of {path}, or train {s.stream.label} again."
            yield Found(path, s.id, f"{s.id}: {path}: damaged records took {listed(lost)}", hint)


def _lost(s: StreamEvidence, damaged: Sequence[EventFile]) -> list[str]:
    """What is lost, in words, a series each."""
    spelled = {tag for file in damaged for tag in file.evidence.lost_tags}
    events, table, found = events_of(s), table_of(s), []
    for name in sorted(configured_losses(s) & s.stream.tags.keys()):
        is_spelled = any(f"/{written}".endswith(f"/{tag}") for written in s.stream.tags[name] for tag in spelled)
        if events is None or name not in events.curves:
            found += [f"every value of {name}"] if is_spelled and not _holds(table, name, 1) else []
            continue
        holes = _holes(events, name, to_the_end=is_spelled)
        count = sum(hole.count for hole in holes or ())
        if holes and not _holds(table, name, len(events.curves[name]) + count):
            places = [place for hole in holes for place in hole.first(_TOLD)]
            found.append(f"{name} of {places_words(events.unit, places, count)}")
        elif holes is None and is_spelled and not _holds(table, name, len(events.curves[name]) + 1):
            found.append(f"values of {name}")
    return found


def _holds(table: Source | None, name: str, count: int) -> bool:
    """Whether the table has that many values of the loss."""
    return table is not None and name in table.curves and table.places(name).size >= count


def _holes(source: Source, name: str, *, to_the_end: bool) -> list[Hole] | None:
    """What a series lacks by its own stride; None where it has no stride that tells."""
    places = source.places(name)
    if source.curves[name].nonfinite is not None or places.size < FEWEST:
        return None
    stride, last = stride_of(places), float(places[-1])
    holes = [*holes_before(places, source.unit, name), *holes_of(places)]
    ends = max(float(p[-1]) for other in source.curves if (p := source.places(other)).size)
    lacking = int((ends - last + 1e-6) // stride) if to_the_end else 0
    if lacking:
        holes.append(Hole(last + stride, stride, lacking))
    return holes if holes or not to_the_end else None


SPEC = FindingSpec(
    id="losses_damaged",
    check="training",
    looks_at="damaged records of the run's event files held losses that no other file holds",
    default="fail",
    short="{}'s event files lost losses to damage",
    find=find_losses_damaged,
)
