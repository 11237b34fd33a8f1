"""Options that the command line and `TRAINING_DASHBOARD_<OPTION>` both give; the command line wins.

In a variable, lists are separated by spaces or commas and switches say 1/0, true/false, yes/no or
on/off. What cannot be understood is a UsageError of one line naming the option or variable. A program
reads its variables when it runs, and only those of its own options that the command line left open.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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


class Option:
    """One option, described once for every program that has it.

    `described` is what argparse's `add_argument` takes. `usable` makes of a value what the program works with; it
    raises ValueError in words that follow the option's name, such as "-1 is no time; write seconds greater than 0".
    An option may hold a secret that no environment should carry: then it has no variable.
    """

    def __init__(
        self, name: str, *, usable: Callable[[Any], Any] | None = None, has_variable: bool = True, **described: Any
    ) -> None:
        self.name = name
        self.usable = usable
        self.has_variable = has_variable
        self.described = described


@dataclass(frozen=True, slots=True)
class Offered:
    """An option that a parser knows."""

    option: Option
    action: argparse.Action
    usual: Any
    """Its value where nobody gave one."""

    @property
    def dest(self) -> str:
        """The name of its value."""
        return self.action.dest


def offer(parser: Parser | argparse._ArgumentGroup, options: Iterable[Option]) -> list[Offered]:
    """Let a parser, or a group of its help, know options, in their order."""
    offered = []
    for option in options:
        action = parser.add_argument(option.name, **option.described)
        offered.append(Offered(option, action, action.default))
        # What nobody typed can then be told from what was typed, here or before a sub-command.
        action.default = argparse.SUPPRESS if action.option_strings else None
    return offered


def complete(given: argparse.Namespace, offered: Sequence[Offered], environ: Mapping[str, str]) -> argparse.Namespace:
    """What was typed, completed by variables and usual values, each made usable. Raises UsageError."""
    typed = {name: value for name, value in vars(given).items() if value is not None}
    open_ones = [one.action for one in offered if one.option.has_variable and one.dest not in typed]
    found = read_environment(open_ones, environ)
    usual = {one.dest: one.usual for one in offered}
    values = {**vars(given), **usual, **found, **typed, "from_variables": frozenset(found)}
    options = argparse.Namespace(**values)
    for one in offered:
        usable, value = one.option.usable, values[one.dest]
        if usable is None or value is None:
            continue
        try:
            setattr(options, one.dest, usable(value))
        except ValueError as problem:
            raise UsageError(f"{name_of(options, one.dest)} {problem}") from None
    return options


def finish(parser: Parser, options: Iterable[Option], handler: Handler) -> None:
    """Let `handler` be what the parsed command runs, with `options`."""
    offered = offer(parser, options)
    parser.set_defaults(command=lambda given: handler(complete(given, offered, os.environ)))


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
