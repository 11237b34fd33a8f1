"""THE CONTRACT: the shape of `dashboard-state.json`, described once.

Input: plain values. Output: a closed, frozen `DashboardState` that writes strict JSON.
It imports nothing of ours, does no I/O and knows no clock. It refuses unknown fields,
non-finite numbers, naive times and text that could hide something from a reader.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    model_validator,
)

SCHEMA_VERSION: Literal["1"] = "1"
MAX_TEXT = 4000
"""Longest text, in characters, that is carried into the state; the rest is cut with an ellipsis."""
MAX_POINTS = 2000
"""Most points one series holds in the state."""
RUN_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
LINK_TEMPLATE_PATTERN = (
    r"^https://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
    r"/([A-Za-z0-9._~:/?#@!$&'()*+,;=%-]|\{run_id\})*\{path\}([A-Za-z0-9._~:/?#@!$&'()*+,;=%-]|\{run_id\})*$"
)
"""An https address without a user name, `{path}` once after the host, `{run_id}` where it is wanted."""


class Outcome(StrEnum):
    """What a check found. `skip` is *cannot tell* and never counts as passed."""

    PASS = "pass"  # noqa: S105 -- an outcome, not a password
    FAIL = "fail"
    SKIP = "skip"


class Status(StrEnum):
    """What a stage is doing."""

    IDLE = "idle"
    RUNNING = "running"
    STALLED = "stalled"
    DONE = "done"
    FAIL = "fail"


class Level(StrEnum):
    """How far an artifact can be trusted: missing < present < readable < verified."""

    MISSING = "missing"
    PRESENT = "present"
    READABLE = "readable"
    VERIFIED = "verified"


class VerdictValue(StrEnum):
    """The one word of the verdict bar."""

    READY = "ready"
    NOT_READY = "not_ready"
    INCOMPLETE = "incomplete"
    TRAINING = "training"


def visible_text(value: object) -> object:
    """Make characters that could hide or reorder text visible as escapes, and bound the length.

    Control characters (ANSI escapes among them), lone surrogates, bidirectional overrides and
    zero-width characters become `\\x1b`-like escapes; newlines and tabs stay.
    """
    if not isinstance(value, str):
        return value
    cut = value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join(_visible(char) for char in cut)


def _visible(char: str) -> str:
    if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


def normalised_run_id(typed: str) -> str:
    """Turn what a person typed into a valid run id: other characters become `_`.

    Raises ValueError where nothing usable is left.
    """
    cleaned = re.sub(r"[^A-Za-z0-9._-]", "_", typed.strip())[:64].lstrip("._-")
    if not re.fullmatch(RUN_ID_PATTERN, cleaned):
        raise ValueError(f"run id {typed!r} holds no letter or digit to begin with")
    return cleaned


Text = Annotated[str, BeforeValidator(visible_text)]
UtcTime = Annotated[AwareDatetime, AfterValidator(_to_utc)]
RunId = Annotated[str, Field(pattern=RUN_ID_PATTERN)]
LinkTemplate = Annotated[str, Field(pattern=LINK_TEMPLATE_PATTERN, max_length=1000)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
GridPlace = Annotated[float, Field(ge=-1000, le=1000)]
Scalar = bool | int | float | Text | None


class Contract(BaseModel):
    """Base of every record: closed, frozen, finite numbers only."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        ser_json_inf_nan="strings",
    )


class Meta(Contract):
    """Which run this is, and when what is written here became true."""

    run_id: RunId
    """The run; the same training keeps its id."""
    timestamp: UtcTime
    """When this content became true."""
    started_at: UtcTime | None
    """First record of the run's first stream; null when unknown."""
    finished_at: UtcTime | None
    """Last record of the run's last stream; null while it runs or when unknown."""
    workspace: Text
    """Name of the workspace folder, never its absolute path."""
    title: Text
    """Title of the pipeline, from `dashboard.yaml`."""
    collector_version: Text
    """Version of the collector that wrote this."""
    checklist_source: Text
    """`builtin`, or the external validator's command."""


class Verdict(Contract):
    """Ready to release, or the first thing that stands in the way."""

    value: VerdictValue
    """The word."""
    reason: Text
    """One sentence naming the blocking item."""
    passed: NonNegativeInt
    """Checks with outcome pass."""
    failed: NonNegativeInt
    """Checks with outcome fail."""
    skipped: NonNegativeInt
    """Checks with outcome skip."""
    total: NonNegativeInt
    """All checks."""


class StreamInfo(Contract):
    """One trained model."""

    id: Id
    """Its id, the same from disk to CSS class."""
    label: Text
    """Its name on screen."""


class Position(Contract):
    """Where a stage stands on the view's grid; the page scales it."""

    column: GridPlace
    """Grid column, 0 at the left."""
    row: GridPlace
    """Grid row, 0 at the top."""


class StageInfo(Contract):
    """One step of the pipeline, drawn as a node."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""
    group: Id | None
    """The group it is drawn in."""
    view: Id
    """The view it is drawn in."""
    position: Position
    """Its place."""


class EdgeInfo(Contract):
    """What flows from one stage to the next."""

    source: Id
    """Stage it leaves."""
    target: Id
    """Stage it enters."""


class GroupInfo(Contract):
    """A frame around stages."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""
    view: Id
    """The view it is drawn in."""


class ViewInfo(Contract):
    """One fixed drawing of the pipeline."""

    id: Id
    """Its id, `flow` and `gate` by default."""
    label: Text
    """Its name on screen."""


class Pipeline(Contract):
    """All that is needed to draw the graph."""

    streams: tuple[StreamInfo, ...]
    """Streams in training order."""
    stages: tuple[StageInfo, ...]
    """Stages of every view."""
    edges: tuple[EdgeInfo, ...]
    """Edges of every view."""
    groups: tuple[GroupInfo, ...]
    """Groups of every view."""
    views: tuple[ViewInfo, ...]
    """Views in tab order."""
    link_template: LinkTemplate | None = None
    """Where the team's own file browser shows a file: an https address with `{path}`; null without one."""


class Node(Contract):
    """What one stage is doing."""

    status: Status
    """Its status."""
    message: Text
    """One short sentence with numbers and no durations since now."""
    updated_at: UtcTime
    """When status or message last changed."""
    since: UtcTime | None
    """When the status began, or was first seen where the files do not tell; null when neither is known."""
    checks: tuple[Id, ...]
    """Ids of the checks it rests on."""
    artifacts: tuple[Text, ...]
    """Workspace-relative paths of its files."""


class CheckEvidence(Contract):
    """One thing a check looked at."""

    path: Text | None
    """Workspace-relative path, null for what is not a file."""
    stream: Id | None
    """The stream it belongs to."""
    text: Text
    """What was found there."""


class Check(Contract):
    """One gate of the checklist."""

    index: Annotated[int, Field(ge=1)]
    """Its number, from 1."""
    id: Id
    """Its id."""
    title: Text
    """Its name."""
    outcome: Outcome
    """pass, fail or skip."""
    passed: bool
    """True only for pass."""
    blocking: bool
    """Whether it stands in the way of a release."""
    detail: Text
    """What was found."""
    hint: Text | None
    """What to do next; null on a pass."""
    evidence: tuple[CheckEvidence, ...]
    """What it rests on."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Check:
        if self.passed != (self.outcome is Outcome.PASS):
            raise ValueError("passed is true exactly for the outcome pass")
        if self.passed and self.hint is not None:
            raise ValueError("hint is null on a pass")
        return self


class Series(Contract):
    """Parallel arrays of one curve, at most 2,000 points; non-finite values are null."""

    epoch: tuple[float | None, ...]
    """Epoch as the source counts it (fractions occur)."""
    step: tuple[int | None, ...]
    """Optimiser or logger step."""
    time: tuple[float | None, ...]
    """Seconds since the Unix epoch, UTC."""
    value: tuple[float | None, ...]
    """Loss, no unit."""

    @model_validator(mode="after")
    def _is_parallel_and_bounded(self) -> Series:
        lengths = {len(self.epoch), len(self.step), len(self.time), len(self.value)}
        if len(lengths) != 1:
            raise ValueError("epoch, step, time and value must be equally long")
        if len(self.value) > MAX_POINTS:
            raise ValueError(f"a series holds at most {MAX_POINTS} points")
        return self


class Nonfinite(Contract):
    """Where a series was NaN or infinite."""

    series: Text
    """Series name, such as `val_loss`."""
    kind: Literal["nan", "inf", "-inf"]
    """What stood there."""
    first_epoch: float | None
    """Epoch of the first one."""
    first_step: int | None
    """Step of the first one."""
    last_step: int | None
    """Step of the last one."""
    count: Annotated[int, Field(ge=1)]
    """How many."""


class Point(Contract):
    """One value of a series, with its place."""

    value: float | None
    """Loss; null when it is not finite."""
    epoch: float | None
    """Epoch, null when unknown."""
    step: int | None
    """Step, null when unknown."""


class Writer(Contract):
    """The process that writes the event file."""

    host: Text | None
    """Host name in the event file's name."""
    pid: int | None
    """Process id in the event file's name or the heartbeat."""
    alive: bool | None
    """Whether it runs; null when that cannot be told from here."""


class Completion(Contract):
    """How far a stream is. Instants only: durations are made while looking."""

    status: Status
    """The stream's state."""
    epoch: float | None
    """Last epoch seen, as the source counts."""
    epochs: int | None
    """Configured epochs."""
    step: int | None
    """Last step seen."""
    steps: int | None
    """Configured steps, where completion is counted in steps."""
    unit: Literal["epoch", "step"]
    """What completion is counted in."""
    early_stop: bool
    """True when an early stop was recorded."""
    quiet: bool
    """Still running, but past the quiet limit."""
    started_at: UtcTime | None
    """First record of the stream's latest run."""
    last_record_at: UtcTime | None
    """Last record of the stream's latest run."""
    gap_seconds: float | None
    """Median gap between distinct steps, in seconds."""
    quiet_at: UtcTime | None
    """When silence starts to count as quiet."""
    stalled_at: UtcTime | None
    """When silence starts to count as stalled."""
    expected_end_at: UtcTime | None
    """Estimated end; null unless at least three gaps are known."""
    writer: Writer | None
    """The writing process, where the files name one."""
    from_previous_run: bool
    """True when this stream did not take part in the current run."""


class StreamMetrics(Contract):
    """One stream's losses."""

    label: Text
    """The stream's name on screen."""
    config: dict[Text, Scalar]
    """Highlights of the final config: an allow-list of keys."""
    source: Literal["loss_history", "events"] | None
    """Where the series were read; null when there are none."""
    completion: Completion
    """How far the stream is."""
    series: dict[Text, Series]
    """`train_loss`, `val_loss` and further configured series."""
    nonfinite: tuple[Nonfinite, ...]
    """Non-finite values, a row a series and kind."""
    final: dict[Text, Point]
    """Last point of each series."""
    best: dict[Text, Point]
    """Lowest finite point of each series."""
    diverged_at: Point | None
    """Where the first non-finite loss stood."""


class Artifact(Contract):
    """One file that training should leave."""

    path: Text
    """Workspace-relative path (the expected one when it is missing)."""
    stream: Id | None
    """The stream it belongs to; null when shared."""
    level: Level
    """How far it can be trusted."""
    size_bytes: NonNegativeInt | None
    """Size in bytes; null when missing."""
    modified_at: UtcTime | None
    """Modification time; null when missing."""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None
    """Content hash; null when it was not read whole."""
    detail: Text
    """What was found, in words."""
    belongs_to_run: bool | None
    """Whether it is of the current run; null when that cannot be told."""


class Readiness(Contract):
    """Which groups of artifacts are ready, as their checks judged them."""

    checkpoints_ready: bool
    """Check 1 passes."""
    scaler_ready: bool
    """Check 2 passes."""
    logs_ready: bool
    """Check 3 passes."""
    configs_ready: bool
    """Check 4 passes."""
    backup_ready: bool
    """Check 5 passes."""
    smoke_ready: bool
    """Check 6 passes."""
    split_policy_ready: bool
    """Check 7 passes."""


class Artifacts(Contract):
    """Every file the pipeline names."""

    readiness: Readiness
    """Ready or not, group by group."""
    checkpoints: tuple[Artifact, ...]
    """One or more a stream."""
    scaler: tuple[Artifact, ...]
    """The scaler."""
    logs: tuple[Artifact, ...]
    """Event files."""
    configs: tuple[Artifact, ...]
    """Final configs."""
    backup: tuple[Artifact, ...]
    """Archives, newest first."""
    loss_files: tuple[Artifact, ...]
    """Loss histories and their pictures."""
    documents: tuple[Artifact, ...]
    """Split policy and data-quality reports."""
    not_listed: dict[str, NonNegativeInt] = {}
    """Group (or `stage_files`) -> how many more files it has than are listed; groups with none are left out."""


class DashboardState(Contract):
    """One observation of one workspace; a stored one is a snapshot."""

    schema_version: Literal["1"]
    """Version of this contract."""
    meta: Meta
    """Which run, and when."""
    verdict: Verdict
    """Ready or not."""
    pipeline: Pipeline
    """The graph."""
    nodes: dict[str, Node]
    """Stage id -> what it is doing."""
    checklist: tuple[Check, ...]
    """Checks in order."""
    metrics: dict[str, StreamMetrics]
    """Stream id -> losses."""
    artifacts: Artifacts
    """Files."""
    notices: tuple[Text, ...]
    """What the collector wants a person to know, such as polling instead of notifications."""


def state_to_json(state: DashboardState) -> bytes:
    """Write a state as strict JSON, UTF-8, with a final newline."""
    return state.model_dump_json().encode() + b"\n"


def state_from_json(raw: bytes | str) -> DashboardState:
    """Read a state back. Raises pydantic.ValidationError where the contract is broken."""
    return DashboardState.model_validate_json(raw)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of `DashboardState`, as committed and printed by `collectors schema`."""
    return DashboardState.model_json_schema()
