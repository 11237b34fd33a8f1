"""TOML text -> plain values and the lines of their keys.

Input: decoded text. Output: `Loaded`. Dates and times become text. Refuses what the standard
library's reader refuses (duplicate keys among it) and deep nesting. Lines are found by a second,
simple look at the text, and only told for keys that exist.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from typing import Any, Final

from collectors.evidence.files import Finding
from collectors.readers.text.plain import MAX_DEPTH, MAX_DIGITS, Loaded, Path

_BARE: Final = r'(?:[A-Za-z0-9_-]+|"[^"\n]*"|\'[^\'\n]*\')'
_DOTTED: Final = rf"{_BARE}(?:\s*\.\s*{_BARE})*"
_HEADER: Final = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?")
_KEY: Final = re.compile(rf"\s*({_DOTTED})\s*=")
_WHERE: Final = re.compile(r" \(at (line \d+, column \d+|end of document)\)$")


def load_toml(text: str) -> Loaded:
    """Return the table in `text`; what is wrong with it is in the findings, never raised."""
    try:
        data = _plain(tomllib.loads(text.replace("\r\n", "\n")), 0)
    except RecursionError:
        return Loaded(None, {}, (Finding("error", f"nested more than {MAX_DEPTH} deep"),))
    except ValueError as error:
        return Loaded(None, {}, (_finding_of(error),))
    return Loaded(data, _lines(text, data), ())


def _finding_of(error: ValueError) -> Finding:
    words = str(error)
    place = _WHERE.search(words)
    if "int_max_str_digits" in words:
        return Finding("error", f"a number of more than {MAX_DIGITS:,} digits")
    if not place:
        return Finding("error", f"is not TOML: {words[:200]}")
    where = place.group(1) if place.group(1).startswith("line") else None
    cut = ", at the end of the file" if where is None else ""
    return Finding("error", f"is not TOML: {words[: place.start()][:200]}{cut}", where)


def _plain(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, dict):
        return {key: _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value


def _lines(text: str, data: dict[str, Any]) -> dict[Path, int]:
    lines: dict[Path, int] = {}
    table: Path = ()
    arrays: dict[Path, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _names(header.group(2))
            if header.group(1) == "[[":
                arrays[table] = arrays.get(table, -1) + 1
                table = (*table, arrays[table])
            _note(lines, data, table, number)
        elif key:
            _note(lines, data, (*table, *_names(key.group(1))), number)
    return lines


def _note(lines: dict[Path, int], data: Any, path: Path, number: int) -> None:
    """Keep the first line of each key that exists; text inside a long string may look like one."""
    for length in range(1, len(path) + 1):
        try:
            data = data[path[length - 1]]
        except (KeyError, IndexError, TypeError):
            return
        lines.setdefault(path[:length], number)


def _names(dotted: str) -> Path:
    return tuple(name.strip("\"'") for name in re.findall(_BARE, dotted))
