"""JSON text -> plain values, the line of each key, and what a strict reader would stumble on.

Input: decoded text. Output: `Loaded`. Refuses duplicate keys, trailing commas, deep nesting and
numbers longer than Python reads; `NaN` and `Infinity`, which Python writes, are taken with a
warning. Only the first error is told: what comes after it cannot be trusted.
"""

from __future__ import annotations

import math
import re
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final

from collectors.readers.text.plain import MAX_DEPTH, MAX_DIGITS, MAX_NODES, Loaded, Path, Report, Stop
from collectors.readers.text.text import brief, line_at, without_surrogates

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD: Final = re.compile(r"[-+]?[A-Za-z_$][A-Za-z0-9_$]*|[-+.0-9][-+.0-9A-Za-z_]*|//|/\*|.", re.S)
_NAMES: Final = {"true": True, "false": False, "null": None}
_SPECIAL: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def load_json(text: str, *, max_nodes: int = MAX_NODES) -> Loaded:
    """Return the value in `text`; what is wrong with it is in the findings, never raised."""
    parser = _Parser(text, max_nodes)
    try:
        data = parser.document()
    except Stop as stop:
        return Loaded(None, parser.lines, (*parser.report.all(), stop.finding))
    return Loaded(data, parser.lines, parser.report.all())


class _Parser:
    """A position in the text that only moves forward."""

    def __init__(self, text: str, max_nodes: int) -> None:
        self.text = text
        self.at = 0
        self.max_nodes = max_nodes
        self.nodes = 0
        self.lines: dict[Path, int] = {}
        self.report = Report()
        self._line, self._line_at = 1, 0
        self._decoder = JSONDecoder()

    def document(self) -> Any:
        if not self._peek():
            raise Stop("holds no value, only space")
        value = self._value(())
        if self._peek():
            raise self._stop(f"more text after the value: {self._found()}")
        return value

    def _value(self, path: Path) -> Any:
        self.nodes += 1
        if self.nodes > self.max_nodes:
            raise self._stop(f"more than {self.max_nodes:,} values")
        if len(path) > MAX_DEPTH:
            raise self._stop(f"nested more than {MAX_DEPTH} deep")
        sign = self._peek()
        if sign == "{":
            return self._object(path)
        if sign == "[":
            return self._array(path)
        return self._string() if sign == '"' else self._plain()

    def _object(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        opened = self.at
        self.at += 1
        while self._goes_on("}", opened, is_first=not result):
            key = self._key(opened)
            here = (*path, key)
            self._note_key(here, key in result)
            self._expect(":", opened)
            result[key] = self._value(here)
        return result

    def _array(self, path: Path) -> list[Any]:
        result: list[Any] = []
        opened = self.at
        self.at += 1
        while self._goes_on("]", opened, is_first=not result):
            here = (*path, len(result))
            if self._peek() in "{[":
                self.lines[here] = self._line_here()
            result.append(self._value(here))
        return result

    def _goes_on(self, close: str, opened: int, *, is_first: bool) -> bool:
        """Step over a comma or the closing bracket; say whether another item follows."""
        sign = self._peek()
        if sign == close:
            self.at += 1
            return False
        if is_first:
            return True
        if sign != ",":
            raise self._stop(self._cut(opened) or f"expected `,` or `{close}`, found {self._found()}")
        comma = self.at
        self.at += 1
        if self._peek() == close:
            self.at = comma
            raise self._stop(f"a comma before `{close}`: the last item must have none")
        return True

    def _key(self, opened: int) -> str:
        if self._peek() != '"':
            found = self._cut(opened) or f"expected a key in double quotes, found {self._found()}"
            raise self._stop(found)
        return self._string()

    def _note_key(self, path: Path, is_known: bool) -> None:
        line = self._line_here()
        if is_known:
            self.report.tell_twice(str(path[-1]), self.lines[path], line)
        self.lines[path] = line

    def _string(self) -> str:
        value: str
        try:
            value, self.at = self._decoder.raw_decode(self.text, self.at)
        except JSONDecodeError as error:
            if error.msg.startswith("Unterminated"):
                raise self._stop("ends inside a quoted text: is it cut off?") from None
            self.at = min(error.pos, len(self.text))
            raise self._stop(f"a text in quotes is damaged ({error.msg.lower()})") from None
        whole = without_surrogates(value)
        if whole != value:
            self.report.tell("warning", "half a character (a lone surrogate)", self._line_here())
        return whole

    def _plain(self) -> float | bool | None:
        found = _WORD.match(self.text, self.at)
        word = found.group() if found else ""
        if word in _NAMES:
            self.at += len(word)
            return _NAMES[word]
        if word in _SPECIAL:
            self.report.tell("warning", f"`{word}` is not in the JSON standard", self._line_here())
            self.at += len(word)
            return _SPECIAL[word]
        if not _NUMBER.fullmatch(word):
            raise self._stop(self._cut(None) or f"expected a value, found {self._found()}")
        return self._number(word)

    def _number(self, word: str) -> float:
        if len(word) > MAX_DIGITS:
            raise self._stop(f"a number of {len(word):,} digits; at most {MAX_DIGITS:,} can be read")
        value = int(word) if word.lstrip("-").isdigit() else float(word)
        if isinstance(value, float) and math.isinf(value):
            text = f"{brief(word)} is too large for a number; read as infinity"
            self.report.tell("warning", text, self._line_here())
        self.at += len(word)
        return value

    def _expect(self, sign: str, opened: int) -> None:
        if self._peek() != sign:
            raise self._stop(self._cut(opened) or f"expected `{sign}`, found {self._found()}")
        self.at += 1

    def _peek(self) -> str:
        """Step over space and return the next character, empty at the end."""
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at
        return self.text[self.at : self.at + 1]

    def _found(self) -> str:
        word = _WORD.match(self.text, self.at)
        found = word.group() if word else ""
        if found in ("//", "/*"):
            return "a comment, which JSON does not have"
        return brief(found) + (" (JSON wants double quotes)" if found == "'" else "")

    def _cut(self, opened: int | None) -> str | None:
        if self.at < len(self.text):
            return None
        begun = f" begun in line {line_at(self.text, opened)}" if opened is not None else ""
        inside = f"inside what was{begun}" if begun else "where a value was expected"
        return f"ends {inside}: is it cut off?"

    def _line_here(self) -> int:
        """Return the line of the position; counts only what came since the last call."""
        self._line += self.text.count("\n", self._line_at, self.at)
        self._line_at = self.at
        return self._line

    def _stop(self, text: str) -> Stop:
        line = line_at(self.text, self.at)
        column = self.at - self.text.rfind("\n", 0, self.at)
        return Stop(text, f"line {line}, column {column}")
