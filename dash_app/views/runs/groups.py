"""Groups of runs -> a table of what each comes to, and the choice of what runs are grouped by."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from collectors.numbers import UNKNOWN, number_words, plural, value_words
from dash_app.reading.query import RunQuery
from dash_app.reading.run_configs import ConfigColumns, Group, final_spread
from dash_app.reading.run_order import CONFIG, EVERY, verdict_of
from dash_app.reading.run_page import Selection
from dash_app.views.markup import attributes
from dash_app.views.runs.heads import sort_head

MOST_GROUPS = 100
MOST_STREAMS = 4


def config_label(column: str) -> str:
    """What a column `stream:config.key` is called."""
    stream, _, key = column.partition(":")
    return f"{'' if stream == EVERY else stream} {key.removeprefix(CONFIG)}".strip()


def group_choice(chosen: str, configs: ConfigColumns) -> Component:
    """Return the list of what runs can be grouped by: what differs comes first."""
    names = dict.fromkeys(["", *([chosen] if chosen else []), *configs.known])
    buttons = [
        html.Button(
            config_label(name) if name else "none",
            type="button",
            className="plain-button",
            **attributes(data_wish="group", data_value=name, aria_pressed="true" if name == chosen else "false"),
        )
        for name in names
    ]
    told = f"Group by {config_label(chosen)}" if chosen else "Group by"
    return html.Details([html.Summary(told), html.Div(buttons, className="column-choice")], className="columns groups")


def render_groups(selection: Selection) -> Component:
    """Return a row a group: how many runs, how many of them are ready, and how their final losses lie."""
    streams = list(dict.fromkeys(s for group in selection.groups for run in group.runs for s in run["streams"]))
    streams = streams[:MOST_STREAMS]
    query = selection.query
    column = query.group
    heads = [
        sort_head(config_label(column), "group", query),
        sort_head("Runs", "runs", query),
        sort_head("Ready", "ready", query),
    ]
    for stream in streams:
        heads.append(sort_head(f"{stream} final val, mean", f"{stream}:final_val_loss", query))
        heads.append(html.Th("lowest to highest", scope="col", className="cell-number"))
    groups = _ordered(selection.groups, query)
    body = html.Tbody([_row(group, column, streams) for group in groups[:MOST_GROUPS]])
    more = len(selection.groups) - MOST_GROUPS
    note = [html.Caption(f"{plural(more, 'more group')}; filter to see fewer.")] if more > 0 else []
    return html.Table([*note, html.Thead(html.Tr(heads)), body], className="history-table group-table")


def _ready(group: Group) -> int:
    return sum(verdict_of(run) == "ready" for run in group.runs)


def _ordered(groups: Sequence[Group], query: RunQuery) -> Sequence[Group]:
    """Groups by their value, unless another column is wished; what has no mean comes last."""
    stream, _, measure = query.sort.partition(":")
    if query.sort in ("runs", "ready"):
        is_ready = query.sort == "ready"
        return sorted(
            groups, key=lambda group: _ready(group) if is_ready else len(group.runs), reverse=query.descending
        )
    if measure == "final_val_loss":
        means = [(spread.mean if (spread := final_spread(group.runs, stream)) else None, group) for group in groups]
        known = sorted((one for one in means if one[0] is not None), key=lambda one: one[0] or 0.0)
        ordered = [group for _, group in (known[::-1] if query.descending else known)]
        return [*ordered, *(group for mean, group in means if mean is None)]
    return groups[::-1] if query.sort == "group" and query.descending else groups


def _row(group: Group, column: str, streams: list[str]) -> Component:
    cells = [
        str(len(group.runs)),
        str(_ready(group)),
        *(words for stream in streams for words in _spread(group, stream)),
    ]
    return html.Tr(
        [
            html.Th(_value(group, column), scope="row", className="cell-number"),
            *(html.Td(cell, className="cell-number") for cell in cells),
        ],
        className="group-row",
        **attributes(data_group=UNKNOWN if group.value is None else str(group.value)),
    )


def _value(group: Group, column: str) -> Component | str:
    """A press on a value shows its runs."""
    if group.value is None:
        return UNKNOWN
    stream, _, key = column.partition(":")
    of = "" if stream == EVERY else f"{stream}:"
    text = f'{of}{key.removeprefix(CONFIG)}="{group.value}"'
    told = attributes(data_find=text)
    return html.Button(value_words(group.value), type="button", className="run-link", title="Show its runs", **told)


def _spread(group: Group, stream: str) -> tuple[str, str]:
    spread = final_spread(group.runs, stream)
    if spread is None:
        return UNKNOWN, UNKNOWN
    some = f" ({spread.told} of {len(group.runs)})" if spread.told < len(group.runs) else ""
    return f"{number_words(spread.mean)}{some}", f"{number_words(spread.lowest)} to {number_words(spread.highest)}"
