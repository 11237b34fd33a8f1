"""Mutants that mean the same as the source, or change nothing but speed: looked at one by one, each with its reason.

Named by the text of the line, so that moving a file changes nothing here; a text that left the product must leave
this list too (a test looks).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from mutants.mutant import Mutant


class Equivalent(NamedTuple):
    """A line as it stands in the product, and what may stand there instead."""

    before: str
    after: str | None
    """None: nothing on this line can be noticed."""
    reason: str


def _of_any_size(*lines: str, reason: str) -> Iterator[Equivalent]:
    """Constants, `NAME = 8` or `NAME = 1 << 20`, that may be a step larger or smaller."""
    for line in lines:
        name, number = line.rsplit(" = ", 1)
        base, shift, by = number.partition(" << ")
        for step in (-1, 1):
            if shift:
                yield Equivalent(line, f"{name} = {base} << {int(by) + step}", reason)
            if not shift or int(base) + step:
                yield Equivalent(line, f"{name} = {int(base) + step}{shift}{by}", reason)


_MORE_IS_READ: Final = "how much is read at first: what is missing is read when it is needed"
_MOST_SAY_NO: Final = "a look at a few numbers before the look at all of them: speed alone"

_AT_ONCE: Final = "how much is taken at a time: all of it is taken, in whatever pieces"
_QUICKER: Final = "from which size on the quicker of two ways is gone: both find the same"
_GUESSES: Final = (
    "how records to come are guessed: each guess is tested against their checksums, a wrong one costs time"
)
_SAMPLED: Final = "how many of very many numbers are looked at, evenly over all"

EQUIVALENTS: Final[tuple[Equivalent, ...]] = (
    *_of_any_size(
        "CHUNK: Final = 1 << 20",
        "CHUNK: Final = 4 << 20",
        "BATCH: Final = 1 << 20",
        "_AT_ONCE: Final = 1 << 20",
        "_BLOCK: Final = 1 << 16",
        "_FIRST_WINDOW: Final = 4 << 10",
        "_WINDOW: Final = 1 << 20",
        "_AT_A_TIME: Final = 256",
        "CHUNKS_AHEAD: Final = 2",
        reason=_AT_ONCE,
    ),
    *_of_any_size(
        "_WORTH_JOINING: Final = 1 << 19",
        "SHORT: Final = 256 << 10",
        "_SHORT = 48",
        "_FEW: Final = 8",
        "_PATIENCE: Final = 3",
        reason=_QUICKER,
    ),
    *_of_any_size(
        "_FIRST_WALK: Final = 48",
        "_LONGEST_WALK: Final = 1024",
        "_WORTH_IT: Final = 256",
        "_MAX_PATTERN: Final = 256",
        "_MAX_KNOWN: Final = 4096",
        "_MAX_LAYOUTS: Final = 64",
        reason=_GUESSES,
    ),
    *_of_any_size("MEASURED: Final = 10_000", "SAMPLE: Final = 20_000", reason=_SAMPLED),
    *_of_any_size("_STEPS: Final = 60", reason="halvings of what lies between 0 and 1: half of them are enough"),
    Equivalent("_WORTH_JOINING: Final = 1 << 19", "_WORTH_JOINING: Final = (1 >> 19)", _QUICKER),
    Equivalent("if run.count >= 4 * _FEW:", None, _QUICKER),
    Equivalent("self._remember(list(pattern) * min(count, 1 + _LONGEST_WALK // len(pattern)))", None, _GUESSES),
    *(Equivalent("if key < 128:", after, _QUICKER) for after in ("if key < 127:", "if False:")),
    *(
        Equivalent("self._grow(stop + stop // 2)", f"self._grow(stop + {room})", "room that is made beforehand")
        for room in ("stop // 1", "stop // 3", "(stop * 2)")
    ),
    Equivalent(
        "if at % _AT_A_TIME == 0 and time.process_time() > until:",
        "if at % _AT_A_TIME == 0 and (time.process_time() >= until):",
        "one tick of a clock that counts billionths of a second",
    ),
    Equivalent(
        "if left is not None and left <= 0:",
        "if left is not None and (left < 0):",
        "with nothing left to wait it waits for nothing, and then less than nothing is left",
    ),
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
        "best: dict[float, tuple[float, list[float]]] = {begin: (0.0, [])}",
        None,
        "what all ways cost alike: which is the cheapest stays",
    ),
    Equivalent("if first > last:", "if (first >= last):", "equal ones were answered in the line before"),
    Equivalent(
        "down = source.top < target.top",
        "down = (source.top <= target.top)",
        "two cards of a column never stand at one height",
    ),
    Equivalent("self._stalled_since = 0.0", None, "it is told when an answer stalls, before anybody asks for it"),
    Equivalent("for gap in [*gaps, 0.0]:", None, "how much room is left behind the last column"),
    Equivalent(
        "page=page if isinstance(page, int) and 0 <= page < 1_000_000 else 0,",
        "page=page if isinstance(page, int) and (0 < page < 1000000) else 0,",
        "what is not understood is page 0 as well",
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
