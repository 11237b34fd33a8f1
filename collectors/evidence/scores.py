"""What readers say of scores and their report. Frozen, no verdict; columns of numbers travel as base64.

In a column NaN stands for a cell without a value, `inf` for a value that is not finite and `-inf` for a written
NaN: all three are no score, and none of them is normal.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.files import FileFacts, Finding

Floats: TypeAlias = NDArray[np.float64]
Clock = Literal["utc", "naive", "relative", "none", "mixed"]
"""`relative`: seconds from some start; `none`: no time; `mixed`: several of the others in one table."""
WRITTEN_NAN: Final = -np.inf
"""What a column holds where the file says NaN."""
NAMES_KEPT: Final = 64
"""Distinct words and stream names of one table; further ones are counted as one, `…`."""


def packed(values: Any) -> str:
    """Numbers as base64 of little-endian doubles."""
    return base64.b64encode(np.ascontiguousarray(values, "<f8").tobytes()).decode("ascii")


def unpacked(text: str) -> Floats:
    """The same numbers. Raises ValueError for what is no such text."""
    return np.frombuffer(base64.b64decode(text, validate=True), "<f8")


@dataclass(frozen=True, slots=True)
class ReadTo:
    """Where the reading of a table has come to."""

    offset: int = 0
    """Bytes that were read."""
    header: str = ""
    """First line of a CSV."""
    rows: int = 0


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of a table of scores: the rows between two places in its file."""

    findings: tuple[Finding, ...]
    format: str = "unknown"
    """`csv`, `jsonl`, `unknown`."""
    header: str = ""
    """First line of a CSV, for the part that follows."""
    names: tuple[str, ...] = ()
    """Its columns."""
    rows: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    """`index`, `time`, `score`, `warn`, `anomaly`, `word`, `stream`, `series:ID`, `time:ID` -> base64; `word` and
    `stream` count in `words` and `streams`."""
    words: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    """Kinds of its times, without `none`."""
    unreadable_times: int = 0
    mask_ratios: int = 0
    """Distinct `mask_ratio_effective` of a stream among its first rows."""
    end_offset: int = 0
    """Byte behind the last row that was taken."""
    more_to_read: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTable:
    """A whole table of scores, as far as it was read."""

    facts: FileFacts
    findings: tuple[Finding, ...] = ()
    format: str = "unknown"
    names: tuple[str, ...] = ()
    rows: int = 0
    columns: Mapping[str, Floats] = field(default_factory=dict)
    """As in `ScorePart`, as arrays of `rows` numbers."""
    words: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    unreadable_times: int = 0
    mask_ratios: int = 0
    is_cut: bool = False
    """There are more rows than are read."""

    @property
    def path(self) -> str:
        """Workspace-relative path."""
        return self.facts.path

    def errors(self) -> list[str]:
        """What breaks it, in words."""
        return [str(f) for f in self.findings if f.severity == "error"]


@dataclass(frozen=True, slots=True)
class DecisionReportEvidence:
    """What a report says of the rows it was written with."""

    findings: tuple[Finding, ...]
    data: Any = None
    """The document without its lists of events and of points; None when it cannot be read."""
    events: int | None = None
    """How many events it lists; None where it lists none."""
    event_words: dict[str, int] = field(default_factory=dict)
    """Word -> how many of its events."""
    event_scores: str = ""
    """Their scores as base64."""
    chart: int | None = None
    """How many points its chart has."""
    chart_words: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DecisionFiles:
    """Everything that was read of one scoring."""

    scores: tuple[ScoreTable, ...]
    """Tables of the newest scoring; empty where there is none."""
    thresholds: FileFacts | None = None
    thresholds_data: Any = None
    thresholds_findings: tuple[Finding, ...] = ()
    report: FileFacts | None = None
    report_evidence: DecisionReportEvidence | None = None
    normal: ScoreTable | None = None
    """Scores of windows that are known to be normal."""
    calibration: ScoreTable | None = None
    """Scores that the thresholds were calibrated on."""

    @property
    def anything(self) -> bool:
        """Whether there is something to show."""
        report = self.report is not None and self.report.exists
        thresholds = self.thresholds is not None and self.thresholds.exists
        return bool(self.scores) or report or thresholds


def distinct(names: Sequence[str], known: tuple[str, ...]) -> tuple[str, ...]:
    """Known names and new ones behind them."""
    return (*known, *(n for n in dict.fromkeys(names) if n not in known))
