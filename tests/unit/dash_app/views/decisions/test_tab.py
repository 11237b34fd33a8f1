"""The tab of the decisions: there where something was scored, and which document it draws."""

from __future__ import annotations

from support.components import of_class
from support.states import ready_state

from collectors.contract.decisions import DecisionSummary
from dash_app.views.decisions.tab import decisions_now, has_decisions, render_decisions_frame
from dash_app.views.page import render_tabs


def test_where_nothing_was_scored_there_is_no_tab_and_no_document() -> None:
    scored = ready_state().model_copy(update={"decisions": DecisionSummary.model_construct(digest="d" * 24)})

    assert [has_decisions(state) for state in (None, ready_state(), scored)] == [False, False, True]
    assert decisions_now(None) is decisions_now(ready_state()) is None
    assert decisions_now(scored) == {"run_id": scored.meta.run_id, "digest": "d" * 24}
    tabs = [[tab.children for tab in render_tabs(state)] for state in (None, scored)]
    assert tabs == [["Readiness", "Curves", "Runs", "Files"], ["Readiness", "Curves", "Runs", "Decisions", "Files"]]


def test_what_was_decided_can_be_reached_by_the_keyboard_for_it_scrolls() -> None:
    (facts,) = of_class(render_decisions_frame(["a fact"]), "decision-facts")

    assert (facts.tabIndex, facts.children) == (0, ["a fact"])
