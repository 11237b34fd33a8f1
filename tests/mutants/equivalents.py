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


_MORE_IS_READ: Final = "how much is read at first: what is missing is read when it is needed"
_MOST_SAY_NO: Final = "a look at a few numbers before the look at all of them: speed alone"

EQUIVALENTS: Final[tuple[Equivalent, ...]] = (
    *(
        Equivalent("_FIRST_LOOK: Final = 1 << 20", f"_FIRST_LOOK: Final = {size}", _MORE_IS_READ)
        for size in ("1 << 19", "1 << 21", "2 << 20")
    ),
    *(
        Equivalent(
            "return bool(holds(bits[:16]).all()) and bool(holds(bits).all())",
            f"return bool(holds(bits[:{count}]).all()) and bool(holds(bits).all())",
            _MOST_SAY_NO,
        )
        for count in (15, 17)
    ),
    Equivalent(
        "if huge is not None and largest > huge:",
        "if huge is not None and (largest >= huge):",
        "where the largest is the bound itself, none of them lies above it",
    ),
)


def is_equivalent(mutant: Mutant, source: bytes, known: tuple[Equivalent, ...]) -> bool:
    """Say whether this mutant is on the list."""
    if not known:
        return False
    before, after = mutant.changed_line(source)
    return any(one.before == before and one.after in (None, after) for one in known)
