"""Folders `version_N` of Lightning -> which of them are one run, and where its logs lie.

Input: what was found in each. Output: `Version`s, a resume with the one that it goes on with. It refuses to join what
begins where a training begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from collectors.trainers.folder import Folder, count_in, parent
from collectors.trainers.names import has_training, losses_in

_VERSION: Final = re.compile(r"version_\d+")


@dataclass(frozen=True, slots=True)
class Version:
    """One run's folders: a table and event files may lie in two trees, under the same name."""

    table: str | None
    events: str | None
    names: frozenset[str]
    before: Version | None = None
    """The version that it goes on with: both are one run."""

    @property
    def place(self) -> str:
        """The folder of its table, else of its event files."""
        return parent(self.table) if self.table is not None else self.events or ""

    @property
    def base(self) -> str:
        """The folder that holds all its versions: two above `lightning_logs/version_0`."""
        return parent(parent(self.place)) if is_version(self.place) else self.place


def is_version(place: str) -> bool:
    """Whether a folder is called like a version."""
    return _VERSION.fullmatch(place.rpartition("/")[2]) is not None


def gone_on_with(folder: Folder, version: Version, earlier: Iterable[Version]) -> Version | None:
    """The newest earlier training beside it, where its first record is a later one than a training's first.

    That is told by its own stride, or by that of the one before it; by its first record alone only beyond the first
    epoch: another training may log less often.
    """
    beside = [one for one in earlier if has_training(one.names) and _is_beside(one, version)]
    own = _first_places(folder, version) if beside else ()
    if not own:
        return None
    told = own if len(own) > 1 else _first_places(folder, beside[-1])
    is_later = len(told) > 1 and own[0][0] + 1 > told[1][0] - told[0][0]
    return beside[-1] if is_later and (len(own) > 1 or own[0][1] > 0) else None


def _is_beside(one: Version, version: Version) -> bool:
    """Whether both wrote the same kind of logs into folders beside each other."""
    kinds = [(v.events is None, parent(v.events if v.events is not None else v.place)) for v in (one, version)]
    return kinds[0] == kinds[1] and version.place != one.place


def _first_places(folder: Folder, version: Version) -> list[tuple[float, float]]:
    """Step and epoch of the first records of the training loss, by the first event file that has it, else the table."""
    for path in sorted(event_files_in(folder, version.events)):
        series = folder.scalars(path)
        for tag in losses_in(series).get("train_loss", ()):
            epochs = series["epoch"].value if "epoch" in series and series["epoch"].value.size else [0.0]
            return [(float(step), float(epochs[0])) for step in sorted(set(series[tag].step.tolist()))]
    return _places_in_table(folder, version.table) if version.events is None and version.table is not None else []


def _places_in_table(folder: Folder, table: str) -> list[tuple[float, float]]:
    names = folder.columns(table)
    losses = losses_in(names).get("train_loss", ())
    rows = [dict(zip(names, row, strict=False)) for row in folder.rows(table)]
    held = [(count_in(row.get("step", "")), count_in(row.get("epoch", ""))) for row in rows if _holds(row, losses)]
    return sorted({(float(step), float(epoch)) for step, epoch in held if step is not None and epoch is not None})


def _holds(row: Mapping[str, str], names: Iterable[str]) -> bool:
    return any(row.get(name) for name in names)


def event_files_in(folder: Folder, place: str | None) -> list[str]:
    """Event files right in a folder."""
    return [] if place is None else [path for path in folder.event_files if parent(path) == place]


def tables_of(version: Version) -> str | list[str] | None:
    """Its table, or with that of each version before it, the oldest first."""
    tables, one = [], version
    while True:
        tables += [one.table] if one.table is not None else []
        if one.before is None:
            return tables[0] if len(tables) == 1 else tables[::-1] or None
        one = one.before
