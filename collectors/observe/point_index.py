"""Which files hold the full detail of a run's long curves -> the index of it in the store, for zooming."""

from __future__ import annotations

from functools import partial

from collectors.observe.cache import ReadCache
from collectors.observe.gather import Gatherer
from collectors.observe.memory import Learnt
from collectors.store.points import points_name
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence


def index_points(seen: WorkspaceEvidence, run_id: str, gatherer: Gatherer, learnt: Learnt) -> None:
    """Say where the full detail of the long curves lies that this run shows; looked up where a stream was read.

    Those of a stream that has not begun yet are of the previous run, as its losses are.
    """
    of, cache = gatherer.derived.of, gatherer.cache
    streams = {s.id: of(("points", s.id), (s.run,), (), partial(_point_files, s, cache)) for s in seen.streams}
    streams = {stream: series for stream, series in streams.items() if series}
    if streams:
        learnt.write_index(run_id, streams)


def _point_files(s: StreamEvidence, cache: ReadCache) -> dict[str, list[str]]:
    files = [f.facts.path for f in s.run.files] if s.run else []
    found = {}
    for name, tags in s.stream.tags.items():
        by_tag = ([points_name(p, tag) for p in files if cache.has_points(p, tag)] for tag in tags)
        held = next(filter(None, by_tag), None)
        if held:
            found[name] = held
    return found
