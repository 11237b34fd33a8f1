"""An external validator's output -> checks, word for word.

Input: its text, lines such as `1. [v] PASS - title` with `detail:` and `hint:` below. Output: checks
`external-1`... It refuses output in which no such line stands, or far too many.
"""

from __future__ import annotations

import re

from collectors.state import Check, Outcome

MOST_CHECKS = 200
"""A checklist that a person reads; what prints more is no checklist."""
_LINE = re.compile(r"^\s*(\d{1,3})\.\s*\[(.)\]\s*(PASS|FAIL|SKIP)\s*[-:–]?\s*(.*)$")
_MORE = re.compile(r"^\s+(detail|hint):\s?(.*)$")
_OUTCOMES = {"PASS": Outcome.PASS, "FAIL": Outcome.FAIL, "SKIP": Outcome.SKIP}


def parse_external(output: str) -> tuple[Check, ...]:
    """Read an external checklist. Raises ValueError with what was expected and found."""
    items: list[dict[str, str]] = []
    for line in output.splitlines():
        _take_line(items, line)
    if not items:
        first = next((line.strip() for line in output.splitlines() if line.strip()), "no output at all")
        raise ValueError(f"expected lines such as `1. [v] PASS - title`, found: {first[:200]}")
    if len(items) > MOST_CHECKS:
        raise ValueError(f"expected at most {MOST_CHECKS} checks, found {len(items):,}")
    return tuple(_check(number, item) for number, item in enumerate(items, start=1))


def _take_line(items: list[dict[str, str]], line: str) -> None:
    head = _LINE.match(line)
    if head:
        items.append({"outcome": head[3], "title": head[4].strip(), "detail": "", "hint": ""})
        return
    more = _MORE.match(line)
    if more and items:
        items[-1][more[1]] = " ".join(filter(None, [items[-1][more[1]], more[2].strip()]))


def _check(number: int, item: dict[str, str]) -> Check:
    outcome = _OUTCOMES[item["outcome"]]
    passed = outcome is Outcome.PASS
    return Check(
        index=number,
        id=f"external-{number}",
        title=item["title"],
        outcome=outcome,
        passed=passed,
        blocking=True,
        detail=item["detail"],
        hint=None if passed else item["hint"] or None,
        evidence=(),
    )


def broken_validator(problem: str) -> Check:
    """The one check of a validator that could not be run or understood."""
    return Check(
        index=1,
        id="external-1",
        title="External validator",
        outcome=Outcome.FAIL,
        passed=False,
        blocking=True,
        detail=problem,
        hint="Run the validator by hand; it should print lines such as `1. [v] PASS - title`.",
        evidence=(),
    )
