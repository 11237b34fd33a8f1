"""What tells that a workspace changed: file notifications, or polling where those cannot be had.

Input: a folder. Output: a call that waits until something changed, time is up or it was told to
stop. It opens no file, and never wakes up for the state directory.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

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
        self._root = root.resolve()
        self._ignored = ignored.resolve()
        self._notice = notice
        self._stop = threading.Event()
        self._watch: Iterator[set[tuple[watchfiles.Change, str]]] | None = None
        self.polls = is_on_network(self._root)
        if self.polls:
            notice("the workspace is on a network file system: looking at it every second instead of being notified")

    def stop(self) -> None:
        """Let a waiting call return soon."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a change, at most `seconds`; True when something may have changed."""
        if self.polls:
            self._stop.wait(min(seconds, POLL_SECONDS))
            return True
        try:
            return self._notified(seconds)
        except (OSError, RuntimeError) as problem:
            self.polls = True
            self._notice(f"file notifications cannot be had ({problem}): looking at the workspace every second")
            return True

    def _notified(self, seconds: float) -> bool:
        if self._watch is None:
            self._watch = self._notifications()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._stop.is_set():
            if any(self._is_of_interest(path) for _, path in next(self._watch, ())):
                return True
        return False

    def _notifications(self) -> Iterator[set[tuple[watchfiles.Change, str]]]:
        import watchfiles  # by those who wait alone

        return watchfiles.watch(
            self._root,
            watch_filter=None,  # theirs would wait on while only ignored files change
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=self._stop,
            rust_timeout=int(_TICK_SECONDS * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )

    def _is_of_interest(self, path: str) -> bool:
        return not Path(path).is_relative_to(self._ignored)


_TICK_SECONDS: Final = 0.5


def is_on_network(folder: Path) -> bool:
    """Whether a folder lies on a file system that other machines write to unnoticed."""
    try:
        mounts = [m for m in psutil.disk_partitions(all=True) if folder.is_relative_to(m.mountpoint)]
    except OSError:  # no /proc that would tell
        return True
    nearest = max(mounts, key=lambda m: len(m.mountpoint), default=None)
    kind = nearest.fstype.lower() if nearest else ""
    return kind in NETWORK_FILE_SYSTEMS or kind.startswith("fuse.")
