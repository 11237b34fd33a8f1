"""The options that more than one command or program has, each described once: its name, type, default, help,
variable, and what makes its value usable.

`python -m collectors` and the collector of the page take them from here. What they stand for is in `from_options`.
"""

from __future__ import annotations

import math
import shlex
import sys
from pathlib import Path
from typing import Final

from collectors.live.address import checked_address
from collectors.options import Option


def seconds(value: float) -> float:
    """A time above 0 that ends. Raises ValueError."""
    if not 0 < value < math.inf:
        raise ValueError(f"{value:g} is no time; write seconds greater than 0")
    return value


def _number_to_keep(count: int) -> int:
    if count < 1:
        raise ValueError(f"{count} keeps nothing; write 1 or more")
    return count


def _address(typed: str) -> str | None:
    return checked_address(typed) if typed else None


def _words(typed: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(typed))
    except ValueError as problem:
        raise ValueError(f"is not understood ({problem}); quote it as in a shell") from None


WORKSPACE: Final = Option(
    "workspace", nargs="?", type=Path, default=Path(), metavar="WORKSPACE", help="default: this folder"
)
CONFIG: Final = Option("--config", type=Path, metavar="FILE", help="a dashboard.yaml outside the workspace")
STATE_DIR: Final = Option("--state-dir", type=Path, metavar="DIR", help="where the state and the runs are kept")
RUN_SMOKE: Final = Option("--run-smoke", action="store_true", help="run the workspace's own scoring command")
RUN_VALIDATOR: Final = Option("--run-validator", action="store_true", help="run the configured external validator")
SMOKE_TIMEOUT: Final = Option(
    "--smoke-timeout", usable=seconds, type=float, metavar="S", help="time limit of the scoring command"
)
SMOKE_PYTHON: Final = Option("--smoke-python", default=sys.executable, metavar="EXE", help="Python that runs it")
ALLOW_ROOT: Final = Option(
    "--allow-root", type=Path, action="append", default=[], metavar="DIR",
    help="a further folder that links inside the workspace may lead to",
)  # fmt: skip
READING: Final = (RUN_SMOKE, RUN_VALIDATOR, SMOKE_TIMEOUT, SMOKE_PYTHON, ALLOW_ROOT)
"""How a workspace is read and judged, besides its configuration."""
COLLECTING: Final = (WORKSPACE, CONFIG, STATE_DIR, *READING)

KEEP: Final = Option(
    "--keep", usable=_number_to_keep, type=int, metavar="N", help="remove all but the newest N runs as new ones end"
)
NOTIFY: Final = Option(
    "--notify", usable=_address, has_variable=False, metavar="URL",
    help="https webhook told once how each run ended (no variable: it may hold a secret)",
)  # fmt: skip
NOTIFY_COMMAND: Final = Option(
    "--notify-command", usable=_words, has_variable=False, metavar="ARGV",
    help="command given the same JSON on standard input (no variable)",
)  # fmt: skip
NOTIFYING: Final = (NOTIFY, NOTIFY_COMMAND)

ALLOW_SKIPS: Final = Option("--allow-skips", action="store_true", help="skipped 6 and 9 count as not needed")
PLACE: Final = (Option("--workspace", type=Path, metavar="DIR", help="whose runs; default: this folder"), STATE_DIR)
"""Where stored runs are."""
