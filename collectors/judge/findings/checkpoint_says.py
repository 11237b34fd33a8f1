"""What a checkpoint says of itself, against the table and the events of its run. Pure.

Keys that the description maps are compared, to printed precision. Where a training was resumed, the best weights may
be of an earlier part: then a difference warns, and only what cannot be at all fails. Where it maps none, the keys that
most trainers use are looked at: nobody says what they count, so what cannot be at all warns, and nothing fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from collectors.contract.streams import CheckpointWord
from collectors.evidence.order import distinct
from collectors.judge.checks.bring_back import own_checkpoint
from collectors.judge.findings.precision import MOST, as_number, printed, same_number
from collectors.judge.findings.spec import FindingSpec, Found, done_streams, losses_path, sound_checkpoints, was_resumed
from collectors.numbers import listed, value_words
from collectors.training.agreement import Unit
from collectors.training.completion import from_zero, leading, places_of
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.metric_facts import better_of
from collectors.training.remembered import finite_of
from collectors.training.run_files import stride_of
from collectors.training.series import is_loss
from collectors.training.stream_runs import Curve

COUNTS: Mapping[str, Unit] = {"epoch": "epoch", "step": "step"}
USUAL_EPOCHS = ("epoch", "current_epoch", "best_epoch")
USUAL_LOSSES = ("val_loss", "valid_loss", "best_loss", "best_val_loss", "best_valid_loss")
FEWEST = 5
"""Values of a loss beside which one that none of them is is odd."""
Problem = tuple[str, bool]
"""What the losses say instead, and whether a resumed training cannot explain it."""


def find_checkpoint_says(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each number that a checkpoint records otherwise than its run's losses do."""
    for s, path, found in sound_checkpoints(done_streams(seen)):
        source = losses_path(s)
        if source is None:
            continue
        for name, word in s.stream.checkpoint.says.items():
            number = as_number(found.scalars.get(word.key))
            problem = None if number is None or name == "config" else _problem(s, name, number)
            if problem is None:
                continue
            text = f"{s.id}: {path} says `{word.key}` {value_words(number)}, but {source} {problem[0]}"
            yield Found(
                path, s.id, text, own_checkpoint(seen, s), level="warn" if was_resumed(s) and not problem[1] else None
            )
        if not s.stream.checkpoint.says and not was_resumed(s):
            told = _unmapped(s, found.scalars)
            hint = f"Look whether {path} is of this training."
            yield from (Found(path, s.id, f"{s.id}: {path} {words}", hint, level="warn") for words in told)


def _unmapped(s: StreamEvidence, said: Mapping[str, Any]) -> Iterator[str]:
    """An epoch beyond those that were trained, and a loss that the run never had, under usual keys."""
    every = [c for held in (s.losses.curves, s.losses.others) for name, c in held.items() if is_loss(name) and len(c)]
    last = max((float(finite_of(curve.epoch).max()) for curve in every if finite_of(curve.epoch).size), default=None)
    for key, number in _numbers(said, USUAL_EPOCHS):
        if last is not None and number > last + 1:
            yield f"says `{key}` {value_words(number)}, but {losses_path(s)} ends at epoch {value_words(last)}"
    if sum(map(len, every)) < FEWEST:
        return
    for key, number in _numbers(said, USUAL_LOSSES):
        if not any(_nearest_is(number, curve) for curve in every):
            yield f"says `{key}` {value_words(number)}, but {losses_path(s)} holds no such loss"


def _numbers(said: Mapping[str, Any], keys: Sequence[str]) -> Iterator[tuple[str, float]]:
    found = ((key, as_number(said.get(key))) for key in keys)
    return ((key, number) for key, number in found if number is not None and np.isfinite(number))


def _nearest_is(number: float, curve: Curve) -> bool:
    """Whether the value of a curve that lies nearest is this number, as far as they were printed."""
    value = finite_of(curve.value)
    nearest = float(value[np.abs(value - number).argmin()]) if value.size else float("nan")
    return same_number(number, nearest, printed(value[:MOST].tolist()))


def _problem(s: StreamEvidence, name: str, number: float) -> Problem | None:
    """What every record of the losses says instead; one that agrees is enough: the other's end may be cut off."""
    word, found = s.stream.checkpoint.says[name], []
    for curves in (s.losses.curves, s.losses.others):
        record = Record(s, curves)
        if name in COUNTS and record.places(COUNTS[name]) is not None:
            found.append(_place_problem(record, COUNTS[name], word, number))
        elif name not in COUNTS and len(curves.get(name, ())):
            found.append(_value_problem(record, name, word, number))
    return None if None in found else next(iter(found), None)


@dataclass(frozen=True, slots=True)
class Record:
    """One of the two places where a stream's losses are kept."""

    s: StreamEvidence
    curves: Mapping[str, Curve]

    def places(self, unit: Unit) -> Any:
        """The epochs or steps that it holds; None where it tells none."""
        every = places_of(leading(self.curves).values(), unit)
        return distinct(np.concatenate(every)) if every else None

    def best_places(self, unit: Unit) -> list[float]:
        """Where the monitored series is best; several places where it is equally good."""
        monitor = self.s.stream.completion.monitor
        curve = self.curves.get(monitor)
        best = curve.best_at(better_of(self.s.stream, monitor)) if curve is not None else None
        if curve is None or best is None:
            return []
        places = (curve.epoch if unit == "epoch" else curve.step)[curve.value == curve.value[best]]
        return [float(place) for place in places if np.isfinite(place) and place >= 0]

    def said_places(self) -> list[float]:
        """The epoch that the checkpoint itself names, as this record counts."""
        word, found = self.s.stream.checkpoint.says.get("epoch"), self.s.checkpoint_evidence
        number = as_number(found.scalars.get(word.key)) if word is not None and found is not None else None
        places = self.places("epoch")
        return [] if word is None or number is None or places is None else [_place(self, places, word, number)]


def _place_problem(record: Record, unit: Unit, word: CheckpointWord, number: float) -> Problem | None:
    """An epoch or step that the losses do not have, or not as the last or the best."""
    places = record.places(unit)
    is_exact = unit == "epoch" and not bool((places % 1 != 0).any())
    slack = 0.0 if is_exact else max(stride_of(places), 1.0)
    place = _place(record, places, word, number) if unit == "epoch" else number
    first, last = float(places.min()), float(places.max())
    if not first - slack <= place <= last + slack:
        return f"holds {unit}s {value_words(first)} to {value_words(last)}", True
    if word.at == "last" and abs(place - last) > slack:
        return f"ends at {unit} {value_words(last)}", False
    best = record.best_places(unit) if word.at == "best" else []
    if best and all(abs(place - one) > slack for one in best):
        return f"has its best `{record.s.stream.completion.monitor}` at {unit} {listed(map(value_words, best))}", False
    return None


def _place(record: Record, places: Any, word: CheckpointWord, number: float) -> float:
    """The number as the losses count: they may begin at 0, and the checkpoint at 1, or the other way round."""
    return number - word.counts_from + (0 if from_zero(places, record.s.stream.completion.epochs_from) else 1)


def _value_problem(record: Record, name: str, word: CheckpointWord, number: float) -> Problem | None:
    """A value that the series does not have where the checkpoint says it is of."""
    curve = record.curves[name]
    at, where = _meant(record, curve, word)
    values = curve.value[at].tolist()
    column = printed(curve.value.tolist())
    if not values or any(same_number(number, value, column) for value in values):
        return None
    return f"has {listed(map(value_words, values), most=2) if where else 'no such value'}{where}", False


def _meant(record: Record, curve: Curve, word: CheckpointWord) -> tuple[Any, str]:
    """The points of a series that a word is of, and where they stand in words; all of them where nothing says."""
    if word.at == "last":
        return np.array([len(curve) - 1]), " at its end"
    places = record.best_places("epoch") if word.at == "best" else record.said_places()
    at = np.flatnonzero(np.isin(curve.epoch, places)) if places else np.empty(0, np.int64)
    if not at.size:
        return np.arange(0 if word.at == "best" else len(curve)), ""
    return at, f" at {'its best ' if word.at == 'best' else ''}epoch {listed(map(value_words, places), most=2)}"


SPEC = FindingSpec(
    id="checkpoint_says",
    check="provenance",
    looks_at="an epoch, step or value that `checkpoint: {says: ...}` maps is another in the table or the events, to "
    "printed precision",
    default="fail",
    short="{}'s checkpoint says that it is of another training",
    find=find_checkpoint_says,
)
