"""Names of a stream's series -> those that its main chart draws, and the others in groups. Pure.

Every series stands in exactly one place. `train/acc`, `val/acc`, `eval_accuracy` and `metrics/mAP50` say their group
themselves; what says none, or would leave a crowd of groups, stands under *other*. Behind them stand what the training
was set to (*learning rate*) and what its machine did (*system*), whatever they begin with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from collectors.contract.metrics import StreamMetrics
from collectors.contract.table import USUAL_SERIES
from collectors.training.series import TRAINING, VALIDATION, is_loss, is_validation, words_of

MOST_MAIN: Final = 4
"""Lines that one chart can hold and be read."""
MOST_GROUPS: Final = 12
OTHER: Final = "other"
LEARNING_RATE: Final = "learning rate"
SYSTEM: Final = "system"
LAST: Final = (OTHER, LEARNING_RATE, SYSTEM)
"""Groups that follow those by prefix, in this order."""
_SYSTEM: Final = frozenset(
    {"system", "sys", "gpu", "gpus", "cpu", "ram", "vram", "cuda", "memory", "mem", "disk", "network"}
    | {"throughput", "fps", "util", "utilization", "temperature"}
)
_SPEED: Final = re.compile(r"(?:per_sec(?:ond)?|/s(?:ec)?|_per_s)$")
_SPLITS: Final = TRAINING | VALIDATION


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """Series that begin alike."""

    key: str
    """What they begin with, or one of `LAST`."""
    members: tuple[str, ...]
    """Their names, losses first."""


def main_series(names: Iterable[str]) -> tuple[str, ...]:
    """The losses that are drawn together; where a stream has none, its first series."""
    every = list(names)
    usual = [name for name in every if name in USUAL_SERIES]
    losses = [name for name in every if name not in USUAL_SERIES and is_loss(name)]
    if usual:
        losses = [name for name in losses if _prefix(name) is None]
    chosen = [*usual, *losses][:MOST_MAIN] or every[:1]
    if not usual and len(losses) > MOST_MAIN:
        chosen = _pair(losses) or chosen
    return tuple(name for name in every if name in chosen)


def _pair(losses: Sequence[str]) -> list[str]:
    """The first loss that was measured on both parts of the data: `train/box_loss` and `val/box_loss`."""
    of = {(role_of(name), _without_split(name)): name for name in reversed(losses)}
    both = (name for role, name in reversed(of) if role == "train" and ("val", name) in of)
    return [of[role, name] for name in [*both][:1] for role in ("train", "val")]


def _without_split(name: str) -> str:
    return "/".join(part for part in name.split("/") if part.lower() not in _SPLITS)


def metric_groups(names: Iterable[str]) -> tuple[MetricGroup, ...]:
    """All other series, group by group in the order of their first members, and those of `LAST` last."""
    every = list(names)
    main = main_series(every)
    found: dict[str, list[str]] = {}
    for name in every:
        if name not in main:
            found.setdefault(_kind(name) or _prefix(name) or OTHER, []).append(name)
    kept = sorted((key for key in found if key not in LAST), key=lambda key: -len(found[key]))[:MOST_GROUPS]
    rest = [name for key, of in found.items() if key not in (*kept, LEARNING_RATE, SYSTEM) for name in of]
    groups = [(key, of) for key, of in found.items() if key in kept]
    groups += [(key, of) for key in LAST if (of := rest if key == OTHER else found.get(key, []))]
    return tuple(MetricGroup(key, tuple(_losses_first(of))) for key, of in groups)


def _kind(name: str) -> str | None:
    """What a name says it is, whatever it begins with: a learning rate, or the work of the machine."""
    if is_loss(name):
        return None
    words = words_of(name)
    if "lr" in words or {"learning", "rate"} <= words or "learningrate" in words:
        return LEARNING_RATE
    return SYSTEM if words & _SYSTEM or _SPEED.search(name.lower()) else None


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
