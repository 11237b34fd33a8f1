"""Observation -> cards, checklist and charts as HTML: what stands until the page is drawn, and without any script.

The charts stay in the drawn page until the charts' library takes their places. They are of the first streams only and
coarser than its own, but of the same curves; it reads these of the store, and judges nothing.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from collectors.contract.state import DashboardState
from collectors.presentation.charts.chart import draw_chart
from collectors.presentation.charts.curves import curves_of
from collectors.presentation.charts.scale import USUAL
from collectors.presentation.markup import Element, el, to_html
from collectors.presentation.metric_groups import main_part
from collectors.presentation.pieces import panel_head
from collectors.presentation.regions.cards import cards
from collectors.presentation.regions.checklist import checklist
from collectors.presentation.regions.losses import chart_sentence, loss_foot, loss_head
from dash_app.reading.observation import Observation
from dash_app.reading.reader import StateReader

MOST: Final = 4
"""Streams that have a chart in the first HTML: the line that brings it may be slow."""
POINTS: Final = 240
"""Of one line, extremes kept: more than a phone could show."""


class FirstRegions:
    """Draws a state once for all who open the page."""

    def __init__(self, reader: StateReader) -> None:
        self._reader = reader
        self._last: tuple[object, str] = (None, "")

    def html(self, seen: Observation, run_id: str | None = None) -> str:
        """Return all that stands below the verdict, of what is now or of a stored run; nothing without a state."""
        if (seen.etag, run_id) != self._last[0]:
            self._last = ((seen.etag, run_id), self._drawn(seen, run_id))
        return self._last[1]

    def _drawn(self, seen: Observation, run_id: str | None) -> str:
        if seen.state is None:
            return ""
        first = [stream.id for stream in seen.state.pipeline.streams if stream.id in seen.state.metrics][:MOST]
        whole = self._reader.whole(seen, first) or seen.state
        panels = [_panel(whole, stream, f"still-{number}") for number, stream in enumerate(first)]
        controls = el("div", el("h2", "Curves"), class_="loss-controls")
        graph = el("section", panel_head("Pipeline"), _still(seen.state, run_id), class_="panel graph-panel")
        return to_html(
            [
                el("section", cards(seen.state), class_="cards"),
                el("div", graph, el("section", checklist(seen.state), class_="panel checklist"), class_="middle"),
                el("section", controls, el("div", panels, class_="loss-grid"), class_="losses") if panels else None,
            ]
        )


def _still(state: DashboardState, run_id: str | None) -> Element:
    """The pipeline as a picture, which nobody fetches who has scripts."""
    address = "snapshot.svg" + (f"?{urlencode({'run': run_id})}" if run_id else "")
    said = "; ".join(f"{stage.label}: {state.nodes[stage.id].status.value}" for stage in state.pipeline.stages
                     if stage.view == state.pipeline.views[0].id and stage.id in state.nodes)  # fmt: skip
    return el("noscript", el("img", src=address, alt=said, class_="graph-still"))


def _panel(state: DashboardState, stream: str, name: str) -> Element:
    """A stream's panel as the drawn page has it; its chart says of which run it is."""
    run = main_part(state.metrics[stream])
    curves = curves_of(run, None, USUAL.smoothing, POINTS)
    chart = draw_chart(curves, USUAL, name, chart_sentence(run)) if curves.lines else None
    still = el("div", chart, class_="loss-still", data_run=state.meta.run_id) if chart else None
    head = el("header", el("h3", run.label), el("span", loss_head(run), class_="figure"), class_="panel-head")
    foot = el("p", loss_foot(run), class_="loss-words")
    return el("section", head, el("div", still, class_="loss-plot"), foot, class_="panel loss", data_stream=stream)
