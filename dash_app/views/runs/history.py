"""Rows of runs -> the history: a table of one page or of groups, and downloads of what is shown.

Differences to the baseline are those of the comparison: what it calls incomparable has none here either.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from collectors.numbers import plural
from dash_app.reading.query import CHOOSABLE, RunQuery
from dash_app.reading.run_configs import ConfigColumns
from dash_app.reading.run_page import Selection
from dash_app.views.markup import attributes, unseen
from dash_app.views.runs.columns import Column, columns_of, stream_columns
from dash_app.views.runs.groups import config_label, group_choice, render_groups
from dash_app.views.runs.heads import sort_head
from dash_app.views.runs.history_rows import Looks, render_row

MOST_STREAMS = 4
MOST_METRICS = 3


def render_history(selection: Selection, looks: Looks) -> list[Component]:
    """Return one page of the table or the groups, with what is found and what can be downloaded."""
    query = selection.query
    tools = html.Div(
        [
            _count(selection),
            group_choice(query.group, selection.configs),
            _column_choice(query, selection.configs),
            *_downloads(query),
            *([] if query.group else [_pages(selection)]),
        ],
        className="history-tools",
    )
    if not selection.rows:
        words = (
            "No run fits these filters." if selection.total else "No run is stored yet: one is when a training ends."
        )
        return [tools, html.P(words, className="empty")]
    table = render_groups(selection) if query.group else _table(selection, looks)
    return [
        tools,
        html.Div(table, className="history-frame", tabIndex=0, role="region", **attributes(aria_label="Table of runs")),
    ]


def _table(selection: Selection, looks: Looks) -> Component:
    streams = stream_columns(selection.rows, MOST_STREAMS, MOST_METRICS)
    columns = columns_of(selection.query, streams, selection.configs, has_baseline=looks.baseline is not None)
    all_of_page = html.Button(
        unseen("Select every run of this page"),
        type="button",
        role="checkbox",
        className="check-button",
        **attributes(data_select_page="", aria_checked="false"),
    )
    head = [html.Th(all_of_page, scope="col"), *(_head(column, selection.query) for column in columns)]
    body = html.Tbody([render_row(row, columns, looks) for row in selection.rows])
    return html.Table([html.Thead(html.Tr(head)), body], className="history-table")


def _count(selection: Selection) -> Component:
    every = plural(selection.total, "run")
    told = f"{selection.found:,} of {every}" if selection.found != selection.total else every
    return html.Span(told, className="history-count", role="status")


def _column_choice(query: RunQuery, configs: ConfigColumns) -> Component:
    columns = [(name, label, name in query.columns) for name, label in CHOOSABLE.items()]
    known = dict.fromkeys([*configs.known, *query.configs])
    values = [(name, config_label(name), name in query.configs) for name in known]
    boxes = [
        html.Button(
            label,
            type="button",
            role="checkbox",
            className="check-button",
            **attributes(data_column=name, aria_checked="true" if is_on else "false"),
        )
        for name, label, is_on in (*columns, *values)
    ]
    return html.Details([html.Summary("Columns"), html.Div(boxes, className="column-choice")], className="columns")


def _downloads(query: RunQuery) -> list[Component]:
    """Links made of what was understood of the wish, never of what was sent."""
    wish = {
        name: value
        for name, value in asdict(query).items()
        if name in ("text", "verdict", "since", "until", "sort") and value
    } | ({"zone": str(query.zone)} if query.zone is not UTC else {})
    told = urlencode(wish | {"descending": "1" if query.descending else "0"})
    return [
        html.A(kind.upper(), href=f"api/runs.{kind}?{told}", download=f"runs.{kind}", className="download")
        for kind in ("csv", "json")
    ]


def _pages(selection: Selection) -> Component:
    here, last = selection.query.page, selection.pages - 1
    words = html.Span(f"page {here + 1} of {last + 1:,}")
    before = _page("Newer" if selection.query.sort == "started" else "Previous", here - 1, is_off=here == 0)
    after = _page("Older" if selection.query.sort == "started" else "Next", here + 1, is_off=here >= last)
    return html.Nav([before, words, after], className="history-pages", **attributes(aria_label="Pages"))


def _page(word: str, page: int, *, is_off: bool) -> Component:
    return html.Button(
        word, type="button", className="plain-button", disabled=is_off, **attributes(data_page=str(page))
    )


def _head(column: Column, query: RunQuery) -> Component:
    mark = [html.Span("differs", className="differs")] if column.is_differing else []
    look = "cell-number" if "cell-number" in column.look else None
    if column.sort is None:
        return html.Th([column.label, *mark], scope="col", title=column.title, className=look)
    return sort_head(column.label, column.sort, query, *mark, title=column.title, look=look)
