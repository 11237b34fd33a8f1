"""A path in the state folder -> its identity and its bytes.

It opens regular files only, never waits for a writer, and reads at most 64 MiB.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MAX_BYTES = 64 << 20

Identity = tuple[int, int, int, int, int] | int
"""Device, inode, size, mtime and ctime (chmod changes only the last), or the error's number."""


class WatchedFile:
    """A file that need not be opened again while its identity stays."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: Identity | None = None

    @property
    def name(self) -> str:
        """Its name without the folder; the folder is nobody's business on screen."""
        return self._path.name

    def has_changed(self) -> bool:
        """Whether it differs from the last time this was asked; true the first time."""
        before, self._seen = self._seen, _identity(self._path)
        return before != self._seen

    def read(self) -> bytes:
        """Read it whole. Raises OSError, also for what is no regular file or too large."""
        handle = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _refuse_unreadable(os.fstat(handle))
            with os.fdopen(handle, "rb", closefd=False) as file:
                return file.read(MAX_BYTES)
        finally:
            os.close(handle)


def _refuse_unreadable(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
    if status.st_size > MAX_BYTES:
        raise OSError(errno.EFBIG, f"it has {status.st_size:,} bytes, over {MAX_BYTES:,}")


def _identity(path: Path) -> Identity:
    try:
        found = path.stat()
    except OSError as problem:
        return problem.errno or errno.EIO
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
