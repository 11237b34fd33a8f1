"""The details panel shows what the state knows about the selected stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.components import of_class, parts, text_of
from support.states import diverged_state, empty_state, failing_state, ready_state, running_state, with_text

from collectors.contract.state import DashboardState
from dash_app.views.files import render_links
from dash_app.views.graph.stage_details import render_stage_details


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

    assert attributes_of(details, "data-find-check") == ["provenance", "checkpoints", "scaler", "logs", "backup"]
    assert "[ ] 9. Same run , fail" in text_of(details)
    assert "[v] 1. Trained checkpoints , pass" in text_of(details)


def test_its_files_stand_there_with_level_size_and_time() -> None:
    """Looked up among the state's artifacts by their path."""
    state = with_artifacts(failing_state(), "artifact-save", "checkpoints/patchtst_ssl.pt")

    (table,) = of_class(render_stage_details(state, "artifact-save"), "stage-files")

    path = of_class(table, "path-start") + of_class(table, "path-end")
    assert "".join(map(text_of, path)) == "checkpoints/patchtst_ssl.pt"
    assert "checkpoints/ patchtst_ssl.pt verified 515 kB 2026-11-23 12:00:52 UTC" in text_of(table)


def test_a_file_of_an_older_run_is_marked_as_such() -> None:
    """`readable` alone would hide what is wrong with it."""
    state = with_artifacts(failing_state(), "artifact-save", "artifacts/bundles/run_bundle.zip")

    details = render_stage_details(state, "artifact-save")

    assert "readable not from this run" in text_of(details)


def test_a_file_the_state_does_not_describe_gets_dashes_and_no_level() -> None:
    """Unknown is shown as unknown."""
    state = with_artifacts(ready_state(), "dqvl", "artifacts/dqvl/fdc/a.json")

    (table,) = of_class(render_stage_details(state, "dqvl"), "stage-files")

    assert "artifacts/dqvl/fdc/ a.json – – –" in text_of(table)


def test_red_is_what_a_check_condemns_and_what_a_training_cannot_have_yet_is_not_missing() -> None:
    """A file is not there: of a check that fails, of one that waits, and of none."""
    path, looks = "checkpoints/patchtst_ssl.pt", []
    for outcome, is_waiting in (("fail", False), ("skip", True), ("pass", False)):
        raw = with_artifacts(ready_state(), "artifact-save", path).model_dump(mode="json")
        raw["artifacts"]["checkpoints"][0]["level"] = "missing"
        evidence = [{"path": path, "stream": None, "text": "gone"}]
        raw["checklist"][0] |= {"outcome": outcome, "passed": outcome == "pass", "not_yet": is_waiting,
                                "evidence": evidence}  # fmt: skip
        state = DashboardState.model_validate(raw)
        (level,) = of_class(render_stage_details(state, "artifact-save"), "level")
        looks.append((text_of(level), level.className))
        assert f"{looks[-1][0]} " in text_of(of_class(render_links(state), "file")[0])

    assert looks == [("missing", "level is-fail"), ("not yet", "level is-idle"), ("missing", "level is-idle")]


def test_a_stage_whose_beginning_is_unknown_says_nothing_of_it() -> None:
    """No instant is made up, and that it is unknown helps nobody."""
    details = render_stage_details(empty_state(), "patchtst")

    assert "since" not in text_of(details)
    assert of_class(details, "stage-since") == []
    assert attributes_of(details, "dateTime") == []


def test_a_stage_without_checks_and_files_says_so() -> None:
    """An empty table would look like a loading one."""
    details = text_of(render_stage_details(ready_state(), "orchestrator"))

    assert "No check and no file of its own." in details


def told_first(state: DashboardState, view: str | None = None) -> tuple[str, str]:
    """Why a stage is shown that nobody selected, and which."""
    details = render_stage_details(state, None, view)
    return text_of(of_class(details, "stage-why")).partition(" ; ")[0], text_of(of_class(details, "stage-label"))


@pytest.mark.parametrize(
    ("build", "view", "told"),
    [
        (failing_state, "flow", ("First to fail", "Artifact save")),
        (failing_state, "gate", ("First to fail", "Same run")),
        (diverged_state, "flow", ("First to fail", "SwinMAE")),
        (running_state, "flow", ("Running now", "SwinMAE")),
        (ready_state, "flow", ("Last done", "Validation gate")),
        (ready_state, None, ("Last done", "Validation gate")),
    ],
)
def test_without_a_selection_the_most_telling_stage_is_shown_and_why(
    build: Callable[[], DashboardState], view: str | None, told: tuple[str, str]
) -> None:
    """What failed first, else what runs, else what was done last; one that only sums up comes after the judged."""
    assert told_first(build(), view) == told


def test_a_stalled_stream_upstream_of_a_failure_is_told_first() -> None:
    """What comes after it follows from it."""
    raw = failing_state().model_dump(mode="json")
    raw["nodes"]["swinmae"]["status"] = "stalled"

    assert told_first(DashboardState.model_validate(raw)) == ("First to stall", "SwinMAE")


def test_a_stage_that_only_repeats_another_failure_is_not_told_first() -> None:
    """The backup that a stopped training could not make stands to the left of the cause."""
    raw = failing_state().model_dump(mode="json")
    for check, stage, causes in (("backup", "backup-check", ["training"]), ("training", "training-check", [])):
        row = next(one for one in raw["checklist"] if one["id"] == check)
        row |= {"outcome": "fail", "passed": False, "follows_from": causes}
        raw["nodes"][stage]["status"] = "fail"

    assert told_first(DashboardState.model_validate(raw), "gate") == ("First to fail", "Training finished")


def test_a_selected_stage_is_shown_without_a_reason() -> None:
    """The person knows why."""
    assert of_class(render_stage_details(failing_state(), "dqvl"), "stage-why") == []


@pytest.mark.parametrize(("view", "count"), [("flow", "8 stages"), ("gate", "10 stages")])
def test_before_anything_has_run_the_stages_of_the_view_are_counted(view: str, count: str) -> None:
    """Nothing to tell yet, and how to look."""
    details = text_of(render_stage_details(empty_state(), None, view))

    assert count in details
    assert "nothing has run yet. Select one" in details


def test_a_stage_that_is_not_in_the_pipeline_is_like_none() -> None:
    """A link from an older pipeline still opens."""
    unknown, none = (render_stage_details(ready_state(), stage) for stage in ("no-such-stage", None))

    assert text_of(unknown) == text_of(none) != ""


def test_without_a_state_there_is_nothing_to_tell() -> None:
    """The panel itself says that nothing has been collected."""
    assert render_stage_details(None, "patchtst") == []


def test_hostile_text_stays_text() -> None:
    """Titles, details, messages and paths are children and titles, never markup."""
    hostile = "<script>alert(1)</script>"
    details = render_stage_details(with_text(failing_state(), hostile), "artifact-save")

    assert hostile in text_of(details)
    assert not any(type(part).__name__ in {"Markdown", "DangerouslySetInnerHTML"} for part in parts(details))


def test_the_checks_of_a_stage_stand_with_causes_first_then_what_follows_then_what_holds() -> None:
    raw = failing_state().model_dump(mode="json")
    for check, causes in (("checkpoints", ["logs"]), ("logs", []), ("backup", ["logs"])):
        row = next(one for one in raw["checklist"] if one["id"] == check)
        row |= {"outcome": "fail", "passed": False, "follows_from": causes}
    raw["nodes"]["artifact-save"]["checks"] = ["smoke", "checkpoints", "scaler", "backup", "logs", "no-such-check"]

    details = render_stage_details(DashboardState.model_validate(raw), "artifact-save")

    assert attributes_of(details, "data-find-check") == ["logs", "checkpoints", "backup", "smoke", "scaler"]


@pytest.mark.parametrize(
    ("path", "start", "end"),
    [
        ("a.pt", "", "a.pt"),
        ("b/a.pt", "b/", "a.pt"),
        ("b/" + "n" * 24, "b/", "n" * 24),
        ("b/" + "n" * 25, "b/n", "n" * 24),
        ("n" * 30, "n" * 6, "n" * 24),
    ],
)
def test_of_a_long_path_the_last_24_characters_stay(path: str, start: str, end: str) -> None:
    """A short name stays whole, wherever it lies."""
    table = of_class(render_stage_details(with_artifacts(ready_state(), "dqvl", path), "dqvl"), "stage-files")

    assert [text_of(of_class(table, f"path-{part}")) for part in ("start", "end")] == [start, end]


def test_a_file_of_this_run_or_of_no_known_one_bears_no_mark() -> None:
    raw = with_artifacts(ready_state(), "dqvl", "checkpoints/patchtst_ssl.pt").model_dump(mode="json")

    def mark(belongs: bool | None) -> str:
        raw["artifacts"]["checkpoints"][0]["belongs_to_run"] = belongs
        table = of_class(render_stage_details(DashboardState.model_validate(raw), "dqvl"), "stage-files")
        return text_of(of_class(table, "level"))

    assert [mark(True), mark(None), mark(False)] == ["verified", "verified", "verified not from this run"]


def test_a_stage_that_the_state_does_not_tell_about_says_so() -> None:
    raw = ready_state().model_dump(mode="json")
    del raw["nodes"]["dqvl"]

    told = text_of(render_stage_details(DashboardState.model_validate(raw), "dqvl"))
    assert told == "Data quality The state does not tell about this stage."


def test_a_head_says_no_more_than_is_known() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["nodes"]["dqvl"] |= {"message": "", "since": None}

    details = render_stage_details(DashboardState.model_validate(raw), "dqvl")

    assert of_class(details, "stage-message") == of_class(details, "stage-since") == []
    known = render_stage_details(ready_state(), "dqvl")
    assert text_of(of_class(known, "stage-message")) == "done"
    assert text_of(of_class(known, "stage-since")) == "since 2026-11-23 12:00:52 UTC 2026-11-23 12:00:52 UTC"


def test_without_stages_there_is_nothing_to_select() -> None:
    state = empty_state()
    bare = state.model_copy(update={"pipeline": state.pipeline.model_copy(update={"stages": (), "edges": ()})})
    unseen = bare.model_copy(update={"pipeline": bare.pipeline.model_copy(update={"views": (), "groups": ()})})

    assert text_of(render_stage_details(bare, None)) == text_of(render_stage_details(unseen, None)) == "No stages."
    assert text_of(render_stage_details(empty_state(), None)).startswith("8 stages, ")
    assert text_of(render_stage_details(empty_state(), None, "gate")).startswith("10 stages, ")
