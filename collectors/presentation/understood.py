"""What was read by a trainer's description -> a short `dashboard.yaml` that says so in comments. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.contract.metrics import Course
from collectors.contract.state import DashboardState
from collectors.contract.values import Outcome
from collectors.numbers import listed, plural
from collectors.presentation.words import one_line, progress_words
from collectors.training.courses import course_of

SAID_INSTEAD = """
# What follows here is taken instead of what the trainer says; the keys stand in docs/dashboard-yaml.md:
# streams:
#   - completion: {by: epochs, total: 100}
"""


def as_description(trainer: str, recognised: str | None, also: str | None, state: DashboardState) -> str:
    """The lines of the file: which trainer and why, what was understood, what not, what it may be instead."""
    comments = [recognised or f"{trainer}, as it was named", *_understood(state), *_open(state)]
    told = [*comments, *([also] if also else [])]
    return "\n".join([*(f"# {one_line(line)}" for line in told), f"trainer: {trainer}", *SAID_INSTEAD.splitlines(), ""])


def _understood(state: DashboardState) -> Iterator[str]:
    for stream, metrics in state.metrics.items():
        names = [f"{name}{_points(course_of(metrics, name))}" for name in metrics.series]
        yield f"{stream}: {listed(names, most=6) or 'no loss yet'}; {progress_words(metrics)}"
        yield from (f"  {words}" for words in _files(stream, state))


def _points(course: Course) -> str:
    return "" if course.count is None else f" ({plural(course.count, 'point')})"


def _files(stream: str, state: DashboardState) -> Iterator[str]:
    kinds = {
        "judged": state.artifacts.checkpoints,
        "event files": state.artifacts.logs,
        "table": state.artifacts.loss_files,
        "config": state.artifacts.configs,
    }
    for kind, artifacts in kinds.items():
        paths = [a.path for a in artifacts if a.stream == stream and a.size_bytes is not None]
        if paths:
            yield f"{kind}: {listed(paths, most=2)}"


def _open(state: DashboardState) -> Iterator[str]:
    """What is not understood, with what would make it clear."""
    for check in state.checklist:
        if check.outcome is not Outcome.PASS:
            yield f"not understood: {check.title}: {check.detail}" + (f" -> {check.hint}" if check.hint else "")
