"""A split policy of fewer than three sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.gathered import ERROR, good, reread, unread

from collectors.contract.values import Outcome
from collectors.judge.checklist import judge
from collectors.judge.findings.short_policy import find_short_policy
from collectors.training.evidence import WorkspaceEvidence

PATH = "docs/calibration_split_policy.md"


def saying(text: str) -> WorkspaceEvidence:
    assert good().split_policy is not None
    return replace(good(), split_policy=reread(good().split_policy, text=text))


def test_the_count_is_named_and_the_check_passes() -> None:
    seen = saying("TODO: train, calibration, normal")

    (found,) = find_short_policy(seen)
    assert (found.path, found.text) == (
        PATH, f"{PATH} has 1 sentence, and a split takes 3 at least to describe",
    )  # fmt: skip
    check = next(c for c in judge(seen).checks if c.id == "split_policy")
    assert check.outcome is Outcome.PASS and "(short_policy)" in check.detail


@pytest.mark.parametrize(
    ("text", "short"),
    [("One is train. Two is calibration. Three is normal.", False), ("One is train. Two is normal.", True), ("", True)],
)
def test_three_sentences_are_enough(text: str, short: bool) -> None:
    assert bool(list(find_short_policy(saying(text)))) is short


def test_what_the_check_itself_fails_is_not_told_twice() -> None:
    assert good().split_policy is not None
    for file in (None, unread(good().split_policy), reread(good().split_policy, findings=(ERROR,), text="")):
        assert list(find_short_policy(replace(good(), split_policy=file))) == []
