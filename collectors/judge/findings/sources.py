"""Where the losses of a stream are recorded, and which of its series are losses, for findings about them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from collectors.contract.table import PLACES
from collectors.numbers import number_words
from collectors.training.agreement import Unit
from collectors.training.curves import Losses
from collectors.training.evidence import StreamEvidence
from collectors.training.remembered import finite_of, known_steps, per_object, rising_once
from collectors.training.series import better_way, is_loss, is_validation
from collectors.training.stream_runs import Curve, StreamRun

MOST_TOLD = 4


@dataclass(frozen=True, slots=True)
class Source:
    """A table or an event file, and the losses in it."""

    path: str
    curves: Mapping[str, Curve]
    """Losses by series name, none of them empty."""
    unit: Unit
    """What its points are placed by: `epoch` where any is known, else `step`."""

    def places(self, name: str) -> Any:
        """Rising epochs or steps of one of its losses, each once."""
        curve = self.curves[name]
        return rising_once(known_steps(curve.step) if self.unit == "step" else curve.epoch)


def is_val_loss(name: str) -> bool:
    """Whether a series of this name is a loss of validation data, which should fall."""
    return is_loss(name) and is_validation(name) and better_way(name) == "lower"


def configured_losses(s: StreamEvidence) -> frozenset[str]:
    """The losses that the description names, by series."""
    columns = s.stream.loss_history.columns if s.stream.loss_history else {}
    return frozenset(name for name in {*s.stream.tags, *columns} - PLACES if is_loss(name))


def table_of(s: StreamEvidence) -> Source | None:
    """The table, where it is of the latest run and holds losses."""
    return _source(s.loss_table.path, s.losses.table) if s.loss_table else None


def events_of(s: StreamEvidence) -> Source | None:
    """The event files, by the last of them, where they hold losses."""
    return _events_in(s.run, s.losses) if s.run else None


@per_object
def _events_in(run: StreamRun, losses: Losses) -> Source | None:
    return _source(run.latest_file.facts.path, losses.events)


def sources_of(s: StreamEvidence) -> Iterator[Source]:
    """Both, where they are there."""
    return (source for source in (table_of(s), events_of(s)) if source is not None)


def _source(path: str, curves: Mapping[str, Curve]) -> Source | None:
    held = {name: c for name, c in curves.items() if is_loss(name) and len(c)}
    known = any(finite_of(c.epoch).size for c in held.values())
    falls = any(_falls(c.epoch) for c in held.values())  # counted anew: only their steps rise
    return Source(path, held, "epoch" if known and not falls else "step") if held else None


@per_object
def _falls(epoch: Any) -> bool:
    return bool((np.diff(epoch) < 0).any())


def places_words(unit: str, places: Sequence[float], count: int | None = None) -> str:
    """Places in words, of which there may be more: `epoch 4`, `epochs 4, 5 and 3 more`."""
    every = len(places) if count is None else count
    shown = [number_words(place) for place in places[:MOST_TOLD]]
    more = f" and {every - len(shown):,} more" if every > len(shown) else ""
    return f"{unit}{'' if every == 1 else 's'} {', '.join(shown)}{more}"
