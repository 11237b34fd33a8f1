"""Options that the command line and `TRAINING_DASHBOARD_<OPTION>` both give; the command line wins.

In a variable, lists are separated by spaces or commas and switches say 1/0, true/false, yes/no or
on/off. What cannot be understood is a UsageError of one line naming the option or variable. A command
reads its variables when it runs, and only those of its own options that the command line left open.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

Commands = argparse._SubParsersAction  # the type that add_subparsers returns has no public name
Handler = Callable[[argparse.Namespace], int]
"""Options -> exit code."""
VARIABLE_PREFIX = "TRAINING_DASHBOARD_"
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off", ""})


class UsageError(ValueError):
    """What was asked for cannot work; the message is one line for a person."""


class AnswerProblem(OSError):
    """The answer could not be written where it was asked for; the message is one line for a person."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises UsageError instead of ending the program."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(message)


def finish(parser: Parser, options: Sequence[argparse.Action], handler: Handler) -> None:
    """Let `handler` be what the parsed command runs, and `options` those that a variable may give too."""
    usual = {option.dest: option.default for option in options}
    for option in options:  # what nobody typed can then be told from what was typed, here or before a sub-command
        option.default = argparse.SUPPRESS if option.option_strings else None

    def command(given: argparse.Namespace) -> int:
        typed = {name: value for name, value in vars(given).items() if value is not None}
        found = read_environment([option for option in options if option.dest not in typed], os.environ)
        values: dict[str, Any] = {**vars(given), **usual, **found, **typed, "from_variables": frozenset(found)}
        return handler(argparse.Namespace(**values))

    parser.set_defaults(command=command)


def name_of(options: argparse.Namespace, dest: str) -> str:
    """Where an option's value stands, as a person finds it: `--keep` or `TRAINING_DASHBOARD_KEEP`."""
    if dest in options.from_variables:
        return VARIABLE_PREFIX + dest.upper()
    return "--" + dest.replace("_", "-")


def read_environment(options: Sequence[argparse.Action], environ: Mapping[str, str]) -> dict[str, Any]:
    """Values that variables give to options, by destination. Raises UsageError."""
    named = {VARIABLE_PREFIX + option.dest.upper(): option for option in options}
    return {
        option.dest: _value_of(option, variable, environ[variable])
        for variable, option in named.items()
        if variable in environ
    }


def _value_of(option: argparse.Action, variable: str, text: str) -> Any:
    if option.nargs == 0:
        return _switch(variable, text)
    if option.nargs == "+" or isinstance(option, argparse._AppendAction):
        words = re.split(r"[\s,]+", text.strip(" \t\r\n,"))
        return [_converted(option, variable, word) for word in words if word]
    return _converted(option, variable, text)


def _switch(variable: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in YES | NO:
        raise UsageError(f"{variable}: {text!r} is neither yes nor no; write 1 or 0")
    return word in YES


def _converted(option: argparse.Action, variable: str, text: str) -> Any:
    if option.choices is not None and text not in option.choices:
        raise UsageError(f"{variable}: {text!r} is none of {', '.join(map(str, option.choices))}")
    if not callable(option.type):
        return text
    try:
        return option.type(text)
    except ValueError as problem:
        raise UsageError(f"{variable}: {text!r} is not understood ({problem})") from problem
