"""State -> the metrics beside the losses, as plain values for the browser: group names first, curves on demand.

What is closed costs a name. A group that somebody opened brings its first metrics, each with its figures in words
and its curve; more of them when they are asked for. What was wished comes from a browser and is checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState
from collectors.numbers import listed, plural
from collectors.presentation.metric_groups import metric_groups, only
from collectors.presentation.regions.metrics import best_words, group_title, last_words, metric_label, odd_words
from collectors.presentation.words import chart_text
from dash_app.views.curves.data import loss_data

MOST_OPEN: Final = 8
"""So many metrics stand open by themselves; of more the groups are closed at first."""
MOST_DRAWN: Final = 600
"""Metrics of a group, however many are asked for."""
NAMED: Final = 5
"""Metrics that a closed group names."""
PINNED: Final = ""
"""Key of the group of metrics that somebody pinned: no name begins with nothing."""
BESIDE: Final = "//"
"""Key of the group of scalars that nobody configured: a name's beginning ends before its first slash."""
Wish = Mapping[str, Mapping[str, int | tuple[str, ...]]]
"""Stream id -> group -> how many of its metrics are wished, or which."""


def groups_of(run: StreamMetrics, *, is_open: bool) -> list[dict[str, Any]]:
    """Return `{key, title, names, open}` of each group of a stream."""
    return [
        {
            "key": group.key,
            "title": group_title(group),
            "names": listed((metric_label(run, name) for name in group.members), most=NAMED),
            "open": is_open,
        }
        for group in metric_groups(run.series)
    ]


def group_beside(run: StreamMetrics) -> list[dict[str, Any]]:
    """The group of scalars that nobody configured, closed; of a stored run there is none: its files may be others."""
    if not run.beside:
        return []
    count = plural(len(run.beside), "more scalar")
    names = listed(run.beside, most=NAMED)
    return [{"key": BESIDE, "title": f"{count} in the event files", "names": names, "open": False}]


def may_stand_open(state: DashboardState) -> bool:
    """Whether all metrics of all streams are so few that they are shown at once."""
    groups = (group for run in state.metrics.values() for group in metric_groups(run.series))
    return sum(len(group.members) for group in groups) <= MOST_OPEN


def wish_from(sent: Any) -> Wish:
    """What a browser wishes, bounded; anything else than a wish, which only a forger sends, is nothing."""
    found = sent if isinstance(sent, dict) else {}
    return {
        stream: {key: wished for key, asked in groups.items() if (wished := _wish(asked)) is not None}
        for stream, groups in found.items()
        if isinstance(groups, dict)
    }


def _wish(asked: Any) -> int | tuple[str, ...] | None:
    if type(asked) is int and asked > 0:
        return min(asked, MOST_DRAWN)
    return tuple(name for name in asked[:MOST_DRAWN] if isinstance(name, str)) if isinstance(asked, list) else None


def metric_data(
    state: DashboardState | None,
    baseline: DashboardState | None,
    wish: Wish,
    overlays: Sequence[DashboardState] = (),
) -> dict[str, Any]:
    """Return stream id -> group -> `{count, members}` of what is wished and there.

    Where a group's metrics are wished by name, the `names` of all of them and their labels are told too.
    """
    if state is None:
        return {}
    return {
        stream: dict(_wished(run, _Others.of(stream, baseline, overlays), wish[stream]))
        for stream, run in state.metrics.items()
        if stream in wish
    }


@dataclass(frozen=True, slots=True)
class _Others:
    """Series of one stream that other runs have."""

    baseline: Collection[str]
    overlays: Mapping[str, Collection[str]]
    """Run id -> names."""

    @classmethod
    def of(cls, stream: str, baseline: DashboardState | None, overlays: Sequence[DashboardState]) -> _Others:
        def names(state: DashboardState | None) -> Collection[str]:
            return state.metrics[stream].series.keys() if state and stream in state.metrics else ()

        return cls(names(baseline), {state.meta.run_id: names(state) for state in overlays})


def _wished(
    run: StreamMetrics, others: _Others, wish: Mapping[str, int | tuple[str, ...]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    groups = {PINNED: tuple(run.series)} | {group.key: group.members for group in metric_groups(run.series)}
    for key in groups.keys() & wish.keys():
        members, asked = groups[key], wish[key]
        shown = members[:asked] if isinstance(asked, int) else [name for name in asked if name in members]
        told: dict[str, Any] = {"count": len(members), "members": [_member(run, others, n) for n in shown]}
        if not isinstance(asked, int) and key != PINNED:
            told["names"] = [[name, metric_label(run, name)] for name in members]
        yield key, told


def _member(run: StreamMetrics, others: _Others, name: str) -> dict[str, Any]:
    """One metric: its figures in words, whether the baseline has a curve of it, and which overlaid runs have."""
    best = best_words(run, name)
    return {
        "series": name,
        "label": metric_label(run, name),
        "last": last_words(run, name),
        "best": f"best {best}" if best else "",
        "odd": odd_words(run, name),
        "reduced": name in run.about and run.about[name].reduced,
        "ghost": name in others.baseline,
        "others": [run_id for run_id, names in others.overlays.items() if name in names],
    }


def metric_part(run: StreamMetrics, name: str) -> dict[str, Any]:
    """Return what the chart of one metric draws."""
    found, label = loss_data(only(run, name)), chart_text(metric_label(run, name))
    return found | {"curves": [curve | {"name": label} for curve in found["curves"]]}
