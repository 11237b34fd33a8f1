"""State -> the metrics beside the losses, as plain values for the browser: group names first, curves on demand.

What is closed costs a name. A group that somebody opened brings its first metrics, each with its figures in words
and its curve; more of them when they are asked for. What was wished comes from a browser and is checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState
from collectors.numbers import listed
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
Wish = Mapping[str, Mapping[str, int]]
"""Stream id -> group -> how many of its metrics are wished."""


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


def may_stand_open(state: DashboardState) -> bool:
    """Whether all metrics of all streams are so few that they are shown at once."""
    groups = (group for run in state.metrics.values() for group in metric_groups(run.series))
    return sum(len(group.members) for group in groups) <= MOST_OPEN


def wish_from(sent: Any) -> Wish:
    """What a browser wishes, bounded; anything else than a wish, which only a forger sends, is nothing."""
    found = sent if isinstance(sent, dict) else {}
    return {
        stream: {key: min(most, MOST_DRAWN) for key, most in groups.items() if type(most) is int and most > 0}
        for stream, groups in found.items()
        if isinstance(groups, dict)
    }


def metric_data(state: DashboardState | None, baseline: DashboardState | None, wish: Wish) -> dict[str, Any]:
    """Return stream id -> group -> `{count, members}` of what is wished and there."""
    if state is None:
        return {}
    return {
        stream: dict(_wished(run, baseline.metrics.get(stream) if baseline else None, wish[stream]))
        for stream, run in state.metrics.items()
        if stream in wish
    }


def _wished(
    run: StreamMetrics, baseline: StreamMetrics | None, wish: Mapping[str, int]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for group in metric_groups(run.series):
        if group.key in wish:
            shown = group.members[: wish[group.key]]
            yield group.key, {"count": len(group.members), "members": [_member(run, baseline, n) for n in shown]}


def _member(run: StreamMetrics, baseline: StreamMetrics | None, name: str) -> dict[str, Any]:
    """One metric: its figures in words, and whether the baseline has a curve to stand behind its own."""
    best = best_words(run, name)
    return {
        "series": name,
        "label": metric_label(run, name),
        "last": last_words(run, name),
        "best": f"best {best}" if best else "",
        "odd": odd_words(run, name),
        "reduced": name in run.about and run.about[name].reduced,
        "ghost": baseline is not None and name in baseline.series,
    }


def metric_part(run: StreamMetrics, name: str) -> dict[str, Any]:
    """Return what the chart of one metric draws."""
    found, label = loss_data(only(run, name)), chart_text(metric_label(run, name))
    return found | {"curves": [curve | {"name": label} for curve in found["curves"]]}
