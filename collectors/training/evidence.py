"""Everything that was read of one workspace, before it is judged. Frozen records, no I/O."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from collectors.contract.metrics import SPARK_POINTS, StreamMetrics
from collectors.contract.pipeline import PipelineConfig
from collectors.contract.remembered import PinnedBaseline, SeenFile, SmokeResult
from collectors.contract.streams import Stream
from collectors.contract.values import Status
from collectors.decisions.analysis import Analysis
from collectors.evidence.archive import ArchiveEvidence
from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.evidence.documents import ConfigEvidence, DocumentEvidence, Heartbeat, LastWords, ScalerEvidence
from collectors.evidence.files import FileFacts, Finding
from collectors.evidence.tables import LossTableEvidence
from collectors.numbers import visible_text
from collectors.training.curves import Losses
from collectors.training.metrics import build_metrics
from collectors.training.progress import Progress
from collectors.training.series import EventFile, plain_name
from collectors.training.stream_runs import StreamRun
from collectors.training.summary import Summary, as_series, curve_document, longer_curves, spark_points, summarise

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class ReadFile(Generic[E]):
    """One file and what was read of it."""

    facts: FileFacts
    evidence: E | None = None
    """None when the file is missing, cannot be opened, or was not read."""
    being_written: bool = False
    """It changed while it was read, twice."""
    crc32: int | None = None
    """Of the whole file; None where it was not read whole."""
    sha256: str | None = None
    """Of the whole file; None where it was not read whole."""
    beside: tuple[str, ...] = ()
    """Where nothing is there: the files in its folder."""
    parts: tuple[ReadFile[Any], ...] = ()
    """The files that it is made of, where it is several."""

    @property
    def files(self) -> tuple[ReadFile[Any], ...]:
        """Every file of it, each once: itself, where it is one."""
        return tuple({part.path: part for part in self.parts}.values()) or (self,)

    @property
    def path(self) -> str:
        """Workspace-relative path."""
        return self.facts.path

    @property
    def missing(self) -> bool:
        """Nothing is there."""
        return not self.facts.exists

    @property
    def absent(self) -> bool:
        """Nothing is there, not even something that should lead to it, such as a link."""
        return self.missing and self.facts.problem is None


@dataclass(frozen=True)
class StreamEvidence:
    """One stream's files and what they tell about its latest run."""

    stream: Stream
    checkpoint: ReadFile[CheckpointEvidence] | None
    """None where the description says that it leaves none."""
    config: ReadFile[ConfigEvidence] | None
    """None without such a section."""
    events: tuple[EventFile, ...]
    unreadable_events: tuple[tuple[str, str], ...]
    """Path and problem of event files that could not be opened."""
    loss_table: ReadFile[LossTableEvidence] | None
    picture: FileFacts | None
    run: StreamRun | None
    """Its latest run."""
    previous_run: StreamRun | None
    in_current_run: bool
    losses: Losses
    progress: Progress
    times_trusted: bool | None
    """None without event files: there is nothing to compare file times with."""
    unnamed_tables: tuple[str, ...] = ()
    """Tables beside its own that hold the part of the data of which no series was read."""
    last_words: LastWords | None = None
    """What the end of its log says of a failure, where the log was written after its losses."""
    instead_of_events: str = ""
    """In words what lies where the event files should, where there is none."""
    told: tuple[Losses, Summary] | None = None
    """What the state holds of these losses, where that is made already."""

    @property
    def id(self) -> str:
        """The stream's id."""
        return self.stream.id

    @property
    def config_data(self) -> Any:
        """The document of its config; None where there is none, or it cannot be read."""
        return self.config.evidence.data if self.config and self.config.evidence else None

    @property
    def checkpoint_evidence(self) -> CheckpointEvidence | None:
        """What was read of its checkpoint; None where there is none, or it was not read."""
        return self.checkpoint.evidence if self.checkpoint else None

    @property
    def is_told_by_table_alone(self) -> bool:
        """Not one of the described event files is there, nor anything in their way, while a table has the losses.

        A table that is described as their copy proves nothing alone: its training writes both.
        """
        events, table = self.stream.events, self.stream.loss_history
        if events is None or self.events or self.unreadable_events or self.losses.source != "loss_history":
            return False
        if table is None or table.same_as_events:
            return False
        return not self.instead_of_events.startswith(f"{events.folder}: ")  # a link, or no permission

    @property
    def scored_hashes(self) -> tuple[str, str] | None:
        """SHA-256 of checkpoint and config, empty for what the description does not name; None where one is unknown."""
        known = [file.sha256 if file else "" for file in (self.checkpoint, self.config)]
        checkpoint, config = known
        return None if checkpoint is None or config is None or not any(known) else (checkpoint, config)

    @cached_property
    def metrics(self) -> StreamMetrics:
        """Its losses and how far it is, as the state tells them: made once, when they are first asked for."""
        told = self.told
        if told is None or told[0] is not self.losses:
            told = (self.losses, summarise(self.losses.told, SPARK_POINTS))
        config, is_current = self.config_data, self.in_current_run
        found = build_metrics(self.stream, told, self.progress, config=config, in_current_run=is_current)
        read = {plain_name(name) for name in self.losses.told}
        beside = [visible_text(tag) for tag in (self.run.beside if self.run else ()) if plain_name(tag) not in read]
        return found.model_copy(update={"beside": tuple(beside)}) if beside else found

    def with_curves(self, names: Collection[str]) -> StreamMetrics:
        """Its metrics, these series with as many points as are kept of them."""
        longer = {n: as_series(c) for n, c in longer_curves(self.losses.told, 0).items() if n in names}
        return self.metrics.model_copy(update={"series": {**self.metrics.series, **longer}})


@dataclass(frozen=True, slots=True)
class WorkspaceEvidence:
    """What one collection read."""

    config: PipelineConfig
    streams: tuple[StreamEvidence, ...]
    scaler: ReadFile[ScalerEvidence] | None
    backups: tuple[ReadFile[ArchiveEvidence], ...]
    """Newest first; only the newest one is read."""
    split_policy: ReadFile[DocumentEvidence] | None
    reports: tuple[ReadFile[ConfigEvidence], ...]
    """Newest report of each input file."""
    stage_files: Mapping[str, tuple[FileFacts, ...]]
    """Stage id -> files of its own globs."""
    smoke: Mapping[str, SmokeResult]
    """Stream id -> result that is valid for today's checkpoint and config."""
    heartbeat: Heartbeat | None
    started_at: float | None
    """First start of the current run, seconds since the Unix epoch."""
    run_id: str
    problems: tuple[Finding, ...] = ()
    baseline: PinnedBaseline | None = None
    """Only where check 10 is switched on and a baseline is pinned."""
    elsewhere: tuple[str, ...] = ()
    """Outputs of known kinds in a workspace in which no stream's own are found."""
    after_end: Mapping[str, SeenFile] = field(default_factory=dict)
    """Path -> what an earlier observation saw of it after its run's end."""
    unrecognised: str | None = None
    """What lies by kind in a workspace that nothing describes, where no trainer was recognised."""
    logs: tuple[str, ...] = ()
    """Paths of the logs that the training prints."""
    decisions: Analysis | None = None
    """What a scoring with the trained model says; None where there is none."""
    untold: Mapping[str, str] = field(default_factory=dict)
    """Check id -> why the files of a run from elsewhere cannot tell: it is skipped."""

    def of(self, stream_id: str) -> StreamEvidence:
        """Evidence of one stream. Raises KeyError."""
        found = next((s for s in self.streams if s.id == stream_id), None)
        if found is None:
            raise KeyError(stream_id)
        return found

    def curve_document(self, stream: str) -> bytes:
        """The document of a stream's longer curves, as the state names it. Raises KeyError."""
        spark = spark_points(sum(len(s.losses.told) for s in self.streams))
        return curve_document(stream, self.of(stream).losses.told, spark)

    @property
    def has_ended(self) -> bool:
        """The current run is done, failed or stalled: something of it has ended, and nothing runs or is to follow."""
        begun = any(s.in_current_run and s.progress.status is not Status.IDLE for s in self.streams)
        return begun and not self.is_under_way

    @property
    def is_under_way(self) -> bool:
        """A stream trains, or is to follow one that has just ended."""
        return any(s.progress.status is Status.RUNNING for s in self.streams) or bool(self.to_follow)

    @property
    def to_follow(self) -> tuple[StreamEvidence, ...]:
        """Streams that have not begun, while the process lives that has just trained another one to its end."""
        idle = tuple(s for s in self.streams if s.progress.status is Status.IDLE)
        others = [s for s in self.streams if s.progress.status is not Status.IDLE]
        is_between = all(s.progress.status is Status.DONE for s in others)
        return idle if is_between and any(s.progress.lingers and s.in_current_run for s in others) else ()

    @property
    def has_diverged(self) -> bool:
        """A stream failed."""
        return any(s.progress.status is Status.FAIL for s in self.streams)

    @property
    def nothing_trained(self) -> bool:
        """No stream has left a sign of a run, nor any file that should be one."""
        return all(
            not s.events
            and not s.unreadable_events
            and not s.losses.curves
            and (s.checkpoint is None or s.checkpoint.absent)
            and (s.loss_table is None or s.loss_table.absent)
            and s.progress.started_at is None
            for s in self.streams
        )
