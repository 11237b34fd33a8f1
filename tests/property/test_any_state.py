"""Any state that keeps the contract is read back as it was written, and every face of it is well-formed."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from any_inputs import any_state, bounded
from hypothesis import assume, given
from pydantic import ValidationError
from test_any_bytes import faces_of

from collectors.contract.state import DashboardState
from collectors.store.store import Store
from dash_app.reading.reader import StateReader
from dash_app.views.graph.pipeline_graph import render_graph_panel
from dash_app.views.page import digests, render_page


def valid(raw: dict[str, Any]) -> DashboardState:
    """The state, where these values make one."""
    try:
        return DashboardState.model_validate(raw)
    except ValidationError:
        assume(False)
        raise


@bounded
@given(any_state())
def test_what_is_written_is_read_back_equal(raw: dict[str, Any]) -> None:
    """By the store and by the page, whatever texts and numbers stand in it."""
    state = valid(raw)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))

        store.write_state(state)
        store.write_snapshot(state)

        assert store.read_state() == state
        assert store.read_snapshot(state.meta.run_id) == state
        assert StateReader(Path(folder)).current().state == state


@bounded
@given(any_state())
def test_every_face_of_any_state_is_well_formed(raw: dict[str, Any]) -> None:
    """Markdown has its seven columns and no markup of others; the page is drawn."""
    state = valid(raw)

    text = faces_of(state)

    rows = [line for line in text.splitlines() if re.match(r"\| \d+ \| ", line)]
    assert len(rows) == len(state.checklist)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6}
    assert "\x1b" not in text and "\u202e" not in text
    digests(render_page(state, None))
    render_graph_panel(state)
