"""What two runs differ in, as records: the shape that `compare` fills and everybody shows.

Input: nothing. Output: closed, frozen records that write strict JSON. It imports the contract only,
does no I/O and knows no clock.
"""

from __future__ import annotations

from typing import Literal

from pydantic import NonNegativeInt

from collectors.contract.configs import Reason
from collectors.contract.policy import Policy
from collectors.contract.values import (
    Contract,
    Direction,
    Id,
    Level,
    Outcome,
    Regression,
    RunId,
    Scalar,
    Text,
    UtcTime,
    VerdictValue,
)


class Side(Contract):
    """One of the two runs."""

    run_id: RunId
    """The run."""
    workspace: Text
    """Name of its workspace."""
    started_at: UtcTime | None
    """Its first start."""
    finished_at: UtcTime | None
    """Its last record; null while it runs or when unknown."""
    verdict: VerdictValue
    """Its verdict."""
    passed: NonNegativeInt
    """Checks that passed."""
    failed: NonNegativeInt
    """Checks that failed."""
    skipped: NonNegativeInt
    """Checks that were skipped."""
    total: NonNegativeInt
    """All checks."""


class Quantity(Contract):
    """A number on both sides, without a judgement."""

    run: float | None
    """The run's value; null when unknown."""
    baseline: float | None
    """The baseline's value; null when unknown."""
    difference: float | None
    """Run minus baseline; null where one is unknown."""
    relative: float | None
    """Difference as a share of the baseline's value; null where that is 0 or unknown."""


class LossChange(Contract):
    """One loss or other metric on both sides, and which way it went."""

    series: Text
    """Series name, such as `val_loss`."""
    which: Literal["final", "best"]
    """Its last or its best value."""
    value: Quantity
    """Both values."""
    direction: Direction
    """Better, worse or within the policy's tolerance; or incomparable, or not finished."""
    reason: Text | None
    """Why it is neither; null otherwise."""


class ConfigChange(Contract):
    """One value of the final configs."""

    name: Text
    """Its name as a highlight, or its dotted key."""
    run: Scalar
    """The run's value; null where it does not say."""
    baseline: Scalar
    """The baseline's value; null where it does not say."""
    differs: bool
    """Whether they are different."""
    withheld: Reason | None = None
    """Why neither value is shown: it looks like a path, an address or a secret, or is long; null otherwise."""


class Judgement(Contract):
    """The regression policy on one stream, or on the whole run."""

    value: Regression
    """Its verdict."""
    sentence: Text
    """Why, in one sentence with numbers."""
    metric: Quantity | None = None
    """The compared means of the last values; null where nothing was compared."""


class StreamDelta(Contract):
    """One stream on both sides."""

    id: Id
    """The stream."""
    label: Text
    """Its name on screen."""
    comparable: bool
    """Whether its losses can be compared at all."""
    reasons: tuple[Text, ...]
    """Why not; empty where they can."""
    notes: tuple[Text, ...]
    """What a reader of the numbers must know though they are comparable."""
    losses: tuple[LossChange, ...]
    """Final of every series, and best where a way is better; the policy's metric first."""
    counted_in: Literal["epoch", "step"] = "epoch"
    """What both sides are counted in: steps where neither knows its epochs."""
    epochs: Quantity
    """Epochs, or steps, that were trained."""
    duration_seconds: Quantity
    """First to last record, in seconds."""
    seconds_per_epoch: Quantity
    """Duration over epochs, or steps, in seconds."""
    config: tuple[ConfigChange, ...]
    """Every value of either side; `differs` tells which are worth showing."""
    configs_compared: Literal["whole", "part", "none"] = "part"
    """How much of both configs was compared; without the whole, nothing says that nothing differs."""
    configs_untold: tuple[Text, ...] = ()
    """Keys of which nobody can tell whether they differ: their values are not shown, and come from elsewhere."""
    judgement: Judgement | None
    """The policy's verdict; null where neither side trained the stream."""


class CheckChange(Contract):
    """One check whose outcome is another one than in the baseline."""

    id: Id
    """The check."""
    title: Text
    """Its name."""
    run: Outcome | None
    """The run's outcome; null where it has no such check."""
    baseline: Outcome | None
    """The baseline's outcome; null where it has no such check."""
    direction: Direction
    """Better or worse; new where one side does not have it."""
    run_detail: Text
    """What the run's check found; empty without one."""
    baseline_detail: Text
    """What the baseline's check found; empty without one."""


class ArtifactSide(Contract):
    """One file of one side."""

    path: Text
    """Workspace-relative path."""
    level: Level
    """How far it can be trusted."""
    size_bytes: NonNegativeInt | None
    """Size in bytes; null when missing."""
    sha256: str | None
    """Content hash; null when it was not read whole."""


class ArtifactChange(Contract):
    """One file on both sides."""

    group: Text
    """`checkpoints`, `scaler`, `logs`, `configs`, `backup`, `loss_files` or `documents`."""
    stream: Id | None
    """The stream it belongs to; null when shared."""
    run: ArtifactSide | None
    """The run's file; null where it has none."""
    baseline: ArtifactSide | None
    """The baseline's file; null where it has none."""
    content: Literal["same", "different", "unknown"]
    """Whether both hold the same bytes; unknown where a hash is missing and the sizes are equal."""
    differs: tuple[Literal["path", "level", "size_bytes", "sha256"], ...]
    """What is different; empty for files that are alike and where one side has none."""


class Delta(Contract):
    """A run against a baseline."""

    run: Side
    """The run."""
    baseline: Side
    """The run it is compared with."""
    policy: Policy
    """The policy it was judged by."""
    regression: Judgement
    """The policy's verdict on the whole run."""
    passed_difference: int
    """Passed checks of the run minus those of the baseline."""
    verdict_changed: bool
    """Whether the verdicts are different."""
    checks: tuple[CheckChange, ...]
    """Checks with another outcome, in order."""
    streams: tuple[StreamDelta, ...]
    """Every stream of either side, the run's order first."""
    artifacts: tuple[ArtifactChange, ...]
    """Every file of either side."""
    notes: tuple[Text, ...]
    """What holds for the whole comparison, such as that both are the same run."""
