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
    """Pause after a record; at a step to hold at, until `go-STEP` stands beside the folder."""
    time.sleep(PAUSE_SECONDS)
    while step in options.hold and not (options.folder.parent / f"go-{step}").exists():
        time.sleep(PAUSE_SECONDS / 4)
