"""What live trainings of the tests share: their command line, and waiting where a test asks for it."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

PAUSE_SECONDS = 0.2
"""Between two records: a training that is over in a second has no pace."""


def options_of(about: str | None) -> argparse.Namespace:
    """`folder` to train in, `resume`, and the steps to `hold` at."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--hold", type=int, nargs="*", default=[])
    return parser.parse_args()


def hold_at(options: argparse.Namespace, step: int) -> None:
    """Pause after a record; at a step to hold at, wait for `go-STEP` beside the folder and say so by `at-STEP`."""
    time.sleep(PAUSE_SECONDS)
    if step not in options.hold:
        return
    (options.folder.parent / f"at-{step}").touch()
    while not (options.folder.parent / f"go-{step}").exists():
        time.sleep(PAUSE_SECONDS / 4)
