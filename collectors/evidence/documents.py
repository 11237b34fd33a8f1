"""What a reader says of scalers, configs, texts and heartbeats. Frozen, no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collectors.evidence.files import Finding


@dataclass(frozen=True, slots=True)
class ScalerEvidence:
    """What a scaler file holds."""

    format: str
    """`json`, `npz`, `pickle` (named and refused), `unknown`."""
    findings: tuple[Finding, ...]
    method: str | None = None
    center: tuple[float, ...] | None = None
    """One number a channel; NaN and infinities are kept."""
    scale: tuple[float, ...] | None = None

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class ConfigEvidence:
    """A YAML, JSON or TOML document as plain values."""

    format: str
    """`yaml`, `json`, `toml`, `unknown`."""
    findings: tuple[Finding, ...]
    data: Any = None
    """Mapping (or whatever the document is); None when it cannot be read."""
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    """Key path -> line, from 1."""

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """A text document."""

    findings: tuple[Finding, ...]
    text: str = ""
    """Decoded text, bounded."""
    encoding: str | None = None

    @property
    def sound(self) -> bool:
        """No finding is an error."""
        return not any(f.severity == "error" for f in self.findings)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """An optional `run_status.json`: believed when fresh, never needed."""

    stream: str | None
    pid: int | None
    host: str | None
    epoch: float | None
    epochs: int | None
    updated_at: datetime | None
    started_at: datetime | None
    outcome: str | None
    """Of the stream it speaks of: `completed`, `early_stopped`, `diverged` or `failed`; None while it runs."""
    outcomes: dict[str, str] = field(default_factory=dict)
    """Stream -> outcome, for streams that ended before."""


@dataclass(frozen=True, slots=True)
class LastWords:
    """What the end of a training's log says of a failure."""

    path: str
    modified_at: float
    """When the log was last written, in seconds since the Unix epoch."""
    words: str
    """Such as `Killed`, `CUDA out of memory`, `RuntimeError`."""


MISSING = object()
"""Stands for a key that is not there: None is a value."""


def value_at(data: Any, key: str) -> Any:
    """The value at a dotted key, or MISSING."""
    for part in key.split("."):
        if not isinstance(data, Mapping) or part not in data:
            return MISSING
        data = data[part]
    return data
