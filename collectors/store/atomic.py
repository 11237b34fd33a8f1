"""Bytes -> a file, whole or not at all: the one atomic write.

Input: a path and bytes. Output: the new file in the place of the old one, which stays until then; a
reader meets one of the two. Raises StoreProblem in words, with the file's name and no folder.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from collectors.files.problems import describe_error
from collectors.store.backend import StoreProblem

NO_FILE: Final = "it is not a regular file"
TEMPORARY: Final = ".training-dashboard-tmp-"
"""Prefix of unfinished files; leftovers of a killed writer are swept at the next start."""
READABLE: Final = 0o644
"""Mode of what the page reads, which may run as another user."""
PRIVATE: Final = 0o600
"""Mode of what is nobody else's business."""
NOT_OFFERED: Final = {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EPERM}
"""What file systems say that cannot sync a folder or set a mode: no reason to keep nothing."""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an OSError into a StoreProblem: one line with the file's name and no absolute path."""
    try:
        yield
    except StoreProblem:
        raise
    except OSError as error:
        raise StoreProblem(f"{path.name} cannot be written: {describe_error(error)}") from None


def replace_file(path: Path, data: bytes, *, durable: bool = True, mode: int = READABLE) -> None:
    """Write beside, fsync, rename, fsync the folder. Raises StoreProblem."""
    with _written_beside(path, data, durable=durable, mode=mode) as beside:
        beside.replace(path)


def create_file(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, whole or not at all. Raises StoreProblem, also where one is."""
    with _written_beside(path, data) as beside:
        try:
            os.link(beside, path)  # unlike a rename it never takes the place of what is there
        except FileExistsError:
            raise StoreProblem(f"{path.name} is there already; it stays as it is") from None
        with suppress(OSError):
            beside.unlink()


@contextmanager
def _written_beside(path: Path, data: bytes, *, durable: bool = True, mode: int = READABLE) -> Iterator[Path]:
    """A temporary file of these bytes in the folder of `path`, to be put there; it goes where that fails."""
    with explained(path):
        descriptor, name = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(data)
                handle.flush()
                _set_mode(descriptor, mode)
                if durable:
                    os.fsync(descriptor)
            yield Path(name)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        if durable:
            _sync_folder(path.parent)


def append_line(path: Path, line: bytes, mode: int = READABLE) -> None:
    """Append one line; one that cannot be written whole is taken back. Raises StoreProblem."""
    with explained(path), opened_to_append(path, mode) as handle:
        size = handle.seek(0, os.SEEK_END)
        try:
            handle.write((b"" if _ends_a_line(handle.fileno(), size) else b"\n") + line + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        except OSError:
            with suppress(OSError):
                os.ftruncate(handle.fileno(), size)
            raise


def _ends_a_line(descriptor: int, size: int) -> bool:
    """Whether a new line may begin here: a writer that was killed leaves half of one."""
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def read_own(path: Path, limit: int) -> bytes:
    """Read a file of ours. Raises OSError, also for what is no regular file or too large."""
    with os.fdopen(open_own(path, os.O_RDONLY), "rb") as handle:
        size = os.fstat(handle.fileno()).st_size
        if size > limit:
            raise OSError(errno.EFBIG, f"it has {size:,} bytes, over {limit:,}")
        return handle.read(limit)


def open_own(path: Path, flags: int, mode: int = READABLE) -> int:
    """Open a file of ours, waiting for nobody. Raises OSError, also for what is no regular file: a link is none."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.EINVAL, NO_FILE) from None
        raise
    # the kind first: no file object can be made of a folder, and the descriptor would stay open
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, NO_FILE)
    return descriptor


def opened_to_append(path: Path, mode: int = READABLE) -> BinaryIO:
    """Open a file of ours to append to; a pipe or a link in its place is thrown away. Raises OSError."""
    throw_odd_away(path)
    return os.fdopen(open_own(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, mode), "ab+")


def throw_odd_away(path: Path) -> None:
    """Remove a pipe, a socket, or a link to no folder from a place of ours. Raises OSError."""
    with suppress(FileNotFoundError):
        kind = path.lstat().st_mode
        if not stat.S_ISREG(kind) and not path.is_dir():
            path.unlink()


def regular_files(folder: Path, suffix: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name without `suffix`, size in bytes and mtime in nanoseconds of its files; none where there is no folder.

    There may be a hundred thousand: names below a descriptor are found faster than whole paths.
    """
    with suppress(OSError), _opened(folder) as descriptor, os.scandir(descriptor) as entries:
        for entry in entries:
            if entry.name.endswith(suffix) and entry.is_file(follow_symlinks=False):
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                yield entry.name.removesuffix(suffix), (found.st_size, found.st_mtime_ns)


def folders_in(folder: Path) -> list[str]:
    """Names of the folders in it; none where there is no folder."""
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove what writers left unfinished that were killed."""
    for left in folder.glob(f"{TEMPORARY}*"):
        with suppress(OSError):
            left.unlink()


def _set_mode(descriptor: int, mode: int) -> None:
    """A temporary file begins as its owner's alone."""
    try:
        os.fchmod(descriptor, mode)
    except OSError as error:
        if error.errno not in NOT_OFFERED:
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in NOT_OFFERED:
            raise
    finally:
        os.close(descriptor)
