"""Parsed options -> what they stand for: options for the collector, the state directory, a stored run, an answer's
file, who is told how a run ended.

What cannot work is a UsageError naming the option or the variable.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from collectors.collect import CollectOptions, say
from collectors.contract.state import DashboardState
from collectors.contract.values import normalised_run_id
from collectors.live.notify import Notifier
from collectors.options import AnswerProblem, UsageError, name_of
from collectors.store.backend import StoreProblem
from collectors.store.place import default_state_dir
from collectors.store.runs import RunProblem, RunStore
from collectors.store.store import Store, write_report

FAREWELL_SECONDS = 5.0
"""How long those who are told how a run ended may take when a collector is stopped."""
STANDARD_OUTPUT = Path("-")
"""What a person types where a file is asked for and means standard output."""


def collect_options(options: argparse.Namespace) -> CollectOptions:
    """What the collector is asked for. Raises UsageError."""
    return CollectOptions(
        config_file=options.config,
        allow_roots=tuple(options.allow_root),
        run_smoke=options.run_smoke,
        run_validator=options.run_validator,
        smoke_python=options.smoke_python,
        smoke_timeout_seconds=options.smoke_timeout,
        run_id=typed_run_id(options, "run_id"),
        keep_runs=getattr(options, "keep", None),
    )


def typed_run_id(options: argparse.Namespace, dest: str) -> str | None:
    """The run id that an option gives, or None. Raises UsageError naming the option."""
    typed: str | None = getattr(options, dest, None)
    return None if typed is None else typed_run(typed, f"{name_of(options, dest)}: ")


def state_dir_of(options: argparse.Namespace) -> Path:
    """Where the state is kept: as told, or in the user's own state folder."""
    named: Path | None = options.state_dir
    return named if named is not None else default_state_dir(options.workspace)


def notifier_of(options: argparse.Namespace) -> Notifier:
    """Who is told how a run ended; possibly nobody."""
    return Notifier(say, options.notify, options.notify_command or ())


def write_answer(path: Path, text: str) -> None:
    """Write an answer into the file that was asked for. Raises AnswerProblem; an old file stays."""
    try:
        write_report(path, text)
    except StoreProblem as problem:
        raise AnswerProblem(str(problem)) from None


CURRENT = "current"
"""What stands for the state that is true now, instead of a run id."""


def runs_folder(options: argparse.Namespace) -> Path:
    """The state directory that is meant. Raises UsageError where a named folder is not there."""
    for name in ("workspace", "state_dir"):
        folder = getattr(options, name)
        if folder is not None and not folder.is_dir():
            raise UsageError(f"{name_of(options, name)}: {folder} is not a folder")
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
