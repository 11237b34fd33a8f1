"""Words of the contract -> what they are called, and the shade and icon each borrows. Pure.

The vocabulary of every face: terminal, JUnit, Markdown, page, report, pictures. Numbers have theirs in
`collectors.numbers`. No value of the contract falls through to a default.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from collectors.contract.metrics import Point, StreamMetrics
from collectors.contract.state import Check
from collectors.contract.values import Direction, Level, Outcome, Regression, Status, VerdictValue
from collectors.numbers import number_words, place_words, reached_words
from collectors.training.courses import course_of

if TYPE_CHECKING:
    from collectors.contract.delta import StreamDelta  # comparing is asked for later

VERDICT_WORDS: Final = {value: value.word for value in VerdictValue}
VERDICT_STATUS: Final = {
    VerdictValue.READY: Status.DONE,
    VerdictValue.NOT_READY: Status.FAIL,
    VerdictValue.INCOMPLETE: Status.STALLED,
    VerdictValue.TRAINING: Status.RUNNING,
}
"""The shade a verdict borrows: incomplete waits for somebody, like a stalled stage."""

OUTCOME_STATUS: Final = {Outcome.PASS: Status.DONE, Outcome.FAIL: Status.FAIL, Outcome.SKIP: Status.IDLE}
OUTCOME_MARKS: Final = {Outcome.PASS: "[v]", Outcome.FAIL: "[ ]", Outcome.SKIP: "[-]"}
"""The checklist's boxes."""
NOT_ASKED: Final = "not asked"
"""What stands for an outcome where the description switches a check off."""
NOT_YET: Final = "not yet"
"""What stands beside a skip of what a training cannot have yet."""
STREAM_WORDS: Final = {
    Status.IDLE: "no loss read",
    Status.RUNNING: "running",
    Status.STALLED: "stalled",
    Status.DONE: "done",
    Status.FAIL: "failed",
}
"""What a stream does."""
LEVEL_STATUS: Final = {
    Level.MISSING: Status.FAIL,
    Level.PRESENT: Status.IDLE,
    Level.READABLE: Status.IDLE,
    Level.VERIFIED: Status.DONE,
}
"""The shade of a level: between missing and verified nothing is claimed."""

GROUP_WORDS: Final = {
    "checkpoints": "Checkpoints",
    "scaler": "Scaler",
    "logs": "Logs",
    "configs": "Configs",
    "backup": "Backup",
    "loss_files": "Tables",
    "documents": "Documents",
    "stage_files": "Stage files",
}
"""Group of files in the state -> its name, in the order they are shown."""

DIRECTION_WORDS: Final = {
    Direction.BETTER: "better",
    Direction.WORSE: "worse",
    Direction.WITHIN: "within tolerance",
    Direction.INCOMPARABLE: "incomparable",
    Direction.UNFINISHED: "not finished yet",
    Direction.NEW: "new check",
}
DIRECTION_LOOKS: Final = {
    Direction.BETTER: (Status.DONE, "done"),
    Direction.WORSE: (Status.FAIL, "fail"),
    Direction.WITHIN: (Status.IDLE, "within"),
    Direction.INCOMPARABLE: (Status.STALLED, "incomplete"),
    Direction.UNFINISHED: (Status.IDLE, "idle"),
    Direction.NEW: (Status.IDLE, "idle"),
}
"""How a value stands to the baseline's -> shade and icon."""
REGRESSION_WORDS: Final = {
    Regression.NONE: "Not worse than baseline",
    Regression.REGRESSION: "Worse than baseline",
    Regression.INCOMPARABLE: "Incomparable",
    Regression.INCOMPLETE: "Not finished yet",
}
REGRESSION_LOOKS: Final = {
    Regression.NONE: (Status.DONE, "done"),
    Regression.REGRESSION: (Status.FAIL, "fail"),
    Regression.INCOMPARABLE: (Status.STALLED, "incomplete"),
    Regression.INCOMPLETE: (Status.IDLE, "idle"),
}
"""What the regression policy says -> shade and icon."""

PathWords: TypeAlias = Callable[[str], str]
"""How the path of a file is told."""
_EVENT_FILE: Final = re.compile(r"(.*tfevents\.\d+\.)[^/]*?((?:\.\d+\.\d+)?(?:\.v2)?)", re.DOTALL)


def outcome_words(check: Check) -> str:
    """The outcome of a check as a screen says it: a skip that only waits for the training is `NOT YET`."""
    return NOT_YET.upper() if check.not_yet else check.outcome.value.upper()


def verdict_icon(value: VerdictValue) -> str:
    """Return the icon of a verdict: its shade's, but incomplete has its own."""
    return value.value if value is VerdictValue.INCOMPLETE else VERDICT_STATUS[value].value


def status_class(status: Status) -> str:
    """The CSS class of a status: the same word from disk to pixel."""
    return f"is-{status.value}"


def series_label(name: str) -> str:
    """Return a series' short name: `val_loss` is `val`."""
    return name.removesuffix("_loss") or name


def measure_label(name: str) -> str:
    """Return what a series measures: `val_loss` is `val loss`; a metric keeps its name and is called no loss."""
    short = series_label(name)
    return name if short == name else f"{short} loss"


def told_label(run: StreamMetrics, name: str, usual: str) -> str:
    """Return what a series is called: the label of the description, else what it is usually called."""
    facts = run.about.get(name)
    return (facts.label if facts else None) or usual


def targets_of(run: StreamMetrics) -> tuple[tuple[float, str], ...]:
    """Return each value that a series must reach, with its words; among several series with the series' name."""
    bounds = ((name, about.at_least, about.at_most) for name, about in run.about.items() if name in run.series)
    told = [(n, v, word) for n, *both in bounds for v, word in zip(both, ("at least", "at most"), strict=True)]
    names = {n: f"{told_label(run, n, measure_label(n))} " if len(run.series) > 1 else "" for n in run.series}
    found = ((v, f"{names[n]}{word} {number_words(v)}{unit_words(run, n)}") for n, v, word in told if v is not None)
    return tuple(found)


def unit_words(run: StreamMetrics, name: str) -> str:
    """Return what stands behind a value of a series: a space and its unit, or nothing."""
    facts = run.about.get(name)
    return f" {facts.unit}" if facts and facts.unit else ""


def stream_word(run: StreamMetrics) -> str:
    """What a stream does: of one that was not heard of for long nobody knows whether it runs."""
    done = run.completion
    return "quiet" if done.status is Status.RUNNING and done.quiet else STREAM_WORDS[done.status]


def progress_words(run: StreamMetrics) -> str:
    """How far a stream is: `epoch 3 of 30`, `no loss read`; counted from 1 whatever its source counts from."""
    done = run.completion
    reached, total = reached_count(run), done.epochs if done.unit == "epoch" else done.steps
    if done.status is Status.IDLE:
        return STREAM_WORDS[Status.IDLE]
    if reached is None:
        words = place_words(None, done.step) or reached_words(done.unit, None, total)
    else:
        words = reached_words(done.unit, reached, total)
    early = ", stopped early" if done.early_stop else ""
    return f"{words}{early}{', from the previous run' if done.from_previous_run else ''}"


def reached_count(run: StreamMetrics) -> float | None:
    """How many epochs or steps are over, in the stream's unit; None where it knows no place in that unit."""
    reached = run.completion.epoch if run.completion.unit == "epoch" else run.completion.step
    return None if reached is None else reached + _is_behind(run, reached)


def _is_behind(run: StreamMetrics, reached: float) -> bool:
    """Whether the number is one less than the count, as check 8 sees it."""
    done = run.completion
    if done.unit == "step" and reached + 1 != done.steps:
        return False
    every = (getattr(course_of(run, name), f"{done.unit}s") for name in run.series)
    counted = {counting for counting in every if counting is not None}
    return "from_0" in counted and "between" not in counted


def loss_words(value: float | None) -> str:
    """A recorded value; the state holds none where it was no finite number."""
    return "not finite" if value is None else number_words(value)


def point_words(point: Point, unit: str = "") -> str:
    """A recorded value and where it stood: `0.4412 at epoch 3`, `not finite at step 1,200`, `93 % at epoch 3`."""
    place = place_words(point.epoch, point.step)
    value = f"{loss_words(point.value)}{unit if point.value is not None else ''}"
    return f"{value} at {place}" if place else value


def against_word(stream: StreamDelta) -> str:
    """What stands before the reasons that forbid comparing a stream."""
    early = stream.judgement is not None and stream.judgement.value is Regression.INCOMPLETE
    return REGRESSION_WORDS[Regression.INCOMPLETE if early else Regression.INCOMPARABLE]


def one_line(text: str) -> str:
    """Text without line ends: one line is one line, whatever a file says."""
    return " ".join(text.split())


def code_parts(sentence: str) -> list[str]:
    """A sentence cut where names of files and what is to be typed begin and end: every second part is one.

    A state marks them by backticks, as Markdown does; one that is no pair's stands for itself.
    """
    parts = sentence.split("`")
    return parts if len(parts) % 2 else [sentence]


def quoted(sentence: str) -> str:
    """A sentence as one line for where nothing can be set in another type: what is to be typed in quotation marks."""
    return one_line('"'.join(code_parts(sentence)))


def chart_text(text: str) -> str:
    """Text for a chart, where `<`, `>` and `&` would be read as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shown_path(path: str) -> str:
    """Return a path as a report may carry it into the world: an event file's without the host in its name."""
    found = _EVENT_FILE.fullmatch(path)
    return f"{found[1]}*{found[2]}" if found else path
