"""Results -> the table by area, the survivors, and whether that is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mutants.mutant import Mutant
from mutants.trial import SURVIVED, TYPES, Result

ENOUGH_OVERALL: Final = 0.92
ENOUGH_IN_AREA: Final = 0.85


def told(results: Mapping[str, Sequence[Result]], sources: Mapping[str, bytes]) -> list[str]:
    """Return the lines of the report."""
    everything = [result for of_area in results.values() for result in of_area]
    lines = [f"{'area':24} {'mutants':>7} {'killed':>7} {'by types':>9} {'survived':>9} {'rate':>7}"]
    lines += [_row(area, of_area) for area, of_area in results.items()]
    lines += [_row("all", everything), ""]
    survivors = sorted((r for r in everything if r.fate == SURVIVED), key=lambda result: result.mutant)
    for result in survivors:
        lines += _survivor(result, sources[result.mutant.path])
    return lines


def is_enough(results: Mapping[str, Sequence[Result]]) -> bool:
    """Say whether the rates are reached, overall and in each area."""
    everything = [result for of_area in results.values() for result in of_area]
    return rate(everything) >= ENOUGH_OVERALL and all(rate(r) >= ENOUGH_IN_AREA for r in results.values())


def rate(results: Sequence[Result]) -> float:
    """Return the part that was noticed; 0 where nothing was tried."""
    return sum(result.fate != SURVIVED for result in results) / len(results) if results else 0.0


def place_of(mutant: Mutant, source: bytes) -> str:
    """Return `file:line kind: old -> new` in one line."""
    before, after = mutant.changed_line(source)
    return f"{mutant.path}:{mutant.line} {mutant.kind}: {before} -> {after}"


def _row(area: str, results: Sequence[Result]) -> str:
    survived = sum(result.fate == SURVIVED for result in results)
    types = sum(result.fate == TYPES for result in results)
    killed = len(results) - survived
    return f"{area:24} {len(results):7} {killed:7} {types:9} {survived:9} {rate(results):7.0%}"


def _survivor(result: Result, source: bytes) -> list[str]:
    tests = f"{result.tried} of {result.known} tests that run it" if result.known else "no test runs it"
    return [f"{place_of(result.mutant, source)}  ({tests})"]
