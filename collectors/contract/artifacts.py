"""What the state says of files: each artifact with its level, and what is ready. Closed and frozen."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, NonNegativeInt

from collectors.contract.values import Contract, Id, Level, Text, UtcTime


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
    not_listed: dict[str, NonNegativeInt] = {}  # noqa: RUF012 -- pydantic copies it
    """Group (or `stage_files`) -> how many more files it has than are listed; groups with none are left out."""
