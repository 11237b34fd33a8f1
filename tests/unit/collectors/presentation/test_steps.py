"""The steps to READY are the same in every face, and each command can be taken from it as it is."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from support.components import attribute, of_class, text_of
from support.html_reading import read_page
from support.states import failing_state, ready_state

from collectors.contract.state import DashboardState, Step
from collectors.presentation.checklist import as_json, as_junit, as_markdown, as_text
from collectors.presentation.page import as_html
from collectors.presentation.steps import WHERE, clears_words, step_lines
from dash_app.views.verdict import render_verdict

COMMAND = "unzip -o 'a `b` <i>.zip' checkpoints/swinmae_ssl.pt"
RESTORE = Step(action="Restore SwinMAE's <b>checkpoint", command=COMMAND, clears=("checkpoints", "provenance"))
SCORE = Step(action="Score again.", command=None, clears=(), needed_for=("smoke",))


def state() -> DashboardState:
    return failing_state().model_copy(update={"steps": (RESTORE, SCORE)})


def in_report() -> str:
    (box,) = read_page(as_html(state())).of_class("steps-box")
    return box.text


def in_junit() -> str:
    return ElementTree.fromstring(as_junit(state())).findtext("testsuite/system-out") or ""


FACES = {
    "text": lambda: as_text(state()),
    "junit": in_junit,
    "report": in_report,
    "page": lambda: text_of(of_class(render_verdict(state(), ""), "steps-box")),
}


@pytest.mark.parametrize("face", FACES)
def test_every_face_tells_action_what_it_clears_and_the_command(face: str) -> None:
    said = " ".join(FACES[face]().split())

    for words in (RESTORE.action, "clears 1 and 9", COMMAND, SCORE.action, "needed for 6", WHERE):
        assert words in said


def test_json_holds_the_steps_themselves() -> None:
    assert json.loads(as_json(state()))["steps"] == [s.model_dump(mode="json") for s in (RESTORE, SCORE)]


def test_markdown_escapes_words_and_leaves_the_command_as_it_is() -> None:
    """A block that is indented within its item holds text only."""
    lines = as_markdown(state()).splitlines()
    assert not any("None" in line for line in lines)  # a step without a command has no block

    assert "1. Restore SwinMAE's &lt;b&gt;checkpoint (clears 1 and 9)" in lines
    assert f"       {COMMAND}" in lines
    assert "2. Score again. (needed for 6)" in lines
    assert lines[-1] == WHERE


def test_of_a_shell_is_spoken_where_there_is_a_command_alone() -> None:
    without = failing_state().model_copy(update={"steps": (SCORE,)})

    assert WHERE not in as_text(without) + as_markdown(without)


def test_a_command_has_a_button_that_copies_it_and_words_have_none() -> None:
    bar = render_verdict(state(), "")

    assert [attribute(button, "data-copy") for button in of_class(bar, "copy-button")] == [COMMAND]
    assert "2 steps to READY" in text_of(of_class(bar, "tally"))


def test_the_report_has_no_button_because_nothing_runs_in_it() -> None:
    assert not read_page(as_html(state())).of_class("copy-button")


def test_where_nothing_is_to_be_done_nothing_is_said() -> None:
    assert step_lines(ready_state()) == []
    assert "Next" not in as_text(ready_state()) + as_markdown(ready_state())
    assert not of_class(render_verdict(ready_state(), ""), "steps-box")


def test_a_check_of_no_number_is_named_by_its_id() -> None:
    assert clears_words(Step(action="a", command=None, clears=("licence",)), state()) == "clears licence"
