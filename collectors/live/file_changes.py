"""What tells that a workspace changed: file notifications, or polling where those cannot be had.

Input: a folder. Output: a call that waits until something changed, time is up or it was told to
stop. It opens no file, and never wakes up for the state directory. A folder that takes the place of another one is
a change, and is watched from then on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil

if TYPE_CHECKING:
    import watchfiles

DEBOUNCE_MS: Final = 200
"""Changes within this time are told together: a save is many small writes."""
STEP_MS: Final = 50
POLL_SECONDS: Final = 1.0
NETWORK_FILE_SYSTEMS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "ceph", "glusterfs", "lustre", "beegfs", "gpfs", "virtiofs"}
)
"""File systems on which writes of other machines cause no notification here."""


class Changes:
    """Waits for changes below a folder.

    `notice` is told once, in words, when polling takes the place of notifications.
    """

    def __init__(self, root: Path, ignored: Path, notice: Callable[[str], None]) -> None:
        self._place = root
        self._ignored = ignored.resolve()
        self._notice = notice
        self._stop = threading.Event()
        self._watch: Iterator[set[tuple[watchfiles.Change, str]]] | None = None
        self.polls = False
        self._seen = self._identity()
        self._look_where_it_is()

    def _look_where_it_is(self) -> None:
        if not self.polls and is_on_network(self._place.resolve()):
            self._poll(
                "the workspace is on a network file system: looking at it every second instead of being notified"
            )

    def stop(self) -> None:
        """Let a waiting call return soon."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a change, at most `seconds`; True when something may have changed."""
        if not self.polls:
            try:
                return self._notified(seconds)
            except FileNotFoundError:
                self._watch = None  # the workspace is gone, perhaps for a moment
            except (OSError, RuntimeError) as problem:
                self._poll(f"file notifications cannot be had ({_why(problem)}): looking at the workspace every second")
                return True
        self._stop.wait(min(seconds, POLL_SECONDS))
        return True

    def _poll(self, words: str) -> None:
        self.polls, self._watch = True, None
        self._notice(words)

    def _notified(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        if self._watch is None:
            self._watch = self._notifications()
        else:
            self._look_for_room()
        while time.monotonic() < deadline and not self._stop.is_set():
            if self._was_replaced():
                return True
            if any(self._is_of_interest(path) for _, path in next(self._watch, ())):
                return True
        return False

    def _notifications(self) -> Iterator[set[tuple[watchfiles.Change, str]]]:
        """Raises OSError and RuntimeError where there can be none of the whole workspace."""
        wishes = {"debounce": DEBOUNCE_MS, "step": STEP_MS, "rust_timeout": int(_TICK_SECONDS * 1000)}
        with suppress(PermissionError):
            return self._begun(**wishes, ignore_permission_denied=False)
        return self._begun(**wishes, ignore_permission_denied=True)  # which ignores whatever else goes wrong too

    def _look_for_room(self) -> None:
        """Raise OSError where a folder that is made now could not be watched: nobody would tell."""
        with suppress(PermissionError):
            self._begun(recursive=False, ignore_permission_denied=False, debounce=1, step=1, rust_timeout=1)

    def _begun(self, **wishes: Any) -> Iterator[set[tuple[watchfiles.Change, str]]]:
        import watchfiles  # by those who wait alone

        watch = watchfiles.watch(
            self._place.resolve(),
            watch_filter=None,  # theirs would wait on while only ignored files change
            stop_event=self._stop,
            yield_on_timeout=True,
            raise_interrupt=False,
            **wishes,
        )
        return chain([next(watch, set())], watch)  # it begins, and fails, with the first look

    def _was_replaced(self) -> bool:
        """Whether another folder stands there now; it is watched from then on."""
        before, self._seen = self._seen, self._identity()
        if before == self._seen:
            return False
        self._watch = None
        self._look_where_it_is()
        return True

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._place.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _is_of_interest(self, path: str) -> bool:
        return not Path(path).is_relative_to(self._ignored)


_TICK_SECONDS: Final = 0.5


def _why(problem: Exception) -> str:
    """What went wrong, and which of the system's limits can be raised."""
    text = str(problem)
    if "limit reached" in text:
        return "all inotify watches of this user are taken; the sysctl fs.inotify.max_user_watches allows more"
    if "Too many open files" in text:
        return "all inotify instances of this user are taken; the sysctl fs.inotify.max_user_instances allows more"
    return text


def is_on_network(folder: Path) -> bool:
    """Whether a folder lies on a file system that other machines write to unnoticed."""
    try:
        mounts = [m for m in psutil.disk_partitions(all=True) if folder.is_relative_to(m.mountpoint)]
    except OSError:  # no /proc that would tell
        return True
    nearest = max(mounts, key=lambda m: len(m.mountpoint), default=None)
    return tells_nobody(nearest.fstype) if nearest else False


def tells_nobody(file_system: str) -> bool:
    """Whether writes to a file system of this kind may cause no notification here; of FUSE any may be of that kind."""
    kind = file_system.lower()
    return kind in NETWORK_FILE_SYSTEMS or kind.startswith("fuse")
