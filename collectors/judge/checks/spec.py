"""The record of one check: everything that is said of it anywhere. Pure, and it judges nothing itself.

A new check is a file with its judge and its `SPEC`, and a line in `checklist.CHECKS`. The ids a
configuration may name, the gate view, readiness, badges and the documented table follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from collectors.contract.pipeline import PipelineConfig
from collectors.contract.streams import Stream
from collectors.judge.checks.part import Judgement
from collectors.numbers import listed
from collectors.training.evidence import WorkspaceEvidence


@dataclass(frozen=True, slots=True)
class GatePlace:
    """The check's stage in the gate view: it is called as the check is, and stands where the checks' order puts it."""

    stage: str
    """Id of the stage."""
    group: Literal["files", "judgement"] = "files"
    """The frame it stands in."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the check's answer is worth, in the words of the documentation."""

    passes_when: str
    proves: str
    cannot_prove: str


@dataclass(frozen=True, slots=True)
class When:
    """When the check is asked."""

    section: str | None = None
    """Section of `dashboard.yaml` without which it is left out."""
    of_streams: Callable[[Stream], bool] | None = None
    """Which streams have what it looks at, by the description; it is left out where none has."""
    said_by: Callable[[Stream], str | None] | None = None
    """The reason that a stream's description gives for not having it."""
    is_extra: bool = False
    """Asked for by whoever wants more: nothing is missing where it is not."""
    switched_on: bool = False
    """Off until the configuration switches it on by name."""
    or_by: Callable[[PipelineConfig], bool] | None = None
    """What else of the configuration switches it on."""
    at_hand: Callable[[WorkspaceEvidence], bool] | None = None
    """What a workspace must have besides; None: nothing."""
    waits_because: str = ""
    """What its stage says until then."""

    def in_pipeline(self, config: PipelineConfig, check: str) -> bool:
        """Whether a pipeline has the check at all."""
        if self.switched_on and check not in config.checks and not (self.or_by and self.or_by(config)):
            return False
        there = self.section is None or getattr(config, self.section) is not None
        there = there and (self.of_streams is None or any(map(self.of_streams, config.streams)))
        return there and config.settings_of(check).enabled

    def why_not(self, config: PipelineConfig, check: str) -> str | None:
        """The reason that the description gives where it says that the check is not asked; None where it says none."""
        settings = config.settings_of(check)
        if not settings.enabled:
            return settings.reason
        if self.said_by is None or self.in_pipeline(config, check):
            return None
        return listed(dict.fromkeys(reason for stream in config.streams if (reason := self.said_by(stream)))) or None

    def in_workspace(self, seen: WorkspaceEvidence) -> bool:
        """Whether there is something to judge in a workspace whose pipeline has the check."""
        return self.at_hand is None or self.at_hand(seen)


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One check of the checklist."""

    number: int
    """Its number for ever; some are free for checks to come."""
    id: str
    """Its id in the configuration, in the state and in the addresses of badges."""
    title: str
    """Its name."""
    judge: Callable[[WorkspaceEvidence], Judgement]
    """How it judges."""
    gate: GatePlace
    meaning: Meaning
    when: When = When()
    readiness: str | None = None
    """The flag of `artifacts.readiness` it feeds: true where every asked check that feeds it passes."""
    at_saving: bool = False
    """Whether the stage that saves artifacts rests on it."""
    may_be_skipped: bool = False
    """Whether `--allow-skips` counts a skip as not needed."""
    follows_external: bool = False
    """Whether it is appended to an external checklist."""
