"""What `dashboard.yaml` says of decisions: where scores, thresholds and their report lie, and how they are read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, NonNegativeFloat, PositiveFloat, PositiveInt

from collectors.contract.layers import Formula
from collectors.contract.shapes import Names, Paths, RelativePath, Section, as_list
from collectors.contract.values import Id

Rule = Literal["max", "min", "mean", "severity"]
"""How the scores of a window's streams become one: by `severity` each is put on the scale of its own thresholds
(0 the calibration's median, 1 warn, 2 anomaly), and the largest counts."""
SomeColumns = Annotated[
    tuple[str, ...], BeforeValidator(as_list, json_schema_input_type=str | tuple[str, ...]), Field(max_length=16)
]


class ScoreColumns(Section):
    """Columns of the table of scores, a row a window. A name that is not there is left out; of several the first."""

    index: SomeColumns = ("window_index",)
    """Number of the window."""
    time: SomeColumns = ("timestamp",)
    """When the window ended: ISO 8601, or seconds."""
    stream: SomeColumns = ("stream",)
    """Which series a row judges, where one table holds several."""
    decision: SomeColumns = ("decision",)
    """The word."""
    score: SomeColumns = ("fused_score", "score")
    """The score that the word follows from."""
    warn: SomeColumns = ("warn_threshold",)
    """The thresholds that were used, where rows say them."""
    anomaly: SomeColumns = ("anomaly_threshold",)
    """The same of the upper one."""
    details: SomeColumns = ("aux_json",)
    """JSON with more on the row: `mask_ratio_effective` that differs between rows tells of random masks."""
    series: dict[str, str] = {}  # noqa: RUF012 -- pydantic copies it
    """Stream -> the column of its own score, where a row holds several."""
    times: dict[str, str] = {}  # noqa: RUF012 -- pydantic copies it
    """Stream -> the column of its own time, where the windows of a pair have two."""


class DecisionWords(Section):
    """What the words in the table are."""

    normal: Names = ("normal", "ok")
    """Words of a window that is normal."""
    warn: SomeColumns = ("warn", "warning")
    """Words between; none where there are only two words."""
    anomaly: Names = ("anomaly", "alarm")
    """Words of a window that is not."""


class Fusion(Section):
    """The series that several streams are judged by together."""

    called: Id = "dual"
    """What rows and thresholds call it."""
    rule: Rule | None = None
    """How scores become one, where the report does not say it."""


class ThresholdsFile(Section):
    """The file of thresholds."""

    path: RelativePath
    """JSON or YAML: a section with two numbers for each series, and what they were calibrated on."""
    sections: dict[str, str] = {}  # noqa: RUF012 -- pydantic copies it
    """Series -> dotted key of its section, where that is not its own name; `.` is the whole file."""
    warn: str = "warn"
    """Key of the lower threshold in a section."""
    anomaly: str = "anomaly"
    """Key of the upper threshold in a section."""
    calibration: str = "calibration"
    """Dotted key of what says how they were calibrated."""


class ReportFile(Section):
    """The report that is written with the scores; keys that are not there are not compared."""

    path: RelativePath
    """JSON; of a pattern the newest match beside the scores."""
    total: str = "summary.total_events"
    """Dotted key of the number of rows."""
    counts: str = "summary.decision_counts"
    """Dotted key of a mapping from words to their numbers."""
    streams: str = "metadata"
    """Dotted key of a mapping from streams to `scored_windows` and `missing_keys`."""
    fusion: str = "metadata.dual_alignment"
    """Dotted key of `fusion_rule`, `paired_events` and `unpaired_STREAM`."""
    run_id: str = "run_id"
    """Dotted key of its own name for the scoring."""


class ScoredWindow(Section):
    """How long the windows of a stream are."""

    seconds: PositiveFloat | Formula
    """Length of one window: a number, or a product or quotient of keys of the stream's config and numbers, such as
    `data.rows / 50`."""
    stride_seconds: PositiveFloat | Formula | None = None
    """From one window to the next, in the same way; measured where it is not said."""


class AlarmRules(Section):
    """When windows over their threshold are one alarm."""

    least_windows: PositiveInt = 2
    """Windows in a row over `anomaly` before an alarm fires."""
    gap_windows: Annotated[int, Field(ge=0)] = 1
    """Windows below `warn` that do not end it yet: it goes on while the score stays over `warn`."""


class AlarmRate(Section):
    """How often normal windows may be called an anomaly."""

    target: Annotated[float, Field(gt=0, lt=1)] = 0.01
    """Largest share of normal windows over `anomaly`, at its upper 95 % bound."""
    normal: RelativePath | None = None
    """Scores of windows that are known to be normal and set no threshold, in the same columns; without it nothing
    says which windows are normal, and check 13 is skipped."""


class Decisions(Section):
    """Scores of a trained model against thresholds. Shown where there are some; checks 11 to 14 are opt-in."""

    enabled: bool = False
    """`true` asks for checks 11 to 14; each is also asked by its own id under `checks:`."""
    scores: Paths
    """Tables of scores, CSV or JSON lines (globs): the newest, and what matches beside it."""
    columns: ScoreColumns = ScoreColumns()
    """Which column says what."""
    words: DecisionWords = DecisionWords()
    """Which word says what."""
    worse: Literal["higher", "lower"] = "higher"
    """Which way a score is worse."""
    fused: Fusion | None = None
    """The series of several streams together; none where each is judged by itself."""
    thresholds: ThresholdsFile | None = None
    """The thresholds; without the file those in the rows are shown."""
    report: ReportFile | None = None
    """The report beside the scores."""
    windows: dict[str, ScoredWindow] = {}  # noqa: RUF012 -- pydantic copies it
    """Stream -> its windows."""
    alarms: AlarmRules = AlarmRules()
    """When windows are an alarm."""
    alarm_rate: AlarmRate = AlarmRate()
    """What check 13 asks."""
    slack_seconds: NonNegativeFloat = 1.0
    """How much older than what it used a file of scores may be by its time: file systems round."""
