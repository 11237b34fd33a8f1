"""A loss that lacks epochs between others, by its own stride, or the first ones. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from collectors.judge.findings.sources import Source, places_words, sources_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import number_words
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.remembered import per_object
from collectors.training.run_files import stride_of
from collectors.training.series import is_validation

FEWEST = 3
"""Points that have a stride."""
MOST = 1e9
"""Strides between two points: a wider gap is no number of epochs."""
_TOLD = 5


def find_epochs_missing(seen: WorkspaceEvidence) -> Iterator[Found]:
    """Each table and event file that lacks points of a loss which its other points lead to expect."""
    for s in ended_streams(seen):
        for source in sources_of(s):
            found = next(_missing(source), None)
            if found is not None:
                hint = f"Look whether {source.path} was cut or changed; a training writes every one of them."
                yield Found(source.path, s.id, f"{s.id}: {source.path} {found}", hint)


def _missing(source: Source) -> Iterator[str]:
    for name, curve in source.curves.items():
        places = source.places(name)
        if curve.nonfinite is not None or places.size < FEWEST:
            continue  # of a long series only some points are kept
        holes = [*holes_before(places, source.unit, name), *holes_of(places)]
        if holes:
            lacking, stride = sum(hole.count for hole in holes), stride_of(places)
            told = places_words(source.unit, [at for hole in holes for at in hole.first(_TOLD)], lacking)
            grid = f"{number_words(stride)} {source.unit}{'' if stride == 1 else 's'}"
            yield (
                f"holds {places.size:,} of {places.size + lacking:,} points of {name} by its own stride of {grid}: "
                f"{told} {'is' if lacking == 1 else 'are'} missing"
            )


@dataclass(frozen=True, slots=True)
class Hole:
    """Places that are missing one after the other."""

    begin: float
    """The first of them."""
    stride: float
    count: int

    def first(self, most: int) -> list[float]:
        """The first of them, so many at most: a nonsensical step makes a hole of billions."""
        return [self.begin + self.stride * n for n in range(min(self.count, most))]

    def of(self, places: Any) -> Any:
        """Those of rising places that it holds; only the few around it are looked at, for holes may be many."""
        half = self.stride / 2
        ends = np.searchsorted(places, (self.begin - half, self.begin - half + self.stride * self.count))
        near = places[slice(*ends)]
        n = (near - self.begin) / self.stride
        return near[np.isclose(n, np.round(n))]


@per_object
def holes_of(places: Any) -> list[Hole]:
    """What rising places skip, where most stand one stride apart and all on one grid; else nothing."""
    stride, gaps = stride_of(places), np.diff(places)
    strides = gaps / stride
    on_grid = bool(np.isclose(strides, np.round(strides)).all()) and float(strides.max()) < MOST
    if not on_grid or 2 * int(np.isclose(strides, 1).sum()) <= gaps.size:
        return []
    wide = np.flatnonzero(strides > 1.5)
    return [Hole(float(places[at]) + stride, stride, round(float(strides[at])) - 1) for at in wide.tolist()]


def holes_before(places: Any, unit: str, name: str) -> list[Hole]:
    """Epochs before the first one; steps may be counted on from another training, validations may begin late."""
    first, stride = float(places[0]), stride_of(places)
    count = int((first - 1e-6) // stride) if unit == "epoch" and first < MOST * stride else 0
    return [] if count < 1 or is_validation(name) else [Hole(first - stride * count, stride, count)]


SPEC = FindingSpec(
    id="epochs_missing",
    check="training",
    looks_at="a table or event file lacks epochs or steps of a loss that its own stride leads to expect",
    default="warn",
    find=find_epochs_missing,
)
