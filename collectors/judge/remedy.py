"""What helps, as data: an action in words, the commands that do it, and its place among the others. Pure.

Input: words and file names. Output: a `Remedy`, and text for a POSIX shell in the workspace's folder. Refuses a
command for a name that a shell or a program could take for something else; the action in words remains.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from collectors.numbers import joined


class Kind(IntEnum):
    """What a remedy does, in the order in which remedies are done."""

    WAIT = 0
    """Nothing is to be done but to wait: it is said, and is no step."""
    SETTLE = 1
    """The machine, its links, its limits, or what the description says of the files."""
    RESTORE = 2
    """A file of the run is brought back."""
    TRAIN = 3
    """A stream is trained again, or to its end."""
    CORRECT = 4
    """A file is corrected by a person."""
    BACK_UP = 5
    """The outputs are packed."""
    SCORE = 6
    """The scoring command runs."""
    CHOOSE = 7
    """A person decides by what the run is measured."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program and its arguments."""

    words: tuple[str, ...]
    """What stands first; commands that begin alike become one."""
    files: tuple[str, ...] = ()
    """What follows."""
    into: str | None = None
    """File that its output goes into."""

    @property
    def text(self) -> str:
        """As a POSIX shell reads it."""
        said = shlex.join([*self.words, *self.files])
        return said if self.into is None else f"{said} > {shlex.quote(self.into)}"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What helps against one thing."""

    action: str
    """One sentence; `{names}` stands for the names, `{paths}` for the paths."""
    kind: Kind = Kind.CORRECT
    names: tuple[str, ...] = ()
    """What it is about; remedies of one action become one step."""
    commands: tuple[Command, ...] = ()
    """Empty where it is not known what does it, or where that cannot be said safely."""
    paths: tuple[str, ...] = ()
    """Files that it makes or brings back; of a backup, those that differ, and need none once they are brought back."""
    is_after_training: bool = False
    """Whether what it helps against is no wonder while the training has not come to its end."""

    @property
    def words(self) -> str:
        """The action with its names."""
        return self.action.replace("{names}", joined(self.names)).replace("{paths}", joined(self.paths))

    @property
    def command(self) -> str | None:
        """One line for a POSIX shell; None where there is none."""
        return " && ".join(command.text for command in self.commands) or None

    def with_more(self, other: Remedy) -> Remedy:
        """Both as one; without a command where one of them has none."""
        names = tuple(dict.fromkeys([*self.names, *other.names]))
        has_all = bool(self.commands) and bool(other.commands)
        paths = tuple(dict.fromkeys([*self.paths, *other.paths]))
        return replace(
            self, names=names, paths=paths, commands=together((*self.commands, *other.commands)) if has_all else ()
        )


def together(commands: Iterable[Command]) -> tuple[Command, ...]:
    """Commands in order, those that begin alike as one."""
    found: list[Command] = []
    for command in commands:
        place = next((n for n, one in enumerate(found) if _go_together(one, command)), None)
        if place is None:
            found.append(command)
        else:
            files = dict.fromkeys([*found[place].files, *command.files])
            found[place] = replace(found[place], files=tuple(files))
    return tuple(dict.fromkeys(found))


def _go_together(one: Command, other: Command) -> bool:
    return one.words == other.words and one.into is None and other.into is None


def waiting(action: str) -> Remedy:
    """Nothing but patience."""
    return Remedy(action, Kind.WAIT)


def training(action: str, *names: str, path: str | None = None) -> Remedy:
    """Train these streams, by their names on screen, which leaves `path`; how, their own command line alone knows."""
    return Remedy(action, Kind.TRAIN, names, paths=(path,) if path is not None else ())


_PATTERN: Final = frozenset("*?[]\\")
"""What unzip and tar take for a pattern; a backslash also stands where a name was made visible."""


def is_plain(path: str) -> bool:
    """Whether a program takes a path for that file and nothing else: no option, no pattern, no other machine."""
    return path.isprintable() and path.strip() == path != "" and path[0] not in "-@~" and not _PATTERN & set(path)


TRAIN: Final = "Train {names}; the command that trains is not known here."
RESUME: Final = "Resume {names} or train again; the command that trains is not known here."
RUN_SMOKE: Final = Remedy(
    "Run the scoring smoke test (`--run-smoke`).",
    Kind.SCORE,
    commands=(Command(("python", "-m", "collectors", "validate", "--run-smoke")),),
)
