"""A relative path -> the open folder that holds it, walked without ever trusting a link.

Input: folders the operator named, and a path inside the first of them. Output: a folder descriptor,
a name and its `lstat`. Refuses to leave those folders by `..`, an absolute path or a link (each
link is resolved here, never by the kernel), to enter `/proc`, `/sys` or `/dev`, and to say where a
link outside leads.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collectors.files.problems import describe_error, is_path, shown

MAX_LINKS: Final = 40
"""As many as Linux itself follows."""
MAX_DEPTH: Final = 64
"""Folders below one another; each costs a descriptor while a path is walked."""

# Only a handle on the folder is needed, so that one may be passed which cannot be listed.
_ENTER: Final = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LIST: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_OUTSIDE_HINT: Final = "move the file into the workspace, or trust its folder with --allow-root"


class PathProblem(Exception):
    """A path that cannot be reached: the `problem`, what to do, and whether nothing is there."""

    def __init__(self, problem: str, hint: str = "", *, missing: bool = False) -> None:
        super().__init__(problem)
        self.problem, self.hint, self.missing = problem, hint, missing


@dataclass(frozen=True, slots=True)
class Base:
    """A folder the operator named: the workspace, or one behind `--allow-root`."""

    fd: int
    real: str
    """Absolute, without links."""
    spellings: tuple[str, ...]
    """Absolute ways to write it, as links may use any of them."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a path ends: valid while the walk that found it is open."""

    folder_fd: int
    name: str
    status: os.stat_result


def split(path: str) -> tuple[str, ...]:
    """Return the names in a relative path; raise PathProblem if it is absolute or climbs."""
    if not is_path(path):
        raise PathProblem("is not a file name this system can hold")
    if path.startswith("/"):
        raise PathProblem("is an absolute path", "write it relative to the workspace")
    names = tuple(name for name in path.split("/") if name not in ("", "."))
    if ".." in names:
        raise PathProblem("climbs with `..`", "write it relative to the workspace, without `..`")
    return names


def system_devices() -> frozenset[int]:
    """Return the device numbers of `/proc`, `/sys` and `/dev`, where they have their own."""
    found = set()
    for folder in ("/proc", "/sys", "/dev"):
        with suppress(OSError):
            found.add(Path(folder).stat().st_dev)
    return frozenset(found - {Path("/").stat().st_dev})


class Walker:
    """Finds paths below `bases[0]`; links may lead below the other bases too. Opens no file."""

    def __init__(self, bases: Sequence[Base]) -> None:
        self.bases = tuple(bases)
        self.forbidden = system_devices()

    @contextmanager
    def find(self, path: str, *, follow_last: bool = True) -> Iterator[Spot]:
        """Yield where `path` ends, links followed by us (the last one on request); or PathProblem."""
        walk = _Walk(self)
        try:
            yield walk.to(split(path), follow_last)
        finally:
            walk.close()

    def open_folder(self, path: str) -> int:
        """Return a descriptor for listing the folder; the caller closes it. Raises PathProblem."""
        with self.find(path) as spot:
            if not stat.S_ISDIR(spot.status.st_mode):
                raise PathProblem("is not a folder", missing=True)
            return open_folder_at(spot.folder_fd, spot.name)


def open_folder_at(folder_fd: int, name: str) -> int:
    """Return a descriptor for listing `name`, which must not be a link. Raises PathProblem."""
    try:
        return os.open(name, _LIST, dir_fd=folder_fd)
    except OSError as error:
        raise PathProblem(f"cannot be listed: {describe_error(error)}") from None


class _Walk:
    """One path being walked: a base, and the open folders below it."""

    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.base = walker.bases[0]
        self.folders: list[tuple[str, int]] = []
        self.links = 0
        self.link = ""

    @property
    def fd(self) -> int:
        return self.folders[-1][1] if self.folders else self.base.fd

    def close(self) -> None:
        while self.folders:
            os.close(self.folders.pop()[1])

    def to(self, names: Sequence[str], follow_last: bool) -> Spot:
        pending = deque(names)
        while pending:
            name = pending.popleft()
            if name == "..":
                self._climb(pending)
                continue
            status = self._look(name)
            if stat.S_ISLNK(status.st_mode) and (pending or follow_last):
                self._follow(name, pending)
            elif pending:
                self._enter(name, status)
            else:
                return Spot(self.fd, name, status)
        return Spot(self.fd, ".", self._look("."))

    def _look(self, name: str) -> os.stat_result:
        try:
            status = os.stat(name, dir_fd=self.fd, follow_symlinks=False)
        except FileNotFoundError:
            raise self._absent() from None
        except OSError as error:
            raise PathProblem(self._reason(error)) from None
        if status.st_dev in self.walker.forbidden:
            raise PathProblem("lies in /proc, /sys or /dev, which is never read")
        return status

    def _absent(self) -> PathProblem:
        problem = f"the link `{shown(self.link)}` leads to nothing" if self.link else "does not exist"
        return PathProblem(problem, missing=True)

    def _reason(self, error: OSError) -> str:
        if error.errno == errno.EACCES and self.folders:
            return f"no permission to enter the folder `{shown(self.folders[-1][0])}`"
        return describe_error(error)

    def _enter(self, name: str, status: os.stat_result) -> None:
        if not stat.S_ISDIR(status.st_mode):
            raise PathProblem(f"`{shown(name)}` in its path is not a folder", missing=True)
        if len(self.folders) >= MAX_DEPTH:
            raise PathProblem(f"lies more than {MAX_DEPTH} folders deep")
        try:
            self.folders.append((name, os.open(name, _ENTER, dir_fd=self.fd)))
        except OSError as error:
            raise PathProblem(f"cannot enter the folder `{shown(name)}`: {describe_error(error)}") from None

    def _climb(self, pending: deque[str]) -> None:
        if self.folders:
            os.close(self.folders.pop()[1])
        else:
            self._restart("/".join((str(Path(self.base.real).parent), *pending)), pending)

    def _follow(self, name: str, pending: deque[str]) -> None:
        self.links, self.link = self.links + 1, name
        if self.links > MAX_LINKS:
            raise PathProblem(f"more than {MAX_LINKS} links follow one another: a circle?")
        try:
            target = os.readlink(name, dir_fd=self.fd)
        except OSError as error:
            raise PathProblem(f"link `{shown(name)}`: {describe_error(error)}") from None
        if target.startswith("/"):
            self._restart("/".join((target, *pending)), pending)
        else:
            pending.extendleft(reversed([part for part in target.split("/") if part not in ("", ".")]))

    def _restart(self, absolute: str, pending: deque[str]) -> None:
        """Go on below the base that holds `absolute`, walking its folders, trusting none."""
        path = os.path.normpath(absolute)
        base, rest = self._base_of("/" + path.lstrip("/"))
        self.close()
        self.base = base
        pending.clear()
        pending.extend(part for part in rest.split("/") if part)

    def _base_of(self, path: str) -> tuple[Base, str]:
        fits = [
            (len(spelling), base, path[len(spelling) :])
            for base in self.walker.bases
            for spelling in base.spellings
            if path == spelling or path.startswith(spelling.rstrip("/") + "/")
        ]
        if not fits:
            problem = f"the link `{shown(self.link)}` leads out of the workspace"
            raise PathProblem(problem, _OUTSIDE_HINT)
        _, base, rest = max(fits, key=lambda fit: fit[0])
        return base, rest
