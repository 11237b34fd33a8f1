"""THE CONTRACT: the shape of `dashboard-state.json`, described once.

Input: plain values. Output: a closed, frozen `DashboardState` that writes strict JSON.
It imports nothing of ours, does no I/O and knows no clock. It refuses unknown fields,
non-finite numbers, naive times and text that could hide something from a reader.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

from collectors.contract.artifacts import Artifacts
from collectors.contract.configs import ConfigValues
from collectors.contract.decisions import DecisionSummary
from collectors.contract.graph import Node, Pipeline
from collectors.contract.metrics import StreamMetrics
from collectors.contract.values import Contract, Id, Labels, Outcome, RunId, Text, UtcTime, VerdictValue

SCHEMA_VERSION: Literal["2"] = "2"
"""Of what is written. Version 1, whose series hold curves of any length, is read as it is."""
MOST_STEPS: Final = 5
"""Steps that are told at once: the others depend on what comes of these."""

MOST_LOGS: Final = 8
"""Logs of a training that are told, the newest."""


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
    recognised: Text | None = None
    """Which trainer's outputs these are and what says so, in one line; null where `dashboard.yaml` says it."""
    labels: Labels = {}  # noqa: RUF012 -- pydantic copies it
    """What the workspace is found by among others, from `dashboard.yaml`: name -> value."""


class Verdict(Contract):
    """Ready to release, or the first thing that stands in the way."""

    value: VerdictValue
    """The word."""
    reason: Text
    """One sentence naming the blocking item, the thing itself first."""
    evidence: Text | None = None
    """The check that says so, and what it found; null where no check does."""
    passed: NonNegativeInt
    """Checks with outcome pass."""
    failed: NonNegativeInt
    """Checks with outcome fail."""
    skipped: NonNegativeInt
    """Checks with outcome skip."""
    not_yet: NonNegativeInt = 0
    """Those of the skipped that only wait for the training."""
    total: NonNegativeInt
    """All checks."""


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
    not_yet: bool = False
    """A skip of what a training cannot have yet."""
    follows_from: tuple[Id, ...] = ()
    """Ids of the checks whose failure this one only repeats."""
    headline: Text | None = None
    """What it comes to in a few words; null on a pass, and where the detail says so by itself."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Check:
        if self.passed != (self.outcome is Outcome.PASS):
            raise ValueError("passed is true exactly for the outcome pass")
        if self.passed and self.hint is not None:
            raise ValueError("hint is null on a pass")
        if self.not_yet and self.outcome is not Outcome.SKIP:
            raise ValueError("only a skip is not yet")
        return self


class Step(Contract):
    """One step to READY."""

    action: Text
    """What to do, in a sentence."""
    command: Text | None
    """One line for a POSIX shell in the workspace's folder that does it; null where none is known, or none is safe."""
    clears: tuple[Id, ...]
    """Ids of the checks that pass once this step and those before it are done."""
    needed_for: tuple[Id, ...] = ()
    """Ids of the checks that need this step and something after it."""


class EarlierJudgement(Contract):
    """What another version of the collector said of the same run, as its stored snapshot has it."""

    collector_version: Text
    """That version."""
    verdict: VerdictValue
    """Its verdict."""
    outcomes: dict[str, Outcome]
    """Check id -> what it was."""
    files: Text
    """A digest of all files that it listed: equal means that the same files were judged."""


class NotAsked(Contract):
    """A check that the description switches off; it counts for nothing and is shown with its reason."""

    index: Annotated[int, Field(ge=1)]
    """Its number, from 1."""
    id: Id
    """Its id."""
    title: Text
    """Its name."""
    reason: Text
    """Why it is not asked, in the words of the description."""


class DashboardState(Contract):
    """One observation of one workspace; a stored one is a snapshot."""

    schema_version: Literal["1", "2"]
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
    steps: Annotated[tuple[Step, ...], Field(max_length=MOST_STEPS)] = ()
    """What to do next, in order; what comes after the last of them is told when they are done."""
    not_asked: tuple[NotAsked, ...] = ()
    """Checks that the description switches off, in order."""
    metrics: dict[str, StreamMetrics]
    """Stream id -> losses."""
    configs: dict[str, ConfigValues] = {}  # noqa: RUF012 -- pydantic copies it
    """Stream id -> its whole final config; one that cannot be read has none."""
    artifacts: Artifacts
    """Files."""
    logs: Annotated[tuple[Text, ...], Field(max_length=MOST_LOGS)] = ()
    """Paths of the logs that the training prints, by name; how long they are is asked of the workspace."""
    notices: tuple[Text, ...]
    """What the collector wants a person to know, such as polling instead of notifications."""
    decisions: DecisionSummary | None = None
    """A scoring with the trained model; null where there is none."""
    judged_before: EarlierJudgement | None = None
    """What another version said of this run, where this one says something else; null otherwise."""


class ObserverHeartbeat(BaseModel):
    """The observer's sign of life, which stands beside the state.

    Not closed like the state: a newer observer that tells more is no dead one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    observed_at: AwareDatetime
    """When the observer last looked, aware UTC."""
    interval_seconds: float = Field(gt=0)
    """Seconds between two signs."""
    pid: int | None
    """The observer's process id."""
    problem: Text | None = None
    """Why it cannot save the state; null while it can."""

    def age_seconds(self, now: datetime) -> float:
        """Seconds since the observer last looked; one whose clock is ahead looks now."""
        return max(0.0, (now - self.observed_at).total_seconds())

    def is_missed(self, now: datetime, stale_after_seconds: float) -> bool:
        """Whether it has not looked for too long; the pages' scripts have the same rule.

        An observer that looks seldom, and says so, is missed after three of its intervals.
        """
        return self.age_seconds(now) > max(stale_after_seconds, 3 * self.interval_seconds)


def state_to_json(state: DashboardState) -> bytes:
    """Write a state as strict JSON, UTF-8, with a final newline."""
    return state.model_dump_json().encode() + b"\n"


def state_from_json(raw: bytes | str) -> DashboardState:
    """Read a state back. Raises pydantic.ValidationError where the contract is broken."""
    return DashboardState.model_validate_json(raw)
