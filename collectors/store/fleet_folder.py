"""State directories side by side in one folder -> rows of workspaces, read again only where they changed.

Input: the folder. Output: one row a state directory that lies directly in it; a folder that holds no state, no sign
of an observer and no run is none. Hidden folders and links are none either. It writes nothing: what it has read it
knows as long as it lives. A workspace is found by its exact name among those that were listed; no name that somebody
asks for becomes a path.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from collectors.contract.state import DashboardState, ObserverHeartbeat, state_from_json
from collectors.contract.workspace_row import LastRun, WorkspaceRow
from collectors.digest import short_digest
from collectors.files.problems import describe_error
from collectors.numbers import visible_text
from collectors.store.atomic import folders_in
from collectors.store.backend import HEARTBEAT, INDEX, STATE, Key, Kind, StoreProblem, Version, is_there
from collectors.store.fleet import Fleet, FleetPage, Moment, SeenBy, StoodRow, Wish, paged, sign_of
from collectors.store.folder import Folder
from collectors.store.index import RunRows, heads_in
from collectors.store.place import Place
from collectors.store.rows import first_error
from collectors.store.runs import RunStore
from collectors.store.workspace_rows import MOST_LAST, About, damaged_workspace, last_runs, workspace_row

LOOK_SECONDS: Final = 0.25
"""A look is taken for the truth for so long, and for so many times as long as it took."""
TIMES_AS_LONG: Final = 10
TAIL_BYTES: Final = 64 << 10
"""Of an index of thousands of runs only its end is read, where the newest stand."""
NOT_UTF8: Final = "The name of its state directory is no valid UTF-8: rename it, and its page can be opened."


class FolderFleet(Fleet):
    """The state directories of one folder; `look_seconds` 0 looks whenever it is asked."""

    def __init__(self, root: Path, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._root = root
        self._look_seconds = look_seconds
        self._lock = threading.Lock()
        self._known: dict[str, _Workspace] = {}
        self._rows: tuple[WorkspaceRow, ...] = ()
        self._look_again_at = 0.0

    def page(self, wish: Wish, seen_by: SeenBy, moment: Moment) -> FleetPage:
        """A page of what is wished."""
        return paged((row for row in self.rows() if seen_by(row.name)), wish, moment)

    def sign(self, seen_by: SeenBy, moment: Moment) -> str:
        """What tells the rows that may be seen from others."""
        return sign_of(StoodRow(row.standing(*moment), row) for row in self.rows() if seen_by(row.name))

    def place(self, name: str) -> Place | None:
        """The state directory of a workspace; one that was there is looked at alone."""
        with self._lock:
            found = self._known.get(name)
            if found is not None and found.look() is not None:
                return found.folder.path
        self.rows()
        found = self._known.get(name)
        return found.folder.path if found is not None and found.row is not None else None

    def rows(self) -> tuple[WorkspaceRow, ...]:
        """Every row, as of a moment ago. Raises StoreProblem where the folder is not there any more."""
        with self._lock:
            if time.monotonic() >= self._look_again_at:
                began = time.monotonic()
                self._rows = self._looked()
                took = time.monotonic() - began
                rest = max(self._look_seconds, TIMES_AS_LONG * took) if self._look_seconds else 0.0
                self._look_again_at = began + rest
            return self._rows

    def _looked(self) -> tuple[WorkspaceRow, ...]:
        if not self._root.is_dir():
            raise StoreProblem("the folder of the state directories is not there")
        names = [name for name in folders_in(self._root) if not name.startswith(".")]
        before: Mapping[str, _Workspace] = self._known
        self._known = {name: before.get(name) or _Workspace(self._root / name) for name in names}
        found = [workspace.look() for workspace in self._known.values()]
        return tuple(row for row in found if row is not None)


class _Workspace:
    """One state directory, and what was last read of it."""

    def __init__(self, path: Path) -> None:
        self.folder = Folder(path)
        self.row: WorkspaceRow | None = None
        self._seen: tuple[Version, Version] | None = None
        self._heartbeat: ObserverHeartbeat | None = None

    def look(self) -> WorkspaceRow | None:
        """Its row now; None where it is no state directory."""
        state, beat = self.folder.versions(STATE, HEARTBEAT)
        if self._seen == (state, beat):
            return self.row
        before, self._seen = self._seen, (state, beat)
        if before is None or before[1] != beat:
            self._heartbeat = self._read_heartbeat() if is_there(beat) else None
        if before is not None and before[0] == state and self.row is not None:
            self.row = replace(self.row, heartbeat=self._heartbeat)
        else:
            last = last_runs(newest_rows(self.folder))
            self.row = self._made(last) if is_there(state) or is_there(beat) or last else None
        return self.row

    def _made(self, last: list[LastRun]) -> WorkspaceRow:
        """The row, of the state and the runs as they are: whoever stores one writes the state behind it."""
        name, (raw, found) = self.folder.path.name, self._read_state()
        about = About(name, short_digest((raw or str(found).encode()) + repr(last).encode()), self._heartbeat, last)
        if not _is_utf8(name):
            return damaged_workspace(replace(about, name=str(visible_text(name))), NOT_UTF8)
        return workspace_row(about, found) if isinstance(found, DashboardState) else damaged_workspace(about, found)

    def _read_state(self) -> tuple[bytes, DashboardState | str]:
        """The state's bytes, and the state or why there is none."""
        called, raw = self.folder.called(STATE), b""
        try:
            raw = self.folder.read(STATE)
            return raw, state_from_json(raw)
        except FileNotFoundError:
            return raw, f"There is no {called} yet: nothing has been collected."
        except OSError as problem:
            return raw, f"{called} cannot be read: {describe_error(problem)}."
        except ValidationError as problem:
            return raw, f"{called} cannot be read: {first_error(problem)}."

    def _read_heartbeat(self) -> ObserverHeartbeat | None:
        try:
            return ObserverHeartbeat.model_validate_json(self.folder.read(HEARTBEAT))
        except (OSError, ValidationError):
            return None


def newest_rows(folder: Folder) -> RunRows:
    """Rows of the newest runs, newest first; of a short history all. Rows of runs that were removed are left out."""
    try:
        with folder.open(INDEX) as index:
            size = index.seek(0, 2)
            start = index.seek(max(size - TAIL_BYTES, 0))
            data = index.read()
    except OSError:
        return RunStore(folder).rows()
    heads = heads_in(data.partition(b"\n")[2] if start else data).heads.values()
    newest = sorted(heads, reverse=True)[: 2 * MOST_LAST]
    return RunRows(head for head in newest if folder.facts(Key(Kind.RUN, head.run_id)) == head.facts)


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
