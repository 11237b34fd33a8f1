"""Command line and environment -> the plain options of `python -m dash_app`, not yet checked.

Every option also reads `TRAINING_DASHBOARD_<OPTION>`; the command line wins. In a variable, lists
are separated by spaces or commas and switches say 1/0, true/false, yes/no or on/off. It opens
nothing; what cannot be understood is a `UsageError` of one line that names the option or variable.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import collectors

VARIABLE_PREFIX = "TRAINING_DASHBOARD_"
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off", ""})


class UsageError(ValueError):
    """What was asked for cannot work; the message is one line for a person."""


def options_from(argv: Sequence[str], environ: Mapping[str, str]) -> argparse.Namespace:
    """Read the options. Raises UsageError; `--help` and `--version` print and raise SystemExit."""
    parser = _Parser(
        prog="python -m dash_app",
        description="Show whether the training run in WORKSPACE is ready to release.",
        epilog=f"Every option also reads {VARIABLE_PREFIX}<OPTION> from the environment.",
        allow_abbrev=False,
    )
    options = _options_of(parser)
    parser.set_defaults(**_read_environment(options, environ))
    return parser.parse_args(list(argv))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _options_of(parser: _Parser) -> list[argparse.Action]:
    add = parser.add_argument
    add("--version", action="version", version=collectors.__version__)
    options = [
        add("workspace", nargs="?", type=Path, default=Path(), metavar="WORKSPACE"),
        add("--demo", action="store_true", help="show the built-in demonstration"),
        add("--state-dir", type=Path, metavar="DIR", help="where the state is kept"),
        add("--config", type=Path, metavar="FILE", help="a dashboard.yaml outside the workspace"),
    ]
    return options + _serving_options(parser) + _collecting_options(parser)


def _serving_options(parser: _Parser) -> list[argparse.Action]:
    add = parser.add_argument_group("serving").add_argument
    return [
        add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)"),
        add("--port", type=int, default=8050, help="port to listen on (8050; 0 takes a free one)"),
        add("--url-prefix", default="/", metavar="/x/", help="path of the page behind a proxy"),
        add("--trusted-hosts", nargs="+", default=[], metavar="H", help="names browsers may use"),
        add("--frame-ancestors", nargs="+", default=[], metavar="ORIGIN", help="who may embed it"),
        add("--stale-after", type=float, default=15.0, metavar="S", help="age of a dead observer"),
        add("--allow-pin", action="store_true", help="pin baselines from other machines too"),
    ]


def _collecting_options(parser: _Parser) -> list[argparse.Action]:
    add = parser.add_argument_group("collecting").add_argument
    return [
        add("--no-collect", action="store_true", help="only show; something else collects"),
        add("--allow-root", type=Path, action="append", default=[], metavar="DIR",
            help="a further folder that links inside the workspace may lead to"),
        add("--run-smoke", action="store_true", help="run the workspace's own scoring command"),
        add("--run-validator", action="store_true", help="run the configured external validator"),
        add("--smoke-timeout", type=float, metavar="S", help="time limit of the scoring command"),
        add("--smoke-python", metavar="EXE", help="Python that runs the scoring command"),
    ]  # fmt: skip


def _read_environment(options: Sequence[argparse.Action], environ: Mapping[str, str]) -> dict[str, Any]:
    named = {VARIABLE_PREFIX + option.dest.upper(): option for option in options}
    return {
        option.dest: _value_of(option, variable, environ[variable])
        for variable, option in named.items()
        if variable in environ
    }


def _value_of(option: argparse.Action, variable: str, text: str) -> Any:
    if option.nargs == 0:
        return _switch(variable, text)
    if isinstance(option.default, list):
        words = re.split(r"[\s,]+", text.strip(" \t\r\n,"))
        return [_converted(option, variable, word) for word in words if word]
    return _converted(option, variable, text)


def _switch(variable: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in YES | NO:
        raise UsageError(f"{variable}: {text!r} is neither yes nor no; write 1 or 0")
    return word in YES


def _converted(option: argparse.Action, variable: str, text: str) -> Any:
    if not callable(option.type):
        return text
    try:
        return option.type(text)
    except ValueError as problem:
        raise UsageError(f"{variable}: {text!r} is not a number") from problem
