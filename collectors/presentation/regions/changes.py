"""Changed checks and files of a delta -> two tables, the run beside its baseline as everywhere. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from collectors.contract.delta import ArtifactChange, ArtifactSide, CheckChange
from collectors.contract.values import Outcome
from collectors.numbers import UNKNOWN, size_words
from collectors.presentation.markup import Child, Element, el
from collectors.presentation.pieces import coded, direction_mark, table
from collectors.presentation.words import OUTCOME_MARKS, PathWords

DIFFERING_WORDS = {"path": "path", "level": "level", "size_bytes": "size", "sha256": "content"}
HASH_SHOWN = 10
CHECK_COLUMNS = ("Check", "Run", "Baseline", "Change", "What the run's check found")


def check_changes(changes: Sequence[CheckChange]) -> Element:
    """Return the checks whose outcome is another one."""
    if not changes:
        return _section("Checks", el("p", "Every check has the baseline's outcome.", class_="same"))
    return _section("Checks", _framed(CHECK_COLUMNS, map(_check_row, changes)))


def _check_row(change: CheckChange) -> Element:
    cells = (
        _outcome(change.run),
        _outcome(change.baseline),
        direction_mark(change.direction),
        coded(change.run_detail),
    )
    return el(
        "tr", el("th", change.title, scope="row"), (el("td", cell) for cell in cells), data_check_change=change.id
    )


def _outcome(outcome: Outcome | None) -> str:
    return f"{OUTCOME_MARKS[outcome]} {outcome.value.upper()}" if outcome else "no such check"


def artifact_changes(changes: Sequence[ArtifactChange], path: PathWords = str) -> Element:
    """Return the files that differ, `path` being how one is told; how many are alike is said."""
    differing = [change for change in changes if change.differs or change.run is None or change.baseline is None]
    rest = el("p", f"{len(changes) - len(differing)} of {len(changes)} files are alike.", class_="same")
    if not differing:
        return _section("Artifacts", rest)
    rows = (_artifact_row(change, path) for change in differing)
    return _section("Artifacts", _framed(("File", "Run", "Baseline", "Differs in"), rows), rest)


def _artifact_row(change: ArtifactChange, path: PathWords) -> Element:
    told = path(next(side.path for side in (change.run, change.baseline) if side))
    cells = (_side(change.run), _side(change.baseline), _differing(change))
    return el("tr", el("th", el("code", told), scope="row", title=told), (el("td", cell) for cell in cells))


def _side(side: ArtifactSide | None) -> str:
    if side is None:
        return UNKNOWN
    content = f", {side.sha256[:HASH_SHOWN]}" if side.sha256 else ""
    return f"{side.level.value}, {size_words(side.size_bytes)}{content}"


def _differing(change: ArtifactChange) -> str:
    if change.run is None:
        return "only in the baseline"
    if change.baseline is None:
        return "only in the run"
    return ", ".join(DIFFERING_WORDS[name] for name in change.differs)


def _section(title: str, *content: Child) -> Element:
    return el("section", el("h3", title), content, class_="change")


def _framed(columns: Sequence[str], rows: Child) -> Element:
    return el("div", table(columns, rows, "delta-table"), class_="delta-frame")
