"""The only door to the disk for reading: a relative path -> an open regular file, or why not.

Input: the workspace the operator named. Output: `FileFacts`, open handles, bounded bytes, names. Refuses to leave the
workspace, to open anything but regular files, to wait for a writer (FIFO), and to read without a bound.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self, TypeVar

from collectors.evidence.files import FileFacts
from collectors.files.find import DEFAULT_LIMIT, Found, find_matches
from collectors.files.problems import describe_error, is_path, kind_problem, shown, unshown
from collectors.files.tree import Tree, walk_tree
from collectors.files.walk import Base, PathProblem, Spot, Walker, system_devices

T = TypeVar("T")
Identity = tuple[int, int, int, int, int]
"""Device, inode, size in bytes, mtime and ctime in nanoseconds: equal means unchanged."""
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class WorkspaceProblem(ValueError):
    """The folder the operator named cannot be used; the message is one line for the terminal."""


class CannotRead(Exception):
    """Its relative `path`, the `problem` in words, a `hint` (may be empty), `missing`."""

    def __init__(self, path: str, problem: str, hint: str = "", *, missing: bool = False) -> None:
        self.path, self.problem, self.hint, self.missing = shown(path), problem, hint, missing
        super().__init__(f"{self.path}: {problem}")


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A regular file, open for reading from byte 0."""

    handle: BinaryIO
    size: int
    """Bytes when it was opened."""
    identity: Identity
    fileno: int
    path: str
    """Workspace-relative, as valid text."""


class Workspace:
    """The folder training writes into, held open. Close it, or use it in a `with` statement.

    `allow_roots`: folders outside it to which links inside it may lead. Raises WorkspaceProblem.
    """

    def __init__(self, root: Path, allow_roots: tuple[Path, ...] = ()) -> None:
        self.name: str = shown(Path(_absolute(root)).name or "/")
        self._roots = (root, *allow_roots)
        self._bases = _open_bases(self._roots)
        self._walker = Walker(self._bases)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the folders; a second call does nothing."""
        while self._bases:
            os.close(self._bases.pop().fd)

    def renew(self) -> None:
        """Take the folders at their paths anew: one may have been replaced since. Raises WorkspaceProblem."""
        bases = _open_bases(self._roots)
        self.close()
        self._bases, self._walker = bases, Walker(bases)

    def facts(self, path: str) -> FileFacts:
        """Return what the file system says of `path`; a folder or a FIFO is a `problem`."""
        try:
            with self._walker.find(self._named(path)) as spot:
                return _facts_of(path, spot)
        except PathProblem as error:
            plainly_missing = error.missing and error.problem == "does not exist"
            return FileFacts(shown(path), False, problem=None if plainly_missing else error.problem)

    @contextmanager
    def open(self, path: str) -> Iterator[OpenFile]:
        """Yield the regular file at `path`; raise CannotRead."""
        try:
            with self._walker.find(self._named(path)) as spot:
                fd = _open_regular(spot)
        except PathProblem as error:
            raise CannotRead(path, error.problem, error.hint, missing=error.missing) from None
        with os.fdopen(fd, "rb") as handle:
            status = os.fstat(fd)
            yield OpenFile(handle, status.st_size, identity_of(status), fd, shown(path))

    def read_bytes(self, path: str, limit: int) -> bytes:
        """Return the whole file; raise CannotRead, also when it has more than `limit` bytes."""
        with self.open(path) as opened:
            data = _guarded(opened, lambda file: _read_growing(file, limit)) if opened.size <= limit else b""
            size = max(opened.size, len(data))
        if size > limit:
            raise CannotRead(path, f"has {size:,} bytes; at most {limit:,} are read", "is it the right file?")
        return data

    def _named(self, path: str) -> str:
        """Return the path as the disk has it, if it came as `facts` shows one with bytes that are not UTF-8."""
        if "\\x" not in path or not is_path(path):
            return path
        try:
            with self._walker.find(path):
                return path
        except PathProblem:
            return unshown(path)

    def is_unchanged(self, path: str, identity: Identity | None) -> bool:
        """Say whether `path` still is that file; an unknown identity is never unchanged."""
        return identity is not None and self.facts(path).identity == identity

    def find(self, patterns: Sequence[str], *, limit: int = DEFAULT_LIMIT) -> Found:
        """Return what matches and what could not be searched; `**` stands for any folders."""
        return find_matches(self._walker, patterns, limit)

    def glob(self, patterns: Sequence[str], *, limit: int = DEFAULT_LIMIT) -> list[str]:
        """Return the relative paths that match, sorted, of any kind (ask `facts`)."""
        return list(self.find(patterns, limit=limit).paths)

    def tree(self) -> Tree:
        """Return the names near the top, from one bounded walk that follows no link."""
        return walk_tree(self._walker)


def read_settled(workspace: Workspace, path: str, read: Callable[[OpenFile], T]) -> tuple[T, bool]:
    """Return what `read` makes of the file, and whether it is being written.

    A file that changes while it is read is read once more; if it changes again, the second value is
    True. Raises CannotRead, also for an error of the disk while reading.
    """
    value, settled = _read_once(workspace, path, read)
    if not settled:
        value, settled = _read_once(workspace, path, read)
    return value, not settled


def identity_of(status: os.stat_result) -> Identity:
    """Return what makes a file the same file, unchanged: an mtime can be put back, a ctime cannot."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _read_once(workspace: Workspace, path: str, read: Callable[[OpenFile], T]) -> tuple[T, bool]:
    with workspace.open(path) as opened:
        value = _guarded(opened, read)
        same_contents = identity_of(os.fstat(opened.fileno)) == opened.identity
    return value, same_contents and workspace.is_unchanged(path, opened.identity)


def _guarded(opened: OpenFile, read: Callable[[OpenFile], T]) -> T:
    try:
        return read(opened)
    except OSError as error:
        raise CannotRead(opened.path, f"cannot be read: {describe_error(error)}") from None


def _read_growing(opened: OpenFile, limit: int) -> bytes:
    """Return the file, at most one byte more than `limit`; memory for the limit is not asked for in advance."""
    data = opened.handle.read(opened.size + 1)
    return data + opened.handle.read(limit + 1 - len(data)) if len(data) > opened.size else data


def _facts_of(path: str, spot: Spot) -> FileFacts:
    status = spot.status
    return FileFacts(
        shown(path),
        True,
        size_bytes=status.st_size,
        modified_at=status.st_mtime,
        identity=identity_of(status),
        problem=kind_problem(status) or _permission_problem(spot),
    )


def _permission_problem(spot: Spot) -> str | None:
    readable = os.access(spot.name, os.R_OK, dir_fd=spot.folder_fd, effective_ids=True, follow_symlinks=False)
    return None if readable else f"no permission to read it (mode {stat.S_IMODE(spot.status.st_mode):04o})"


def _open_regular(spot: Spot) -> int:
    """Return a descriptor. The kind is asked before (opening a device may act) and after."""
    problem = kind_problem(spot.status) or _permission_problem(spot)
    if problem:
        raise PathProblem(problem)
    try:
        fd = os.open(spot.name, _READ, dir_fd=spot.folder_fd)
    except FileNotFoundError:
        raise PathProblem("does not exist", missing=True) from None
    except OSError as error:
        raise PathProblem(f"cannot be opened: {describe_error(error)}") from None
    problem = kind_problem(os.fstat(fd))
    if problem:
        os.close(fd)
        raise PathProblem(problem)
    return fd


def _open_bases(folders: Sequence[Path]) -> list[Base]:
    bases: list[Base] = []
    try:
        for folder in folders:
            bases.append(_open_base(folder, "the allowed folder" if bases else "the workspace"))
    except WorkspaceProblem:
        for base in bases:
            os.close(base.fd)
        raise
    return bases


def _open_base(folder: Path, what: str) -> Base:
    """Return the open folder the operator named; it may itself be a link."""
    given = _absolute(folder)
    label = f"{what} `{shown(str(folder))}`"
    try:
        fd = os.open(given, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise WorkspaceProblem(f"{label} does not exist") from None
    except NotADirectoryError:
        raise WorkspaceProblem(f"{label} is not a folder") from None
    except (OSError, ValueError) as error:
        reason = describe_error(error) if isinstance(error, OSError) else str(error)
        raise WorkspaceProblem(f"{label} cannot be opened: {reason}") from None
    try:
        device, real = os.stat(".", dir_fd=fd).st_dev, os.path.realpath(given)
    except OSError as error:
        os.close(fd)
        raise WorkspaceProblem(f"{label} cannot be entered: {describe_error(error)}") from None
    if device in system_devices():
        os.close(fd)
        raise WorkspaceProblem(f"{label} lies in /proc, /sys or /dev")
    return Base(fd, real, tuple(dict.fromkeys((given, real))))


def _absolute(folder: Path) -> str:
    # Links stay as the operator wrote them: that spelling may be what links inside point to.
    return os.path.abspath(folder)
