"""Options that the command line and `TRAINING_DASHBOARD_<OPTION>` both give; the command line wins.

In a variable, lists are separated by spaces or commas and switches say 1/0, true/false, yes/no or
on/off. What cannot be understood is a UsageError of one line naming the option or variable.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

VARIABLE_PREFIX = "TRAINING_DASHBOARD_"
YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off", ""})


class UsageError(ValueError):
    """What was asked for cannot work; the message is one line for a person."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises UsageError instead of ending the program."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(message)


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
    if option.choices is not None and text not in option.choices:
        raise UsageError(f"{variable}: {text!r} is none of {', '.join(map(str, option.choices))}")
    if not callable(option.type):
        return text
    try:
        return option.type(text)
    except ValueError as problem:
        raise UsageError(f"{variable}: {text!r} is not understood ({problem})") from problem
