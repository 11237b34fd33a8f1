"""Names of a stream's series -> those that its main chart draws, and the others in groups by prefix. Pure.

Every series stands in exactly one place. `train/acc`, `val/acc`, `eval_accuracy` and `metrics/mAP50` say their group
themselves; what says none, or would leave a crowd of groups, stands under *other*.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from collectors.contract.metrics import StreamMetrics
from collectors.training.series import TRAINING, VALIDATION, is_loss, is_validation, words_of

ROLES: Final = {"train_loss": "train", "val_loss": "val"}
"""Series name -> the part it plays; any other is `other`."""
MOST_MAIN: Final = 4
"""Lines that one chart can hold and be read."""
MOST_GROUPS: Final = 12
OTHER: Final = "other"
_SPLITS: Final = TRAINING | VALIDATION


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """Series that begin alike."""

    key: str
    """What they begin with, or `other`."""
    members: tuple[str, ...]
    """Their names, losses first."""


def main_series(names: Iterable[str]) -> tuple[str, ...]:
    """The losses that are drawn together; where a stream has none, its first series."""
    every = list(names)
    usual = [name for name in every if name in ROLES]
    losses = [name for name in every if name not in ROLES and is_loss(name)]
    if usual:
        losses = [name for name in losses if _prefix(name) is None]
    chosen = [*usual, *losses][:MOST_MAIN] or every[:1]
    return tuple(name for name in every if name in chosen)


def metric_groups(names: Iterable[str]) -> tuple[MetricGroup, ...]:
    """All other series, group by group in the order of their first members, `other` last."""
    every = list(names)
    main = main_series(every)
    found: dict[str, list[str]] = {}
    for name in every:
        if name not in main:
            found.setdefault(_prefix(name) or OTHER, []).append(name)
    kept = sorted((key for key in found if key != OTHER), key=lambda key: -len(found[key]))[:MOST_GROUPS]
    rest = [name for key, of in found.items() if key not in kept for name in of]
    groups = [(key, of) for key, of in found.items() if key in kept] + ([(OTHER, rest)] if rest else [])
    return tuple(MetricGroup(key, tuple(_losses_first(of))) for key, of in groups)


def main_part(run: StreamMetrics) -> StreamMetrics:
    """The stream with the series of its main chart alone."""
    others = frozenset(run.series) - frozenset(main_series(run.series))
    return run if not others else _without(run, others)


def only(run: StreamMetrics, name: str) -> StreamMetrics:
    """The stream with one of its series alone."""
    return _without(run, frozenset(run.series) - {name})


def _without(run: StreamMetrics, others: frozenset[str]) -> StreamMetrics:
    parts = {part: _kept(getattr(run, part), others) for part in ("series", "about", "final", "best")}
    told = tuple(gap for gap in run.nonfinite if gap.series not in others)
    return run.model_copy(update={**parts, "nonfinite": told})


def _kept(found: dict[str, object], others: frozenset[str]) -> dict[str, object]:
    return {name: one for name, one in found.items() if name not in others}


def role_of(name: str) -> str:
    """Which part of the data a series was measured on, as far as its name says: `train`, `val` or `other`."""
    return "val" if is_validation(name) else "train" if words_of(name) & TRAINING else "other"


def _prefix(name: str) -> str | None:
    """What a name says of its group: all before the first slash, or a word for a part of the data before a `_`."""
    before, _, after = name.partition("/")
    if before and after:
        return before.lower()
    word, _, after = name.lower().partition("_")
    return word if after and word in _SPLITS else None


def _losses_first(names: Sequence[str]) -> list[str]:
    return sorted(names, key=lambda name: not is_loss(name))
