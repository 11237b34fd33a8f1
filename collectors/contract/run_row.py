"""One stored run as one small row, plain JSON as it is.

Input: a row. Output: its parts, read back. It refuses nothing: what is not there is None.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, NotRequired

from pydantic import Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from collectors.contract.values import Scalar, Status, VerdictValue

MOST_VALUES = 24
"""Most values of a config in a row, its highlights aside."""
LONGEST_VALUES = 700
"""Characters of them all as JSON: ten thousand rows are read at once."""
LONGEST_WHY = 160
"""Characters of why a run is not ready."""
CONFIGS_KEPT = 32_768
"""Texts of configs whose values are remembered."""


class StreamRow(TypedDict):
    """One stream of a run; null is unknown."""

    status: Status
    trained: bool
    """Whether it has left any sign of training."""
    diverged: bool
    diverged_epoch: float | None
    unfinished: str | None
    """Why its last loss is not its final one, as `stopped at epoch 3 of 30`; null where it is."""
    epochs: float | None
    steps: int | None
    """The last step, where nothing says which epoch a step is; null where epochs are known."""
    duration_seconds: float | None
    final_train_loss: float | None
    final_val_loss: float | None
    best_train_loss: float | None
    best_val_loss: float | None
    config: str
    """Highlights of its final config as a JSON object: whether two runs can be compared at all; see `standing_in`."""
    metrics: str
    """Its metrics that were asked for, or get better one way, beside these losses, as a JSON object: name -> best and
    last value; see `metrics_in`."""
    values: NotRequired[Annotated[str, Field(max_length=LONGEST_VALUES)]]
    """More of its final config, dotted key -> value as a JSON object; see `values_in`. An older row has none."""
    targets: NotRequired[str]
    """What its metrics must reach as a JSON object: name -> at least, at most; only where there are some."""
    spark: str
    """Validation loss in at most 24 numbers, parted by spaces, `-` for a non-finite one; see `spark_of`."""


class RunRow(TypedDict):
    """One run; null is unknown. A damaged one has its id, its problem and its file's facts only."""

    run_id: str
    size_bytes: int
    """Of the snapshot's file when the row was made."""
    mtime_ns: int
    """Of the snapshot's file when the row was made."""
    started_at: str | None
    timestamp: str
    """When the content became true; of a damaged one when its file changed. Times are ISO 8601, UTC."""
    finished_at: str | None
    workspace: str
    verdict: VerdictValue | None
    passed: int
    failed: int
    skipped: int
    total: int
    why: NotRequired[Annotated[str, Field(max_length=LONGEST_WHY)]]
    """What stands in the way of a release, its check's number first; not of a ready run, nor in an older row."""
    failing: NotRequired[str]
    """Checks that failed as `5:backup`, parted by spaces; only where there are some, an older row has none."""
    skipping: NotRequired[str]
    """Checks that were skipped, in the same way."""
    named: bool
    """Whether a person gave the id; such a run is never pruned."""
    problem: str | None
    """Why the snapshot cannot be read; null for a sound one."""
    streams: dict[str, StreamRow]


FileFacts = tuple[int, int]
"""Size in bytes and modification time in nanoseconds of a snapshot's file."""


def spark_of(stream: StreamRow) -> list[float | None]:
    """The numbers of a spark line; None where the loss was not finite."""
    return [None if word == "-" else float(word) for word in stream["spark"].split()]


class MetricValues(NamedTuple):
    """One metric of a run; None is unknown."""

    best: float | None
    final: float | None

    @property
    def telling(self) -> float | None:
        """The best one, or the last where neither way is better."""
        return self.final if self.best is None else self.best


def metrics_in(stream: StreamRow) -> dict[str, MetricValues]:
    """The metrics of a row; none where a person wrote something else into it."""
    try:
        return {str(name): MetricValues(*values) for name, values in json.loads(stream["metrics"]).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def metric_names(rows: Iterable[RunRow], most: int) -> dict[str, list[str]]:
    """Stream -> names of the metrics that its rows have, at most so many, those of the first rows first."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        for stream, told in row["streams"].items():
            found.setdefault(stream, {}).update(dict.fromkeys(metrics_in(told)))
    return {stream: list(names)[:most] for stream, names in found.items()}


def config_of(stream: StreamRow) -> dict[str, Scalar]:
    """The highlights of a stream's config; none where a person wrote something else into the row."""
    return dict(_scalars(stream["config"]))


def values_in(stream: StreamRow) -> Mapping[str, Scalar]:
    """Every value of a config that the row holds, its highlights first; what is none of the contract's is left out."""
    return _values(stream["config"], stream.get("values", ""))


@lru_cache(CONFIGS_KEPT)
def _values(highlights: str, others: str) -> Mapping[str, Scalar]:
    """Runs of one sweep share most of their texts, and each filter asks all of them again."""
    return MappingProxyType({**_scalars(highlights), **_scalars(others)})


def _scalars(text: str) -> dict[str, Scalar]:
    found = _object(text)
    return {
        str(name): value
        for name, value in found.items()
        if value is None or isinstance(value, bool | int | float | str)
    }


class Target(NamedTuple):
    """What a metric must reach; None is no bound."""

    at_least: float | None
    at_most: float | None


def targets_in(stream: StreamRow) -> dict[str, Target]:
    """The targets of a row; none where a person wrote something else into it."""
    try:
        return {str(name): Target(*map(_bound, bounds)) for name, bounds in _object(stream.get("targets", "")).items()}
    except (ValueError, TypeError):
        return {}


def _bound(told: object) -> float | None:
    if told is None or (isinstance(told, int | float) and not isinstance(told, bool)):
        return told
    raise TypeError(f"no bound: {told!r}")


def _object(text: str) -> dict[Any, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
