"""Files that all streams share -> what was found: archives, data-quality reports, files of drawn stages.

Read through the cache; patterns only, so that what is not there is no fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from collectors.contract.pipeline import PipelineConfig
from collectors.contract.shapes import is_pattern
from collectors.contract.state import MOST_LOGS
from collectors.contract.streams import Stream
from collectors.evidence.files import FileFacts
from collectors.numbers import numbers_in
from collectors.observe.cache import ReadCache
from collectors.training.evidence import ReadFile


def backups_of(config: PipelineConfig, cache: ReadCache) -> tuple[ReadFile[Any], ...]:
    """Archives, newest first; only the newest one is read."""
    if config.backup is None:
        return ()
    workspace = cache.workspace
    every = newest_first(workspace.facts(p) for p in cache.search(config.backup.paths))
    return tuple(cache.read("archive", f.path) if n == 0 else ReadFile(f) for n, f in enumerate(every))


def reports_of(config: PipelineConfig, cache: ReadCache) -> tuple[ReadFile[Any], ...]:
    """The newest report of each input file, newest first."""
    if config.reports is None:
        return ()
    workspace = cache.workspace
    every = newest_first(workspace.facts(p) for p in cache.search(config.reports.paths))
    newest: dict[tuple[str, str], ReadFile[Any]] = {}
    for facts in every:
        report = cache.read("config", facts.path, name=facts.path)
        newest.setdefault((facts.path.rpartition("/")[0], _input_of(report)), report)
    return tuple(newest.values())


def stage_files_of(config: PipelineConfig, cache: ReadCache) -> Mapping[str, tuple[FileFacts, ...]]:
    """Stage id -> the files of its own patterns."""
    workspace = cache.workspace
    return {s.id: tuple(workspace.facts(p) for p in cache.search(s.files)) for s in config.stages if s.files}


def logs_of(config: PipelineConfig, cache: ReadCache) -> tuple[str, ...]:
    """Paths of the logs that the training prints, by name: the newest, so that the state stays while they grow."""
    tables = (s.loss_history for s in config.streams if s.loss_history and is_printed(s))
    named = [path for table in tables for path in ([table.path] if isinstance(table.path, str) else table.path)]
    found = cache.workspace.glob([*config.logs, *named])  # one that cannot be looked for is nobody's worry
    return tuple(sorted(file.path for file in newest_first(map(cache.workspace.facts, found))[:MOST_LOGS]))


def is_printed(stream: Stream) -> bool:
    """Whether a stream's table is a log that its training prints."""
    return stream.loss_history is not None and bool(stream.loss_history.prefix or stream.loss_history.lines)


def chosen(cache: ReadCache, candidates: Sequence[str], is_there: Callable[[str], bool] | None = None) -> str:
    """The first candidate that is there, readable or not; of a pattern, the newest match."""
    workspace = cache.workspace
    for candidate in candidates:
        if is_pattern(candidate):
            found = newest_first(workspace.facts(p) for p in cache.search([candidate]))
            if found:
                return found[0].path
            continue
        facts = workspace.facts(candidate)
        # What cannot be read must not be replaced by the next best.
        if facts.exists or facts.problem or (is_there is not None and is_there(candidate)):
            return candidate
    return candidates[0]


def newest_first(files: Iterable[FileFacts]) -> list[FileFacts]:
    """Files by modification time, the newest first; last those that are there and cannot be reached.

    Of equal times, as a copy leaves them, the higher number counts: `checkpoint-100` before `checkpoint-20`.
    """
    there = (f for f in files if f.exists or f.problem)
    return sorted(there, key=lambda f: (f.modified_at or 0.0, numbers_in(f.path)), reverse=True)


def _input_of(report: ReadFile[Any]) -> str:
    """Which input file a data-quality report speaks of; the report's own name where it does not say."""
    data = report.evidence.data if report.evidence else None
    named = data.get("file_id") if isinstance(data, Mapping) else None
    return named if isinstance(named, str) else report.path
