"""What is mutated, by area, and which tests may notice. Paths only: when files move, this is what changes."""

from __future__ import annotations

from typing import Final

AREAS: Final[dict[str, tuple[str, ...]]] = {
    "checks": ("collectors/checks/",),
    "checklist": ("collectors/checklist.py",),
    "stages": ("collectors/stages.py",),
    "artifact levels": ("collectors/artifact_levels.py",),
    "progress, pace": ("collectors/progress.py", "collectors/pace.py"),
    "runs": ("collectors/runs.py",),
    "losses, divergence": ("collectors/losses.py", "collectors/divergence.py"),
    "compare": (
        "collectors/compare.py",
        "collectors/regression.py",
        "collectors/comparability.py",
        "collectors/delta",
        "collectors/artifact_changes.py",
    ),
    "files, paths, patterns": ("collectors/files.py", "collectors/paths.py", "collectors/patterns.py"),
    "store": ("collectors/store",),
    "stored runs": ("collectors/run_store.py", "collectors/run_index.py"),
    "readers": ("collectors/readers/",),
    "reading child": ("collectors/child",),
    "validate": (
        "collectors/validate_command.py",
        "collectors/report.py",
        "collectors/exit_codes.py",
        "collectors/waiting.py",
    ),
    "security": ("dash_app/security.py", "dash_app/request_guard.py"),
    "preview": ("dash_app/preview",),
    "runs API": ("dash_app/runs_api.py",),
    "state reader": ("dash_app/state_reader.py",),
    "views": ("dash_app/views/",),
}
"""Area -> how the paths of its files begin."""

PRODUCT: Final = ("collectors", "dash_app")
"""Packages that are measured; mutants are made in the areas only."""

UNSEEN: Final = {"collectors/child_worker.py": "collectors/child.py"}
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
