"""A state beside its baseline -> what each face of the product says of it, as plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from support.components import attribute, parts, text_of
from support.html_reading import read_page

from collectors.compare.compare import compare
from collectors.contract.state import DashboardState
from collectors.presentation.checklist import as_junit, as_markdown, as_text
from collectors.presentation.comparison import delta_as_markdown, delta_as_text
from collectors.presentation.page import Against, as_html
from collectors.presentation.runs import rows_as_text, run_as_text
from collectors.store.rows import row_of
from dash_app.pictures.badge import check_badge, render_badge, stream_badge, verdict_badge
from dash_app.pictures.still_graph import Occasion, render_still_graph
from dash_app.reading.query import RunQuery
from dash_app.reading.run_page import select_page
from dash_app.views.curves.compared import compared_curves
from dash_app.views.graph.stage_details import render_stage_details
from dash_app.views.page import render_page
from dash_app.views.runs.comparison import render_comparison
from dash_app.views.runs.history import render_history
from dash_app.views.runs.history_rows import Looks


def terminal(state: DashboardState, against: DashboardState) -> str:
    rows = rows_as_text([row_of(state, (1, 1))], None)
    return "\n".join([as_text(state), run_as_text(state), delta_as_text(compare(state, against)), rows])


def junit(state: DashboardState, _against: DashboardState) -> str:
    root = ElementTree.fromstring(as_junit(state))
    return "\n".join([*root.itertext(), *(value for one in root.iter() for value in one.attrib.values())])


def markdown(state: DashboardState, against: DashboardState) -> str:
    """As a reader of the rendered table sees it."""
    told = as_markdown(state) + delta_as_markdown(compare(state, against))
    return html.unescape(re.sub(r"\\(.)", r"\1", told))


def page(state: DashboardState, against: DashboardState) -> str:
    """Regions, charts' words, comparison, the selected stages and the history."""
    delta, rows = compare(state, against), [row_of(one, (1, 1)) for one in (state, against)]
    drawn = [
        list(render_page(state, None).values()),
        render_comparison(delta, against.meta.run_id, is_pinned=True, pin_target=None),
        [entry["delta"] for entry in compared_curves(against, [], delta).values()],
        [render_stage_details(state, stage) for stage in state.nodes],
        render_history(select_page(rows, RunQuery()), Looks(None, rows[1], None, True)),
    ]
    losses = [part for region in drawn[0] if isinstance(region, dict) for part in region.values()]
    losses = [piece for part in losses if isinstance(part, dict) for piece in (*part.values(), *marks_of(part))]
    titles = [str(attribute(part, "title") or "") for part in parts([drawn, losses])]
    return "\n".join([text_of(drawn), text_of(losses), *titles])


def marks_of(filling: dict[str, Any]) -> list[str]:
    """What a chart says where a loss was not finite."""
    return [mark["text"] for mark in filling.get("data", {}).get("broken", [])]


def report(state: DashboardState, against: DashboardState) -> str:
    shown = read_page(as_html(state, Against(against.meta.run_id, against, compare(state, against))))
    return shown.tagged("main")[0].text


def pictures(state: DashboardState, _against: DashboardState) -> str:
    badges = [verdict_badge(state), *(stream_badge(state, name) for name in state.metrics)]
    badges += [check_badge(state, check.id) for check in state.checklist]
    graph = render_still_graph(state, Occasion(observed_at=state.meta.timestamp))
    return "\n".join(
        text for svg in [*map(render_badge, badges), graph] for text in ElementTree.fromstring(svg).itertext()
    )


FACES: dict[str, Callable[[DashboardState, DashboardState], str]] = {
    face.__name__: face for face in (terminal, junit, markdown, page, report, pictures)
}
