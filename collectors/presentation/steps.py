"""The steps of a state in words: what to do, what it clears, the command to copy. Pure; the same for every face."""

from __future__ import annotations

from typing import Final

from collectors.contract.state import DashboardState, Step
from collectors.numbers import joined, plural
from collectors.presentation.words import quoted

NEXT: Final = "Next"
WHERE: Final = "Commands are for a POSIX shell in the workspace's folder."


def steps_count(state: DashboardState) -> str:
    """`2 steps to READY`; nothing where there is none."""
    return f"{plural(len(state.steps), 'step')} to READY" if state.steps else ""


def clears_words(step: Step, state: DashboardState) -> str:
    """`clears 1 and 9`, and what needs more than this step."""
    numbers = {check.id: str(check.index) for check in state.checklist}
    told = (("clears", step.clears), ("needed for", step.needed_for))
    return ", ".join(f"{word} {joined([numbers.get(c, c) for c in checks])}" for word, checks in told if checks)


def step_lines(state: DashboardState) -> list[str]:
    """The steps as lines of text, each command on a line of its own; none where there is nothing to do."""
    lines = [f"{NEXT}: {steps_count(state)}."] if state.steps else []
    for number, step in enumerate(state.steps, 1):
        lines.append(f"{number}. {quoted(step.action)} ({clears_words(step, state)})")
        lines += [f"   {step.command}"] if step.command else []
    return [*lines, *([WHERE] if any(step.command for step in state.steps) else [])]
