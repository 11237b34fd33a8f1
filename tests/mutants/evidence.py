"""The suite, run once with coverage -> which tests run which line, kept in `build/mutants/` until a file changes."""

from __future__ import annotations

import json
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import coverage
from coverage.exceptions import CoverageWarning
from mutants.mutant import Mutant
from mutants.project import Project
from mutants.uses import uses_of_names
from mutants.workplace import Ran, Workplace


@dataclass(frozen=True)
class KnownTest:
    """A test that passes: its name for pytest, its time, and how many lines of the product it runs."""

    name: str
    seconds: float
    breadth: int

    @property
    def file(self) -> str:
        """Of the test, from the root of the tree."""
        return self.name.partition("::")[0]

    @property
    def cost(self) -> float:
        """Quick and narrow ones first: they are the likeliest to be about the line."""
        return (self.seconds + 0.01) * (self.breadth + 1)


class Evidence:
    """Lines -> tests."""

    def __init__(self, project: Project, tests: list[KnownTest], lines: dict[str, dict[int, list[int]]]) -> None:
        self.project, self.tests, self.lines = project, tests, lines
        self._uses = uses_of_names(project.sources)

    def tests_for(self, mutant: Mutant) -> list[KnownTest]:
        """Return the tests that run what was changed."""
        path = self.project.unseen.get(mutant.path, mutant.path)
        if path != mutant.path:
            places: Iterable[tuple[str, int]] = [(path, line) for line in self.lines.get(path, {})]
        elif mutant.names:
            used = [place for name in mutant.names for place in self._uses.get(name, [])]
            places = used or [(path, line) for line in self.lines.get(path, {})]
        else:
            places = [(path, line) for line in range(mutant.first, mutant.last + 1)]
        found = {at for path, line in places for at in self.lines.get(path, {}).get(line, [])}
        return [self.tests[at] for at in sorted(found)]


def evidence_of(project: Project, home: Path) -> Evidence:
    """Return what is known about this tree; run the suite if that is nothing yet."""
    kept = project.keep / "evidence.json"
    if kept.exists():
        known = json.loads(kept.read_text())
        if known["fingerprint"] == project.fingerprint:
            return _evidence(project, known)
    print("running the suite once with coverage", flush=True)
    known = _collect(project, home)
    project.keep.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(known))
    return _evidence(project, known)


def _evidence(project: Project, known: dict[str, object]) -> Evidence:
    tests = [KnownTest(*row) for row in known["tests"]]  # type: ignore[attr-defined]
    lines = {path: {int(n): at for n, at in rows.items()} for path, rows in known["lines"].items()}  # type: ignore[attr-defined]
    return Evidence(project, tests, lines)


def _collect(project: Project, home: Path) -> dict[str, object]:
    place = Workplace(project, home / "first")
    lines_at = home / "lines"
    lines_at.mkdir()
    settings = home / "coveragerc"
    sources = "\n    ".join(str(place.tree / folder) for folder in project.product)
    settings.write_text(
        f"[run]\nparallel = true\nsigterm = true\ndata_file = {lines_at / 'lines'}\n"
        f"context = ${{MUTANTS_CONTEXT-}}\nsource =\n    {sources}\ndisable_warnings = no-data-collected\n"
    )
    chosen = ["-m", "not browser and not train", *(f"--ignore={path.rstrip('/')}" for path in project.left_out)]
    ran = place.pytest(
        [*project.tests, *chosen, "--numprocesses=2", "--dist=loadfile"], COVERAGE_PROCESS_START=str(settings)
    )
    if ran.code not in (0, 1):
        raise SystemExit(f"the suite did not run:\n{ran.output[-3000:]}")
    passed = _passing(place, ran)
    lines = _lines(place.tree, lines_at, passed)
    breadth = Counter(at for rows in lines.values() for tests in rows.values() for at in tests)
    return {
        "fingerprint": project.fingerprint,
        "tests": [[name, round(ran.seconds[name], 3), breadth[at]] for at, name in enumerate(passed)],
        "lines": lines,
    }


def _passing(place: Workplace, ran: Ran) -> list[str]:
    """Tests that pass; those that fail only because tracing makes them slow pass without it."""
    passed = ran.passed | (place.pytest_on(ran.failed).passed if ran.failed else {})
    for name in (name for name, is_good in passed.items() if not is_good):
        print(f"left out, it does not pass without a mutant: {name}", flush=True)
    return sorted(name for name, is_good in passed.items() if is_good)


def _lines(tree: Path, folder: Path, passed: list[str]) -> dict[str, dict[int, list[int]]]:
    """File -> line -> places in `passed` of the tests that run it. A child's lines are those of its whole test file."""
    measured = coverage.Coverage(data_file=str(folder / "lines"), config_file=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoverageWarning)  # a child that its test killed leaves half a file
        measured.combine([str(folder)])
    data = measured.get_data()
    named: dict[str, set[int]] = defaultdict(set)
    for at, name in enumerate(passed):
        named[f"test {name}"].add(at)
        named[f"file {name.split('::')[0]}"].add(at)
    lines: dict[str, dict[int, list[int]]] = {}
    for path in data.measured_files():
        rows = data.contexts_by_lineno(path).items()
        tests = {line: sorted({at for context in contexts for at in named.get(context, ())}) for line, contexts in rows}
        lines[Path(path).relative_to(tree).as_posix()] = {line: found for line, found in tests.items() if found}
    return lines
