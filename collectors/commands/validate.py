"""`python -m collectors validate`: the checklist on standard output or in a file, the verdict as exit code.

It stores nothing but the result of a smoke run and, where there is a state directory, what was learnt of files.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from collectors.collect import Collector, say
from collectors.commands.exit_codes import exit_code
from collectors.commands.from_options import (
    STANDARD_OUTPUT,
    collect_options,
    notifier_of,
    state_dir_of,
    write_answer,
)
from collectors.commands.shared_options import ALLOW_SKIPS, COLLECTING, NOTIFYING, seconds
from collectors.commands.terminal import paint_for, progress
from collectors.contract.state import DashboardState
from collectors.live.file_changes import Changes
from collectors.live.wait import wait_until_ended
from collectors.options import Commands, Option, Parser, finish
from collectors.presentation.checklist import as_json, as_junit, as_markdown, as_text, plain
from collectors.store.store import Store

FORMATS: Mapping[str, Callable[[DashboardState], str]] = {
    "text": as_text,
    "json": as_json,
    "junit": as_junit,
    "markdown": as_markdown,
}


def add_validate(commands: Commands[Parser]) -> None:
    """Add `validate [WORKSPACE]`."""
    parser = commands.add_parser("validate", help="print the checklist", allow_abbrev=False)
    options = (
        *COLLECTING,
        ALLOW_SKIPS,
        Option("--format", choices=sorted(FORMATS), default="text", help="text, json, junit or markdown"),
        Option("--output", type=Path, metavar="FILE", help="write it there instead of printing it"),
        Option("--wait", usable=_patience, type=float, nargs="?", const=math.inf, metavar="S",
               help="first wait until training has ended, at most S seconds"),
        *NOTIFYING,
    )  # fmt: skip
    finish(parser, options, _validate)


def _patience(value: float) -> float:
    return value if value == math.inf else seconds(value)


def _validate(options: argparse.Namespace) -> int:
    asked = collect_options(options)
    store = _store(options)
    notifier = notifier_of(options)
    with Collector(options.workspace, store, asked) as collector:
        state = _first_or_last(collector, options)
        described = collector.described
    notifier.look_at(state)
    notifier.finish()
    _tell(state, options)
    if described.begin is not None:
        say(described.words)
    return exit_code(state, allow_skips=options.allow_skips)


def _tell(state: DashboardState, options: argparse.Namespace) -> None:
    if options.output not in (None, STANDARD_OUTPUT):
        write_answer(options.output, FORMATS[options.format](state))
    elif options.format == "text":
        sys.stdout.write(as_text(state, paint_for(sys.stdout) or plain))
    else:
        sys.stdout.write(FORMATS[options.format](state))


def _first_or_last(collector: Collector, options: argparse.Namespace) -> DashboardState:
    """The state as it is, or with `--wait` the one in which training has ended."""
    if options.wait is None:
        with progress("reading the workspace"):
            return collector.collect()
    changes = Changes(options.workspace, state_dir_of(options), say)
    try:
        return wait_until_ended(collector, changes, say, options.wait)
    finally:
        changes.stop()


def _store(options: argparse.Namespace) -> Store | None:
    """Remembered smoke results are read where a state directory is; only a smoke run makes one."""
    folder = state_dir_of(options)
    if options.run_smoke:
        return Store(folder)
    return Store(folder, make=False) if folder.is_dir() else None
