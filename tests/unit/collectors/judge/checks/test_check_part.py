"""Parts of a check become one outcome: the worst one, told first."""

from __future__ import annotations

import pytest
from support.gathered import evidence_of

from collectors.contract.values import Outcome
from collectors.evidence.files import NOT_READ_HERE, FileFacts, Finding
from collectors.judge.checks.part import (
    Short,
    failing,
    first_error,
    judge_parts,
    missing_text,
    passing,
    skipping,
    warnings_of,
)

GOOD = passing("a.pt", "one", "fine")
BAD = failing("b.pt", "two", "broken", "mend b")
WORSE = failing("c.pt", "three", "gone", "mend c")
UNTOLD = skipping(None, "four", "cannot tell", "look again")


@pytest.mark.parametrize(
    ("words", "of_two", "of_three"),
    [
        ("{}'s model is gone", "A's model is gone, B as well", "A's model is gone, B and C as well"),
        ("Nobody tried {}", "Nobody tried A and B", "Nobody tried A, B and C"),
    ],
)
def test_what_is_true_of_several_is_said_once_with_their_names(words: str, of_two: str, of_three: str) -> None:
    parts = [failing(None, None, "broken", "mend it", short=Short(words, name)) for name in "ABC"]

    assert [judge_parts(parts[:2]).short, judge_parts(parts).short] == [of_two, of_three]


def test_many_good_parts_pass_and_need_no_hint() -> None:
    found = judge_parts([GOOD, passing(None, None, "fine too")])

    assert (found.outcome, found.detail, found.hint) == (Outcome.PASS, "fine; fine too", None)


def test_one_bad_part_fails_the_check_and_its_text_comes_first() -> None:
    found = judge_parts([GOOD, UNTOLD, BAD, WORSE])

    assert found.outcome is Outcome.FAIL
    assert found.detail == "broken; gone; fine; cannot tell"
    assert found.hint == "mend b"


def test_a_part_that_cannot_be_told_makes_the_check_skipped_not_passed() -> None:
    found = judge_parts([GOOD, UNTOLD])

    assert (found.outcome, found.detail, found.hint) == (Outcome.SKIP, "cannot tell; fine", "look again")


def test_what_this_machine_could_not_read_is_not_told_and_never_fails() -> None:
    slow = failing("b.pt", "two", f"{NOT_READ_HERE}: reading did not end within 20 s and was stopped", "mend b")
    small = failing("b.pt", "two", f"{NOT_READ_HERE}: the reader was killed", "mend b")

    assert {slow.outcome, small.outcome} == {Outcome.SKIP}
    assert "limits: {seconds" in slow.remedies[0].words and "ulimit" in small.remedies[0].words


def test_nothing_to_judge_is_skipped_not_passed() -> None:
    found = judge_parts([])

    assert (found.outcome, found.detail, found.hint, found.evidence) == (Outcome.SKIP, "", None, ())


def test_evidence_keeps_the_order_of_the_parts() -> None:
    found = judge_parts([GOOD, BAD, UNTOLD])

    assert evidence_of(found) == [("a.pt", "one"), ("b.pt", "two"), (None, "four")]
    assert [e.text for e in found.evidence] == ["fine", "broken", "cannot tell"]


def test_warnings_of_a_good_part_are_told_beside_it() -> None:
    found = judge_parts([passing("a.pt", "one", "fine", ["odd", Finding("warning", "old", "line 2")])])

    assert found.outcome is Outcome.PASS
    assert found.detail == "fine [warning: odd] [warning: old (line 2)]"
    assert found.evidence[0].text == found.detail


def test_only_warnings_are_told_on_a_pass() -> None:
    findings = [Finding("note", "a note"), Finding("warning", "odd", "key a"), Finding("warning", "old")]

    assert warnings_of(findings) == ["odd (key a)", "old"]


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, ""), (1, "e0"), (3, "e0; e1; e2"), (4, "e0; e1; e2 and 1 more"), (7, "e0; e1; e2 and 4 more")],
)
def test_the_first_three_errors_are_told_and_how_many_more_there_are(count: int, words: str) -> None:
    findings = [Finding("warning", "odd"), *(Finding("error", f"e{n}") for n in range(count)), Finding("note", "n")]

    assert first_error(findings) == words


def test_a_missing_file_is_called_missing() -> None:
    assert missing_text(FileFacts("a/b.pt", False)) == "a/b.pt is missing"


def test_a_file_that_cannot_be_opened_says_why_and_what_an_operator_may_do() -> None:
    locked = FileFacts("b.pt", True, problem="no permission")
    outside = FileFacts("b.pt", True, problem="is a link that leads out of the workspace")

    assert missing_text(locked) == "b.pt: no permission"
    assert missing_text(outside) == ("b.pt: is a link that leads out of the workspace, which --allow-root may trust")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a.pt: no permission to enter the folder `checkpoints`", "Let the user who validates read it"),
        ("a.pt: is a folder; a regular file was expected", "Put the file itself in the place"),
        ("a.pt: the link leads to nothing", "Mend the link"),
        ("a.pt: reading took longer than 5 s and was stopped", "Give its reading more time"),
        ("a.pt: reading needed more than 64 MiB and was stopped", "Give its reading more memory"),
    ],
)
def test_what_keeps_a_file_from_being_read_is_settled_before_anything_is_made_again(text: str, words: str) -> None:
    (remedy,) = failing("a.pt", "one", text, "Train it.").remedies

    assert remedy.words.startswith(words)
    assert skipping("a.pt", "one", text, "Train it.").remedies == (remedy,)
