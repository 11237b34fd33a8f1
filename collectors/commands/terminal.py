"""Colour and progress for a person at a terminal; nothing of it reaches a pipe."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

STYLES = {
    "pass": "green",
    "fail": "bold red",
    "skip": "bright_black",
    "ready": "bold green",
    "not_ready": "bold red",
    "incomplete": "bold yellow",
    "training": "bold blue",
}


def paint_for(stream: TextIO) -> Callable[[str, str], str] | None:
    """A painter for a terminal that wants colour; None for pipes, files and NO_COLOR."""
    if not stream.isatty() or os.environ.get("NO_COLOR"):
        return None
    from rich.console import Console  # for a person alone: a pipe never waits for it

    console = Console(file=stream)

    def paint(text: str, meaning: str) -> str:
        with console.capture() as captured:
            console.print(text, style=STYLES.get(meaning, ""), end="", markup=False, highlight=False, soft_wrap=True)
        return captured.get()

    return paint


def forgive_characters() -> None:
    """Let a character that the terminal's encoding does not have be shown as an escape, not be an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def hush_output() -> None:
    """Give up on standard output, so that the interpreter does not complain about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show that something goes on, on stderr, while it takes longer than a moment at a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield
