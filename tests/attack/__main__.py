"""`make attack`: fuzzers, flips, kills in the middle of a write, racing links; counts at the end.

    PYTHONPATH=tests python -m attack [--inputs 200000] [--kills 2000] [--links 100000] [--seed N]

A further attack is a callable that returns a `Result`, in `attacks`. Ends with 1 where something broke.
"""

from __future__ import annotations

import argparse
import secrets
import time
from collections.abc import Callable, Iterator

from attack.parts import Result, flips, fuzzers, kills, links


def attacks(options: argparse.Namespace, seed: int) -> Iterator[Callable[[], Result]]:
    """Every attack, the quick ones first."""
    yield flips
    yield lambda: links(options.links)
    yield lambda: kills(options.kills)
    yield from fuzzers(options.inputs, seed)


def main() -> int:
    """Run them one after the other, telling each as it ends."""
    parser = argparse.ArgumentParser(prog="attack", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--inputs", type=int, default=200_000, help="for each parser")
    parser.add_argument("--kills", type=int, default=2_000)
    parser.add_argument("--links", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
    print(f"seed {seed}", flush=True)
    results = []
    for attack in attacks(options, seed):
        began = time.monotonic()
        found = attack()
        results.append(found)
        state = "BROKE" if found.broke else "held"
        print(
            f"{found.name:24} {found.tried:>10,}  {state:5} {time.monotonic() - began:6.0f} s  {found.note}", flush=True
        )
        for words in found.broke[:5]:
            print(f"  {words}", flush=True)
    broken = [found.name for found in results if found.broke]
    print(
        f"{sum(found.tried for found in results):,} tried; " + (f"broke: {', '.join(broken)}" if broken else "all held")
    )
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
