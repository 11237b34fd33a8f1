"""A tree of sources and tests -> what of it is mutated, and the mutants drawn from it with a seed."""

from __future__ import annotations

import ast
import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

from mutants.areas import AREAS, LEFT_OUT, PRODUCT, UNSEEN, area_of
from mutants.changes import Enums, enums_in
from mutants.equivalents import EQUIVALENTS, Equivalent, is_equivalent
from mutants.mutant import Mutant
from mutants.sites import mutants_of

Drawn = dict[str, list[Mutant]]
"""Area -> the mutants that are tried."""
LEAST = 7
"""Mutants of an area, however small, where there are so many in all: of six a single survivor would be 83 %."""
NOT_COPIED = (".git", ".venv", "build", "dist", "__pycache__", ".pytest_cache", ".hypothesis", ".ruff_cache")


@dataclass(frozen=True)
class Project:
    """What is mutated and who may notice. Paths are relative to `root`, with slashes."""

    root: Path
    keep: Path
    """Folder for what one run learnt and the next can use."""
    areas: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: AREAS)
    product: tuple[str, ...] = PRODUCT
    tests: tuple[str, ...] = ("tests",)
    left_out: tuple[str, ...] = LEFT_OUT
    unseen: Mapping[str, str] = field(default_factory=lambda: UNSEEN)
    equivalents: tuple[Equivalent, ...] = EQUIVALENTS
    spare_seconds: float = 45.0
    """What a test may take beside its time: fixtures that another test had paid for, a busy machine."""

    @cached_property
    def sources(self) -> dict[str, bytes]:
        """Every Python file of the product."""
        files = [path for folder in self.product for path in sorted((self.root / folder).rglob("*.py"))]
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}

    @cached_property
    def mutants(self) -> dict[str, list[Mutant]]:
        """Every mutant by area."""
        trees = {path: ast.parse(source) for path, source in self.sources.items()}
        enums: Enums = {name: members for tree in trees.values() for name, members in enums_in(tree).items()}
        found: dict[str, list[Mutant]] = {area: [] for area in self.areas}
        for path, source in self.sources.items():
            area = area_of(path, dict(self.areas))
            if area is not None:
                made = mutants_of(path, source, enums)
                found[area] += [m for m in made if not is_equivalent(m, source, self.equivalents)]
        return found

    @cached_property
    def fingerprint(self) -> str:
        """Changes with the product and with any file that a test may read."""
        digest = hashlib.sha256()
        roots = [self.root / folder for folder in (*self.product, *self.tests)]
        for path in sorted(path for root in roots for path in root.rglob("*") if path.is_file()):
            inside = path.relative_to(self.root)
            if not set(inside.parts) & set(NOT_COPIED) and not inside.as_posix().startswith(self.left_out):
                digest.update(f"{inside.as_posix()}\0".encode() + path.read_bytes())
        return digest.hexdigest()


def sample(project: Project, count: int, seed: int, only: str | None = None) -> Drawn:
    """Draw mutants by chance, at most one of a line: a few of every area, the rest by its size."""
    chance = random.Random(seed)
    pools = {area: _one_of_each_line(project, mutants, chance) for area, mutants in project.mutants.items()}
    if only is not None:
        pools = {only: pools[only]}
    wanted = _shares({area: len(pool) for area, pool in pools.items()}, count)
    return {area: sorted(_first(project, pool, wanted[area])) for area, pool in pools.items() if pool}


def _one_of_each_line(project: Project, mutants: list[Mutant], chance: random.Random) -> list[Mutant]:
    drawn: dict[tuple[str, int], Mutant] = {}
    for mutant in chance.sample(mutants, len(mutants)):
        drawn.setdefault((mutant.path, mutant.line), mutant)
    return list(drawn.values())


def _first(project: Project, pool: list[Mutant], count: int) -> Iterator[Mutant]:
    """Yield the first so many that are Python at all."""
    return islice((m for m in pool if _is_python(m.applied(project.sources[m.path]))), count)


def _is_python(source: bytes) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _shares(sizes: dict[str, int], count: int) -> dict[str, int]:
    """Give each area its least, then what is left by how much of it is left; ends at `count` or with nothing left."""
    least = max(1, min(LEAST, count // max(1, len(sizes))))
    given = {area: min(size, least) for area, size in sizes.items()}
    while sum(given.values()) < min(count, sum(sizes.values())):
        area = max(sizes, key=lambda name: (sizes[name] - given[name]) / (given[name] + 1))
        given[area] += 1
    return given
