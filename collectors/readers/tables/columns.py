"""Names of a table's columns -> which of them hold epoch, step, time and each loss.

The first accepted name that the table has wins, spelled exactly or but for case, blanks and signs.
Says in words what is missing, what was found instead, and which name comes nearest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from collectors.readers.common.finding_list import FindingList
from collectors.readers.tables.row_rules import MARKS, Rule, as_said
from collectors.readers.text.text import brief
from collectors.training.series import TRAINING, is_validation, words_of

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
GRADIENT: Final = "gradient norm"
"""Read beside the series where it is there, and no series itself."""
GRADIENT_NAMES: Final = ("grad_norm", "gradient_norm", "train/grad_norm", "train_grad_norm", "gnorm", "total_grad_norm")
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class LossColumns:
    """Accepted names of each column, in order of preference."""

    epoch: tuple[str, ...] = ("epoch", "epochs")
    step: tuple[str, ...] = ("step", "global_step", "iteration", "iter")
    time: tuple[str, ...] = ("time", "timestamp", "wall_time", "wall time", "datetime")
    series: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(DEFAULT_SERIES))
    """Series name -> accepted column names."""
    where: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """Series name -> column -> what that column says in the rows that count."""
    unasked: tuple[str, ...] = ()
    """Series that nobody named: where no column speaks of such a thing, it is no news that it is not there."""
    is_part: bool = False
    """The file is one of several: what it lacks another one may hold."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Place of each column among the names; None where there is none."""

    epoch: int | None
    step: int | None
    time: int | None
    series: dict[str, int]
    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    """Series of which only some rows count."""
    gradient: int | None = None

    @property
    def places(self) -> list[int]:
        """Every place that is read."""
        ruled = [rule.place for rules in self.rules.values() for rule in rules]
        places = [self.epoch, self.step, self.time, self.gradient, *self.series.values(), *ruled]
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

    found = {name: place_of(accepted) for name, accepted in columns.series.items()}
    rules = {name: _asked(where, place_of) for name, where in columns.where.items()}
    series = {name: at for name, at in found.items() if at is not None and rules.get(name, ()) is not None}
    ruled = {name: asked for name, asked in rules.items() if asked and name in series}
    gradient = place_of(GRADIENT_NAMES)
    mark = place_of(MARKS)
    if mark is not None:
        _set_validation_apart(series, ruled, mark)
    return Chosen(
        epoch=place_of(columns.epoch),
        step=place_of(columns.step),
        time=place_of(columns.time),
        series=series,
        rules=ruled,
        gradient=None if gradient in series.values() else gradient,
    )


def _asked(
    where: Mapping[str, tuple[str, ...]], place_of: Callable[[Sequence[str]], int | None]
) -> tuple[Rule, ...] | None:
    """The rules of one series; None where a column is missing by which its rows are told."""
    rules = []
    for column, values in where.items():
        place = place_of((column,))
        if place is None:
            return None
        rules.append(Rule(place, frozenset(map(as_said, values))))
    return tuple(rules)


def _set_validation_apart(series: dict[str, int], rules: dict[str, tuple[Rule, ...]], mark: int) -> None:
    """Rows that say validation are never training; without a column of its own they are `val_loss`."""
    training = {n for n in series if n not in rules and (n == "loss" or words_of(n) & TRAINING)}
    for name in training:
        rules[name] = (Rule(mark, "training"),)
    if "train_loss" in training:
        series.setdefault("val_loss", series["train_loss"])
    shared = {series[name] for name in training}
    for name in series.keys() - rules.keys():
        if is_validation(name) and series[name] in shared:
            rules[name] = (Rule(mark, "validation"),)


def report_missing(names: Sequence[str], columns: LossColumns, chosen: Chosen, findings: FindingList) -> None:
    """Write down which columns are missing: an error when there is no loss at all. By steps rows are placed as well."""
    if columns.is_part:
        return
    report_missing_series(names, columns, chosen, findings)
    if chosen.epoch is None and chosen.step is None:
        findings.warning(f"has no epoch column: {_expected(names, columns.epoch)}; rows are placed by nothing")


def report_missing_series(names: Sequence[str], columns: LossColumns, chosen: Chosen, findings: FindingList) -> None:
    """Write down which series are missing: an error when there is no loss at all."""
    missing = {name: accepted for name, accepted in columns.series.items() if name not in chosen.series}
    for name, accepted in missing.items():
        if name in columns.unasked and chosen.series and not any(map(is_validation, names)):
            continue
        text = f"has no column for {brief(name)}: {_expected(names, accepted)}"
        if name in columns.where and choose_columns(names, replace(columns, where={})).series.get(name) is not None:
            asked = tuple(columns.where[name])
            text = f"has no column by which rows of {brief(name)} are told: {_expected(names, asked)}"
        if chosen.series or name == EARLY_STOP:
            findings.warning(text)
        else:
            findings.error(text)


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
