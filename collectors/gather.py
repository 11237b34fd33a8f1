"""A workspace and its configuration -> WorkspaceEvidence: what was found, not yet judged.

Reads through the cache only, so that what did not change is not opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collectors.checks.configs import MISSING, value_at
from collectors.config import PipelineConfig, StallLimits, Stream
from collectors.evidence import FileFacts, Heartbeat
from collectors.heartbeat import heartbeat_of, parse_heartbeat
from collectors.losses import merge_losses
from collectors.processes import is_writer_alive
from collectors.progress import Observed, Progress, Target, WriterFacts, progress_of
from collectors.read_cache import SHARD_INDEX, ReadCache
from collectors.readers.loss_table import LossColumns
from collectors.runs import EventFile, RunGroup, StreamRun, group_runs, is_event_file, run_id_at, stream_runs
from collectors.state import Status
from collectors.workspace_evidence import ReadFile, SmokeResult, StreamEvidence, WorkspaceEvidence

SETTLE_SECONDS = 3.0
"""A checkpoint of a running stream younger than this may be half written: it is not judged yet."""
SmokeLookup = Callable[[str, str, str], SmokeResult | None]
"""Stream id, sha256 of checkpoint, sha256 of config -> the remembered result, if there is one."""


@dataclass(frozen=True, slots=True)
class _Logs:
    """One stream's event files and the runs they tell of."""

    files: tuple[EventFile, ...]
    unreadable: tuple[tuple[str, str], ...]
    runs: tuple[StreamRun, ...]


@dataclass(frozen=True, slots=True)
class _Moment:
    """What holds for every stream of one collection."""

    current: RunGroup | None
    heartbeat: Heartbeat | None
    now: float


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Reads one workspace again and again."""

    config: PipelineConfig
    cache: ReadCache
    smoke_lookup: SmokeLookup

    def gather(self, now: float) -> WorkspaceEvidence:
        """Read what is new and put everything together. `now`: seconds since the Unix epoch."""
        self.cache.search_problems.clear()
        heartbeat = self._heartbeat()
        logs = {s.id: self._logs(s) for s in self.config.streams}
        groups = group_runs(run for found in logs.values() for run in found.runs)
        current = groups[-1] if groups else None
        moment = _Moment(current, heartbeat, now)
        streams = tuple(self._stream(s, logs[s.id], moment) for s in self.config.streams)
        started_at = _started_at(current, heartbeat, streams)
        return WorkspaceEvidence(
            config=self.config,
            streams=streams,
            scaler=self._optional("scaler", self.config.scaler),
            backups=self._backups(),
            split_policy=self._optional("document", self.config.split_policy),
            reports=self._reports(),
            stage_files=self._stage_files(),
            smoke=self._smoke(streams),
            heartbeat=heartbeat,
            started_at=started_at,
            run_id=run_id_at(started_at) if started_at is not None else "no-run",
            problems=tuple(self.cache.search_problems),
        )

    def _optional(self, reader: str, section: Any) -> ReadFile[Any] | None:
        return None if section is None else self.cache.read(reader, section.path)

    def _heartbeat(self) -> Heartbeat | None:
        file = self.cache.read("config", self.config.heartbeat)
        return parse_heartbeat(file.evidence.data) if file.evidence else None

    def _logs(self, stream: Stream) -> _Logs:
        folder = stream.events.folder
        found = self.cache.search([f"{folder}/**/*tfevents*"])
        read = [self.cache.events(path) for path in found if is_event_file(path)]
        files = tuple(f for f in read if isinstance(f, EventFile))
        unreadable = tuple(f for f in read if not isinstance(f, EventFile))
        files = tuple(sorted(files, key=lambda f: (f.evidence.first_time or 0.0, f.facts.path)))
        return _Logs(files, unreadable, tuple(stream_runs(stream.id, files, stream.events.tags)))

    def _stream(self, stream: Stream, logs: _Logs, moment: _Moment) -> StreamEvidence:
        run = logs.runs[-1] if logs.runs else None
        config = self._config(stream)
        table = self._table(stream)
        trusted = _times_trusted(run, self.config.limits.trusted_time_seconds)
        facts = table.facts if table else FileFacts("", False)
        losses = merge_losses(run, table.evidence if table else None, facts, times_trusted=bool(trusted))
        heartbeat = heartbeat_of(moment.heartbeat, stream.id)
        seen = Observed(
            run=run,
            losses=losses,
            target=_target(stream, config),
            limits=_limits(stream.stall, self.config.stall),
            writer=_writer(run, heartbeat),
            heartbeat=heartbeat,
            table_modified_at=facts.modified_at,
        )
        progress = progress_of(seen, moment.now)
        checkpoint = self._checkpoint(stream)
        return StreamEvidence(
            stream=stream,
            checkpoint=_not_judged_yet(checkpoint, progress, moment.now),
            config=config,
            events=logs.files,
            unreadable_events=logs.unreadable,
            loss_table=table,
            picture=self._picture(stream),
            run=run,
            previous_run=logs.runs[-2] if len(logs.runs) > 1 else None,
            in_current_run=moment.current is None or stream.id in moment.current.runs,
            losses=losses,
            progress=progress,
            times_trusted=trusted,
        )

    def _config(self, stream: Stream) -> ReadFile[Any]:
        path = self._choose(stream.config.candidates)
        return self.cache.read("config", path, name=path)

    def _table(self, stream: Stream) -> ReadFile[Any] | None:
        history = stream.loss_history
        if history is None:
            return None
        return self.cache.read("loss_table", history.path, columns=_columns(history.columns))

    def _picture(self, stream: Stream) -> FileFacts | None:
        history = stream.loss_history
        return self.cache.workspace.facts(history.picture) if history and history.picture else None

    def _checkpoint(self, stream: Stream) -> ReadFile[Any]:
        path = self._choose(stream.checkpoint)
        workspace = self.cache.workspace
        if workspace.facts(f"{path}/{SHARD_INDEX}").exists:
            return self.cache.sharded(path)
        single = f"{path}/model.safetensors"
        return self.cache.read("checkpoint", single if workspace.facts(single).exists else path)

    def _choose(self, candidates: Sequence[str]) -> str:
        """The first candidate that is there, readable or not; of a pattern, the newest match."""
        workspace = self.cache.workspace
        for candidate in candidates:
            if _is_pattern(candidate):
                found = newest_first(workspace.facts(p) for p in self.cache.search([candidate]))
                if found:
                    return found[0].path
                continue
            facts = workspace.facts(candidate)
            if facts.exists or facts.problem:  # what cannot be read must not be replaced by the next best
                return candidate
        return candidates[0]

    def _backups(self) -> tuple[ReadFile[Any], ...]:
        if self.config.backup is None:
            return ()
        workspace = self.cache.workspace
        every = newest_first(workspace.facts(p) for p in self.cache.search(self.config.backup.paths))
        return tuple(self.cache.read("archive", f.path) if n == 0 else ReadFile(f) for n, f in enumerate(every))

    def _reports(self) -> tuple[ReadFile[Any], ...]:
        """The newest report of each input file, newest first."""
        if self.config.reports is None:
            return ()
        workspace = self.cache.workspace
        every = newest_first(workspace.facts(p) for p in self.cache.search(self.config.reports.paths))
        newest: dict[tuple[str, str], ReadFile[Any]] = {}
        for facts in every:
            report = self.cache.read("config", facts.path, name=facts.path)
            newest.setdefault((facts.path.rpartition("/")[0], _input_of(report)), report)
        return tuple(newest.values())

    def _stage_files(self) -> Mapping[str, tuple[FileFacts, ...]]:
        workspace = self.cache.workspace
        return {
            s.id: tuple(workspace.facts(p) for p in self.cache.search(s.files)) for s in self.config.stages if s.files
        }

    def _smoke(self, streams: tuple[StreamEvidence, ...]) -> Mapping[str, SmokeResult]:
        found = {}
        for s in streams:
            if s.checkpoint.sha256 and s.config.sha256:
                result = self.smoke_lookup(s.id, s.checkpoint.sha256, s.config.sha256)
                if result is not None:
                    found[s.id] = result
        return found


def newest_first(files: Iterable[FileFacts]) -> list[FileFacts]:
    """Files by modification time, the newest first; last those that are there and cannot be reached."""
    return sorted((f for f in files if f.exists or f.problem), key=lambda f: (-(f.modified_at or 0.0), f.path))


def _is_pattern(path: str) -> bool:
    return any(sign in path for sign in "*?[")


def _columns(named: Mapping[str, tuple[str, ...]]) -> LossColumns | None:
    if not named:
        return None
    usual = LossColumns()
    series = {name: columns for name, columns in named.items() if name not in {"epoch", "step", "time"}}
    return LossColumns(
        epoch=named.get("epoch", usual.epoch),
        step=named.get("step", usual.step),
        time=named.get("time", usual.time),
        series=series or usual.series,
    )


def _input_of(report: ReadFile[Any]) -> str:
    """Which input file a data-quality report speaks of; the report's own name where it does not say."""
    data = report.evidence.data if report.evidence else None
    named = data.get("file_id") if isinstance(data, Mapping) else None
    return named if isinstance(named, str) else report.path


def _target(stream: Stream, config: ReadFile[Any]) -> Target:
    rule = stream.completion
    total: Any = rule.total
    if isinstance(total, str):
        total = value_at(config.evidence.data if config.evidence else None, total)
    sane = total is not MISSING and isinstance(total, (int, float)) and not isinstance(total, bool)
    whole = int(total) if sane and 0 < total < 2**53 and float(total).is_integer() else None
    return Target("step" if rule.by == "steps" else "epoch", whole)


def _limits(own: StallLimits, pipeline: StallLimits) -> StallLimits:
    return StallLimits(
        quiet_seconds=own.quiet_seconds or pipeline.quiet_seconds,
        stalled_seconds=own.stalled_seconds or pipeline.stalled_seconds,
    )


def _writer(run: StreamRun | None, heartbeat: Heartbeat | None) -> WriterFacts | None:
    if run is not None:
        name = run.latest_file.name
        if name.pid is not None:
            return WriterFacts(name.host, name.pid, is_writer_alive(name.host, name.pid, name.started_at))
    if heartbeat is not None and heartbeat.pid is not None:
        began = heartbeat.started_at.timestamp() if heartbeat.started_at else None
        return WriterFacts(heartbeat.host, heartbeat.pid, is_writer_alive(heartbeat.host, heartbeat.pid, began))
    return None


def _times_trusted(run: StreamRun | None, limit_seconds: float) -> bool | None:
    """Whether the newest event file's mtime is near its last record's own time; None without one."""
    if run is None:
        return None
    newest = run.latest_file
    modified, last = newest.facts.modified_at, newest.evidence.last_time
    return modified is not None and last is not None and abs(modified - last) <= limit_seconds


def _not_judged_yet(checkpoint: ReadFile[Any], progress: Progress, now: float) -> ReadFile[Any]:
    """Mark a running stream's broken checkpoint as being written while it is very young."""
    modified = checkpoint.facts.modified_at
    young = modified is not None and now - modified < SETTLE_SECONDS
    broken = checkpoint.evidence is not None and not checkpoint.evidence.sound
    if progress.status is Status.RUNNING and young and broken:
        return replace(checkpoint, being_written=True)
    return checkpoint


def _started_at(
    current: RunGroup | None, heartbeat: Heartbeat | None, streams: tuple[StreamEvidence, ...]
) -> float | None:
    """First start of the current run; without event files the heartbeat's or the earliest output's time."""
    if current is not None:
        return current.started_at
    if heartbeat is not None and heartbeat.started_at is not None:
        return heartbeat.started_at.timestamp()
    files = [f for s in streams for f in (s.checkpoint.facts, s.loss_table.facts if s.loss_table else None)]
    times = [f.modified_at for f in files if f is not None and f.exists and f.modified_at is not None]
    return min(times, default=None)


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
