"""The details panel shows what the state knows about the selected stage."""

from __future__ import annotations

from typing import Any

import pytest
from support.components import of_class, parts, text_of
from support.states import empty_state, failing_state, ready_state, running_state, with_text

from collectors.state import DashboardState
from dash_app.views.stage_details import render_stage_details


def attributes_of(content: Any, name: str) -> list[str]:
    props = [part.to_plotly_json()["props"] for part in parts(content)]
    return [prop[name] for prop in props if name in prop]


def with_artifacts(state: DashboardState, stage: str, *paths: str) -> DashboardState:
    raw = state.model_dump(mode="json")
    raw["nodes"][stage]["artifacts"] = list(paths)
    return DashboardState.model_validate(raw)


def test_a_selected_stage_tells_status_message_and_since_when() -> None:
    """In words, with the instant for the browser to tell in its own zone."""
    details = render_stage_details(failing_state(), "artifact-save")

    assert "Artifact save" in text_of(details)
    assert "1 of 2 current" in text_of(details)
    assert "is-fail" in of_class(details, "stage-head")[0].className
    assert attributes_of(details, "dateTime")[0] == "2026-11-23T12:00:52.000Z"


def test_its_checks_stand_there_with_their_outcome_and_lead_to_the_checklist() -> None:
    """Mark, number and title as in the checklist."""
    details = render_stage_details(failing_state(), "artifact-save")

    assert attributes_of(details, "data-find-check") == ["checkpoints", "scaler", "logs", "backup", "provenance"]
    assert "[ ] 9. Same run , fail" in text_of(details)
    assert "[v] 1. Trained checkpoints , pass" in text_of(details)


def test_its_files_stand_there_with_level_size_and_time() -> None:
    """Looked up among the state's artifacts by their path."""
    state = with_artifacts(failing_state(), "artifact-save", "checkpoints/patchtst_ssl.pt")

    (table,) = of_class(render_stage_details(state, "artifact-save"), "stage-files")

    assert "checkpoints/patchtst_ssl.pt verified 515 kB 2026-11-23 12:00:52 UTC" in text_of(table)


def test_a_file_of_an_older_run_is_marked_as_such() -> None:
    """`readable` alone would hide what is wrong with it."""
    state = with_artifacts(failing_state(), "artifact-save", "artifacts/bundles/run_bundle.zip")

    details = render_stage_details(state, "artifact-save")

    assert "readable not from this run" in text_of(details)


def test_a_file_the_state_does_not_describe_gets_dashes_and_no_level() -> None:
    """Unknown is shown as unknown."""
    state = with_artifacts(ready_state(), "dqvl", "artifacts/dqvl/fdc/a.json")

    (table,) = of_class(render_stage_details(state, "dqvl"), "stage-files")

    assert "artifacts/dqvl/fdc/a.json – – –" in text_of(table)


def test_a_stage_whose_beginning_is_unknown_says_so() -> None:
    """No instant is made up."""
    details = render_stage_details(empty_state(), "patchtst")

    assert "idle since an unknown time" in text_of(details)
    assert attributes_of(details, "dateTime") == []


def test_a_stage_without_checks_and_files_says_so() -> None:
    """An empty table would look like a loading one."""
    details = text_of(render_stage_details(ready_state(), "orchestrator"))

    assert "No check belongs to this stage." in details
    assert "No file of its own." in details


def test_without_a_selection_the_worst_stages_are_offered_first() -> None:
    """How the view stands, and where to begin."""
    details = render_stage_details(failing_state(), None, "flow")

    assert "8 stages: 6 done, 2 fail." in text_of(details)
    assert attributes_of(details, "data-stage") == ["artifact-save", "validation-gate"]


@pytest.mark.parametrize(("view", "count"), [("flow", "8 stages"), ("gate", "10 stages")])
def test_what_is_offered_belongs_to_the_view_on_screen(view: str, count: str) -> None:
    """The other view's stages are not counted."""
    assert count in text_of(render_stage_details(running_state(), None, view))


def test_a_stage_that_is_not_in_the_pipeline_is_like_none() -> None:
    """A link from an older pipeline still opens."""
    assert "Select one" in text_of(render_stage_details(ready_state(), "no-such-stage"))


def test_without_a_state_there_is_nothing_to_tell() -> None:
    """The panel itself says that nothing has been collected."""
    assert render_stage_details(None, "patchtst") == []


def test_hostile_text_stays_text() -> None:
    """Titles, details, messages and paths are children and titles, never markup."""
    hostile = "<script>alert(1)</script>"
    details = render_stage_details(with_text(failing_state(), hostile), "artifact-save")

    assert hostile in text_of(details)
    assert not any(type(part).__name__ in {"Markdown", "DangerouslySetInnerHTML"} for part in parts(details))
