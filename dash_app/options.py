"""Command line and environment -> the options of `python -m dash_app`, each value looked at, and paths made usable.

Every option but those that may hold a secret also reads `TRAINING_DASHBOARD_<OPTION>`; the command line wins. It
opens nothing; what cannot be understood or used is a `UsageError` of one line that names the option or variable.
What the page's collector takes is described in `collectors.commands.shared_options`, once for both programs.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import collectors
from collectors.commands.shared_options import CONFIG, KEEP, NOTIFYING, READING, STATE_DIR, WORKSPACE, seconds
from collectors.options import VARIABLE_PREFIX, Option, Parser, UsageError, complete, offer
from collectors.store.place import default_state_dir
from dash_app.auth.config import MODES, checked_peer

HOST_PATTERN = r"\*|(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+"
ORIGIN_PATTERN = r"https?://(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?"
PREFIX_PATTERN = r"/([A-Za-z0-9][A-Za-z0-9._~-]*/)*"
OWN_PATHS = ("/api/", "/assets/", "/_dash-")
FAULTS = ("diverge", "stall", "corrupt")
WORKSPACE_ADVICE = "name the folder that training writes into"
FLEET_ADVICE = "name the folder in which state directories lie side by side"


def options_from(argv: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace:
    """Read the options. Raises UsageError; `--help` and `--version` print and raise SystemExit."""
    parser = Parser(
        prog="python -m dash_app",
        description="Show whether the training run in WORKSPACE is ready to release.",
        epilog=f"Every option also reads {VARIABLE_PREFIX}<OPTION> from the environment.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=collectors.__version__)
    offered = offer(parser, WHAT)
    for title, options in GROUPS.items():
        offered += offer(parser.add_argument_group(title), options)
    return complete(parser.parse_args(list(argv)), offered, environ)


def _speed(value: float) -> float:
    if not 0 < value < math.inf:
        raise ValueError(f"{value:g} is no speed; write a number above 0, such as 2")
    return value


def _port(port: int) -> int:
    if not 0 <= port <= 65535:
        raise ValueError(f"{port} is out of range; ports go from 1 to 65535, 0 takes any")
    return port


def _prefix(typed: str) -> str:
    prefix = f"/{typed.strip('/')}/" if typed.strip("/") else "/"
    if not re.fullmatch(PREFIX_PATTERN, prefix):
        raise ValueError(f"{typed!r} is no path; write it like /team/dash/")
    if prefix.startswith(OWN_PATHS):
        raise ValueError(f"{typed!r} begins with a path the page needs itself")
    return prefix


def _peers(typed: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(checked_peer, typed))


def _matching(pattern: str, example: str) -> Callable[[Sequence[str]], tuple[str, ...]]:
    def usable(words: Sequence[str]) -> tuple[str, ...]:
        for word in words:
            if not re.fullmatch(pattern, word):
                raise ValueError(f"{word!r} is not understood; write it like {example}")
        return tuple(word.lower() for word in words)

    return usable


def _origins(typed: Sequence[str]) -> tuple[str, ...]:
    return _matching(ORIGIN_PATTERN, "https://wiki.example.org")([origin.rstrip("/") for origin in typed])


def readable_folder(path: Path, name: str, advice: str = WORKSPACE_ADVICE) -> Path:
    """A folder that is there and may be read."""
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except OSError as problem:
        raise UsageError(f"{name} {path} {_in_words(problem)}; {advice}") from problem
    if not is_folder:
        raise UsageError(f"{name} {path} is a file; {advice}")
    if not os.access(path, os.R_OK | os.X_OK):
        raise UsageError(f"{name} {path} may not be read by this user; {advice}")
    return path.resolve()


def _in_words(problem: OSError) -> str:
    if isinstance(problem, FileNotFoundError):
        return "does not exist"
    return f"cannot be reached ({problem.strerror})"


def state_folder(named: Path | None, workspace: Path) -> Path:
    """Where a state directory is, or will be."""
    path = (named or default_state_dir(workspace)).absolute()
    if path.exists() and not path.is_dir():
        raise UsageError(f"--state-dir {path} is a file; name a folder")
    return path


def config_file(path: Path | None) -> Path | None:
    """A configuration that is there; None for none."""
    if path is not None and not path.is_file():
        raise UsageError(f"--config {path} is not a file; name a dashboard.yaml")
    return path and path.absolute()


WHAT: Final = (
    WORKSPACE,
    Option("--demo", action="store_true", help="replay a recorded training in a temporary workspace"),
    Option("--fleet", type=Path, metavar="ROOT", help="instead of one workspace, every one whose state directory "
           "lies in ROOT; their collectors run elsewhere"),
    STATE_DIR,
    CONFIG,
)  # fmt: skip
ONLY_WITH_DEMO: Final = (
    Option("--demo-speed", usable=_speed, type=float, metavar="X",
           help="times as fast as it was recorded (default: so that it takes a minute)"),
    Option("--demo-pause", usable=seconds, type=float, metavar="S",
           help="seconds that whoever looks first sees it idle before it begins (4)"),
    Option("--demo-fault", choices=FAULTS, help="an unhappy end: the training diverges, its process is "
           "killed, or its last checkpoint is damaged on disk"),
)  # fmt: skip
SERVING: Final = (
    Option("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)"),
    Option("--port", usable=_port, type=int, default=8050, help="port to listen on (8050; 0 takes a free one)"),
    Option("--url-prefix", usable=_prefix, default="/", metavar="/x/", help="path of the page behind a proxy"),
    Option("--trusted-hosts", usable=_matching(HOST_PATTERN, "dashboard.example.org"),
           nargs="+", default=[], metavar="H", help="names browsers may use"),
    Option("--frame-ancestors", usable=_origins, nargs="+", default=[], metavar="ORIGIN", help="who may embed it"),
    Option("--stale-after", usable=seconds, type=float, default=15.0, metavar="S", help="age of a dead observer"),
    Option("--allow-pin", action="store_true", help="pin baselines from other machines too"),
    Option("--no-preview", action="store_true", help="show no contents of configs, tables and pictures"),
)  # fmt: skip
ACCESS: Final = (
    Option("--access", type=Path, metavar="FILE", help="who may do what: a YAML or JSON file outside the workspace"),
    Option("--access-mode", choices=MODES, help="who says who asks, instead of the file's `mode` (none)"),
    Option("--proxy-peer", usable=_peers, nargs="+", default=[], metavar="A", help="address of the proxy that says it"),
    Option("--allow-anonymous", action="store_true", help="let other machines ask too, though nobody signs in"),
)
COLLECTING: Final = (
    Option("--no-collect", action="store_true", help="only show; something else collects"),
    *READING,
    KEEP,
    *NOTIFYING,
)
GROUPS: Final = {"with --demo": ONLY_WITH_DEMO, "serving": SERVING, "access": ACCESS, "collecting": COLLECTING}
