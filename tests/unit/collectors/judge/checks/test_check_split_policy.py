"""Check 7: the document on the split of data is there and speaks of what it must."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.gathered import ERROR, evidence_of, good, reread, told, unread, with_config

from collectors.judge.checks.part import Judgement
from collectors.judge.checks.split_policy import check_split_policy
from collectors.training.evidence import ReadFile

PATH = "docs/calibration_split_policy.md"
WORDS = "train, calibration, normal"
HINT = f"Write {PATH}: say how data was split into {WORDS}."


def judged(file: ReadFile[Any] | None) -> Judgement:
    return check_split_policy(replace(good(), split_policy=file))


def saying(text: str) -> Judgement:
    assert good().split_policy is not None
    return judged(reread(good().split_policy, text=text))


def test_a_document_that_speaks_of_everything_passes() -> None:
    found = check_split_policy(good())

    assert told(found) == ("pass", f"{PATH} speaks of {WORDS}", None)
    assert evidence_of(found) == [(PATH, None)]


@pytest.mark.parametrize("text", ["TRAIN calibration Normal", "training,\ncalibrations: normality"])
def test_a_word_counts_in_any_case_and_with_any_ending(text: str) -> None:
    assert saying(text).outcome == "pass"


def test_a_word_within_another_one_is_not_spoken_of() -> None:
    """`abnormal` is not normal, and `constrain` is no training."""
    found = saying("constrain, calibration, abnormal")

    assert told(found) == ("fail", f"{PATH} does not speak of train, normal", HINT)
    assert evidence_of(found) == [(PATH, None)]


def test_a_wanted_word_is_text_not_a_pattern() -> None:
    seen = with_config(good(), split_policy={"path": PATH, "must_mention": ["tr.in"]})

    assert check_split_policy(seen).detail == f"{PATH} does not speak of tr.in"


def test_without_a_policy_in_the_configuration_there_is_nothing_to_judge() -> None:
    assert told(judged(None)) == ("skip", "", None)
    assert told(check_split_policy(with_config(good(), split_policy=None))) == ("skip", "", None)


def test_a_missing_document_says_what_to_write() -> None:
    assert good().split_policy is not None
    found = judged(unread(good().split_policy))

    assert told(found) == ("fail", f"{PATH} is missing", HINT)
    assert evidence_of(found) == [(PATH, None)]


def test_a_document_that_is_no_text_tells_its_errors() -> None:
    assert good().split_policy is not None
    found = judged(reread(good().split_policy, findings=(ERROR,)))

    assert told(found) == ("fail", f"{PATH}: expected this, found that (line 3)", HINT)
    assert evidence_of(found) == [(PATH, None)]
