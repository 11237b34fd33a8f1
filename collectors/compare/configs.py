"""The configs of one stream in two runs -> what differs, and how much of them was compared. Pure.

Input: a stream's metrics on both sides, and the content hashes of its config files. Output: one record a key, and
what was compared: without the whole of both there is no saying that nothing differs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from collectors.compare.comparability import same_value
from collectors.contract.configs import ConfigValues, Withheld
from collectors.contract.delta import ConfigChange
from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState
from collectors.contract.values import Scalar

ABSENT = object()
"""Stands for a key that one side does not have."""


@dataclass(frozen=True, slots=True)
class ConfigsCompared:
    """What two configs differ in."""

    changes: tuple[ConfigChange, ...]
    compared: Literal["whole", "part", "none"]
    untold: tuple[str, ...] = ()
    """Keys whose values are not shown and whose digests say nothing about each other."""


def compare_configs(stream: str, run: DashboardState, baseline: DashboardState) -> ConfigsCompared:
    """Compare the highlights, and the whole configs where both sides have them."""
    highlights = tuple(_highlights(run.metrics.get(stream), baseline.metrics.get(stream)))
    ours, theirs = run.configs.get(stream), baseline.configs.get(stream)
    same_bytes = _is_same_file(stream, run, baseline)
    if ours is None or theirs is None:
        told = any(None not in (one.run, one.baseline) for one in highlights)
        return ConfigsCompared(highlights, "whole" if same_bytes else "part" if told else "none")
    changes, untold = list(highlights), []
    for name in _unnamed_keys(ours, theirs):
        change = _change(name, ours.values.get(name, ABSENT), theirs.values.get(name, ABSENT))
        if change is None:
            untold.append(name)
        else:
            changes.append(change)
    if same_bytes:
        return ConfigsCompared(tuple(changes), "whole")
    left_out = bool(untold or ours.left_out or theirs.left_out)
    return ConfigsCompared(tuple(changes), "part" if left_out else "whole", tuple(untold))


def _is_same_file(stream: str, run: DashboardState, baseline: DashboardState) -> bool:
    """Whether both sides' files hold the same bytes, whatever could be listed of them."""
    hashes = [[a.sha256 for a in s.artifacts.configs if a.stream == stream] for s in (run, baseline)]
    return len(hashes[0]) == 1 and hashes[0] == hashes[1] and hashes[0][0] is not None


def _highlights(run: StreamMetrics | None, baseline: StreamMetrics | None) -> Iterable[ConfigChange]:
    ours, theirs = (side.config if side else {} for side in (run, baseline))
    for name in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(name), theirs.get(name)
        yield ConfigChange(name=name, run=one, baseline=other, differs=not same_value(one, other))


def _unnamed_keys(run: ConfigValues, baseline: ConfigValues) -> Iterable[str]:
    """Every key that is not a highlight of both sides already."""
    named = {key for name, key in run.highlighted.items() if baseline.highlighted.get(name) == key}
    return (key for key in dict.fromkeys([*run.values, *baseline.values]) if key not in named)


def _change(name: str, run: object, baseline: object) -> ConfigChange | None:
    """One key of both configs; None where nobody can tell whether it differs."""
    hidden = next((one for one in (run, baseline) if isinstance(one, Withheld)), None)
    if hidden is None:
        ours, theirs = _scalar(run), _scalar(baseline)
        differs = ABSENT in (run, baseline) or not same_value(ours, theirs)
        return ConfigChange(name=name, run=ours, baseline=theirs, differs=differs)
    differs = True
    if isinstance(run, Withheld) and isinstance(baseline, Withheld):
        if not _can_be_compared(run.digest, baseline.digest):
            return None
        differs = run.digest != baseline.digest
    return ConfigChange(name=name, run=None, baseline=None, differs=differs, withheld=hidden.withheld)


def _scalar(value: object) -> Scalar:
    return value if isinstance(value, (bool, int, float, str)) else None


def _can_be_compared(one: str | None, other: str | None) -> bool:
    """Whether both digests were made under the same key."""
    return one is not None and other is not None and one.partition(":")[0] == other.partition(":")[0]
