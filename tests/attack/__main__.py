"""`make attack`: flips, racing links, kills in the middle of a write, requests, fuzzers; counts at the end.

    PYTHONPATH=tests python -m attack [--inputs N] [--kills N] [--links N] [--requests N] [--seed N] [--only NAME]

A further attack is a name and a callable that returns a `Result`, in `attacks`. Ends with 1 where something broke.
"""

from __future__ import annotations

import argparse
import resource
import secrets
import time
import traceback
from collections.abc import Callable, Iterator

from attack.parts import Result, flips, fuzzers, kills, links, requests


def attacks(options: argparse.Namespace, seed: int) -> Iterator[tuple[str, Callable[[], Result]]]:
    """Every attack by name, the quick ones first."""
    yield "flips of an event file", flips
    yield "racing links", lambda: links(options.links)
    yield from fuzzers(options.inputs, seed)
    yield "requests", lambda: requests(options.requests, seed)
    yield "kills in mid-write", lambda: kills(options.kills)


def main() -> int:
    """Run them one after the other, telling each as it ends, and all of them once more at the end."""
    parser = argparse.ArgumentParser(prog="attack", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--inputs", type=int, default=200_000, help="for each parser")
    parser.add_argument("--kills", type=int, default=2_000)
    parser.add_argument("--links", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", default="", metavar="NAME", help="those with this in their name")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
    print(f"seed {seed}", flush=True)
    results, lines = [], []
    for name, attack in ((name, attack) for name, attack in attacks(options, seed) if options.only in name):
        found, line = _tried(name, attack)
        results.append(found)
        lines.append(line)
        print(line, *(f"  {words}" for words in found.broke[:5]), sep="\n", flush=True)
    broken = [found.name for found in results if found.broke]
    print("", *lines, sep="\n")
    print(f"{sum(found.tried for found in results):,} tried, broke: {', '.join(broken) or 'nothing'}")
    return 1 if broken else 0


def _tried(name: str, attack: Callable[[], Result]) -> tuple[Result, str]:
    """One attack, and its line of the table; where it ends otherwise than it should, it broke, and the next goes on."""
    began, used = time.monotonic(), _processor_seconds()
    try:
        found = attack()
    except Exception:  # noqa: BLE001 -- the edge of one attack
        found = Result(name, 0, (traceback.format_exc(),))
    state = "BROKE" if found.broke else "held"
    took = f"{time.monotonic() - began:6.0f} s, {_processor_seconds() - used:6.0f} s of processor"
    return found, f"{found.name:24} {found.tried:>10,}  {state:5} {took}  {found.note}"


def _processor_seconds() -> float:
    """Of this process and those that it waited for: on a busy machine the clock says little."""
    return sum(sum(resource.getrusage(whose)[:2]) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    raise SystemExit(main())
