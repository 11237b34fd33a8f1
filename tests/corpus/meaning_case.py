"""One row about the meaning of numbers: a training's files in; verdict, outcomes, words and curves out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.foreign import Foreign, judged

from collectors.contract.state import DashboardState
from collectors.contract.values import Outcome
from collectors.presentation.checklist import as_text
from collectors.readers.child.process import ReaderProcess

Make = Callable[[Foreign], object]


@dataclass(frozen=True)
class Meaning:
    """A situation, what is right, and why."""

    name: str
    make: Make
    expected: str
    """`ready`, or the checks that do not pass: `8 skip, 9 fail`."""
    words: str
    """What must be said; several pieces are divided by ` | `, and what must not be said begins with `not: `."""
    why: str
    verdict: str = ""
    """Only where it does not follow from the outcomes."""
    final: Mapping[str, float] = field(default_factory=dict)
    """Series -> its last value; a series that is named here is there, and no other."""
    age: float = 7200.0
    """Seconds between the training's last record and now."""


@dataclass(frozen=True)
class Told:
    """What came out of one row."""

    state: DashboardState
    outcomes: dict[str, str]
    """Check's number -> outcome, of the checks that do not pass."""
    said: str


def told_of(case: Meaning, root: Path, child: ReaderProcess) -> Told:
    """Make the row's files and judge them."""
    made = Foreign(root, age=case.age)
    case.make(made)
    made.finish()
    try:
        state = judged(root, child)
    finally:
        for process in made.notes:
            process.kill()
            process.wait()
    outcomes = {str(c.index): c.outcome.value for c in state.checklist if c.outcome is not Outcome.PASS}
    return Told(state, outcomes, as_text(state))


def expected_of(case: Meaning) -> dict[str, str]:
    """The checks that do not pass, as the row has them."""
    return {} if case.expected == "ready" else dict(re.findall(r"(\d+) (fail|skip)", case.expected))


def verdict_of(case: Meaning) -> str:
    """What follows from the outcomes, where the row does not name a verdict."""
    outcomes = expected_of(case).values()
    usual = "not_ready" if "fail" in outcomes else "incomplete" if outcomes else "ready"
    return case.verdict or usual


def as_told(text: str) -> str:
    """Text of a row or a terminal with what is to be typed in quotation marks, as a terminal has it."""
    return text.replace("`", '"')


def wrongs(case: Meaning, told: Told) -> list[str]:
    """Everything that is not as the row says."""
    found = []
    if told.outcomes != expected_of(case):
        found.append(f"outcomes {told.outcomes}")
    if told.state.verdict.value.value != verdict_of(case):
        found.append(f"verdict {told.state.verdict.value.value}")
    for piece in filter(None, case.words.split(" | ")):
        unwanted = piece.removeprefix("not: ")
        if (as_told(unwanted) in as_told(told.said)) is (unwanted != piece):
            found.append(f"words: {piece}")
    if case.final:
        shown = {name: point.value for name, point in told.state.metrics["net"].final.items()}
        if shown != {name: pytest.approx(value, rel=1e-5) for name, value in case.final.items()}:
            found.append(f"final {shown}")
    return found
