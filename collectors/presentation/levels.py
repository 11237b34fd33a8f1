"""A file of the state -> its level in a word, and the shade that it gets. Pure.

Red is what a check condemns: what is missing and failed nothing is told, and is not red; what a training cannot have
yet is not missing.
"""

from __future__ import annotations

from collectors.contract.artifacts import Artifact
from collectors.contract.state import Check, DashboardState
from collectors.contract.values import Level, Outcome, Status
from collectors.presentation.words import LEVEL_STATUS, NOT_YET


def level_of(file: Artifact, state: DashboardState) -> tuple[str, Status]:
    """Return the word and the shade."""
    if file.level is not Level.MISSING:
        return file.level.value, LEVEL_STATUS[file.level]
    about = [check for check in state.checklist if _names(check, file.path)]
    if any(check.outcome is Outcome.FAIL for check in about):
        return file.level.value, LEVEL_STATUS[file.level]
    return NOT_YET if any(check.not_yet for check in about) else file.level.value, Status.IDLE


def _names(check: Check, path: str) -> bool:
    return any(one.path == path for one in check.evidence)
