"""The shape of `dashboard.yaml`: plain values -> a closed, frozen `PipelineConfig`.

Says where a pipeline leaves its files and how it is judged. Pure: it opens nothing
(`config_load` does) and refuses unknown keys, unknown stage rules and dangling names.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    model_validator,
)
from pydantic_core import PydanticCustomError

from collectors.delta import Policy
from collectors.links import checked_template
from collectors.state import GridPlace, Id, Text

CHECK_IDS = (
    "checkpoints",
    "scaler",
    "logs",
    "configs",
    "backup",
    "smoke",
    "split_policy",
    "training",
    "provenance",
    "baseline",
)
"""Ids of the checks in their fixed order; `baseline` is number 10 and off unless switched on."""

CheckId = Literal[
    "checkpoints",
    "scaler",
    "logs",
    "configs",
    "backup",
    "smoke",
    "split_policy",
    "training",
    "provenance",
    "baseline",
]


MOST_STREAMS = 100
MOST_STAGES = 1000
"""More cannot be looked at, and drawing them would take the page its time."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _stays_inside(value: str) -> str:
    parts = value.replace("\\", "/").split("/")
    if value.startswith("/") or ".." in parts or "\x00" in value:
        raise ValueError("paths are relative to the workspace and never leave it")
    return value


RelativePath = Annotated[str, Field(min_length=1, max_length=512), BeforeValidator(_stays_inside)]
Paths = Annotated[tuple[RelativePath, ...], BeforeValidator(_as_list), Field(min_length=1)]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_list), Field(min_length=1)]
Command = Annotated[tuple[str, ...], Field(min_length=1)]


class Section(BaseModel):
    """Base of every section: closed and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


class KeyRule(Section):
    """What one required key of a training config must look like."""

    type: Literal["number", "integer", "boolean", "string"] = "number"
    """Its type; text such as `2e-3` counts as the number it means."""
    above: float | None = None
    """The value must be greater than this."""
    below: float | None = None
    """The value must be less than this."""
    at_least: float | None = None
    """The value must be at least this."""
    at_most: float | None = None
    """The value must be at most this."""


class StreamConfigFile(Section):
    """Where a stream's final config lies and what it must say."""

    candidates: Paths
    """Paths in order of preference; the first that exists is the final config."""
    required: dict[str, KeyRule] = {}
    """Dotted key -> rule."""
    highlights: dict[str, str] = {}
    """Name on screen -> dotted key: the only values of the config that leave the workspace."""


class EventFolder(Section):
    """Where a stream's TensorBoard event files lie."""

    folder: RelativePath
    """Folder, searched with its sub-folders."""
    tags: dict[str, Names]
    """Series name -> tag, or tags in order of preference."""


class LossHistory(Section):
    """The table of losses a stream writes."""

    path: RelativePath
    """CSV, JSONL, `trainer_state.json` or Lightning `metrics.csv`."""
    picture: RelativePath | None = None
    """Loss curve as a picture, shown in links only."""
    columns: dict[str, Names] = {}
    """`epoch`, `step`, `time` or a series name -> column, where the usual names do not fit."""


class CompletionRule(Section):
    """When a stream counts as completed."""

    by: Literal["epochs", "steps"] = "epochs"
    """What is counted."""
    total: PositiveInt | str = "training.epochs"
    """How many: a number, or the dotted key of the stream's config."""
    early_stop_key: str | None = None
    """Key in the loss history or heartbeat outcome that records an early stop."""


class StallLimits(Section):
    """Silence limits in seconds; the stream's own cadence decides where they are not set."""

    quiet_seconds: PositiveFloat | None = None
    """Silence from which a running stream is called quiet (default: 3 gaps, at least 30 s)."""
    stalled_seconds: PositiveFloat | None = None
    """Silence from which it is stalled (default: 10 gaps, at least 180 s)."""


class Layer(Section):
    """A tensor whose size the config or the scaler also tells."""

    tensor: str
    """Name of the stored tensor, with `*` for any part."""
    dimension: int = 0
    """Which of its dimensions."""
    equals: str | None = None
    """Dotted key of the stream's config, or `scaler` for the scaler's channel count; without it
    the name alone tells whose checkpoint it is."""


class Stream(Section):
    """One trained model and its files."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""
    checkpoint: Paths
    """Checkpoint candidates (globs allowed); the first that exists, newest where a glob fits."""
    config: StreamConfigFile
    """Its final config."""
    events: EventFolder
    """Its event files."""
    loss_history: LossHistory | None = None
    """Its loss table."""
    completion: CompletionRule = CompletionRule()
    """When it is completed."""
    stall: StallLimits = StallLimits()
    """Its silence limits, before those of the pipeline."""
    channels: str | int | None = None
    """Channel count, or the config key that says it, compared with scaler and checkpoint."""
    layers: tuple[Layer, ...] = ()
    """Stored tensors that tell whether a checkpoint is this stream's."""


class Scaler(Section):
    """The scaler; it belongs to one stream."""

    stream: Id
    """The stream whose training writes it."""
    path: RelativePath
    """Where it lies."""


class Backup(Section):
    """Archives that keep a copy of the outputs."""

    paths: Paths
    """Globs; the newest archive counts."""


class SplitPolicy(Section):
    """The document that says how data was split."""

    path: RelativePath
    """Where it lies."""
    must_mention: Names = ("train", "calibration", "normal")
    """Words it must speak of, in any case."""


class Reports(Section):
    """Data-quality reports, one an input file."""

    paths: Paths
    """Globs of JSON reports."""


class OwnCommand(Section):
    """A program of the workspace that runs only when the operator asks for it."""

    command: Command
    """Argument list; `{python} {stream} {checkpoint} {config} {workspace}` are filled in."""
    timeout_seconds: PositiveFloat = 600
    """Time limit of one run."""


class Validator(OwnCommand):
    """An external validator whose checklist replaces the built-in one."""

    append_builtin: bool = True
    """Append the built-in checks 8 and 9."""


class CheckSettings(Section):
    """How one check counts."""

    enabled: bool = True
    """False leaves it out of the checklist (check 10 is off by default)."""
    blocking: bool = True
    """False makes it a warning."""
    reason: Text | None = None
    """Why; demanded where it is left out or does not block."""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not (self.blocking and self.enabled) and not self.reason:
            raise ValueError("a check that is off or does not block needs a `reason`")
        return self


class Limits(Section):
    """What reading may cost."""

    read_bytes: PositiveInt = 2 << 30
    """Byte budget a file; above it a checkpoint passes on structure alone."""
    seconds: PositiveFloat = 5.0
    """Time limit of reading one file, beside the time its bytes need."""
    memory_bytes: PositiveInt = 512 << 20
    """Memory limit of reading one file."""
    trusted_time_seconds: PositiveFloat = 600.0
    """Largest distance of an event file's mtime from its last record for times to be trusted."""


class Links(Section):
    """Where files can be looked at."""

    template: Annotated[str, Field(max_length=1000), AfterValidator(checked_template)] | None = None
    """https address with `{path}` in it, and `{run_id}` where it is wanted."""


class View(Section):
    """One fixed drawing."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""


class Group(Section):
    """A frame around stages."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""
    view: Id = "flow"
    """The view it is drawn in."""


class Stage(Section):
    """One node, and the rule its status comes from."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""
    status_from: str
    """`streams`, `preparation`, `reports`, `stream:ID`, `artifacts`, `gate`, `snapshot`, `check:ID`,
    `files` or `verdict`."""
    view: Id = "flow"
    """The view it is drawn in."""
    group: Id | None = None
    """The group it is drawn in."""
    column: GridPlace | None = None
    """Grid column; computed from the edges where it is not set."""
    row: GridPlace | None = None
    """Grid row."""
    checks: tuple[CheckId, ...] = ()
    """Checks it rests on."""
    files: Annotated[tuple[RelativePath, ...], BeforeValidator(_as_list)] = ()
    """Globs of its files, for the rule `files`."""


class PipelineConfig(Section):
    """A whole `dashboard.yaml`."""

    version: Literal[1] = 1
    """Version of this format."""
    title: Text = "Training"
    """Title on screen."""
    streams: Annotated[tuple[Stream, ...], Field(min_length=1, max_length=MOST_STREAMS)]
    """Streams in training order."""
    scaler: Scaler | None = None
    """Without it check 2 is left out."""
    backup: Backup | None = None
    """Without it check 5 is left out."""
    smoke: OwnCommand | None = None
    """Without it check 6 is left out."""
    split_policy: SplitPolicy | None = None
    """Without it check 7 is left out."""
    reports: Reports | None = None
    """Data-quality reports."""
    heartbeat: RelativePath = "run_status.json"
    """Heartbeat file of the training, believed when fresh, never needed."""
    validator: Validator | None = None
    """External validator."""
    stall: StallLimits = StallLimits()
    """Silence limits of every stream."""
    limits: Limits = Limits()
    """What reading may cost."""
    checks: dict[CheckId, CheckSettings] = {}
    """How each check counts."""
    baseline: Policy = Policy()
    """Regression policy."""
    links: Links = Links()
    """Links to a file browser."""
    views: Annotated[tuple[View, ...], Field(max_length=MOST_STREAMS)] = ()
    """Drawings; the two standard ones where nothing is said."""
    groups: Annotated[tuple[Group, ...], Field(max_length=MOST_STAGES)] = ()
    """Frames."""
    stages: Annotated[tuple[Stage, ...], Field(max_length=MOST_STAGES)] = ()
    """Nodes; the standard graph of the streams where nothing is said."""
    edges: Annotated[tuple[tuple[Id, Id], ...], Field(max_length=10 * MOST_STAGES)] = ()
    """Pairs of stage ids."""

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        streams = _unique([s.id for s in self.streams], "streams")
        stages = _unique([s.id for s in self.stages], "stages")
        if self.scaler and self.scaler.stream not in streams:
            raise _dangling(f"names the unknown stream `{self.scaler.stream}`", ("scaler", "stream"))
        for number, edge in enumerate(self.edges):
            unknown = next((end for end in edge if end not in stages), None)
            if unknown:
                raise _dangling(f"an edge names the unknown stage `{unknown}`", ("edges", number))
        for number, stage in enumerate(self.stages):
            _check_rule(stage.status_from, streams, ("stages", number, "status_from"))
        return self

    def stream(self, stream_id: str) -> Stream:
        """The stream of that id. Raises KeyError."""
        return next(s for s in self.streams if s.id == stream_id)

    def settings_of(self, check: str) -> CheckSettings:
        """How a check counts, with the defaults filled in."""
        found = next((v for k, v in self.checks.items() if k == check), None)
        return found or CheckSettings()

    @property
    def asked_checks(self) -> tuple[str, ...]:
        """Ids of the checks this pipeline has, in order: one without its section is left out.

        `baseline` is among them only where it is switched on by name; it is asked once one is pinned.
        """
        return tuple(c for c in CHECK_IDS if self._asks(c) and (c != "baseline" or c in self.checks))

    def _asks(self, check: str) -> bool:
        sections = {
            "scaler": self.scaler,
            "backup": self.backup,
            "smoke": self.smoke,
            "split_policy": self.split_policy,
        }
        return self.settings_of(check).enabled and sections.get(check, True) is not None


RULES = (
    "streams",
    "preparation",
    "reports",
    "artifacts",
    "gate",
    "snapshot",
    "files",
    "verdict",
)
"""Stage rules without an argument."""


def _unique(ids: list[str], section: str) -> set[str]:
    double = next((n for n, i in enumerate(ids) if i in ids[:n]), None)
    if double is not None:
        raise _dangling(f"`{ids[double]}` is the id of another one too", (section, double, "id"))
    return set(ids)


def _check_rule(rule: str, streams: set[str], key: tuple[str | int, ...]) -> None:
    kind, _, argument = rule.partition(":")
    if kind == "stream" and argument in streams:
        return
    if kind == "check" and argument in CHECK_IDS:
        return
    if not argument and kind in RULES:
        return
    known = ", ".join([*RULES, *(f"stream:{s}" for s in sorted(streams)), "check:ID"])
    raise _dangling(f"`{rule}` is no known rule; known: {known}", key)


def _dangling(message: str, key: tuple[str | int, ...]) -> PydanticCustomError:
    """An error that belongs to one key, though it takes the whole configuration to see it."""
    return PydanticCustomError("dangling", "{message}", {"message": message, "key": key})
