"""Check 6: each stream's scoring command ended well for today's checkpoint and config."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.gathered import START, evidence_of, good, told

from collectors.contract.remembered import SmokeResult
from collectors.judge.checks.part import Judgement
from collectors.judge.checks.smoke import check_smoke

WHEN = "ran 2023-11-14 22:13:20 UTC"
OTHER = "swinmae: exit 0, ran 2023-11-14 22:18:20 UTC, said: swinmae: scored"
HINT = "Run PatchTST's scoring command by hand, mend what it says, and try it again (`--run-smoke`)."


def judged(result: SmokeResult | None) -> Judgement:
    smoke = {k: v for k, v in (good().smoke | {"patchtst": result}).items() if v is not None}
    return check_smoke(replace(good(), smoke=smoke))


@pytest.mark.parametrize(
    ("tail", "said"),
    [("loading\n scored 12 windows \n\n", ", said: scored 12 windows"), ("", ""), (" \n", "")],
)
def test_a_command_that_exited_0_passes_with_its_last_line(tail: str, said: str) -> None:
    found = judged(SmokeResult(0, tail, START))

    assert told(found) == ("pass", f"patchtst: exit 0, {WHEN}{said}; {OTHER}", None)
    assert evidence_of(found) == [(None, "patchtst"), (None, "swinmae")]


def test_a_result_that_a_recording_brought_along_is_called_recorded() -> None:
    found = judged(SmokeResult(0, "ok", START, recorded=True))

    assert found.detail == f"patchtst: exit 0, recorded 2023-11-14 22:13:20 UTC, said: ok; {OTHER}"


def test_a_command_that_was_not_run_is_skipped_and_says_how_to_run_it() -> None:
    found = judged(None)

    assert told(found) == (
        "skip",
        f"patchtst: not run for today's checkpoint and config; {OTHER}",
        "Run the scoring smoke test (`--run-smoke`).",
    )
    assert evidence_of(found)[0] == (None, "patchtst")


@pytest.mark.parametrize(("code", "how"), [(1, "exit 1"), (-9, "exit -9"), (None, "did not end well")])
def test_a_command_that_failed_is_told_with_its_last_lines(code: int | None, how: str) -> None:
    found = judged(SmokeResult(code, "loading\nNaN score\n", START))

    assert told(found) == ("fail", f"patchtst: {how}, {WHEN}; last lines: loading\nNaN score; {OTHER}", HINT)
    assert evidence_of(found)[0] == (None, "patchtst")


def test_a_command_that_failed_without_a_word_says_so() -> None:
    assert judged(SmokeResult(2, " \n", START)).detail == f"patchtst: exit 2, {WHEN}; last lines: (no output); {OTHER}"
