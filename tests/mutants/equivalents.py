"""Mutants that mean the same as the source, or change nothing but speed: looked at one by one, each with its reason.

Named by the text of the line, so that moving a file changes nothing here; a text that left the product must leave
this list too (a test looks).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from mutants.mutant import Mutant


class Equivalent(NamedTuple):
    """A line as it stands in the product, and what may stand there instead."""

    before: str
    after: str | None
    """None: nothing on this line can be noticed."""
    reason: str


EQUIVALENTS: Final[tuple[Equivalent, ...]] = ()


def is_equivalent(mutant: Mutant, source: bytes, known: tuple[Equivalent, ...]) -> bool:
    """Say whether this mutant is on the list."""
    if not known:
        return False
    before, after = mutant.changed_line(source)
    return any(one.before == before and one.after in (None, after) for one in known)
