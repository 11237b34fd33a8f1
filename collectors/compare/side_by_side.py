"""Several runs -> what each of them says, value beside value, and where they differ. Pure.

It judges nothing: which value is better stands in the comparison of two. What was withheld is compared by its digest
and never told; where digests say nothing about each other, whether the runs differ is *cannot tell* (None).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from collectors.compare.artifacts import GROUPS
from collectors.compare.comparability import epochs_of, steps_of
from collectors.compare.compare import duration_of
from collectors.contract.artifacts import Artifact
from collectors.contract.configs import Withheld
from collectors.contract.metrics import Point, StreamMetrics
from collectors.contract.state import DashboardState
from collectors.contract.values import Scalar

Kind = Literal["run", "metrics", "config", "checks", "files"]
NOT_SHOWN = "not shown"
"""Stands for a value that is withheld."""
HASH_SHOWN = 10


class Row(NamedTuple):
    """One thing that every run may say."""

    name: str
    values: tuple[Scalar, ...]
    """A value a run; None where it says nothing."""
    differs: bool | None
    """Whether two runs say different things; None where nobody can tell."""


class Section(NamedTuple):
    """Things of one kind."""

    kind: Kind
    stream: str | None
    title: str
    rows: tuple[Row, ...]


def side_by_side(states: Sequence[DashboardState]) -> tuple[Section, ...]:
    """Return every section that has a row, in the order they are read: run, checks, metrics, configs, files."""
    streams = list(dict.fromkeys(stream for state in states for stream in state.metrics))
    sections = [
        Section("run", None, "Run", tuple(_run_rows(states))),
        *(Section("metrics", s, f"{_label(s, states)}: metrics", tuple(_metric_rows(s, states))) for s in streams),
        *(Section("config", s, f"{_label(s, states)}: config", tuple(_config_rows(s, states))) for s in streams),
        Section("checks", None, "Checks", tuple(_check_rows(states))),
        Section("files", None, "Files", tuple(_file_rows(states))),
    ]
    return tuple(section for section in sections if section.rows)


def _label(stream: str, states: Sequence[DashboardState]) -> str:
    return next(state.metrics[stream].label for state in states if stream in state.metrics)


def _row(name: str, values: Iterable[Scalar]) -> Row:
    told = tuple(values)
    # A flag is no number: true and 1 are two things, 8 and 8.0 are one.
    return Row(name, told, len({(isinstance(value, bool), value) for value in told}) > 1)


def _run_rows(states: Sequence[DashboardState]) -> Iterable[Row]:
    yield _row("started", (s.meta.started_at.isoformat() if s.meta.started_at else None for s in states))
    yield _row("workspace", (s.meta.workspace for s in states))
    yield _row("verdict", (s.verdict.value.word for s in states))
    yield _row("checks passed", (f"{s.verdict.passed}/{s.verdict.total}" for s in states))


def _metric_rows(stream: str, states: Sequence[DashboardState]) -> Iterable[Row]:
    found = [state.metrics.get(stream) for state in states]
    names = sorted({n for one in found if one for n in one.final}, key=lambda n: (n != "val_loss", "loss" not in n, n))
    for name in names:
        yield _row(f"final {name}", (_point(one.final.get(name)) if one else None for one in found))
        if any(one and name in one.best for one in found):
            yield _row(f"best {name}", (_point(one.best.get(name)) if one else None for one in found))
    counts: dict[str, Callable[[StreamMetrics], float | None]] = {
        "epochs": epochs_of,
        "steps": steps_of,
        "duration in seconds": duration_of,
    }
    for name, count in counts.items():
        values = [count(one) if one else None for one in found]
        if any(value is not None for value in values):
            yield _row(name, values)


def _point(point: Point | None) -> float | None:
    return point.value if point else None


def _config_rows(stream: str, states: Sequence[DashboardState]) -> Iterable[Row]:
    """Highlights first; a key that is a highlight of every run stands there only."""
    highlights = [s.metrics[stream].config if stream in s.metrics else {} for s in states]
    for name in dict.fromkeys(name for one in highlights for name in one):
        yield _row(name, (one.get(name) for one in highlights))
    configs = [state.configs.get(stream) for state in states]
    told = [set(one.highlighted.values()) if one else set() for one in configs]
    for key in dict.fromkeys(key for one in configs if one for key in one.values):
        if not all(key in named for named in told):
            yield _config_row(key, [one.values.get(key) if one else None for one in configs])


def _config_row(key: str, values: Sequence[Scalar | Withheld]) -> Row:
    if not any(isinstance(value, Withheld) for value in values):
        return _row(key, (value for value in values if not isinstance(value, Withheld)))
    shown = tuple(NOT_SHOWN if isinstance(value, Withheld) else value for value in values)
    digests = [value.digest if isinstance(value, Withheld) else None for value in values]
    if not all(isinstance(value, Withheld) for value in values):
        return Row(key, shown, differs=True)
    makers = {digest.partition(":")[0] if digest else None for digest in digests}
    can_tell = None not in makers and len(makers) == 1
    return Row(key, shown, len(set(digests)) > 1 if can_tell else None)


def _check_rows(states: Sequence[DashboardState]) -> Iterable[Row]:
    found = [{check.id: check for check in state.checklist} for state in states]
    for name in dict.fromkeys(name for one in found for name in one):
        checks = [one.get(name) for one in found]
        first = next(check for check in checks if check)
        yield _row(f"{first.index}. {first.title}", (check.outcome.value if check else None for check in checks))


def _file_rows(states: Sequence[DashboardState]) -> Iterable[Row]:
    """A list that was cut short tells nothing about what it does not name."""
    for group in GROUPS:
        found: list[dict[str, Artifact]] = [{a.path: a for a in getattr(s.artifacts, group)} for s in states]
        is_cut = any(state.artifacts.not_listed.get(group) for state in states)
        for path in dict.fromkeys(path for one in found for path in one):
            files = [one.get(path) for one in found]
            if is_cut and None in files:
                continue
            yield _file_row(path, files)


def _file_row(path: str, files: Sequence[Artifact | None]) -> Row:
    values = tuple(_file_words(file) if file else None for file in files)
    signs = {(f.level, f.size_bytes, f.sha256) if f else None for f in files}
    hashes_known = all(file is not None and file.sha256 is not None for file in files)
    return Row(path, values, True if len(signs) > 1 else False if hashes_known else None)


def _file_words(file: Artifact) -> str:
    content = file.sha256[:HASH_SHOWN] if file.sha256 else f"{file.size_bytes} B" if file.size_bytes is not None else ""
    return ", ".join(filter(None, (file.level.value, content)))
