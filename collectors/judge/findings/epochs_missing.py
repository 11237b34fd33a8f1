"""A loss that lacks epochs between others, by its own stride, or the first ones. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from collectors.judge.findings.sources import Source, places_words, sources_of
from collectors.judge.findings.spec import FindingSpec, Found, ended_streams
from collectors.numbers import number_words
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.run_files import stride_of
from collectors.training.series import is_validation

FEWEST = 3
"""Points that have a stride."""


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
        lacking = [*_before(places, source.unit, name), *missing_between(places)]
        if lacking:
            total = places.size + len(lacking)
            stride = f"{number_words(stride_of(places))} {source.unit}{'' if stride_of(places) == 1 else 's'}"
            told = f"{places_words(source.unit, lacking)} {'is' if len(lacking) == 1 else 'are'} missing"
            yield f"holds {places.size:,} of {total:,} points of {name} by its own stride of {stride}: {told}"


def missing_between(places: Any) -> list[float]:
    """Places that rising ones skip, where most stand one stride apart and all on one grid; else none."""
    stride, gaps = stride_of(places), np.diff(places)
    strides = gaps / stride
    on_grid = bool(np.isclose(strides, np.round(strides)).all())
    if not on_grid or 2 * int(np.isclose(strides, 1).sum()) < gaps.size:
        return []
    wide = np.flatnonzero(strides > 1.5)
    return [float(places[at] + stride * n) for at in wide.tolist() for n in range(1, round(float(strides[at])))]


def _before(places: Any, unit: str, name: str) -> list[float]:
    """Epochs before the first one; steps may be counted on from another training, validations may begin late."""
    first, stride = float(places[0]), stride_of(places)
    if unit != "epoch" or is_validation(name) or first <= stride:
        return []
    return [first - stride * n for n in range(int((first - 1e-6) // stride), 0, -1)]


SPEC = FindingSpec(
    id="epochs_missing",
    check="training",
    looks_at="a table or event file lacks epochs or steps of a loss that its own stride leads to expect",
    default="warn",
    find=find_epochs_missing,
)
