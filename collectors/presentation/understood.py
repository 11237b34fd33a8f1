"""What was read by a trainer's description -> a short `dashboard.yaml` that says so in comments. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.contract.metrics import Course, StreamMetrics
from collectors.contract.state import DashboardState
from collectors.contract.values import Outcome, Status
from collectors.numbers import listed, plural
from collectors.presentation.words import one_line, progress_words, reached_count
from collectors.training.courses import course_of

SAID_INSTEAD = (
    "\n# What follows here is taken instead of what the trainer says; the keys stand in docs/dashboard-yaml.md"
)


def as_description(trainer: str, recognised: str | None, also: str | None, state: DashboardState) -> str:
    """The lines of the file: which trainer and why, what was understood, what not, what it may be instead."""
    comments = [recognised or f"{trainer}, as it was named", *_understood(state), *_open(state)]
    told = [*comments, *([also] if also else [])]
    return "\n".join([*(f"# {one_line(line)}" for line in told), f"trainer: {trainer}", *_instead(state), ""])


def _instead(state: DashboardState) -> Iterator[str]:
    """An example; where nothing says how long the training was to be, the two lines that say it."""
    yield SAID_INSTEAD
    counts = [count for run in state.metrics.values() if (count := _untold(run))]
    if len(counts) == len(state.metrics) == 1:
        unit, total = counts[0]
        yield f"# If these {total} {unit} are all there were to be, take the `# ` away here:"
    else:
        unit, total = "epochs", 100
        yield "# For example:"
    yield from ("# streams:", f"#   - completion: {{by: {unit}, total: {total}}}")


def _untold(run: StreamMetrics) -> tuple[str, int] | None:
    """What is over, in epochs or else in steps, of a training of which nothing says how long it was to be in these."""
    done, reached = run.completion, reached_count(run)
    total = done.epochs if done.unit == "epoch" else done.steps
    if done.status is Status.IDLE or (total is not None and reached is not None):
        return None
    if reached is not None:
        return (f"{done.unit}s", int(reached)) if reached >= 1 and float(reached).is_integer() else None
    counting = {course_of(run, name).steps for name in run.series}
    return None if done.step is None else ("steps", done.step + ("from_0" in counting))


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
