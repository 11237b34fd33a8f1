"""Names of a table's columns -> which of them hold epoch, step, time and each loss.

The first accepted name that the table has wins, spelled exactly or but for case, blanks and signs.
Says in words what is missing, what was found instead, and which name comes nearest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from collectors.readers.common.finding_list import FindingList
from collectors.readers.text.text import brief

DEFAULT_SERIES: Final = MappingProxyType(
    {
        "train_loss": ("train_loss_epoch", "train_loss", "training_loss", "loss/train", "train/loss", "loss"),
        "val_loss": (
            "val_loss_epoch",
            "val_loss",
            "eval_loss",
            "valid_loss",
            "validation_loss",
            "loss/val",
            "val/loss",
            "eval/loss",
        ),
    }
)
"""Reference pipeline, Lightning, Keras, timm and Hugging Face."""
EARLY_STOP: Final = "early_stop"
"""Asked for like a series: the column that is 1, or true, once a training stopped early."""
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class LossColumns:
    """Accepted names of each column, in order of preference."""

    epoch: tuple[str, ...] = ("epoch", "epochs")
    step: tuple[str, ...] = ("step", "global_step", "iteration", "iter")
    time: tuple[str, ...] = ("time", "timestamp", "wall_time", "wall time", "datetime")
    series: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(DEFAULT_SERIES))
    """Series name -> accepted column names."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Place of each column among the names; None where there is none."""

    epoch: int | None
    step: int | None
    time: int | None
    series: dict[str, int]

    @property
    def places(self) -> list[int]:
        """Every place that is read."""
        places = [self.epoch, self.step, self.time, *self.series.values()]
        return [place for place in places if place is not None]

    @property
    def last(self) -> int:
        """The last place that is read; -1 when none is."""
        return max(self.places, default=-1)


def choose_columns(names: Sequence[str], columns: LossColumns) -> Chosen:
    """Find each column among the names."""
    exact = {name: place for place, name in reversed(list(enumerate(names)))}
    alike = {plain_name(name): place for place, name in reversed(list(enumerate(names)))}

    def place_of(accepted: Sequence[str]) -> int | None:
        found = [exact[name] for name in accepted if name in exact]
        found += [alike[plain_name(name)] for name in accepted if plain_name(name) in alike]
        return found[0] if found else None

    series = {name: place_of(accepted) for name, accepted in columns.series.items()}
    return Chosen(
        epoch=place_of(columns.epoch),
        step=place_of(columns.step),
        time=place_of(columns.time),
        series={name: place for name, place in series.items() if place is not None},
    )


def report_missing(names: Sequence[str], columns: LossColumns, chosen: Chosen, findings: FindingList) -> None:
    """Write down which columns are missing: an error when there is no loss at all."""
    missing = {name: accepted for name, accepted in columns.series.items() if name not in chosen.series}
    for name, accepted in missing.items():
        text = f"has no column for {brief(name)}: {_expected(names, accepted)}"
        if chosen.series or name == EARLY_STOP:
            findings.warning(text)
        else:
            findings.error(text)
    if chosen.epoch is None:
        instead = "rows are placed by their steps" if chosen.step is not None else "rows are placed by nothing"
        findings.warning(f"has no epoch column: {_expected(names, columns.epoch)}; {instead}")


def report_repeated(names: Sequence[str], findings: FindingList) -> None:
    """Write down column names that occur twice: the first one is read."""
    seen: set[str] = set()
    for name in names:
        if name in seen and name:
            findings.warning(f"has two columns called {brief(name)}: the first is read")
        seen.add(name)


def _expected(names: Sequence[str], accepted: Sequence[str]) -> str:
    found = ", ".join(brief(name) for name in names[:_SHOWN]) or "no name"
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    plain: Mapping[str, str] = {plain_name(name): name for name in names[:200]}
    near = [match for name in accepted for match in get_close_matches(plain_name(name)[:100], list(plain), 1, 0.6)]
    nearest = f"; nearest is {brief(plain[near[0]])}" if near else ""
    return f"expected {_listed(accepted)}, found {found}{more}{nearest}"


def _listed(accepted: Sequence[str]) -> str:
    return " or ".join(brief(name) for name in accepted[:3]) + (" or the like" if len(accepted) > 3 else "")


def plain_name(name: str) -> str:
    """A name without case, blanks and signs: `Train Loss`, `train-loss` and `train_loss` are one."""
    return re.sub(r"[\s_\-./]+", "_", name[:200].strip().lower())
