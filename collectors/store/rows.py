"""A stored run -> its one small row in the index. Pure.

Input: a state, or what is wrong with its snapshot. Output: a plain dictionary that is JSON as it is.
`run_index` makes lines of rows and rows of lines.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from pydantic import ValidationError

from collectors.contract.configs import ConfigValues, Withheld
from collectors.contract.metrics import Point, Series, StreamMetrics
from collectors.contract.run_row import LONGEST_VALUES, LONGEST_WHY, MOST_VALUES, FileFacts, RunRow, StreamRow
from collectors.contract.state import DashboardState
from collectors.contract.table import USUAL_SERIES
from collectors.contract.values import Outcome, Scalar, VerdictValue
from collectors.numbers import visible_text
from collectors.training.series import is_loss

MOST_METRICS = 4
"""Most metrics of a row, its losses aside."""
SPARK_POINTS = 24
"""Most numbers of a spark line."""
LONGEST_PROBLEM = 300
"""Characters of what is wrong with a snapshot."""
LONGEST_KEY, LONGEST_VALUE = 60, 40
"""Characters of one value of a config, and of its key."""
AUTOMATIC_ID = re.compile(r"run-\d{8}-\d{6}")
"""The id that a run gets from its start; every other one was given by a person."""


def row_of(state: DashboardState, facts: FileFacts) -> RunRow:
    """The row of a sound snapshot."""
    meta, verdict = state.meta, state.verdict
    row = RunRow(
        run_id=meta.run_id,
        size_bytes=facts[0],
        mtime_ns=facts[1],
        started_at=_iso(meta.started_at),
        timestamp=meta.timestamp.isoformat(),
        finished_at=_iso(meta.finished_at),
        workspace=meta.workspace,
        verdict=verdict.value,
        passed=verdict.passed,
        failed=verdict.failed,
        skipped=verdict.skipped,
        total=verdict.total,
        named=is_named(meta.run_id),
        problem=None,
        streams={stream: _stream_row(metrics, state.configs.get(stream)) for stream, metrics in state.metrics.items()},
    )
    if why := _why(state):
        row["why"] = why
    if failing := _checks(state, Outcome.FAIL):
        row["failing"] = failing
    if skipping := _checks(state, Outcome.SKIP):
        row["skipping"] = skipping
    return row


def _why(state: DashboardState) -> str:
    """What the verdict names, behind the number of its check."""
    if state.verdict.value is VerdictValue.READY:
        return ""
    number = (state.verdict.evidence or "").partition(". ")[0]
    told = state.verdict.reason.rstrip(".")
    return f"{number} {told}"[:LONGEST_WHY] if number.isdigit() else told[:LONGEST_WHY]


def _checks(state: DashboardState, outcome: Outcome) -> str:
    return " ".join(f"{check.index}:{check.id}" for check in state.checklist if check.outcome is outcome)


def damaged_row(run_id: str, problem: str, facts: FileFacts) -> RunRow:
    """The row of a snapshot that cannot be read."""
    return RunRow(
        run_id=run_id,
        size_bytes=facts[0],
        mtime_ns=facts[1],
        started_at=_start_in(run_id),
        timestamp=_changed_at(facts),
        finished_at=None,
        workspace="",
        verdict=None,
        passed=0,
        failed=0,
        skipped=0,
        total=0,
        named=is_named(run_id),
        problem=problem,
        streams={},
    )


def _changed_at(facts: FileFacts) -> str:
    """When a file changed; a file system may hold times beyond every calendar."""
    try:
        return datetime.fromtimestamp(facts[1] / 1e9, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC).isoformat()


def is_named(run_id: str) -> bool:
    """Whether a person gave the id: it is not of the form that comes from a start."""
    return AUTOMATIC_ID.fullmatch(run_id) is None


def _start_in(run_id: str) -> str | None:
    try:
        return datetime.strptime(run_id, "run-%Y%m%d-%H%M%S").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return None


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _stream_row(stream: StreamMetrics, config: ConfigValues | None) -> StreamRow:
    from collectors.compare.comparability import epochs_of, standing_of, steps_of
    from collectors.compare.compare import duration_of

    final, best = ({name: p.value for name, p in points.items()} for points in (stream.final, stream.best))
    stands = standing_of(stream)
    row = StreamRow(
        status=stream.completion.status,
        trained=stands.was_trained,
        diverged=stands.has_diverged,
        diverged_epoch=stands.diverged_epoch,
        unfinished=stands.unfinished,
        epochs=epochs_of(stream),
        steps=steps_of(stream),
        duration_seconds=duration_of(stream),
        final_train_loss=final.get("train_loss"),
        final_val_loss=final.get("val_loss"),
        best_train_loss=best.get("train_loss"),
        best_val_loss=best.get("val_loss"),
        config=_as_text(stream.config),
        metrics=_as_text(_metrics(stream)),
        spark=_spark(stream.series.get("val_loss")),
    )
    if values := _values(config) if config else {}:
        row["values"] = _as_text(values)
    if targets := _targets(stream):
        row["targets"] = _as_text(targets)
    return row


def _as_text(values: object) -> str:
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False)


def _values(config: ConfigValues) -> dict[str, Scalar]:
    """As many values as a row may hold beside its highlights; what is withheld is in no row."""
    highlighted = set(config.highlighted.values())
    held: dict[str, Scalar] = {}
    room = LONGEST_VALUES - len("{}")
    for key, value in config.values.items():
        if key in highlighted or isinstance(value, Withheld) or len(key) > LONGEST_KEY:
            continue
        if value is None or len(str(value)) > LONGEST_VALUE:
            continue
        room -= len(_as_text({key: value})) - 1
        if len(held) == MOST_VALUES or room < 0:
            break
        held[key] = value
    return held


def _targets(stream: StreamMetrics) -> dict[str, tuple[float | None, float | None]]:
    bounds = {name: (about.at_least, about.at_most) for name, about in stream.about.items()}
    return {name: both for name, both in bounds.items() if both != (None, None)}


def _metrics(stream: StreamMetrics) -> dict[str, tuple[float | None, float | None]]:
    """Best and last value of the metrics that stand beside the losses: those with a target come first."""
    told = {name: about for name, about in stream.about.items() if name not in USUAL_SERIES}
    asked = [name for name, about in told.items() if about.at_least is not None or about.at_most is not None]
    others = [name for name, about in told.items() if about.better is not None and not is_loss(name)]
    names = list(dict.fromkeys([*asked, *others]))[:MOST_METRICS]
    return {name: (_value(stream.best.get(name)), _value(stream.final.get(name))) for name in names}


def _value(point: Point | None) -> float | None:
    return None if point is None else point.value


def _spark(series: Series | None) -> str:
    """Few enough numbers for a line of text; the last one is always there, values are not averaged."""
    values = series.value if series else ()
    count = min(len(values), SPARK_POINTS)
    places = [round(n * (len(values) - 1) / max(count - 1, 1)) for n in range(count)]
    return " ".join("-" if values[p] is None else f"{values[p]:.4g}" for p in places)


def first_error(error: ValidationError) -> str:
    """What breaks the contract first, in one short line: a key of the file may be anything."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    words = " ".join(f"{place}: {first['msg']}".split()) if place else first["msg"]
    return str(visible_text(words[:LONGEST_PROBLEM]))
