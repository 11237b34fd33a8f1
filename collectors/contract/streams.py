"""What `dashboard.yaml` says of one stream: where its files lie and how far it trains. Closed and frozen."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    model_validator,
)
from pydantic_core import PydanticCustomError

from collectors.contract.layers import Layer
from collectors.contract.metric_rules import Metric, Target
from collectors.contract.shapes import Names, Paths, RelativePath, Section, SomePaths
from collectors.contract.table import PLACES, USUAL_SERIES, LossHistory
from collectors.contract.values import Id, Text


class KeyRule(Section):
    """What one required key of a training config must look like."""

    type: Literal["number", "integer", "boolean", "string"] = "number"
    """Its type; text such as `2e-3` counts as the number it means."""
    above: float | None = None
    """The value must be greater than this."""
    below: float | None = None
    """The value must be less than this."""
    at_least: float | None = None
    """The value must be at least this."""
    at_most: float | None = None
    """The value must be at most this."""


class CheckpointWord(Section):
    """What a checkpoint records about itself under one key."""

    key: str
    """Dotted key inside the checkpoint, such as `epoch` or `hyper_parameters`."""
    counts_from: Literal[0, 1] = Field(1, validation_alias=AliasChoices("from", "counts_from"))
    """Number that the trainer gives the first epoch or step; the first step of most is 0."""
    at: Literal["best", "last"] | None = None
    """Whose it is: of the `best` epoch (by `completion.monitor`) or of the `last`; where it is not said, of any."""


def _as_word(value: Any) -> Any:
    """A key alone is the short form of `{key: ...}`."""
    return {"key": value} if isinstance(value, str) else value


AnyWord = Annotated[CheckpointWord, BeforeValidator(_as_word, json_schema_input_type=str | CheckpointWord)]


class CheckpointFile(Section):
    """Where a stream's model lies and what it says of itself, or why it leaves none."""

    path: Paths | None = None
    """Candidates (globs allowed); the first that exists, newest where a glob fits."""
    none: Text | None = None
    """Why there is no model file to ask for; then check 1 does not ask this stream."""
    says: dict[str, AnyWord] = {}  # noqa: RUF012 -- pydantic copies it
    """`epoch`, `step` or a series name -> where the checkpoint records it, compared with table and events; `config` ->
    the key under which it keeps the whole config, compared with the stream's."""
    ended: dict[str, bool | int | float | Text] = {}  # noqa: RUF012 -- pydantic copies it
    """Key inside it -> what stands there once the training has ended, where its trainer rewrites it then."""
    part: Text | None = None
    """What part of the model it holds, such as `LoRA adapter` or `head only`; then layers that are not there are not
    missed."""

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if (self.path is None) == (not self.none):
            raise ValueError("name a `path`, or say with `none` why this stream leaves no model file")
        return self


def _as_checkpoint(value: Any) -> Any:
    """A path or a list of them is the short form of `{path: ...}`."""
    if value == "none":
        raise ValueError("say why there is none: `checkpoint: {none: the reason}`")
    return {"path": value} if isinstance(value, (str, list, tuple)) else value


class StreamConfigFile(Section):
    """Where a stream's final config lies and what it must say."""

    candidates: Paths
    """Paths in order of preference; the first that exists is the final config."""
    starts_run: bool = False
    """`true` where the trainer writes it when a run begins: what is younger, up to the last row, is of that run."""
    required: dict[str, KeyRule] = {}  # noqa: RUF012 -- pydantic copies it
    """Dotted key -> rule."""
    highlights: dict[str, str] = {}  # noqa: RUF012 -- pydantic copies it
    """Name on screen -> dotted key: the values that stand beside the curves and decide what can be compared. The
    others are compared too; what looks like a path, an address or a secret, or is longer than 80 characters, is only
    said to differ."""


class EventFolder(Section):
    """Where a stream's TensorBoard event files lie."""

    folder: RelativePath
    """Folder, searched with its sub-folders, but for those that are another stream's `folder`."""
    tags: dict[str, Names]
    """Series name -> tag, or tags in order of preference; a tag may be written with its sub-folder."""
    steps_are: Literal["epochs"] | None = None
    """`epochs` where this trainer logs once an epoch and its steps count the epochs."""
    steps_per_epoch: PositiveInt | str | None = None
    """Steps of one epoch: a number, or the dotted key of the stream's config."""
    hparams_are: Literal["config"] | None = None
    """`config` where one trainer writes the config and, with TensorBoard's hparams plugin, the same values into its
    event files: another value in one of them fails check 9; where that is not said, it warns."""


class CompletionRule(Section):
    """When a stream counts as completed."""

    by: Literal["epochs", "steps"] = "epochs"
    """What is counted."""
    total: PositiveInt | str = "training.epochs"
    """How many: a number, or the dotted key of the stream's config."""
    epochs_from: Literal[0, 1] | None = None
    """The number of the trainer's first epoch, where a series that was resumed begins later and cannot show it."""
    early_stop_key: str | None = None
    """Column of the loss history that is 1 once the training stopped early, or the outcome a heartbeat gives it."""
    stopped_key: str | None = None
    """Plain value beside the tensors of the checkpoint (dotted key, `*` for any part) that says at which epoch or step
    the training stopped early; 0 where it did not."""
    patience: PositiveInt | Literal["unknown"] | None = None
    """A training whose monitored value has not improved for exactly so many values at its end stopped early; `unknown`
    where it may have, and nothing says after how many: then fewer than all is no end and no fault."""
    monitor: str = "val_loss"
    """The series that `patience` looks at."""
    min_delta: NonNegativeFloat = 0.0
    """By how much more than this a value must be better than the best one for `patience` to begin anew."""
    whole: bool = False
    """`true` where this trainer never goes beyond `total`: then more than that is a config of another run."""


class StallLimits(Section):
    """Silence limits in seconds; the stream's own cadence decides where they are not set."""

    quiet_seconds: PositiveFloat | None = None
    """Silence from which a running stream is called quiet (default: 3 gaps, at least 30 s)."""
    stalled_seconds: PositiveFloat | None = None
    """Silence from which it is stalled (default: 10 gaps, at least 180 s)."""


class Stream(Section):
    """One trained model and its files."""

    id: Id
    """Its id."""
    label: Text
    """Its name on screen."""
    checkpoint: Annotated[
        CheckpointFile,
        BeforeValidator(_as_checkpoint, json_schema_input_type=RelativePath | SomePaths | CheckpointFile),
    ]
    """Its model: a path, several in order of preference, or `{none: REASON}` where it leaves none."""
    config: StreamConfigFile | None = None
    """Its final config; without it check 4 does not ask this stream."""
    events: EventFolder | None = None
    """Its event files; these or a table must be there."""
    loss_history: LossHistory | None = Field(None, validation_alias=AliasChoices("table", "loss_history"))
    """Its table of losses and other metrics; this or events must be there."""
    completion: CompletionRule = CompletionRule()
    """When it is completed."""
    metrics: dict[str, Metric] = {}  # noqa: RUF012 -- pydantic copies it
    """Name of a series (under `tags` or `columns`) -> more about it."""
    targets: tuple[Target, ...] = ()
    """What its metrics must reach; without any check 15 does not ask this stream."""
    stall: StallLimits = StallLimits()
    """Its silence limits, before those of the pipeline."""
    channels: str | int | None = None
    """Channel count, or the config key that says it, compared with scaler and checkpoint."""
    layers: tuple[Layer, ...] = ()
    """Stored tensors that tell whether a checkpoint is this stream's."""

    @model_validator(mode="after")
    def _is_told_of(self) -> Self:
        if self.events is None and self.loss_history is None:
            raise ValueError("name `events`, `table` or both: nothing else tells of its losses and of its end")
        return self

    @model_validator(mode="before")
    @classmethod
    def _has_one_table(cls, value: Any) -> Any:
        if isinstance(value, dict) and {"table", "loss_history"} <= value.keys():
            raise PydanticCustomError("two_tables", "`table` and `loss_history` are the same: keep one of them")
        return value

    @property
    def tags(self) -> dict[str, Names]:
        """Series name -> tags in order of preference; empty without event files."""
        return self.events.tags if self.events else {}

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the series that may be read; a training's validation may be found beside it unasked."""
        columns = self.loss_history.columns if self.loss_history else {}
        of_table = [name for name in columns if name not in PLACES] or list(USUAL_SERIES if self.loss_history else ())
        asked = dict.fromkeys([*self.tags, *of_table])
        return tuple(asked | dict.fromkeys(USUAL_SERIES if USUAL_SERIES[0] in asked else ()))
