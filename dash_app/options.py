"""Command line and environment -> the plain options of `python -m dash_app`, not yet checked.

Every option also reads `TRAINING_DASHBOARD_<OPTION>`; the command line wins. It opens nothing; what
cannot be understood is a `UsageError` of one line that names the option or variable.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import collectors
from collectors.options import VARIABLE_PREFIX, Parser, read_environment


def options_from(argv: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace:
    """Read the options. Raises UsageError; `--help` and `--version` print and raise SystemExit."""
    parser = Parser(
        prog="python -m dash_app",
        description="Show whether the training run in WORKSPACE is ready to release.",
        epilog=f"Every option also reads {VARIABLE_PREFIX}<OPTION> from the environment.",
        allow_abbrev=False,
    )
    options = _options_of(parser)
    parser.set_defaults(**read_environment(options, environ))
    return parser.parse_args(list(argv))


def _options_of(parser: Parser) -> list[argparse.Action]:
    add = parser.add_argument
    add("--version", action="version", version=collectors.__version__)
    options = [
        add("workspace", nargs="?", type=Path, default=Path(), metavar="WORKSPACE"),
        add("--demo", action="store_true", help="replay a recorded training in a temporary workspace"),
        add("--state-dir", type=Path, metavar="DIR", help="where the state is kept"),
        add("--config", type=Path, metavar="FILE", help="a dashboard.yaml outside the workspace"),
    ]
    return options + _demo_options(parser) + _serving_options(parser) + _collecting_options(parser)


def _demo_options(parser: Parser) -> list[argparse.Action]:
    add = parser.add_argument_group("with --demo").add_argument
    return [
        add("--demo-speed", type=float, metavar="X",
            help="times as fast as it was recorded (default: so that it takes a minute)"),
        add("--demo-pause", type=float, metavar="S",
            help="seconds that whoever looks first sees it idle before it begins (4)"),
        add("--demo-fault", choices=FAULTS, help="an unhappy end: the training diverges, its process is "
            "killed, or its last checkpoint is damaged on disk"),
    ]  # fmt: skip


def _serving_options(parser: Parser) -> list[argparse.Action]:
    add = parser.add_argument_group("serving").add_argument
    return [
        add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)"),
        add("--port", type=int, default=8050, help="port to listen on (8050; 0 takes a free one)"),
        add("--url-prefix", default="/", metavar="/x/", help="path of the page behind a proxy"),
        add("--trusted-hosts", nargs="+", default=[], metavar="H", help="names browsers may use"),
        add("--frame-ancestors", nargs="+", default=[], metavar="ORIGIN", help="who may embed it"),
        add("--stale-after", type=float, default=15.0, metavar="S", help="age of a dead observer"),
        add("--allow-pin", action="store_true", help="pin baselines from other machines too"),
        add("--no-preview", action="store_true", help="show no contents of configs, tables and pictures"),
    ]


def _collecting_options(parser: Parser) -> list[argparse.Action]:
    add = parser.add_argument_group("collecting").add_argument
    return [
        add("--no-collect", action="store_true", help="only show; something else collects"),
        add("--allow-root", type=Path, action="append", default=[], metavar="DIR",
            help="a further folder that links inside the workspace may lead to"),
        add("--run-smoke", action="store_true", help="run the workspace's own scoring command"),
        add("--run-validator", action="store_true", help="run the configured external validator"),
        add("--smoke-timeout", type=float, metavar="S", help="time limit of the scoring command"),
        add("--smoke-python", default=sys.executable, metavar="EXE", help="Python that runs it"),
    ]  # fmt: skip


FAULTS = ("diverge", "stall", "corrupt")
