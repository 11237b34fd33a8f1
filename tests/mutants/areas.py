"""What is mutated, by area, and which tests may notice. Paths only: when files move, this is what changes."""

from __future__ import annotations

from typing import Final

AREAS: Final[dict[str, tuple[str, ...]]] = {
    "checks": ("collectors/judge/checks/",),
    "findings": ("collectors/judge/findings/",),
    "checklist": ("collectors/judge/checklist.py", "collectors/judge/verdict.py"),
    "stages": ("collectors/judge/stages.py",),
    "artifact levels": ("collectors/judge/artifacts.py",),
    "rest of judging": ("collectors/judge/",),
    "training": ("collectors/training/",),
    "decisions": ("collectors/decisions/",),
    "trainers": ("collectors/trainers/",),
    "compare": ("collectors/compare/", "collectors/presentation/comparison.py", "collectors/contract/delta.py"),
    "files": ("collectors/files/",),
    "store": ("collectors/store/",),
    "readers": ("collectors/readers/",),
    "reading child": ("collectors/readers/child/",),
    "validate": (
        "collectors/commands/validate.py",
        "collectors/commands/exit_codes.py",
        "collectors/presentation/checklist.py",
        "collectors/live/wait.py",
    ),
    "web": ("dash_app/web/",),
    "preview": ("dash_app/preview/",),
    "routes": ("dash_app/routes/",),
    "reading": ("dash_app/reading/",),
    "views": ("dash_app/views/",),
}
"""Area -> how the paths of its files begin."""

PRODUCT: Final = ("collectors", "dash_app")
"""Packages that are measured; mutants are made in the areas only."""

UNSEEN: Final = {"collectors/readers/child/worker.py": "collectors/readers/child/process.py"}
"""Runs in a process that is killed before it could tell its lines: the tests of the second file count."""

LEFT_OUT: Final = (
    "tests/browser/",
    "tests/container/",
    "tests/train/",
    "tests/mutants/",
    "tests/chaos/test_kills.py",  # two minutes for one answer
    "tests/contract/test_architecture.py",  # judges the source's text, which every mutant changes
    "tests/contract/test_constraints.py",  # no product code runs
    "tests/contract/test_palette.py",
    "tests/contract/test_readme.py",
)
"""Tests that no mutant is tried on, beside those marked `browser` or `train`."""


def area_of(path: str, areas: dict[str, tuple[str, ...]]) -> str | None:
    """Return the area whose longest beginning fits this path, if any does."""
    fitting = [(len(start), area) for area, starts in areas.items() for start in starts if path.startswith(start)]
    return max(fitting)[1] if fitting else None
