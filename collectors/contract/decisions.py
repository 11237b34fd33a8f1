"""What the state says of decisions, and the document beside it with curves and what-if tables. Closed and frozen.

Times are seconds: since 1970 where the clock is `utc` or `naive`, since some start where it is `relative`. Without
times the number of the row stands for them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from collectors.contract.artifacts import Artifact
from collectors.contract.values import Contract, RunId, Text, UtcTime

LISTED_IN_STATE = 8
"""The worst ones; by them a run's alarms are looked for among a baseline's."""
LISTED = 200
"""Alarms that the document lists, the worst ones."""
WindowState = Literal["normal", "warn", "anomaly", "not_judged", "not_finite", "no_line"]


class ThresholdLines(Contract):
    """The thresholds of one series."""

    warn: float | None
    """The lower one; null where there are only two words."""
    anomaly: float
    """The upper one."""
    origin: Literal["calibrated", "unknown"]
    """Whether their file says what they were calibrated on."""
    quantiles: tuple[float, float] | None
    """Quantiles of normal scores that they were taken from, warn and anomaly; null where the file does not say."""
    windows: NonNegativeInt | None
    """Windows they were calibrated on; null when unknown."""


class WindowCounts(Contract):
    """Windows of one series by their state."""

    normal: NonNegativeInt
    """Below both lines."""
    warn: NonNegativeInt
    """Between the lines."""
    anomaly: NonNegativeInt
    """At the upper line or beyond."""
    not_judged: NonNegativeInt
    """Without a score or a word, or scored and in no row."""
    not_finite: NonNegativeInt
    """With a score that is no finite number."""
    no_line: NonNegativeInt
    """With a score, and no threshold to judge it by."""


class Pairing(Contract):
    """How windows of several streams were put together."""

    method: Literal["position", "time", "unknown"]
    """By counting, by their times, or not at all."""
    pairs: NonNegativeInt
    """Rows that judge several streams."""
    unpaired: dict[str, NonNegativeInt]
    """Stream -> its windows that nobody judged."""
    largest_gap_seconds: NonNegativeFloat | None
    """Between the windows of one pair; null when unknown."""


class Alarm(Contract):
    """Windows over their threshold that are one event."""

    series: Text
    """The series that is judged."""
    start: float
    """Begin of its first window."""
    end: float
    """End of its last window."""
    windows: PositiveInt
    """Windows over `warn` in it."""
    peak: float
    """Its worst score."""
    peak_at: float
    """When that was."""
    dominant: Text | None
    """The stream that was worst then, on the scale of its own thresholds; null when unknown."""


class Alarms(Contract):
    """The alarms, and by which rules."""

    total: NonNegativeInt
    """How many fired."""
    longest_seconds: NonNegativeFloat | None
    """The longest one; null where there is none, or no time."""
    pending: tuple[Text, ...]
    """Series that are over the line at the end of the data, not yet for long enough."""
    least_windows: PositiveInt
    """Windows in a row over `anomaly` before one fires."""
    gap_windows: NonNegativeInt
    """Windows below `warn` that do not end one."""
    listed: Annotated[tuple[Alarm, ...], Field(max_length=LISTED)]
    """The worst ones, the worst first."""


class DecisionSummary(Contract):
    """A scoring with the trained model; the curves are in a document of their own."""

    run_id: Text | None
    """The scoring's own name, as its report has it."""
    mode: Literal["single", "fused"]
    """Whether several streams are judged together."""
    scored_at: UtcTime | None
    """When its table was last written; null without one."""
    belongs_to_run: bool | None
    """Whether it was scored since the run began; null when that cannot be told."""
    files: tuple[Artifact, ...]
    """Scores, report, thresholds."""
    unit: Text
    """What a score is, in words."""
    window_seconds: dict[str, PositiveFloat | None]
    """Series -> length of a window."""
    stride_seconds: dict[str, PositiveFloat | None]
    """Series -> from one window to the next."""
    clock: Literal["utc", "naive", "relative", "none", "mixed"]
    """What its times are."""
    thresholds: dict[str, ThresholdLines]
    """Series -> its lines; series without are left out."""
    counts: dict[str, WindowCounts]
    """Series -> its windows by state; the fused series is `fused`."""
    deciding: tuple[Text, ...]
    """Series whose words count."""
    alignment: Pairing
    """Pairs."""
    alarms: Alarms
    """Alarms."""
    digest: Annotated[str, Field(pattern="^[0-9a-f]+$")]
    """Equal means the same document."""


class ScoreCurve(Contract):
    """Points of one series, minimum and maximum of each bucket kept; equally long."""

    index: tuple[NonNegativeInt, ...]
    """Row of the window."""
    time: tuple[float | None, ...]
    """Its time; null when unknown."""
    value: tuple[float | None, ...]
    """Its score; null for none, and for one that is not finite."""


class Span(Contract):
    """Windows in a row of one state."""

    start: float
    """Begin, as a time or a row."""
    end: float
    """End."""
    state: WindowState
    """What they are."""


class WhatIf(Contract):
    """What other lines would give; equally long, the lines rising."""

    line: tuple[float, ...]
    """Thresholds."""
    over: tuple[NonNegativeInt, ...]
    """Windows at that line or worse."""
    alarms: tuple[NonNegativeInt | None, ...]
    """Alarms with `anomaly` there; null where it would lie beyond `warn`."""
    calibration_over: tuple[NonNegativeInt, ...] | None
    """The same count of windows that set the thresholds."""
    normal_over: tuple[NonNegativeInt, ...] | None
    """The same count of windows that are known to be normal."""
    normal_bound: tuple[float | None, ...] | None
    """Upper 95 % bound of their share; null where overlap is unknown."""
    windows: NonNegativeInt
    """Finite scores."""
    calibration_windows: NonNegativeInt
    """The same of those that set the thresholds."""
    normal_windows: NonNegativeInt
    """The same of those that are known to be normal."""


class DecisionSeries(Contract):
    """One series as the page draws it."""

    id: Text
    """Its id; the fused one is `fused`."""
    label: Text
    """Its name on screen."""
    called: Text
    """What its thresholds stand under in their file."""
    decides: bool
    """Whether its words count."""
    warn: float | None
    """The lower line."""
    anomaly: float | None
    """The upper line."""
    curve: ScoreCurve
    """Its scores."""
    spans: tuple[Span, ...]
    """Its states."""
    what_if: WhatIf | None
    """Null without a score or a line."""


class SeverityCurve(Contract):
    """All streams on one scale: 0 the usual score, 1 warn, 2 anomaly."""

    curve: ScoreCurve
    """The worst stream at each time."""
    streams: tuple[Text, ...]
    """Streams on the scale."""


class DecisionDocument(Contract):
    """`STATE/decisions/RUN_ID.json`: what the page draws of a scoring."""

    schema_version: Literal["1"]
    """Version of this contract."""
    run_id: RunId
    """The run in whose state its summary stands."""
    digest: Text
    """As in the summary."""
    worse: Literal["higher", "lower"]
    """Which way a score is worse."""
    clock: Literal["utc", "naive", "relative", "none", "mixed"]
    """What its times are."""
    fused_by: Literal["max", "min", "mean", "severity"] | None
    """How the fused scores were made; null when unknown, and without a fused series."""
    series: tuple[DecisionSeries, ...]
    """Every series, the fused one last."""
    severity: SeverityCurve | None
    """Null where fewer than two streams have a median and two lines: alone there is nothing to compare."""
    alarms: tuple[Alarm, ...]
    """At most 200, the worst first."""
