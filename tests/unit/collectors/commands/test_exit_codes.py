"""A verdict becomes an exit code: 0 only for what is ready, or ready but for the skips that were allowed."""

from __future__ import annotations

import pytest
from support.states import diverged_state, empty_state, failing_state, good_state, ready_state, running_state

from collectors.commands.exit_codes import BROKEN, INCOMPLETE, NOT_READY, READY, USAGE, exit_code
from collectors.contract.state import DashboardState


def test_the_codes_are_those_of_the_documentation() -> None:
    assert (READY, NOT_READY, USAGE, BROKEN, INCOMPLETE) == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (ready_state(), 0),
        (failing_state(), 1),
        (diverged_state(), 1),
        (empty_state(), 1),
        (good_state(), 4),
        (running_state(), 4),
    ],
    ids=["ready", "failing", "diverged", "empty", "smoke skipped", "training"],
)
def test_each_verdict_has_its_code(state: DashboardState, code: int) -> None:
    assert exit_code(state) == code


@pytest.mark.parametrize(
    ("state", "code"),
    [(ready_state(), 0), (good_state(), 0), (failing_state(), 1), (empty_state(), 1), (running_state(), 4)],
    ids=["ready", "smoke skipped", "failing", "empty", "training"],
)
def test_allowed_skips_forgive_a_skipped_smoke_test_and_nothing_else(state: DashboardState, code: int) -> None:
    assert exit_code(state, allow_skips=True) == code


def test_allowed_skips_let_no_other_skipped_check_through() -> None:
    """A scaler that could not be told beside a smoke test that was not run is no ready run."""
    raw = good_state().model_dump()
    raw["checklist"][1].update({"outcome": "skip", "passed": False})

    assert exit_code(DashboardState.model_validate(raw), allow_skips=True) == 4
