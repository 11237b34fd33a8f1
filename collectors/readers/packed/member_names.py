"""Names of archive members -> what is wrong with them. Pure.

Input: a name as stored. Output: the normalised name, or a sentence. Nothing is ever unpacked, but
whoever unpacks the archive later would write outside the folder with such names.
"""

from __future__ import annotations

import re
from typing import Final

MOST_CHARACTERS: Final = 4096


def normalised(name: str) -> str:
    """Forward slashes, no leading `./`, no doubled slashes."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    return "/".join(parts)


def name_problem(name: str) -> str | None:
    """Say what makes a name unusable or dangerous to unpack; None when nothing does."""
    if not name or not normalised(name):
        return "has no name"
    if len(name) > MOST_CHARACTERS:
        return f"has a name of {len(name):,} characters"
    if "\0" in name:
        return "has a NUL byte in its name"
    if "\\" in name:
        return "has a backslash in its name"
    return _escape_problem(name)


def target_problem(folder: str, target: str) -> str | None:
    """Say how a link in `folder` that points to `target` leaves the archive; None when it stays."""
    if _is_absolute(target):
        return "points to an absolute path"
    depth = 0
    for part in f"{folder}/{target}".split("/"):
        depth += {"": 0, ".": 0, "..": -1}.get(part, 1)
        if depth < 0:
            return "points out of the archive"
    return None


def _escape_problem(name: str) -> str | None:
    if _is_absolute(name):
        return "has an absolute path"
    if ".." in name.split("/"):
        return "has `..` in its path"
    return None


def _is_absolute(name: str) -> bool:
    return name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:[\\/]?", name) is not None
