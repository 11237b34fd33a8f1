"""`make mutants`: small changes to the core, by chance; does a test notice?

    PYTHONPATH=tests python -m mutants [--seed N] [--mutants 250] [--area AREA] [--seconds 60] [--no-types]

Prints the seed first, the rate by area and every survivor last. Ends with 1 below 92 % overall or 85 % in an area.
The first run measures the suite, which takes as long as the suite; what it finds is kept in `build/mutants/`.
"""

from __future__ import annotations

import argparse
import resource
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from mutants.areas import AREAS
from mutants.evidence import evidence_of
from mutants.project import NOT_COPIED, Drawn, Project, sample
from mutants.report import is_enough, place_of, told
from mutants.trial import Result, judged_by_types, try_all

MEMORY = 16 << 30
"""Address space of every process: a mutant without a bound must not take the machine along (one test needs 9 GiB)."""


def main(argv: list[str] | None = None) -> int:
    """Run with the options of the command line; 1 where too much survives."""
    options = _options(argv)
    seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
    print(f"seed {seed}", flush=True)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory(prefix="mutants-") as home:
        copy = Path(home) / "source"  # whoever edits meanwhile changes nothing here
        shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
        project = Project(copy, keep=root / "build" / "mutants")
        drawn = sample(project, options.mutants, seed, options.area)
        results = run(project, drawn, Path(home), seconds=options.seconds, with_types=not options.no_types)
    print("\n".join(["", f"seed {seed}", *told(results, project.sources)]), flush=True)
    return 0 if is_enough(results) else 1


def run(project: Project, drawn: Drawn, home: Path, *, seconds: float, with_types: bool) -> dict[str, list[Result]]:
    """Try what was drawn, telling each result; return all by area."""
    everything = [mutant for mutants in drawn.values() for mutant in mutants]
    evidence = evidence_of(project, home)
    done = 0

    def tell(result: Result) -> None:
        nonlocal done
        done += 1
        by = f" by {result.killer}" if result.killer else ""
        where = place_of(result.mutant, project.sources[result.mutant.path])
        print(f"[{done}/{len(everything)}] {result.fate}{by}: {where}", flush=True)

    results = try_all(project, evidence, everything, home, seconds=seconds, tell=tell)
    if with_types:
        results = judged_by_types(project, results, home)
    found = {result.mutant: result for result in results}
    return {area: [found[mutant] for mutant in mutants] for area, mutants in drawn.items()}


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, help="the same seed draws the same mutants from the same sources")
    parser.add_argument("--mutants", type=int, default=250, help="how many to try")
    parser.add_argument("--area", choices=sorted(AREAS), help="one area only")
    parser.add_argument("--seconds", type=float, default=60.0, help="of tests that are tried on each mutant")
    parser.add_argument("--no-types", action="store_true", help="do not ask mypy about the survivors")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
