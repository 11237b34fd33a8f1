"""A table's curves and the events' of one run -> where both have a number, and where it is the same one. Pure.

They are compared in one unit: by step where both have steps, else by epoch, however these are counted. Without a
common unit nothing is said. A place that one side has twice is not compared: nothing says which of its values is
meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

import numpy as np

from collectors.training.axes import SHIFTS, same_values
from collectors.training.stream_runs import Curve

Unit = Literal["step", "epoch"]
FLOAT32 = 1e-6
"""Relative difference that a 32-bit float makes of a number, with room."""
_SAMPLE = 200
"""Values of a column by which its printed precision is told."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """One series at the places that both sources have: parallel arrays."""

    name: str
    unit: Unit
    place: Any
    """Steps or epochs, as the table counts them."""
    table: Any
    events: Any
    exact: Any
    """Where both hold one number, to the precision in which the table prints its column."""
    digits: int
    """Significant digits in which the table prints it."""

    @property
    def shared(self) -> int:
        """At how many places both have a value."""
        return int(self.place.size)

    @property
    def same(self) -> Any:
        """Where the values can be told apart by nobody who rounds."""
        return self.exact | same_values(self.table, self.events)

    @property
    def numbers(self) -> Any:
        """Where both are finite: what is not is told by itself."""
        return np.isfinite(self.table) & np.isfinite(self.events)

    def without_half_a_number(self) -> Pairs:
        """The same without the last place, where the table's number there is only the beginning of the other one."""
        if not self.shared or not repr(float(self.events[-1])).startswith(
            repr(float(self.table[-1])).removesuffix(".0")
        ):
            return self
        kept = {name: getattr(self, name)[:-1] for name in ("place", "table", "events", "exact")}
        return replace(self, **kept)


def compared(table: Mapping[str, Curve], events: Mapping[str, Curve]) -> tuple[Pairs, ...]:
    """Every series that both have, in the first unit that any shares, at the distance at which most agrees."""
    names = [name for name in table if name in events]
    units: tuple[Unit, ...] = ("step", "epoch")
    for unit in units:
        every = []
        for shift in SHIFTS:
            every.append(pairs := _at_distance(names, (table, events), unit, shift))
            if pairs and all(p.exact.all() for p in pairs):
                return pairs
        if any(every):
            return max(every, key=_how_well)
    return ()


def contradict(pairs: Sequence[Pairs]) -> bool:
    """Whether two sources differ at most of the places they share."""
    return 2 * _agreeing(pairs) < sum(p.shared for p in pairs)


def _how_well(pairs: Sequence[Pairs]) -> tuple[bool, int, int]:
    return bool(pairs) and not contradict(pairs), _agreeing(pairs), sum(p.shared for p in pairs)


def _agreeing(pairs: Sequence[Pairs]) -> int:
    return sum(int(p.same.sum()) for p in pairs)


def _at_distance(
    names: Sequence[str], sources: tuple[Mapping[str, Curve], Mapping[str, Curve]], unit: Unit, shift: float
) -> tuple[Pairs, ...]:
    table, events = sources
    every = (_pairs(name, (table[name], events[name]), unit, shift) for name in names)
    return tuple(p for p in every if p.shared)


def _pairs(name: str, curves: tuple[Curve, Curve], unit: Unit, shift: float) -> Pairs:
    table, events = curves
    places = places_in(table, unit)
    left, right = match(places + shift, places_in(events, unit))
    ours, theirs = table.value[left], events.value[right]
    exact, digits = _exact(table.value, ours, theirs)
    return Pairs(name, unit, places[left], ours, theirs, exact, digits)


def places_in(curve: Curve, unit: Unit) -> Any:
    """Steps or epochs of a curve as float64, NaN where unknown."""
    return curve.epoch if unit == "epoch" else np.where(curve.step >= 0, curve.step, np.nan).astype(np.float64)


def match(one: Any, other: Any) -> tuple[Any, Any]:
    """Indices of the places that both have, each once in either."""
    (ours, left), (theirs, right) = _once(one), _once(other)
    _, a, b = np.intersect1d(ours, theirs, return_indices=True)
    return left[a], right[b]


def _once(places: Any) -> tuple[Any, Any]:
    """Places that stand there once, and their indices."""
    found, first, count = np.unique(places, return_index=True, return_counts=True)
    kept = np.isfinite(found) & (count == 1)
    return found[kept], first[kept]


def _exact(column: Any, table: Any, events: Any) -> tuple[Any, int]:
    """Where two columns hold one number, to the precision of a 32-bit float or of the table's print; its digits."""
    with np.errstate(all="ignore"):
        exact = np.isclose(table, events, rtol=FLOAT32, atol=0.0, equal_nan=True)
        if not table.size or bool(exact.all()):
            return exact, _ALL_DIGITS
        decimals, digits = printed_precision(column)
        size = np.floor(np.log10(np.abs(table)))
        unit = np.fmax(10.0**-decimals, 10.0 ** (size + 1 - digits))
        return exact | (np.abs(table - events) <= unit * _HALF), digits


_ALL_DIGITS = 17
_HALF = 0.5001
"""Of the last printed digit, with room for the binary fraction."""


def printed_precision(column: Any) -> tuple[int, int]:
    """Decimals and significant digits in which a column of numbers was printed: the most that any of them needs."""
    finite = column[np.isfinite(column)]
    every = [_spelled(v) for v in finite[:: max(1, finite.size // _SAMPLE)].tolist()]
    return max((d for d, _ in every), default=0), max((n for _, n in every), default=0)


def _spelled(value: float) -> tuple[int, int]:
    """Decimals and digits of the shortest spelling; a number that a 32-bit float holds is spelled as one."""
    single = np.float32(value)
    return printed_digits(str(single) if float(single) == value else repr(value))


def printed_digits(text: str) -> tuple[int, int]:
    """Decimals and digits of a number as it is spelled."""
    _, digits, exponent = Decimal(text).normalize().as_tuple()
    return max(0, -int(exponent)), len(digits)
