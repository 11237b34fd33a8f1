"""What the state says of one stream's series: courses, non-finite stretches, completion. Closed and frozen.

A state is a summary: a series of few points stands there whole, of a longer one a spark. The longer curves of a
stream stand together in a document of their own, which the state names by its digest.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, model_validator

from collectors.contract.metric_rules import Better
from collectors.contract.values import Contract, CurvesDigest, Id, Scalar, Status, Text, UtcTime

MAX_POINTS = 2000
"""Most points of one curve in a document of curves, and of one series in a state of the first version."""
SHARED_POINTS = 40_000
"""Most points that all metrics of a stream hold together, its losses aside."""
SPARK_POINTS = 60
"""Most points of one series in a state."""
FEW_SPARK_POINTS = 20
"""The same where a run has more than `MANY_SERIES`."""
MANY_SERIES = 40

Counting = Literal["from_0", "from_1", "between"]
"""Whole numbers from 0 (or the last of each stride, so counted), whole numbers otherwise, or fractions."""


class Series(Contract):
    """Parallel arrays of one curve, at most 2,000 points; non-finite values are null.

    A spark of a longer curve has values alone, of four digits, minima and maxima kept; its places are empty.
    """

    epoch: tuple[float | None, ...]
    """Epoch as the source counts it (fractions occur)."""
    step: tuple[int | None, ...]
    """Optimiser or logger step."""
    time: tuple[float | None, ...]
    """Seconds since the Unix epoch, UTC."""
    value: tuple[float | None, ...]
    """Value, in the metric's unit."""

    @property
    def is_spark(self) -> bool:
        """Whether this is the spark of a longer curve."""
        return bool(self.value) and not self.step

    @model_validator(mode="after")
    def _is_parallel_and_bounded(self) -> Series:
        lengths = {len(self.epoch), len(self.step), len(self.time)}
        if lengths not in ({len(self.value)}, {0}):
            raise ValueError("epoch, step, time and value must be equally long, or a spark have its values alone")
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
    """Value; null when it is not finite."""
    epoch: float | None
    """Epoch, null when unknown."""
    step: int | None
    """Step, null when unknown."""


class Course(Contract):
    """What all points of one series tell, however few of them `series` holds."""

    count: NonNegativeInt | None
    """Points that were recorded; null where a resumed run's long files do not tell."""
    lowest: float | None
    """Smallest finite value; null where none is."""
    highest: float | None
    """Largest finite value; null where none is."""
    last: float | None
    """Last finite value; null where none is."""
    first_epoch: float | None
    """Smallest epoch; null where none is known."""
    last_epoch: float | None
    """Largest epoch; null where none is known."""
    epochs: Counting | None
    """How its epochs are counted; null where none is known."""
    steps: Counting | None
    """How its steps are counted; null where none is known."""


class MetricFacts(Contract):
    """What is known of one series beside its values."""

    better: Better | None
    """Which way it gets better; null where nothing says so."""
    unit: Text | None
    """What stands behind its values; null without one."""
    label: Text | None
    """Its name on screen, where the description gives one."""
    reduced: bool
    """Whether it has more points than are kept of it."""
    at_least: float | None = None
    """What its best or last value must be at least, by its targets; null without one."""
    at_most: float | None = None
    """What its best or last value must be at most, by its targets; null without one."""


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
    """One stream's losses and other metrics."""

    label: Text
    """The stream's name on screen."""
    config: dict[Text, Scalar]
    """Highlights of the final config: an allow-list of keys."""
    source: Literal["loss_history", "events"] | None
    """Where the series were read; null when there are none."""
    completion: Completion
    """How far the stream is."""
    series: dict[Text, Series]
    """`train_loss`, `val_loss` and further configured series: whole, or a spark of those in the document of curves."""
    courses: dict[Text, Course] = {}  # noqa: RUF012 -- pydantic copies it
    """Series name -> what its whole curve tells; one that is not named here is whole in `series`."""
    curves: CurvesDigest | None = None
    """Digest in the name of the document that holds its longer curves; null where there are none."""
    about: dict[Text, MetricFacts] = {}  # noqa: RUF012 -- pydantic copies it
    """Series name -> what is known of it; a run that was stored before this was told has none."""
    beside: tuple[Text, ...] = ()
    """Further scalars in its event files that nobody configured, by tag, at most 200; read when somebody asks."""
    nonfinite: tuple[Nonfinite, ...]
    """Non-finite values, a row a series and kind."""
    final: dict[Text, Point]
    """Last point of each series."""
    best: dict[Text, Point]
    """Best finite point of each series that has a direction."""
    diverged_at: Point | None
    """Where the first non-finite loss stood."""


class CurveDocument(Contract):
    """The longer curves of one stream, `curves/RUN_ID/STREAM.DIGEST.json`: the digest is that of these points."""

    stream: Id
    """Whose curves they are."""
    series: dict[Text, Series]
    """Series name -> at most 2,000 points, the minimum and maximum of each bucket kept."""
