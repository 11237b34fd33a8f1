"""An error of the YAML parser -> a finding a person can act on.

Input: the exception and the text. Output: a `Finding` with line and column. Refuses to repeat more
than a few characters of the file.
"""

from __future__ import annotations

import yaml
from yaml.error import MarkedYAMLError
from yaml.reader import ReaderError

from collectors.evidence.files import Finding
from collectors.readers.text.text import line_at


def finding_of(error: Exception, text: str) -> Finding:
    """Return what is wrong and where; `error` is any that parsing YAML raises."""
    if isinstance(error, ReaderError):
        return _bad_character(error, text)
    if isinstance(error, MarkedYAMLError):
        return Finding("error", _words(error), _where(error))
    if isinstance(error, yaml.YAMLError):
        return Finding("error", f"is not YAML: {error}")
    return Finding("error", "is not YAML: a number or an escape in it is out of range")


def _bad_character(error: ReaderError, text: str) -> Finding:
    at = text.find(chr(error.character)) if isinstance(error.character, int) else -1
    where = f"line {line_at(text, at)}" if at >= 0 else None
    return Finding("error", f"holds the character U+{ord(text[at]):04X}, not allowed in YAML", where)


def _words(error: MarkedYAMLError) -> str:
    problem, context = error.problem or "", error.context or ""
    if "'\\t'" in problem:
        return "a tab, where YAML wants spaces"
    if "end of stream" in problem or "<stream end>" in problem:
        return f"ends too early: is it cut off? ({_began(error)})"
    if "mapping values are not allowed" in problem:
        return "a `:` where no value can begin: is the indentation right, or a quote missing?"
    if "<block end>" in problem:
        return f"the indentation does not fit what is above it ({_began(error)})"
    return f"is not YAML: {context + ': ' if context else ''}{problem}"


def _began(error: MarkedYAMLError) -> str:
    context = error.context or "while parsing the document"
    mark = error.context_mark or error.problem_mark
    return f"{context}, begun in line {mark.line + 1}" if mark else context


def _where(error: MarkedYAMLError) -> str | None:
    mark = error.problem_mark or error.context_mark
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else None
