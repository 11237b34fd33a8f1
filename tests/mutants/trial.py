"""Mutants and the tests that run their lines -> which of them the tests notice. Two at a time, each in its own copy."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from mutants.evidence import Evidence, KnownTest
from mutants.mutant import Mutant
from mutants.project import Project
from mutants.workplace import Bounds, Ran, Workplace

COPIES: Final = 2
START_SECONDS: Final = 90.0
"""For pytest to start and collect on a busy machine."""
SLOWER: Final = 5.0
"""A test that takes so many times as long as measured, and the project's spare seconds, does not end any more."""
SURVIVED, TESTS, TIME, TYPES = "survived", "tests", "time", "types"
"""What became of a mutant: not noticed; a test fails, the tests do not end; mypy complains."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one mutant."""

    mutant: Mutant
    fate: str
    killer: str | None = None
    """The first test that failed; None where pytest could not even begin."""
    tried: int = 0
    known: int = 0
    """So many of the tests that run the line were tried, of so many."""


def try_all(
    project: Project,
    evidence: Evidence,
    mutants: Sequence[Mutant],
    home: Path,
    *,
    seconds: float,
    tell: Callable[[Result], None],
) -> list[Result]:
    """Try every mutant; afterwards every test that noticed one has to pass without any."""
    places: SimpleQueue[Workplace] = SimpleQueue()
    for number in range(COPIES):
        places.put(Workplace(project, home / f"copy{number}"))

    def one(mutant: Mutant) -> Result:
        place = places.get()
        try:
            result = _try(place, mutant, evidence, seconds)
        finally:
            places.put(place)
        tell(result)
        return result

    with ThreadPoolExecutor(COPIES) as pool:
        results = list(pool.map(one, mutants))
    return _honest(places.get(), results)


def within(tests: Sequence[KnownTest], seconds: float) -> list[KnownTest]:
    """Return tests whose times add up to that much, one at least, file by file and the cheapest first.

    Six hundred rows of one function ask much the same: each costs more than the one before, so that every function
    gets its turn, but narrow rows at the end of a table still come before a test of half the product.
    """
    rows: Counter[str] = Counter()
    turns: list[tuple[float, str, KnownTest]] = []
    for test in sorted(tests, key=lambda test: (test.cost, test.name)):
        function = test.name.partition("[")[0]
        rows[function] += 1
        turns.append((rows[function] * test.cost, test.name, test))
    chosen: list[KnownTest] = []
    left = seconds
    for *_, test in sorted(turns):
        if not chosen or test.seconds <= left:
            chosen.append(test)
            left -= test.seconds
    cheapest: dict[str, float] = {}
    for test in chosen:  # what a file prepares once is not prepared again for each of its tests
        cheapest[test.file] = min(test.cost, cheapest.get(test.file, test.cost))
    return sorted(chosen, key=lambda test: (cheapest[test.file], test.file, test.cost, test.name))


def judged_by_types(project: Project, results: Sequence[Result], home: Path) -> list[Result]:
    """Ask mypy about the survivors."""
    survivors = [result for result in results if result.fate == SURVIVED]
    if not survivors:
        return list(results)
    place = Workplace(project, home / "types")
    if not place.types():
        raise SystemExit("mypy complains without any mutant")
    noticed = set()
    for result in survivors:
        with place.mutated(result.mutant):
            if not place.types():
                noticed.add(result.mutant)
    return [replace(result, fate=TYPES) if result.mutant in noticed else result for result in results]


def _try(place: Workplace, mutant: Mutant, evidence: Evidence, seconds: float) -> Result:
    known = evidence.tests_for(mutant)
    tests = within(known, seconds)
    if not tests:
        return Result(mutant, SURVIVED)
    names, times = [test.name for test in tests], [test.seconds for test in tests]
    with place.mutated(mutant):
        for patience in (1, 3):  # the machine may have been busy: what never ends does not end the second time either
            each, every = place.project.spare_seconds + SLOWER * max(times), START_SECONDS + SLOWER * sum(times)
            ran = place.pytest_on(names, "--exitfirst", bounds=Bounds(patience * each, patience * every))
            if ran.code != -signal.SIGALRM:
                break
    return replace(_result(mutant, ran), tried=len(tests), known=len(known))


def _result(mutant: Mutant, ran: Ran) -> Result:
    if ran.code == 0:
        return Result(mutant, SURVIVED)
    if ran.code == -signal.SIGALRM:
        return Result(mutant, TIME)
    if ran.code not in (1, 2, 3, 4):
        raise RuntimeError(f"pytest ended with {ran.code}:\n{ran.output[-3000:]}")
    return Result(mutant, TESTS, killer=ran.failed[0] if ran.failed else None)


def _honest(place: Workplace, results: list[Result]) -> list[Result]:
    """A test that fails without a mutant too, on a busy machine say, has noticed nothing."""
    killers = sorted({result.killer for result in results if result.killer})
    if not killers:
        return results
    ran = place.pytest_on(killers)
    if ran.code not in (0, 1):
        raise RuntimeError(f"the tests that noticed mutants do not run without one:\n{ran.output[-3000:]}")
    for name in ran.failed:
        print(f"fails without a mutant too, so its mutants count as not noticed: {name}", flush=True)
    return [replace(result, fate=SURVIVED) if result.killer in ran.failed else result for result in results]
