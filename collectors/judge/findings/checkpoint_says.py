"""What a checkpoint says of itself, against the table and the events of its run. Pure.

Only keys that the description maps are compared, to printed precision. Where a training was resumed, the best
weights may be of an earlier part: then a difference warns, and only what cannot be at all fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from collectors.contract.streams import CheckpointWord
from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.judge.findings.precision import printed, same_number
from collectors.judge.findings.spec import FindingSpec, Found, done_streams, losses_path, was_resumed
from collectors.numbers import listed
from collectors.training.completion import Unit, from_zero, leading, places_of
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.run_files import stride_of
from collectors.training.series import better_way
from collectors.training.stream_runs import Curve

COUNTS: Mapping[str, Unit] = {"epoch": "epoch", "step": "step"}
Problem = tuple[str, bool]
"""What the losses say instead, and whether a resumed training cannot explain it."""


def find_checkpoint_says(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each number that a checkpoint records otherwise than its run's losses do."""
    for s in done_streams(seen):
        found, source = s.checkpoint_evidence, losses_path(s)
        if s.checkpoint is None or found is None or not found.sound or source is None:
            continue
        for name, word in s.stream.checkpoint.says.items():
            number = _number(found, word)
            problem = None if number is None or name == "config" else _problem(s, name, number)
            if problem is None:
                continue
            text = f"{s.id}: {s.checkpoint.path} says `{word.key}` {_digits(number)}, but {source} {problem[0]}"
            hint = f"Put back the checkpoint of {s.stream.label}'s run, or train again."
            yield Found(
                s.checkpoint.path, s.id, text, hint, level="warn" if was_resumed(s) and not problem[1] else None
            )


def _problem(s: StreamEvidence, name: str, number: float) -> Problem | None:
    word = s.stream.checkpoint.says[name]
    if name in COUNTS:
        return _place_problem(s, COUNTS[name], word, number)
    curve = s.losses.curves.get(name)
    return _value_problem(s, curve, word, number) if curve is not None and len(curve) else None


def _place_problem(s: StreamEvidence, unit: Unit, word: CheckpointWord, number: float) -> Problem | None:
    """An epoch or step that the losses do not have, or not as the last or the best."""
    every = places_of(leading(s.losses.curves).values(), unit)
    if not every:
        return None
    places = np.unique(np.concatenate(every))
    is_exact = unit == "epoch" and not bool((places % 1 != 0).any())
    slack = 0.0 if is_exact else max(stride_of(places), 1.0)
    place = _place(places, word, number) if unit == "epoch" else number
    first, last = float(places.min()), float(places.max())
    if not first - slack <= place <= last + slack:
        return f"holds {unit}s {_digits(first)} to {_digits(last)}", True
    if word.at == "last" and abs(place - last) > slack:
        return f"ends at {unit} {_digits(last)}", False
    best = _best_places(s, unit) if word.at == "best" else []
    if best and all(abs(place - one) > slack for one in best):
        return f"has its best `{s.stream.completion.monitor}` at {unit} {listed(map(_digits, best))}", False
    return None


def _place(places: Any, word: CheckpointWord, number: float) -> float:
    """The number as the losses count: they may begin at 0, and the checkpoint at 1, or the other way round."""
    return number - word.counts_from + (0 if from_zero(places) else 1)


def _best_places(s: StreamEvidence, unit: Unit) -> list[float]:
    """Where the monitored series is best; several places where it is equally good."""
    curve = s.losses.curves.get(s.stream.completion.monitor)
    chosen = _best(curve, s.stream.completion.monitor) if curve is not None else None
    if curve is None or chosen is None:
        return []
    places = curve.epoch[chosen] if unit == "epoch" else curve.step[chosen]
    return [float(place) for place in places if np.isfinite(place) and place >= 0]


def _best(curve: Curve, name: str) -> Any:
    """Which points of a series are its best; None where no way is better."""
    way, finite = better_way(name), np.isfinite(curve.value)
    if way is None or not bool(finite.any()):
        return None
    values = curve.value[finite]
    best = float(values.min() if way == "lower" else values.max())
    return np.flatnonzero(curve.value == best)  # what prints alike may have been either


def _value_problem(s: StreamEvidence, curve: Curve, word: CheckpointWord, number: float) -> Problem | None:
    """A value that the series does not have where the checkpoint says it is of."""
    at, where = _meant(s, curve, word)
    values = curve.value[at].tolist()
    column = printed(curve.value.tolist())
    if not values or any(same_number(number, value, column) for value in values):
        return None
    told = listed(map(_digits, values), most=2) if where else "no such value"
    return f"has {told}{where}", False


def _meant(s: StreamEvidence, curve: Curve, word: CheckpointWord) -> tuple[Any, str]:
    """The points of a series that a word is of, and where they stand in words; all of them where nothing says."""
    if word.at == "last":
        return np.array([len(curve) - 1]), " at its end"
    places = _best_places(s, "epoch") if word.at == "best" else _said_places(s)
    at = np.flatnonzero(np.isin(curve.epoch, places)) if places else np.empty(0, np.int64)
    if not at.size:
        return np.arange(0 if word.at == "best" else len(curve)), ""
    return at, f" at {'its best ' if word.at == 'best' else ''}epoch {listed(map(_digits, places), most=2)}"


def _said_places(s: StreamEvidence) -> list[float]:
    """The epoch that the checkpoint itself names, as the losses count."""
    word, found = s.stream.checkpoint.says.get("epoch"), s.checkpoint_evidence
    number = _number(found, word) if word is not None and found is not None else None
    every = places_of(leading(s.losses.curves).values(), "epoch")
    return [_place(np.concatenate(every), word, number)] if word and number is not None and every else []


def _number(found: CheckpointEvidence, word: CheckpointWord) -> float | None:
    """The number under a key; metadata of safetensors is text."""
    value = found.scalars.get(word.key)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _digits(number: float | None) -> str:
    return f"{number:.10g}"


SPEC = FindingSpec(
    id="checkpoint_says",
    check="provenance",
    looks_at="an epoch, step or value that `checkpoint: {says: ...}` maps is another in the table or the events, to "
    "printed precision",
    default="fail",
    find=find_checkpoint_says,
)
