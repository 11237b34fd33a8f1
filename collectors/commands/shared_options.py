"""The options that `validate`, `export` and `watch` share, and what they mean.

Input: a parser, or parsed options. Output: options for the collector, the state directory, who is told
how a run ended. What cannot work is a UsageError naming the option or the variable.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from collectors.collect import CollectOptions
from collectors.contract.state import DashboardState
from collectors.contract.values import normalised_run_id
from collectors.live.notify import Notifier, checked_address
from collectors.options import AnswerProblem, Parser, UsageError, name_of
from collectors.store.backend import StoreProblem
from collectors.store.place import default_state_dir
from collectors.store.runs import RunProblem, RunStore
from collectors.store.store import Store, write_report

STANDARD_OUTPUT = Path("-")
"""What a person types where a file is asked for and means standard output."""


def add_collecting_options(parser: Parser) -> list[argparse.Action]:
    """Add WORKSPACE and how it is read and judged."""
    add = parser.add_argument
    return [
        add("workspace", nargs="?", type=Path, default=Path(), metavar="WORKSPACE", help="default: this folder"),
        add("--config", type=Path, metavar="FILE", help="a dashboard.yaml outside the workspace"),
        add("--state-dir", type=Path, metavar="DIR", help="where the state is kept"),
        add("--run-smoke", action="store_true", help="run the workspace's own scoring command"),
        add("--run-validator", action="store_true", help="run the configured external validator"),
        add("--smoke-timeout", type=float, metavar="S", help="time limit of the scoring command"),
        add("--smoke-python", default=sys.executable, metavar="EXE", help="Python that runs it"),
        add("--allow-root", type=Path, action="append", default=[], metavar="DIR",
            help="a further folder that links inside the workspace may lead to"),
    ]  # fmt: skip


def add_notify_options(parser: Parser) -> None:
    """Add them to the command line only: an address may hold a secret that no environment should carry."""
    parser.add_argument("--notify", metavar="URL", help="https webhook told once how each run ended")
    parser.add_argument("--notify-command", metavar="ARGV", help="command given the same JSON on standard input")


def collect_options(options: argparse.Namespace) -> CollectOptions:
    """What the collector is asked for. Raises UsageError."""
    limit = options.smoke_timeout
    if limit is not None and not 0 < limit < float("inf"):
        raise UsageError(f"{name_of(options, 'smoke_timeout')} {limit:g} is no time; write seconds greater than 0")
    return CollectOptions(
        config_file=options.config,
        allow_roots=tuple(options.allow_root),
        run_smoke=options.run_smoke,
        run_validator=options.run_validator,
        smoke_python=options.smoke_python,
        smoke_timeout_seconds=limit,
        run_id=typed_run_id(options, "run_id"),
        keep_runs=_keep(options),
    )


def _keep(options: argparse.Namespace) -> int | None:
    count: int | None = getattr(options, "keep", None)
    if count is not None and count < 1:
        raise UsageError(f"{name_of(options, 'keep')} {count} keeps nothing; write 1 or more")
    return count


def typed_run_id(options: argparse.Namespace, dest: str) -> str | None:
    """The run id that an option gives, or None. Raises UsageError naming the option."""
    typed: str | None = getattr(options, dest, None)
    return None if typed is None else typed_run(typed, f"{name_of(options, dest)}: ")


def state_dir_of(options: argparse.Namespace) -> Path:
    """Where the state is kept: as told, or in the user's own state folder."""
    named: Path | None = options.state_dir
    return named if named is not None else default_state_dir(options.workspace)


def notifier_of(options: argparse.Namespace) -> Notifier:
    """Who is told how a run ended; possibly nobody. Raises UsageError."""
    try:
        address = checked_address(options.notify) if options.notify else None
        return Notifier(say, address, shlex.split(options.notify_command or ""))
    except ValueError as problem:
        raise UsageError(str(problem)) from None


def write_answer(path: Path, text: str) -> None:
    """Write an answer into the file that was asked for. Raises AnswerProblem; an old file stays."""
    try:
        write_report(path, text)
    except StoreProblem as problem:
        raise AnswerProblem(str(problem)) from None


def say(line: str) -> None:
    """Tell the person who waits; answers alone go to standard output."""
    print(line, file=sys.stderr, flush=True)


CURRENT = "current"
"""What stands for the state that is true now, instead of a run id."""


def place_options(parser: Parser) -> list[argparse.Action]:
    """Add where the runs are kept."""
    add = parser.add_argument
    return [
        add("--workspace", type=Path, metavar="DIR", help="whose runs; default: this folder"),
        add("--state-dir", type=Path, metavar="DIR", help="where the runs are kept"),
    ]


def runs_folder(options: argparse.Namespace) -> Path:
    """The state directory that is meant. Raises UsageError where a named folder is not there."""
    for name in ("workspace", "state_dir"):
        folder = getattr(options, name)
        if folder is not None and not folder.is_dir():
            raise UsageError(f"--{name.replace('_', '-')}: {folder} is not a folder")
    named: Path | None = options.state_dir
    return named if named is not None else default_state_dir(options.workspace or Path())


def runs_of(options: argparse.Namespace) -> RunStore:
    """The stored runs that are meant, healed where their index is damaged."""
    return RunStore(runs_folder(options), heal=True)


def typed_run(typed: str, where: str = "") -> str:
    """A typed run id with other characters replaced, echoed where it became another one. Raises UsageError."""
    try:
        run_id = normalised_run_id(typed)
    except ValueError as problem:
        raise UsageError(f"{where}{problem}") from None
    if run_id != typed:
        say(f"run id: {run_id}")
    return run_id


def state_of(typed: str, options: argparse.Namespace) -> DashboardState:
    """A stored run, or the current state. Raises UsageError and RunProblem."""
    if typed != CURRENT:
        return runs_of(options).required(typed_run(typed))
    state = Store(runs_folder(options), make=False).read_state()
    if state is None:
        raise RunProblem("there is no current state that can be read; `export` or `watch` writes one")
    return state
