"""Sections of several runs -> a table: a column a run, differences only unless all is wished."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from collectors.compare.side_by_side import Row, Section
from collectors.contract.values import Outcome, Scalar, VerdictValue
from collectors.numbers import UNKNOWN, duration_words, number_words, plural, value_words
from collectors.presentation.pieces import verdict_mark
from collectors.presentation.words import OUTCOME_MARKS
from dash_app.views.markup import attributes, text_clock
from dash_app.views.tree import component

FEW_FILES = 4
"""Differing files that are shown at once; more are folded."""


def render_side_by_side(run_ids: Sequence[str], sections: Sequence[Section], missing: Sequence[str]) -> list[Component]:
    """Return the panel; of nothing an empty one. `missing` are runs that cannot be read."""
    if not run_ids and not missing:
        return []
    title = html.B("Side by side", tabIndex="-1", className="side-title", **attributes(data_side_title=""))
    head = html.Div([title, *_links(run_ids), _close()], className="side-head")
    gone = [html.P(f"Cannot be read: {', '.join(missing)}.", className="incomparable")] if missing else []
    if len(run_ids) < 2:
        return [head, *gone, html.P("Two runs or more are needed.", className="empty")]
    differing = [_section(section, run_ids) for section in sections]
    equal = _equal(sections, run_ids)
    frame = html.Div([*filter(None, differing), *equal], className="side-frame", tabIndex=0, role="region",
                     style={"--runs": str(len(run_ids))}, **attributes(aria_label="Runs side by side"))  # fmt: skip
    return [head, *gone, frame]


def _links(run_ids: Sequence[str]) -> list[Component]:
    told = urlencode({"runs": ",".join(run_ids)})
    return [
        html.A(kind.upper(), href=f"api/compared.{kind}?{told}", download=f"compared.{kind}", className="download")
        for kind in ("csv", "json")
    ]


def _close() -> Component:
    return html.Button("Close", type="button", className="plain-button", **attributes(data_close_side=""))


def _section(section: Section, run_ids: Sequence[str]) -> Component | None:
    """What differs of a section; of files, where there are many, only how many do."""
    rows = [row for row in section.rows if row.differs is not False]
    if not rows:
        return None
    table = _table(section, rows, run_ids)
    if section.kind != "files" or len(rows) <= FEW_FILES:
        return table
    return html.Details(
        [html.Summary(f"{plural(len(rows), 'file')} that differ"), table], className="side-files side-more"
    )


def _equal(sections: Sequence[Section], run_ids: Sequence[str]) -> list[Component]:
    rest = [(section, [row for row in section.rows if row.differs is False]) for section in sections]
    count = sum(len(rows) for _, rows in rest)
    if not count:
        return []
    tables = [_table(section, rows, run_ids) for section, rows in rest if rows]
    summary = html.Summary(f"Show {plural(count, 'equal value')} too")
    return [html.Details([summary, *tables], className="side-equal side-more")]


def _table(section: Section, rows: Sequence[Row], run_ids: Sequence[str]) -> Component:
    heads = [html.Th(run_id, scope="col", title=run_id, className="cell-number") for run_id in run_ids]
    head = html.Thead(html.Tr([html.Th(section.title, scope="col"), *heads]))
    body = html.Tbody([_line(section, row) for row in rows])
    marks = attributes(data_section=section.kind, data_of_stream=section.stream or "")
    return html.Table([head, body], className="side-table", **marks)


def _line(section: Section, row: Row) -> Component:
    unsure = [html.Span(" cannot tell", className="side-unsure")] if row.differs is None else []
    cells = [html.Td(_words(section, row.name, value), className="cell-number") for value in row.values]
    return html.Tr(
        [html.Th([row.name, *unsure], scope="row", title=row.name), *cells], **attributes(data_side_row=row.name)
    )


def _words(section: Section, name: str, value: Scalar) -> Any:
    if value is None:
        return UNKNOWN
    if section.kind == "checks":
        return f"{OUTCOME_MARKS[Outcome(str(value))]} {str(value).upper()}"
    if section.kind == "run" and name == "verdict":
        return component(verdict_mark(VerdictValue(str(value).lower().replace(" ", "_"))))
    if section.kind == "run" and name == "started":
        return text_clock(str(value))
    if section.kind == "metrics" and isinstance(value, int | float):
        return duration_words(value) if name.startswith("duration") else number_words(value)
    return value_words(value)
