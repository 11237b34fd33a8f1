"""The configured external validator -> its checklist, word for word, or one check that says why not.

Runs only when the operator asked for it. Exit 1 with an output that can be read is normal; an output
that cannot be read, a crash and a time-out are news, not a checklist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from collectors.contract.state import Check
from collectors.contract.values import Outcome
from collectors.observe.own_commands import Finished, Place, filled_in, run_command


def run_validator(command: Sequence[str], place: Place, announce: Callable[[str], None]) -> tuple[Check, ...]:
    """Run the validator once and read what it prints."""
    values = {"python": place.python, "workspace": str(place.workspace.resolve())}
    finished = run_command(filled_in(command, values), place, announce)
    try:
        return _parsed(finished)
    except ValueError as error:
        announce(f"error: the external validator: {error}")
        return (broken_validator(str(error)),)


def _parsed(finished: Finished) -> tuple[Check, ...]:
    """Its checklist. Raises ValueError where there is none that can be read."""
    if finished.exit_code not in {0, 1}:
        how = "did not end well" if finished.exit_code is None else f"ended with exit code {finished.exit_code}"
        raise ValueError(f"{how}: {finished.tail or 'no output'}")
    return parse_external(finished.output)


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
