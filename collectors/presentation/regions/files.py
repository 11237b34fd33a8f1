"""State -> every file the pipeline names, with path, level, size and age. Pure. A path is shown as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from collectors.contract.artifacts import Artifact
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.numbers import UNKNOWN, size_words
from collectors.presentation.levels import level_of
from collectors.presentation.markup import Child, Element, el
from collectors.presentation.pieces import age, table_head
from collectors.presentation.words import GROUP_WORDS, PathWords, status_class

COLUMNS: Final = ("Artifact", "Path", "Level", "Size", "Written", "What was found")
STAGE_FILES: Final = "stage_files"
Beside = Callable[[str, Artifact | None], Child]
"""Path and what is known of it -> what stands beside the path."""


class Group(NamedTuple):
    """Files of one kind."""

    label: str
    files: tuple[tuple[str, Artifact | None], ...]
    """Path and what is known of it."""
    more: int
    """How many more there are."""


def files_table(state: DashboardState, beside: Beside, path: PathWords = str) -> Element:
    """Return the table, or a sentence without files; `path` is how a path is told."""
    groups = list(_groups(state))
    if not groups:
        return el("p", "No files yet.", class_="empty")
    bodies = (el("tbody", _rows(group, state, beside, path)) for group in groups)
    return el("div", el("table", table_head(COLUMNS), bodies, class_="files"), class_="files-frame")


def _groups(state: DashboardState) -> Iterator[Group]:
    known = {name: getattr(state.artifacts, name) for name in GROUP_WORDS if name != STAGE_FILES}
    more = state.artifacts.not_listed
    for name, files in known.items():
        if files or more.get(name, 0):
            yield Group(GROUP_WORDS[name], tuple((file.path, file) for file in files), more.get(name, 0))
    paths = {file.path for files in known.values() for file in files}
    named = dict.fromkeys(path for node in state.nodes.values() for path in node.artifacts if path not in paths)
    if named:
        yield Group(GROUP_WORDS[STAGE_FILES], tuple((path, None) for path in named), more.get(STAGE_FILES, 0))


def _rows(group: Group, state: DashboardState, beside: Beside, path: PathWords) -> Iterator[Element]:
    """Rows of one group; its name stands once, beside the first."""
    span = len(group.files) + bool(group.more)
    name: Child = el("th", group.label, rowspan=span, scope="rowgroup", class_="file-group")
    for place, file in group.files:
        told = path(place)
        cell = el("td", el("code", told), beside(place, file), title=told, class_="file-path")
        stages = [stage for stage, node in state.nodes.items() if place in node.artifacts]
        word, shade = level_of(file, state) if file else (UNKNOWN, Status.IDLE)
        look = f"file {status_class(shade)}"
        yield el("tr", name, cell, _facts(file, word), class_=look, data_stages=" ".join(stages))
        name = None
    if group.more:
        left = el("td", f"and {group.more:,} more, not listed", colspan=len(COLUMNS) - 1)
        yield el("tr", name, left, class_="file-more")


def _facts(file: Artifact | None, level: str) -> tuple[Element, ...]:
    is_foreign = file is not None and file.belongs_to_run is False
    foreign = el("span", "not from this run", class_="file-foreign") if is_foreign else None
    return (
        el("td", level, class_="file-level"),
        el("td", size_words(file.size_bytes if file else None), class_="file-size"),
        el("td", age(file.modified_at if file else None), class_="file-time"),
        el("td", foreign, el("span", file.detail if file else "named by its stage"), class_="file-found"),
    )
