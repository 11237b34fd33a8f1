"""One unquoted YAML word -> the value training saw, and a warning where that is a classic trap.

Input: the text of a plain scalar, or two values that `<<` brings for one key. Output: str, int, float,
bool or None, and words for the warning. Refuses to make dates (the text is kept) and numbers longer
than Python itself accepts. The rules are PyYAML's (YAML 1.1), since that is what training programs
read their configs with.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

from yaml.constructor import SafeConstructor
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from collectors.readers.text.plain import MAX_DIGITS
from collectors.readers.text.text import brief

Value = str | int | float | bool | None
_CORE: Final = "tag:yaml.org,2002:"
FORCED: Final = {f"{_CORE}{kind}" for kind in ("str", "int", "float", "bool", "null")}
"""Tags that only say what a plain value is; all others are refused."""

_EXPONENT: Final = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+")
_DECIMAL_ZERO: Final = re.compile(r"[-+]?0[0-9]+")
_OCTAL: Final = re.compile(r"[-+]?0[0-7_]+")
_NO_NUMBER: Final = re.compile(r"[-+]?(nan|inf|infinity)", re.IGNORECASE)
_KINDS: Final = {"bool": "true or false", "null": "nothing", "int": "a number", "float": "a number"}


def resolve(word: str) -> tuple[Value, str | None]:
    """Return what YAML makes of an unquoted word, and what to warn about."""
    kind = _kind(word)
    if kind == "str":
        return _text(word)
    if kind == "bool":
        return _boolean(word)
    if kind == "null":
        return None, None
    if kind in ("int", "float"):
        return _number(word, kind)
    if kind == "timestamp":
        return word, f"{brief(word)} is a date to YAML; kept as text: put it in quotes"
    return word, f"{brief(word)} means something special in YAML; kept as text: put it in quotes"


def resolve_forced(word: str, tag: str) -> Value:
    """Return the value of a scalar tagged `!!int` and the like; raise ValueError if it is none."""
    if tag == f"{_CORE}str":
        return word
    try:
        value: Value = _construct(word, tag.removeprefix(_CORE))
    except (KeyError, IndexError, TypeError):
        raise ValueError(word) from None
    return value


def key_trap(word: str) -> str | None:
    """Return a warning if an unquoted key is not text to YAML, though it looks like it."""
    kind = _kind(word)
    if kind not in ("bool", "null", "timestamp"):
        return None
    what = _KINDS.get(kind, "a date")
    return f"the key {brief(word)} is {what} to YAML; read as text: put it in quotes"


def is_merge(word: str) -> bool:
    """Say whether an unquoted key pulls in another mapping."""
    return word == "<<"


def merge_trap(key: str, older: Any, newer: Any) -> str | None:
    """Return a warning if what `<<` brings for `key` depends on PyYAML's version: up to 6.0.3, and since."""
    ours, theirs = (json.dumps(value, sort_keys=True, ensure_ascii=False) for value in (older, newer))
    if ours == theirs:
        return None
    told = f"`<<` brings {brief(key)} more than once; read as {brief(ours)}, as PyYAML up to 6.0.3 does"
    return f"{told}; PyYAML since 6.0.4 takes {brief(theirs)}: write the key out"


def _kind(word: str) -> str:
    tag: str = Resolver().resolve(ScalarNode, word, (True, False))  # type: ignore[no-untyped-call]
    return tag.removeprefix(_CORE)


def _construct(word: str, kind: str) -> Any:
    node = ScalarNode(f"{_CORE}{kind}", word)
    make = getattr(SafeConstructor(), f"construct_yaml_{kind}")
    return make(node)


def _text(word: str) -> tuple[Value, str | None]:
    if _EXPONENT.fullmatch(word):
        value = float(word)
        better = f"write `{_with_dot(word)}`"
        return value, f"{brief(word)} is text to PyYAML; read as the number {value:g}: {better}"
    if _DECIMAL_ZERO.fullmatch(word):
        return word, f"{brief(word)} is text to YAML: write it without the leading zero, or quoted"
    if _NO_NUMBER.fullmatch(word):
        sign = "-" if word[0] == "-" else ""
        return word, f"{brief(word)} is text to YAML: write `{sign}.{word.lstrip('+-').lower()[:3]}`"
    if word in ("None", "none", "NONE"):
        return word, f"{brief(word)} is text to YAML: write `null`, or put it in quotes"
    return word, None


def _boolean(word: str) -> tuple[Value, str | None]:
    value = bool(_construct(word, "bool"))
    if word.lower() in ("true", "false"):
        return value, None
    meant = "true" if value else "false"
    return value, f"{brief(word)} is read as {meant}: write `{meant}`, or `'{word}'` for the text"


def _number(word: str, kind: str) -> tuple[Value, str | None]:
    if len(word) > MAX_DIGITS:
        raise ValueError(f"a number of {len(word):,} digits; at most {MAX_DIGITS:,} can be read")
    try:
        value = _construct(word, kind)
    except (ValueError, IndexError, OverflowError):
        return word, f"{brief(word)} looks like a number to YAML but is none; kept as text"
    return value, _number_trap(word, value)


def _number_trap(word: str, value: float) -> str | None:
    if ":" in word:
        return f"{brief(word)} is read as {value:g} (base 60): write `{value:g}`, or put it in quotes"
    if isinstance(value, int) and _OCTAL.fullmatch(word):
        return f"{brief(word)} is read as {value} (base 8): write `{value}`, or put it in quotes"
    if math.isinf(value) and "inf" not in word.lower():
        return f"{brief(word)} is too large for a number; read as infinity"
    return None


def _with_dot(word: str) -> str:
    """Write an exponent the way every YAML reader takes for a number: `2e-3` -> `2.0e-3`."""
    mantissa, exponent = re.split("[eE]", word)
    mantissa = mantissa if "." in mantissa else mantissa + ".0"
    return f"{mantissa}e{exponent if exponent[0] in '+-' else '+' + exponent}"
