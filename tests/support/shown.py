"""An open page -> all that it tells of the state, to be compared with the state or with another page."""

from __future__ import annotations

import json
from typing import Any

from dash_app import ids
from dash_app.views.graph.elements import CHANGING
from dash_app.views.page import REGIONS

SHOWN = """
const ages = "time, .stage-time, .js-plotly-plot, script";
const words = (place) => {
  const copy = place.cloneNode(true);
  copy.querySelectorAll(ages).forEach((part) => part.remove());
  return copy.textContent.replace(/\\s+/g, " ").trim();
};
const curve = (trace) => [trace.name, [...(trace.x || [])], [...(trace.y || [])]];
const by = (selector, name, tell) =>
  Object.fromEntries([...document.querySelectorAll(selector)].map((e) => [name(e), tell(e)]));
return {
  regions: Object.fromEntries(arguments[0].map((id) => [id, words(document.getElementById(id))])),
  nodes: Object.fromEntries(pipelineGraph.cy.elements().map((e) => [e.id(), e.data()])),
  cards: by(".stage-card", (card) => card.dataset.stage, (card) => [card.dataset.status, words(card)]),
  curves: [...document.querySelectorAll(".loss-chart .js-plotly-plot")].map((plot) => plot.data.map(curve)),
  verdict: [document.title, document.documentElement.dataset.freshness],
};
"""
"""All that the page tells of the state: regions, elements of the graph and their cards, curves, the tab's title."""
PLACES = [*REGIONS, ids.STAGE_DETAILS, ids.COMPARISON]


def shown(driver: Any) -> dict[str, Any]:
    """What the page shows, without what counts by itself, and of the graph what may change."""
    # The driver's own way of running scripts leaves each answer in the browser's memory for good.
    asked = {"expression": f"((...arguments) => {{{SHOWN}}})({json.dumps(PLACES)})", "returnByValue": True}
    told = driver.execute_cdp_cmd("Runtime.evaluate", asked)["result"]["value"]
    told["nodes"] = changing(told["nodes"])
    return dict(told)


def changing(nodes: dict[str, Any]) -> dict[str, Any]:
    """Of each element what may change while the drawing stays."""
    return {name: {key: value for key, value in data.items() if key in CHANGING} for name, data in nodes.items()}
