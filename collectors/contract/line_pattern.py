"""What is written as `lines` -> the same pattern, or why it may not be searched for in a log. Pure.

A pattern names what it finds: `Epoch (?P<epoch>\\d+)`. It refuses by name whatever can take longer than the line is
long to an unbearable power: repeats inside repeats, alternatives that are repeated, look-around, back references.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 500
"""Characters of a pattern."""
MOST_REPEATS: Final = 8
"""Open repeats (`*`, `+`, `{n,}`) of a pattern."""
EXAMPLE: Final = r"Epoch (?P<epoch>\d+): loss (?P<train_loss>\S+)"
_TOKEN: Final = re.compile(
    r"""(?P<escape>\\.)
    |(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    |(?P<open>\((?:\?(?:P<\w+>|:|(?P<extension>[^:])))?)
    |(?P<close>\))
    |(?P<repeat>[*+]|\{\d*,\d*\}|\{\d+\})[?+]?
    |(?P<optional>\?)[?+]?
    |(?P<other>\||.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class _Group:
    """An open bracket and what was found in it so far."""

    repeats: bool = False
    branches: bool = False


def checked_pattern(pattern: str) -> str:
    """Return the pattern. Raises ValueError with what is wrong and how it is right."""
    problem = _problem(pattern)
    if problem:
        raise ValueError(f"{problem}; write it like `{EXAMPLE}`")
    return pattern


def _problem(pattern: str) -> str | None:
    if len(pattern) > LONGEST:
        return f"has {len(pattern):,} characters, at most {LONGEST} are searched for"
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression ({error})"
    if not compiled.groupindex:
        return "names nothing: a value is found by a named group such as `(?P<train_loss>\\S+)`"
    return _danger(list(_TOKEN.finditer(pattern)))


def _danger(tokens: list[re.Match[str]]) -> str | None:
    """Why it could take too long; None where it cannot."""
    stack, closed, open_repeats, before = [_Group()], _Group(), 0, ""
    for at, token in enumerate(tokens):
        kind, text = token.lastgroup, token.group()
        if token["extension"] is not None:
            return f"holds `{text}`: only `(?P<name>` and `(?:` may begin a group"
        if kind == "escape" and text[1] in "123456789":
            return f"holds the back reference `{text}`"
        if kind == "open":
            stack.append(_Group())
        elif kind == "close":
            closed = stack.pop()
            stack[-1].repeats |= closed.repeats
            stack[-1].branches |= closed.branches
        elif kind == "repeat":
            is_group = tokens[at - 1].lastgroup == "close"
            if is_group and (closed.repeats or closed.branches):
                what = "a repeat inside a repeat" if closed.repeats else "alternatives that are repeated"
                return f"holds {what} before `{text}`, which can take for ever"
            stack[-1].repeats = True
            open_repeats += text[0] in "*+" or text.rstrip("?+").endswith(",}")
            if tokens[at - 1].group() == "." == before:
                return "holds two `.*` side by side; one finds the same"
        elif kind == "optional":
            stack[-1].repeats = True
        elif text == "|":
            stack[-1].branches = True
        before = _repeated_before(tokens, at, before)
    return (
        f"has {open_repeats} open repeats, at most {MOST_REPEATS} are allowed" if open_repeats > MOST_REPEATS else None
    )


def _repeated_before(tokens: list[re.Match[str]], at: int, before: str) -> str:
    """What the repeat that ended just before the next atom repeats; brackets lie between without a width."""
    kind = tokens[at].lastgroup
    if kind == "repeat":
        return tokens[at - 1].group()
    following = tokens[at + 1].lastgroup if at + 1 < len(tokens) else ""
    is_between = kind in {"open", "close"} or (kind == "other" and following == "repeat")
    return before if is_between else ""
