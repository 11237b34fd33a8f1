"""What a workspace asks of a person -> its word, shade and icon. Pure; verdicts have the words they have everywhere."""

from __future__ import annotations

from typing import Final, NamedTuple

from collectors.contract.values import Status, VerdictValue
from collectors.contract.workspace_row import NEEDS_SOMEBODY, Standing
from collectors.presentation.words import VERDICT_STATUS, VERDICT_WORDS, verdict_icon


class Look(NamedTuple):
    """How a standing is told."""

    word: str
    shade: Status
    icon: str


def _of_verdict(value: VerdictValue) -> Look:
    return Look(VERDICT_WORDS[value], VERDICT_STATUS[value], verdict_icon(value))


LOOKS: Final = {
    Standing.NOT_READY: _of_verdict(VerdictValue.NOT_READY),
    Standing.STALLED: Look("STALLED", Status.STALLED, "stalled"),
    Standing.DAMAGED: Look("DAMAGED", Status.FAIL, "incomplete"),
    Standing.INCOMPLETE: _of_verdict(VerdictValue.INCOMPLETE),
    Standing.SILENT: Look("NOT OBSERVED", Status.IDLE, "idle"),
    Standing.TRAINING: _of_verdict(VerdictValue.TRAINING),
    Standing.READY: _of_verdict(VerdictValue.READY),
}
GROUPS: Final = (
    ("Needs you", NEEDS_SOMEBODY),
    ("Training", frozenset({Standing.TRAINING})),
    ("Ready", frozenset({Standing.READY})),
)
"""Heading, and what stands below it."""
