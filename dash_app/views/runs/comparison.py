"""A delta -> the comparison panel of the page: the region, and the buttons that pin a baseline."""

from __future__ import annotations

from dash.development.base_component import Component

from collectors.contract.delta import Delta
from collectors.contract.run_row import RunRow
from collectors.presentation.markup import Child, Element, el
from collectors.presentation.pieces import icon
from collectors.presentation.regions.comparison import comparison_body, comparison_head
from collectors.presentation.words import VERDICT_WORDS
from dash_app.views.tree import components

NO_BASELINE = (
    "No baseline is chosen. Choose one at the top, or pin a stored run: then everybody who opens this page "
    "sees what became better and what became worse."
)


def render_comparison(
    delta: Delta | None, baseline_id: str | None, *, is_pinned: bool, pin_target: RunRow | None
) -> list[Component | str]:
    """Return the panel's heading and content.

    Without a delta it says why there is none. `pin_target` is the stored run that the button pins; null
    shows no button.
    """
    mark = el("span", icon("pin"), "pinned", class_="pin-mark") if is_pinned else None
    buttons = el("span", _pin_buttons(is_pinned, pin_target), class_="pin-buttons")
    missing = f"The baseline {baseline_id} cannot be compared: its snapshot or the state is not there."
    body = comparison_body(delta) if delta else el("p", missing if baseline_id else NO_BASELINE, class_="empty")
    return components((comparison_head(delta, baseline_id, mark, buttons), body))


def _pin_buttons(is_pinned: bool, pin_target: RunRow | None) -> list[Element]:
    """Hidden in a frame; the server refuses there too."""
    buttons = []
    if pin_target:
        run_id, verdict = pin_target["run_id"], pin_target["verdict"]
        title = f"Make {run_id} the baseline for everybody who opens this page"
        told = VERDICT_WORDS[verdict] if verdict else ""
        buttons.append(_button((icon("pin"), "Pin as baseline"), title, data_pin=run_id, data_verdict=told))
    if is_pinned:
        buttons.append(_button("Unpin", "Let there be no baseline for everybody", data_pin=""))
    return buttons


def _button(words: Child, title: str, **marks: str) -> Element:
    return el("button", words, type="button", class_="plain-button", title=title, **marks)
