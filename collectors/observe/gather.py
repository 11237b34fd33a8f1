"""A workspace and its configuration -> WorkspaceEvidence: what was found, not yet judged.

Reads through the cache only, so that what did not change is not opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from collectors.contract.pipeline import PipelineConfig
from collectors.contract.remembered import SmokeResult
from collectors.contract.streams import Stream
from collectors.contract.values import NO_RUN
from collectors.decisions.analysis import Analysis, analysed
from collectors.decisions.windows import resolved
from collectors.evidence.documents import Heartbeat
from collectors.evidence.files import FileFacts
from collectors.observe.after_end import AfterEnd
from collectors.observe.beside import Beside
from collectors.observe.cache import ReadCache
from collectors.observe.counterparts import unnamed_beside
from collectors.observe.decision_files import DecisionReader
from collectors.observe.derived import Derived
from collectors.observe.event_files import names_of
from collectors.observe.last_words import ended_by, last_words_of
from collectors.observe.loss_tables import read_table
from collectors.observe.processes import has_begun, writer_of
from collectors.observe.shared_files import backups_of, chosen, is_printed, logs_of, reports_of, stage_files_of
from collectors.observe.smoke_inputs import inputs_of, of_today
from collectors.observe.summaries import summarised
from collectors.observe.whole_checkpoint import WholeCheckpoints
from collectors.training.curves import merge_losses
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence
from collectors.training.facts import (
    are_times_trusted,
    declared_of,
    limits_of,
    not_judged_yet,
    recorded_of,
    started_at_of,
    target_of,
)
from collectors.training.heartbeat import heartbeat_of, parse_heartbeat
from collectors.training.progress import Observed, progress_of
from collectors.training.run_groups import RunGroup, group_runs, is_deeper, is_event_file, run_id_at
from collectors.training.series import EPOCH_TAGS, EventFile
from collectors.training.stream_runs import StreamRun, stream_runs

LOOK_AGAIN_SECONDS = 10.0
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
    prints: tuple[str, ...]
    """Logs that the training prints."""


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Reads one workspace again and again."""

    config: PipelineConfig
    cache: ReadCache
    smoke_lookup: SmokeLookup
    after_end: AfterEnd = field(default_factory=AfterEnd)
    looked: dict[str, tuple[float, tuple[str, ...]]] = field(default_factory=dict)
    """When outputs were last looked for elsewhere, and what was found."""
    derived: Derived = field(default_factory=Derived)

    @property
    def beside(self) -> Beside:
        """What lies where a file is looked for in vain."""
        return Beside(self.cache.workspace)

    def gather(self, now: float) -> WorkspaceEvidence:
        """Read what is new and put everything together. `now`: seconds since the Unix epoch."""
        self.cache.begin_look()
        tags = (tag for s in self.config.streams for accepted in s.tags.values() for tag in accepted)
        self.cache.event_files.wanted = names_of((*tags, *EPOCH_TAGS))
        heartbeat = self._heartbeat()
        logs = {s.id: self._logs(s, now) for s in self.config.streams}
        groups = group_runs(run for found in logs.values() for run in found.runs)
        current = groups[-1] if groups else None
        moment = _Moment(current, heartbeat, now, logs_of(self.config, self.cache))
        streams = summarised([self._stream(s, logs[s.id], moment) for s in self.config.streams], self.derived)
        started_at = started_at_of(current, heartbeat, streams)
        seen = WorkspaceEvidence(
            config=self.config,
            streams=streams,
            scaler=self._optional("scaler", self.config.scaler),
            backups=backups_of(self.config, self.cache),
            split_policy=self._optional("document", self.config.split_policy),
            reports=reports_of(self.config, self.cache),
            stage_files=stage_files_of(self.config, self.cache),
            logs=moment.prints,
            smoke=self._smoke(streams),
            heartbeat=heartbeat,
            started_at=started_at,
            run_id=run_id_at(started_at) if started_at is not None else NO_RUN,
            decisions=self._decisions(streams),
            problems=tuple(self.cache.search_problems),
        )
        seen = self.after_end.added_to(seen, now)
        return replace(seen, elsewhere=self._elsewhere(now)) if seen.nothing_trained else seen

    def _elsewhere(self, now: float) -> tuple[str, ...]:
        """Outputs that lie where no stream looks; a large workspace is not searched at every observation."""
        kept = self.looked.get("at")
        if kept is None or not 0 <= now - kept[0] < LOOK_AGAIN_SECONDS:
            kept = self.looked["at"] = (now, self.beside.outputs())
        return kept[1]

    def _optional(self, reader: str, section: Any) -> ReadFile[Any] | None:
        return None if section is None else self.cache.read(reader, section.path)

    def _decisions(self, streams: tuple[StreamEvidence, ...]) -> Analysis | None:
        rules, names = self.config.decisions, [s.id for s in streams]
        if rules is None:
            return None
        reader = self.derived.of("decision reader", (rules,), (), partial(DecisionReader, rules, self.cache))
        files = reader.files()
        whole = resolved(rules, {s.id: s.config_data for s in streams})
        return self.derived.of("decisions", (files,), (whole,), partial(analysed, whole, names, files))

    def _heartbeat(self) -> Heartbeat | None:
        file = self.cache.read("config", self.config.heartbeat)
        return parse_heartbeat(file.evidence.data) if file.evidence else None

    def _logs(self, stream: Stream, now: float) -> _Logs:
        if stream.events is None:
            return _Logs((), (), ())
        folder = stream.events.folder
        found = self.cache.search([f"{folder}/**/*tfevents*"])
        others = [s.events.folder for s in self.config.streams if s.events is not None]
        own = (path for path in found if is_event_file(path) and not is_deeper(path, folder, others))
        read = [self.cache.events(path) for path in own]
        begun = {f.facts.path for f in read if isinstance(f, EventFile) and has_begun(f, now)}
        files = tuple(f for f in read if isinstance(f, EventFile))
        unreadable = tuple(f for f in read if not isinstance(f, EventFile))
        files = tuple(sorted(files, key=lambda f: (f.evidence.first_time or 0.0, f.facts.path)))
        make = partial(stream_runs, stream.id, files, stream.events.tags, begun)
        return _Logs(files, unreadable, tuple(self.derived.of(("runs", stream.id), files, (begun,), make)))

    def _stream(self, stream: Stream, logs: _Logs, moment: _Moment) -> StreamEvidence:
        run = logs.runs[-1] if logs.runs else None
        config = self._config(stream)
        table = self._table(stream)
        checkpoint = self._checkpoint(stream)
        trusted = are_times_trusted(run, self.config.limits.trusted_time_seconds)
        facts = table.facts if table else FileFacts("", False)
        target = target_of(stream, config)
        found = table.evidence if table else None
        declared = declared_of(stream, config, target)
        make = partial(merge_losses, run, found, facts, times_trusted=bool(trusted), declared=declared)
        losses = self.derived.of(("losses", stream.id), (run, found), (facts, trusted, declared), make)
        heartbeat = heartbeat_of(moment.heartbeat, stream.id, is_only=len(self.config.streams) == 1)
        logged_at = facts.modified_at if facts.exists else run.last_at if run else None
        writer = writer_of(run, heartbeat)
        words = last_words_of(self.cache.workspace, self._printed(stream, table, moment), run, facts.modified_at)
        recorded = recorded_of(stream, found, losses, checkpoint, logged_at=logged_at)
        seen = Observed(
            run=run,
            losses=losses,
            target=target,
            limits=limits_of(stream.stall, self.config.stall),
            writer=writer,
            heartbeat=heartbeat,
            table_modified_at=facts.modified_at,
            recorded=ended_by(words, recorded, writer),
            table_gap=self.cache.writes.gap_of(table),
        )
        progress = progress_of(seen, moment.now)
        return StreamEvidence(
            stream=stream,
            checkpoint=not_judged_yet(checkpoint, progress, moment.now),
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
            last_words=words,
            unnamed_tables=unnamed_beside(self.cache, stream, table, (*losses.curves, *losses.others)),
            instead_of_events="" if logs.files or not stream.events else self.beside.of_folder(stream.events.folder),
        )

    def _printed(self, stream: Stream, table: ReadFile[Any] | None, moment: _Moment) -> tuple[str, ...]:
        """A stream's table where it is a log, else all logs, for the last stream: nothing says whose they are."""
        if table is not None and is_printed(stream):
            return (table.path,)
        return moment.prints if stream.id == self.config.streams[-1].id else ()

    def _config(self, stream: Stream) -> ReadFile[Any] | None:
        if stream.config is None:
            return None
        path = self._choose(stream.config.candidates)
        return self.beside.told(self.cache.read("config", path, name=path))

    def _table(self, stream: Stream) -> ReadFile[Any] | None:
        table = read_table(self.cache, stream, self._choose)
        return self.beside.told(table) if table is not None else None

    def _picture(self, stream: Stream) -> FileFacts | None:
        history = stream.loss_history
        return self.cache.workspace.facts(history.picture) if history and history.picture else None

    def _checkpoint(self, stream: Stream) -> ReadFile[Any] | None:
        if stream.checkpoint.path is None:
            return None
        whole = WholeCheckpoints(self.cache)
        return self.beside.told(whole.read(self._choose(stream.checkpoint.path, whole.files.exists)))

    def _choose(self, candidates: Sequence[str], is_there: Callable[[str], bool] | None = None) -> str:
        return chosen(self.cache, candidates, is_there)

    def _smoke(self, streams: tuple[StreamEvidence, ...]) -> Mapping[str, SmokeResult]:
        found = {}
        for s in streams:
            hashes = s.scored_hashes
            result = self.smoke_lookup(s.id, *hashes) if hashes is not None else None
            if result is not None:
                found[s.id] = of_today(result, inputs_of(self.config, s.id, self.cache))
        return found
