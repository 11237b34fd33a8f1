"""A pattern of the description -> what it matches, among paths that are known. Pure.

`*`, `?`, `[...]` stand for signs within a name, `**/` for any number of folders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

_SIGNS = re.compile(r"\*\*/|\*|\?|\[!?[^\]/]+\]")


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern for whole paths."""
    out, at = [], 0
    for found in _SIGNS.finditer(pattern):
        out += [re.escape(pattern[at : found.start()]), _meaning(found[0])]
        at = found.end()
    return re.compile("".join([*out, re.escape(pattern[at:])]), re.DOTALL)


def _meaning(sign: str) -> str:
    if sign == "**/":
        return "(?:[^/]+/)*"
    if sign in "*?":
        return "[^/]*" if sign == "*" else "[^/]"
    inner = sign[1:-1].replace("\\", "\\\\")
    return f"[^/{inner[1:]}]" if inner.startswith("!") else f"(?!/)[{inner}]"


def is_plain(part: str) -> bool:
    """Whether a part of a pattern stands for itself."""
    return not any(sign in part for sign in "*?[")


def grouped(paths: Iterable[str], key: Callable[[str], str]) -> dict[str, list[str]]:
    """Paths by what `key` says of each, in the order they come in."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(key(path), []).append(path)
    return groups


def ending_of(path: str) -> str:
    """What follows the last dot of a name, with the dot; empty without one."""
    dot = path.rfind(".")
    return path[dot:] if dot > path.rfind("/") else ""
