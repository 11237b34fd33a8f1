"""`python -m collectors`: validate, export, watch, init, runs, compare, schema, access. Arguments -> exit code.

Exit codes: 0 ready; 1 not ready; 2 usage or configuration error; 3 internal or write error; 4
incomplete or still training.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

import collectors
from collectors.commands.exit_codes import BROKEN, USAGE
from collectors.commands.terminal import forgive_characters, hush_output
from collectors.options import VARIABLE_PREFIX, AnswerProblem, Parser, UsageError
from collectors.start import quick_start

COMMANDS: Final = ("validate", "export", "watch", "init", "runs", "compare", "schema", "access")
"""Each is a module of `collectors.commands` that adds itself; only the one that is asked for is imported."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        with quick_start():
            options = _options(sys.argv[1:] if argv is None else argv)
        command: Callable[[argparse.Namespace], int] = options.command
        forgive_characters()
        code = command(options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except Exception as problem:  # noqa: BLE001 -- the edge: without it Python would exit 1, which means not ready
        return _told(problem)


def _told(problem: Exception) -> int:
    """Say in one line on stderr why there is no answer; return the exit code."""
    from collectors.files.problems import describe_error
    from collectors.files.workspace import WorkspaceProblem
    from collectors.observe.load_pipeline import ConfigProblem
    from collectors.store.access import AccessProblem
    from collectors.store.backend import StoreProblem
    from collectors.store.runs import RunProblem

    if isinstance(problem, BrokenPipeError):  # the reader of a pipe went away; there is nobody left to tell
        hush_output()
        return BROKEN
    if isinstance(problem, (UsageError, ConfigProblem, WorkspaceProblem, RunProblem, AccessProblem)):
        print(f"error: {problem}", file=sys.stderr)
        return USAGE
    if isinstance(problem, AnswerProblem):
        print(f"error: {problem}", file=sys.stderr)
    elif isinstance(problem, StoreProblem):
        print(f"error: state not saved: {problem}", file=sys.stderr)
    elif isinstance(problem, OSError):
        print(f"error: the answer cannot be written: {describe_error(problem)}", file=sys.stderr)
        hush_output()
    else:
        print(f"error: internal: {_where_and_what(problem)}; please report this", file=sys.stderr)
    return BROKEN


def _where_and_what(error: Exception) -> str:
    """An unexpected error in one line: our own place, without the folders of this machine."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        prog="python -m collectors",
        description="Judge the files a training leaves on disk.",
        epilog=f"Every option also reads {VARIABLE_PREFIX}<OPTION> from the environment. "
        "Exit codes: 0 ready (no regression), 1 not ready (regression), 2 usage or configuration error, "
        "3 internal or write error, 4 incomplete, incomparable or still training.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=collectors.__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    first = next((word for word in argv if not word.startswith("-")), None)
    for name in [first] if first in COMMANDS else COMMANDS:
        getattr(import_module(f"collectors.commands.{name}"), f"add_{name}")(commands)
    return parser.parse_args(list(argv))


if __name__ == "__main__":
    raise SystemExit(main())
