"""The configured external validator -> its checklist, word for word, or one check that says why not.

Runs only when the operator asked for it. Exit 1 with an output that can be read is normal; an output
that cannot be read, a crash and a time-out are news, not a checklist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from collectors.checks.external import broken_validator, parse_external
from collectors.own_commands import Finished, Place, filled_in, run_command
from collectors.state import Check


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
