"""The checklist shows, item by item, the text that the validator prints."""

from __future__ import annotations

from support.components import attribute, look_of, of_class, parts, tag_of, text_of
from support.states import empty_state, failing_state, ready_state, with_text

from collectors.contract.state import DashboardState
from collectors.presentation.regions.checklist import checklist


def test_every_row_holds_mark_number_title_outcome_and_detail_of_its_check() -> None:
    state = failing_state()
    marks = {"pass": "[v]", "fail": "[ ]", "skip": "[-]"}

    rows = of_class(checklist(state), "check")

    assert len(rows) == len(state.checklist) == 9
    for row, check in zip(rows, state.checklist, strict=True):
        assert text_of(of_class(row, "check-mark")) == marks[check.outcome].strip()
        assert text_of(of_class(row, "check-title")) == f"{check.index}. {check.title}"
        assert text_of(of_class(row, "check-outcome")) == check.outcome.upper()
        assert text_of(of_class(row, "check-detail")) == check.detail
        assert text_of(of_class(row, "check-hint")) == (check.hint or "")


def test_a_detail_tells_a_stream_a_line_and_loses_nothing() -> None:
    state = with_text(ready_state(), "patchtst: 5 kB; a (x; y); swinmae: 7 kB")

    detail = of_class(of_class(checklist(state), "check")[0], "check-detail")[0]

    lines = [part.children[0] for part in of_class(detail, "check-line")]
    assert lines == ["patchtst: 5 kB; a (x; y); ", "swinmae: 7 kB"]


def test_failing_checks_stand_open_and_the_others_are_closed() -> None:
    rows = of_class(checklist(failing_state()), "check")

    opened = [attribute(row, "id") for row in rows if attribute(row.children[0], "open")]
    assert opened == ["check-provenance"]


def test_where_many_checks_fail_only_the_first_few_stand_open() -> None:
    """The whole list is worth more than all its hints."""
    rows = of_class(checklist(empty_state()), "check")

    opened = [attribute(row, "id") for row in rows if attribute(row.children[0], "open")]
    assert len([row for row in rows if "is-fail" in look_of(row)]) == 9
    assert opened == ["check-checkpoints", "check-scaler", "check-logs"]


def test_outcomes_have_their_look() -> None:
    rows = of_class(checklist(failing_state()), "check")

    looks = [look_of(row).split()[-1] for row in rows]
    assert looks == ["is-done"] * 5 + ["is-idle"] + ["is-done"] * 2 + ["is-fail"]


def test_the_heading_counts_passed_checks_only() -> None:
    assert text_of(of_class(checklist(failing_state()), "figure")) == "7 / 9"


def test_a_row_names_the_stages_that_rest_on_it() -> None:
    rows = {attribute(row, "id"): row for row in of_class(checklist(ready_state()), "check")}

    stages = attribute(rows["check-scaler"], "data-stages").split()
    assert stages == ["data-prep", "artifact-save", "validation-gate", "scaler-check"]


def test_a_warning_is_called_one() -> None:
    raw = failing_state().model_dump(mode="json")
    raw["checklist"][8]["blocking"] = False
    rows = of_class(checklist(DashboardState.model_validate(raw)), "check")

    assert [text_of(of_class(row, "check-warning")) for row in rows] == [""] * 8 + ["warning only"]


def test_evidence_is_listed_where_the_detail_does_not_say_it_already() -> None:
    raw = ready_state().model_dump(mode="json")
    raw["checklist"][0] |= {"detail": "a.pt: 61 tensors"}
    raw["checklist"][0]["evidence"] = [
        {"path": "a.pt", "stream": "patchtst", "text": "61 tensors"},
        {"path": "checkpoints/b.pt", "stream": "patchtst", "text": "62 tensors"},
        {"path": None, "stream": None, "text": "no checksum recorded"},
    ]
    rows = of_class(checklist(DashboardState.model_validate(raw)), "check")

    assert text_of(of_class(rows[0], "check-evidence")) == "checkpoints/b.pt 62 tensors no checksum recorded"


def test_hostile_text_stays_text_and_no_link_is_made_of_it() -> None:
    panel = checklist(with_text(empty_state(), "[x](javascript:alert(1)) <img src=x onerror=y>"))

    assert "<img src=x onerror=y>" in text_of(panel)
    assert not [part for part in parts(panel) if tag_of(part) in {"a", "iframe"}]


def test_without_a_state_the_panel_says_so() -> None:
    assert text_of(checklist(None)).endswith("No checks yet.")
