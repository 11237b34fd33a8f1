"""The checklist as JUnit: a passed check passed, a failed one failed, a skipped one is neither."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from support.states import empty_state, failing_state, good_state, ready_state, running_state

from collectors.contract.state import DashboardState
from collectors.contract.values import Outcome
from collectors.presentation.checklist import as_junit, xml_text

MEANING = {"system-out": Outcome.PASS, "failure": Outcome.FAIL, "skipped": Outcome.SKIP}


def suite_of(state: DashboardState) -> ElementTree.Element:
    root = ElementTree.fromstring(as_junit(state))
    assert root.tag == "testsuites"
    assert [child.tag for child in root] == ["testsuite"]
    return root[0]


def case_of(state: DashboardState, number: int) -> ElementTree.Element:
    return suite_of(state).findall("testcase")[number - 1]


STATES = [ready_state(), good_state(), failing_state(), running_state(), empty_state()]


@pytest.mark.parametrize("state", STATES, ids=lambda s: str(s.verdict.value))
def test_every_test_case_says_what_its_check_said(state: DashboardState) -> None:
    told = [[MEANING[e.tag] for e in case] for case in suite_of(state).findall("testcase")]

    assert told == [[check.outcome] for check in state.checklist]


@pytest.mark.parametrize("state", STATES, ids=lambda s: str(s.verdict.value))
def test_the_head_counts_what_the_elements_are(state: DashboardState) -> None:
    suite = suite_of(state)

    assert suite.get("tests") == str(len(suite.findall("testcase"))) == "9"
    assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
    assert suite.get("skipped") == str(len(suite.findall("testcase/skipped")))
    assert suite.get("errors") == "0"


def test_the_suite_names_the_run_and_its_time() -> None:
    suite = suite_of(ready_state())

    assert suite.get("name") == "training-dashboard run-20261123-120000"
    assert suite.get("timestamp") == "2026-11-23T12:00:52+00:00"


def test_cases_are_named_by_number_and_title_in_order() -> None:
    cases = suite_of(failing_state()).findall("testcase")

    assert [c.get("name") for c in cases][:2] == ["1. Trained checkpoints", "2. Scaler"]
    assert [c.get("name") for c in cases][-1] == "9. Same run"
    assert {c.get("classname") for c in cases} == {"checklist"}


def test_a_passed_check_tells_its_detail_as_output() -> None:
    (told,) = case_of(failing_state(), 1)

    assert (told.tag, told.get("message")) == ("system-out", None)
    assert told.text == "patchtst 503 kB, 61 tensors; swinmae 662 kB, 88 tensors"


def test_a_failed_check_tells_detail_and_hint() -> None:
    (told,) = case_of(failing_state(), 9)

    detail = "backup holds an older patchtst checkpoint (5 h before this run)"
    assert (told.tag, told.get("message")) == ("failure", detail)
    assert told.text == f"{detail}\nhint: Make a new bundle after training: zip checkpoints, configs, scaler."


def test_a_skipped_check_tells_detail_and_hint() -> None:
    (told,) = case_of(failing_state(), 6)

    detail = "not run; only --run-smoke executes anything"
    assert (told.tag, told.get("message"), told.text) == ("skipped", detail, f"{detail}\nhint: Run it.")


def test_a_message_is_one_line_and_its_text_keeps_the_lines() -> None:
    raw = failing_state().model_dump()
    raw["checklist"][8].update({"detail": "exit 1\nNaN score", "hint": None})

    (told,) = case_of(DashboardState.model_validate(raw), 9)

    assert (told.get("message"), told.text) == ("exit 1 NaN score", "exit 1\nNaN score")


def test_what_is_to_be_typed_stands_in_quotation_marks() -> None:
    raw = failing_state().model_dump()
    raw["checklist"][8].update({"detail": "say `a: b`\n`c`", "hint": "Run `make it`."})
    raw["not_asked"] = [{"index": 11, "id": "targets", "title": "Targets reached", "reason": "`targets: off`"}]

    state = DashboardState.model_validate(raw)

    (told,) = case_of(state, 9)
    assert (told.get("message"), told.text) == ('say "a: b" "c"', 'say "a: b"\n"c"\nhint: Run "make it".')
    assert "`" not in as_junit(state)


def test_it_is_an_xml_document_of_indented_lines() -> None:
    lines = as_junit(ready_state()).split("\n")

    assert lines[0].startswith("<?xml version='1.0'")
    assert lines[1] == "<testsuites>"
    assert lines[2].startswith("  <testsuite ")
    assert lines[-2:] == ["</testsuites>", ""]


ALLOWED = [0x9, 0xA, 0xD, 0x20, 0x7F, 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x10FFFF]
"""The borders of the characters of XML 1.0, fifth edition, 2.2."""
REFUSED = [0x0, 0x8, 0xB, 0xC, 0xE, 0x1F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]


def test_characters_that_xml_can_hold_stay() -> None:
    """The replacement character U+FFFD is one of them."""
    text = "".join(map(chr, ALLOWED))

    assert xml_text(text) == text


@pytest.mark.parametrize("code", REFUSED, ids=hex)
def test_a_character_that_xml_cannot_hold_becomes_a_question_mark(code: int) -> None:
    assert xml_text(f"a{chr(code)}b") == "a?b"


def test_a_detail_with_the_last_unit_of_the_plane_is_still_a_document() -> None:
    raw = failing_state().model_dump()
    raw["checklist"][8].update({"title": "t\uffff", "detail": "d\uffff\ufffd", "hint": "h\ufffe"})

    case = case_of(DashboardState.model_validate(raw), 9)

    assert case.get("name") == "9. t?"
    assert (case[0].get("message"), case[0].text) == ("d?\ufffd", "d?\ufffd\nhint: h?")
