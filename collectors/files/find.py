"""Patterns -> the paths in the workspace that match; each folder is listed once for all of them.

Input: a `Walker` and patterns of `*`, `?`, `[...]` within a name and `**` for any number of
folders. Output: sorted relative paths, and in words what could not be searched. Refuses to follow
links out of the workspace, to descend through links below `**` (they may form circles), and to list
without a bound. A leading dot must be written out.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from collectors.evidence.files import Finding
from collectors.files.problems import describe_error, shown
from collectors.files.walk import PathProblem, Walker, open_folder_at, split

DEFAULT_LIMIT: Final = 10_000
"""Matches."""
MAX_ENTRIES: Final = 200_000
"""Names looked at in one search."""
MAX_DEPTH: Final = 32
"""Folders below one another."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave."""

    paths: tuple[str, ...]
    """Relative, sorted; undecodable bytes stay as Python writes them, to be opened."""
    problems: tuple[Finding, ...] = ()
    """Folders that could not be listed (named in `where`), a limit reached, a bad pattern."""


def find_matches(walker: Walker, patterns: Sequence[str], limit: int = DEFAULT_LIMIT) -> Found:
    """Return every path that matches a pattern, of any kind, at most `limit`; never raises."""
    search = _Search(walker, limit)
    rests = set()
    for pattern in patterns:
        try:
            rests.add(_parse(pattern))
        except PathProblem as error:
            search.report(f"the pattern `{shown(pattern)}` {error.problem}")
    search.visit(_Folder(""), rests - {()})
    if search.stopped:
        search.report(f"stopped after {len(search.matches):,} matches in {search.entries:,} names")
    return Found(tuple(sorted(search.matches)), tuple(search.problems))


@dataclass(frozen=True)
class _Part:
    """One name of a pattern."""

    text: str

    @cached_property
    def is_any_folders(self) -> bool:
        return self.text == "**"

    @cached_property
    def is_literal(self) -> bool:
        return not any(sign in self.text for sign in "*?[")

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile(fnmatch.translate(self.text))

    def matches(self, name: str) -> bool:
        if self.is_literal:
            return name == self.text
        return (name[0] != "." or self.text[0] == ".") and self._regex.match(name) is not None


_Rest = tuple[_Part, ...]
"""What of a pattern is still to be matched; empty: it matched."""


class _Folder(NamedTuple):
    """A folder to be searched. `parent_fd`, `name`: the listing it was seen in, if any."""

    prefix: str
    """Empty, or ending in a slash."""
    depth: int = 0
    parent_fd: int | None = None
    name: str = ""


@dataclass
class _Search:
    """One search; `matches` and `problems` grow."""

    walker: Walker
    limit: int
    matches: set[str] = field(default_factory=set)
    problems: list[Finding] = field(default_factory=list)
    entries: int = 0
    stopped: bool = False

    @property
    def is_full(self) -> bool:
        return len(self.matches) >= self.limit or self.entries >= MAX_ENTRIES

    def report(self, text: str, prefix: str = "") -> None:
        self.problems.append(Finding("warning", text, shown(prefix.rstrip("/")) or None))

    def visit(self, folder: _Folder, rests: set[_Rest]) -> None:
        """Match one folder against all patterns at once."""
        rests = _with_folders_skipped(rests)
        if folder.depth > MAX_DEPTH:
            self.report(f"searched only {MAX_DEPTH} folders deep", folder.prefix)
        elif all(rest[0].is_literal for rest in rests):
            self._visit_by_name(folder, rests)
        else:
            self._visit_by_listing(folder, rests)

    def _visit_by_name(self, folder: _Folder, rests: set[_Rest]) -> None:
        """Take names that are written out: a folder that can be entered need not be listable."""
        for name in sorted({rest[0].text for rest in rests}):
            after = {rest[1:] for rest in rests if rest[0].text == name}
            if () in after and not self.is_full and self._exists(folder.prefix + name):
                self.matches.add(folder.prefix + name)
            if after - {()}:
                self.visit(_Folder(f"{folder.prefix}{name}/", folder.depth + 1), after - {()})

    def _visit_by_listing(self, folder: _Folder, rests: set[_Rest]) -> None:
        fd = self._open(folder)
        if fd is None:
            return
        try:
            for entry in self._entries(folder, fd):
                self._take(
                    entry,
                    _Folder(f"{folder.prefix}{entry.name}/", folder.depth + 1, fd, entry.name),
                    rests,
                )
        finally:
            os.close(fd)

    def _take(self, entry: os.DirEntry[str], folder: _Folder, rests: set[_Rest]) -> None:
        is_folder = entry.is_dir(follow_symlinks=False)
        after = _after(entry.name, is_folder, rests)
        if () in after:
            self.matches.add(folder.prefix[:-1])
        if is_folder and after - {()}:
            self.visit(folder, after - {()})
        elif entry.is_symlink() and after - {()}:
            self.visit(folder._replace(parent_fd=None), after - {()})

    def _entries(self, folder: _Folder, fd: int) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(fd) as entries:
                for entry in entries:
                    if self.is_full:
                        self.stopped = True
                        return
                    self.entries += 1
                    yield entry
        except OSError as error:
            self.report(f"cannot be listed: {describe_error(error)}", folder.prefix)

    def _open(self, folder: _Folder) -> int | None:
        try:
            if folder.parent_fd is not None:
                return open_folder_at(folder.parent_fd, folder.name)
            return self.walker.open_folder(folder.prefix)
        except PathProblem as error:
            if not error.missing:
                self.report(error.problem, folder.prefix)
            return None

    def _exists(self, path: str) -> bool:
        """Say whether something of that name is there; a link is, wherever it leads."""
        try:
            with self.walker.find(path, follow_last=False):
                return True
        except PathProblem as error:
            if not error.missing:
                self.report(error.problem, path)
            return False


def _parse(pattern: str) -> _Rest:
    """Return the parts of a pattern; `**` twice in a row means the same as once."""
    parts = [_Part(name) for name in split(pattern)]
    return tuple(part for i, part in enumerate(parts) if not (i and part.is_any_folders and parts[i - 1] == part))


def _with_folders_skipped(rests: set[_Rest]) -> set[_Rest]:
    """Add what is left when `**` stands for no folder at all."""
    skipped = {rest[1:] for rest in rests if rest[0].is_any_folders and len(rest) > 1}
    return rests | skipped


def _after(name: str, is_folder: bool, rests: set[_Rest]) -> set[_Rest]:
    """Return what is left of each pattern once it has taken `name`."""
    after = set()
    for rest in rests:
        if not rest[0].is_any_folders:
            if rest[0].matches(name):
                after.add(rest[1:])
        elif is_folder and name[0] != ".":
            after.add(rest)
        elif len(rest) == 1 and not is_folder and name[0] != ".":
            after.add(())
    return after
