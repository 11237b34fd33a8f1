"""A workspace -> the names in it, nearest first, from one bounded walk.

Input: a `Walker`. Output: `Tree`. It opens no file, follows no link, leaves out hidden names and folders of
programs, and refuses to go on beyond its bounds: then it says that it is a part.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from typing import Final

from collectors.files.walk import PathProblem, Walker

MOST_NAMES: Final = 120_000
MOST_IN_ONE: Final = 20_000
"""Names taken from one folder: a folder of data must not hide what lies beside it."""
MOST_FOLDERS: Final = 5_000
DEEPEST: Final = 7
"""Folders below one another: `outputs/DATE/TIME/lightning_logs/version_0/checkpoints` has six."""
LEFT_OUT: Final = frozenset({"__pycache__", "node_modules", "site-packages"})


@dataclass(frozen=True, slots=True)
class Tree:
    """Relative paths, nearest first and sorted within a folder."""

    files: tuple[str, ...] = ()
    """Files, and links to whatever."""
    is_whole: bool = True
    """Nothing was left out because there was too much of it."""


def walk_tree(walker: Walker) -> Tree:
    """Every name near the top of a workspace; folders that cannot be listed hold none."""
    walk = _Walk(walker)
    waiting = deque([("", 0)])
    while waiting:
        prefix, depth = waiting.popleft()
        folders = walk.look(prefix)
        if depth < DEEPEST:
            waiting.extend((f"{folder}/", depth + 1) for folder in folders)
        elif folders:
            walk.is_whole = False
    return Tree(tuple(walk.files), walk.is_whole)


class _Walk:
    """One walk; its list grows."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._looked = 0
        self.files: list[str] = []
        self.is_whole = True

    def look(self, prefix: str) -> list[str]:
        """Take the names in one folder; the folders among them."""
        if self._looked >= MOST_FOLDERS or len(self.files) >= MOST_NAMES:
            self.is_whole = False
            return []
        self._looked += 1
        try:
            names, folders = self._names(prefix)
        except (PathProblem, OSError):
            return []
        self.files += sorted(prefix + name for name in names)
        return sorted(prefix + name for name in folders)

    def _names(self, prefix: str) -> tuple[list[str], list[str]]:
        names: list[str] = []
        folders: list[str] = []
        fd = self._walker.open_folder(prefix)
        try:
            with os.scandir(fd) as entries:
                for count, entry in enumerate(entries):
                    if count >= MOST_IN_ONE:
                        self.is_whole = False
                        break
                    if entry.name.startswith(".") or entry.name in LEFT_OUT:
                        continue
                    (folders if entry.is_dir(follow_symlinks=False) else names).append(entry.name)
        finally:
            os.close(fd)
        return names, folders
