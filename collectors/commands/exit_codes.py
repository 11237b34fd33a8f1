"""A verdict -> the exit code of `validate` and `export`. Pure.

0 ready; 1 not ready; 2 usage or configuration error; 3 internal or write error; 4 incomplete or still
training.
"""

from __future__ import annotations

from collectors.contract.state import DashboardState
from collectors.contract.values import VerdictValue
from collectors.judge.verdict import is_ready_but_for_skips

READY, NOT_READY, USAGE, BROKEN, INCOMPLETE = range(5)


def exit_code(state: DashboardState, *, allow_skips: bool = False) -> int:
    """The exit code of a verdict."""
    if allow_skips and is_ready_but_for_skips(state.checklist, state.verdict):
        return READY
    codes = {VerdictValue.READY: READY, VerdictValue.NOT_READY: NOT_READY}
    return codes.get(state.verdict.value, INCOMPLETE)
