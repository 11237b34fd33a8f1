"""Any state that keeps the contract has a badge and a still picture that are whole and harmless."""

from __future__ import annotations

from typing import Any

from any_inputs import any_state, bounded
from hypothesis import given
from support.pictures import strange_parts
from test_any_state import valid

from dash_app.pictures.badge import check_badge, render_badge, stream_badge, verdict_badge
from dash_app.pictures.still_graph import Occasion, render_still_graph


@bounded
@given(any_state())
def test_pictures_of_any_state_are_whole_and_harmless(raw: dict[str, Any]) -> None:
    state = valid(raw)

    badges = [verdict_badge(state), *(stream_badge(state, stream) for stream in state.metrics)]
    badges += [check_badge(state, check.id) for check in state.checklist]
    stills = [render_still_graph(state, Occasion(view.id)) for view in state.pipeline.views]

    for svg in [*map(render_badge, badges), *stills, render_still_graph(state, Occasion())]:
        assert strange_parts(svg) == set()
