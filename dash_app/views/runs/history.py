"""Rows of runs -> the history: filters, a table of one page, what can be done with a run.

Differences to the baseline are those of the comparison: what it calls incomparable has none here either.
"""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from collectors.contract.run_row import metric_names
from dash_app import ids
from dash_app.reading.query import CHOOSABLE, VERDICTS, RunQuery, Selection, streams_of
from dash_app.views.markup import attributes, icon
from dash_app.views.runs.history_rows import Column, Looks, columns_of, render_row

MOST_STREAMS = 4
MOST_METRICS = 3
FILTERS = (
    ("text", "Search", "id, workspace or problem"),
    ("since", "From", "YYYY-MM-DD"),
    ("until", "To", "YYYY-MM-DD"),
)


def render_history_frame() -> Component:
    """Return what stands around the table and never changes: heading and filters."""
    verdicts = [html.Option("any verdict", value=""), *(html.Option(_word(v), value=v) for v in VERDICTS)]
    select = html.Select(verdicts, **attributes(aria_label="Verdict"))
    fields = [_field(*one) for one in FILTERS]
    fields.insert(1, html.Label([html.Span("Verdict"), select], **attributes(data_filter="verdict")))
    header = html.Header(html.H2("Run history"), className="panel-head")
    table = html.Div(id=ids.HISTORY_TABLE, className="history-content")
    return html.Section(
        [header, html.Div(fields, className="history-filters", role="search"), table],
        id=ids.HISTORY,
        className="panel history",
        **attributes(aria_label="Run history", data_in="runs"),
    )


def _word(verdict: str) -> str:
    return verdict.replace("_", " ")


def _field(name: str, label: str, example: str) -> Component:
    is_text = name == "text"
    field = dcc.Input(type="search" if is_text else "text", placeholder=example, autoComplete="off")
    look = "filter-wide" if is_text else "filter-day"
    return html.Label([html.Span(label), field], className=look, **attributes(data_filter=name))


def render_history(selection: Selection, looks: Looks) -> list[Component]:
    """Return one page of the table, with what is found and what can be downloaded."""
    tools = html.Div(
        [_count(selection), _column_choice(selection.query), *_downloads(selection.query), _pages(selection)],
        className="history-tools",
    )
    if not selection.rows:
        words = (
            "No run fits these filters." if selection.total else "No run is stored yet: one is when a training ends."
        )
        return [tools, html.P(words, className="empty")]
    metrics = metric_names(selection.rows, MOST_METRICS)
    streams = {stream: metrics[stream] for stream in streams_of(selection.rows)[:MOST_STREAMS]}
    columns = columns_of(selection.query.columns, streams)
    head = html.Thead(
        html.Tr(
            [
                html.Th("Overlay", scope="col"),
                *(_head(c, selection.query) for c in columns),
                html.Th("Actions", scope="col"),
            ]
        )
    )
    body = html.Tbody([render_row(row, columns, looks) for row in selection.rows])
    table = html.Table([head, body], className="history-table")
    return [
        tools,
        html.Div(table, className="history-frame", tabIndex=0, role="region", **attributes(aria_label="Runs")),
    ]


def _count(selection: Selection) -> Component:
    told = (
        f"{selection.found:,} of {selection.total:,} runs"
        if selection.found != selection.total
        else f"{selection.total:,} runs"
    )
    return html.Span(told, className="history-count", role="status")


def _column_choice(query: RunQuery) -> Component:
    boxes = [
        html.Button(
            label,
            type="button",
            role="checkbox",
            className="check-button",
            **attributes(data_column=name, aria_checked="true" if name in query.columns else "false"),
        )
        for name, label in CHOOSABLE.items()
    ]
    return html.Details([html.Summary("Columns"), html.Div(boxes, className="column-choice")], className="columns")


def _downloads(query: RunQuery) -> list[Component]:
    """Links made of what was understood of the wish, never of what was sent."""
    wish = {
        name: value
        for name, value in asdict(query).items()
        if name in ("text", "verdict", "since", "until", "sort") and value
    }
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
    if column.sort is None:
        return html.Th(column.label, scope="col", title=column.title)
    is_sorted = query.sort == column.sort
    direction = ("descending" if query.descending else "ascending") if is_sorted else "none"
    mark = [icon(direction)] if is_sorted else []
    wished = attributes(data_sort=column.sort, data_descending="0" if is_sorted and query.descending else "1")
    button = html.Button([column.label, *mark], type="button", title=column.title, **wished)
    return html.Th(button, scope="col", **attributes(aria_sort=direction))
