"""A path that the state names -> the part of the file that can be shown. The preview's door to the disk.

Only paths of the current state are opened, only in the folder that it is about, and only by
`collectors.files.workspace`: regular files inside the workspace, a bounded part of each. What is not there, or
is not what was named, is a `NoPreview` that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from collectors.contract.artifacts import Artifact
from collectors.contract.state import DashboardState
from collectors.files.workspace import CannotRead, OpenFile, Workspace, WorkspaceProblem, read_settled
from collectors.numbers import visible_text
from dash_app.preview.kinds import NoPreview
from dash_app.preview.picture import MARK_BYTES, picture_type
from dash_app.preview.text import MOST_BYTES, Part, shows_its_end

MOST_PICTURE_BYTES: Final = 4_000_000
LAST_SECOND: Final = 253_402_300_799
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read, and of what."""

    part: Part
    modified_at: datetime | None
    is_being_written: bool


@dataclass(frozen=True, slots=True)
class Log:
    """The end of a log."""

    path: str
    taken: Taken


def take(state: DashboardState | None, path: str, workspace: Path, allow_roots: tuple[Path, ...] = ()) -> Taken:
    """Read what can be shown of a file. Raises NoPreview."""
    if state is None or path not in named_paths(state):
        raise NoPreview(404, "not_named", "The current state names no such file.")
    with of_state(state, workspace, allow_roots) as reached:
        return _taken(reached, on_disk(reached, path), is_end=shows_its_end(path))


def take_log(state: DashboardState | None, path: str, workspace: Path, allow_roots: tuple[Path, ...] = ()) -> Log:
    """Read the end of one of the training's logs, of the newest where `path` names none. Raises NoPreview."""
    if state is None or not state.logs or (path and path not in state.logs):
        raise NoPreview(404, "not_named", "The current state names no such log.")
    with of_state(state, workspace, allow_roots) as reached:
        held = {name: on_disk(reached, name) for name in ([path] if path else state.logs)}
        newest = max(held, key=lambda name: reached.facts(held[name]).modified_at or 0.0)
        return Log(newest, _taken(reached, held[newest], is_end=True))


def of_state(state: DashboardState, workspace: Path, allow_roots: tuple[Path, ...]) -> Workspace:
    """The workspace that the state is about. Raises NoPreview where it is another one, or none."""
    reached = _reached(workspace, allow_roots)
    if visible_text(reached.name) != state.meta.workspace:
        reached.close()
        raise _unreachable(f"it is served beside `{reached.name}`, and the state is of `{state.meta.workspace}`")
    return reached


def named_paths(state: DashboardState) -> set[str]:
    """Return every path that the state names as a file."""
    return {file.path for file in _artifacts(state)} | {p for node in state.nodes.values() for p in node.artifacts}


def _artifacts(state: DashboardState) -> Iterator[Artifact]:
    files = state.artifacts
    for group in (files.checkpoints, files.scaler, files.logs, files.configs):
        yield from group
    for group in (files.backup, files.loss_files, files.documents):
        yield from group


def _reached(workspace: Path, allow_roots: tuple[Path, ...]) -> Workspace:
    try:
        return Workspace(workspace, allow_roots)
    except WorkspaceProblem:  # its message names the folder, which is nobody's business here
        raise _unreachable("the folder it was given cannot be opened") from None


def _unreachable(why: str) -> NoPreview:
    advice = "Mount the workspace there too (read-only is enough) and name it as WORKSPACE."
    return NoPreview(503, "unreachable", f"This page cannot reach the workspace: {why}. {advice}")


def on_disk(workspace: Workspace, path: str) -> str:
    """Return the name that the disk has: the state writes hidden characters as escapes."""
    real = _ESCAPE.sub(_unescaped, path)
    return real if real != path and not workspace.facts(path).exists else path


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1] or found[2] or found[3], 16)
    char = chr(code) if code < 0x110000 else ""
    return char if char and visible_text(char) == found[0] else found[0]


def _taken(workspace: Workspace, path: str, *, is_end: bool) -> Taken:
    try:
        (part, modified_at), changed = read_settled(workspace, path, lambda file: _read(file, is_end=is_end))
    except CannotRead as problem:
        raise refusal(workspace, problem) from None
    return Taken(part, modified_at, changed)


def refusal(workspace: Workspace, problem: CannotRead) -> NoPreview:
    """Why a file is not opened, as an answer."""
    if problem.missing and not workspace.glob(["*"], limit=1):  # where nothing was mounted lies an empty folder
        return _unreachable("the folder it was given is empty")
    if problem.missing:
        why = "" if problem.problem == "does not exist" else f" ({problem.problem})"
        return NoPreview(410, "gone", f"The file is not there any more{why}.")
    hint = f"; {problem.hint}" if problem.hint else ""
    return NoPreview(403, "refused", f"Not opened: {problem.problem}{hint}.")


def _read(file: OpenFile, *, is_end: bool) -> tuple[Part, datetime | None]:
    mark = file.handle.read(MARK_BYTES)
    most, first = MOST_BYTES, 0
    if picture_type(mark):
        most = MOST_PICTURE_BYTES + 1
    elif is_end:
        first = max(0, file.size - most)
        first += first % 2  # UTF-16 has two bytes a character
    file.handle.seek(first)
    data = file.handle.read(most)
    return Part(data, first, max(file.size, first + len(data)), mark), _instant(file.identity[3])


def _instant(nanoseconds: int) -> datetime | None:
    seconds = nanoseconds / 1e9
    return datetime.fromtimestamp(seconds, UTC) if 0 <= seconds < LAST_SECOND else None
