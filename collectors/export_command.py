"""`python -m collectors export`: the state written once, the verdict as exit code.

Only a snapshot is written where another collector keeps the state.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack

from collectors.collect import Collector
from collectors.collecting_options import add_collecting_options, collect_options, say, state_dir_of
from collectors.command_line import Commands, Parser, finish
from collectors.exit_codes import exit_code
from collectors.store import Store
from collectors.terminal import progress

EXPORT_SECONDS = 10.0
"""How long an export waits for another one."""


def add_export(commands: Commands[Parser]) -> None:
    """Add `export [WORKSPACE]`."""
    parser = commands.add_parser("export", help="write dashboard-state.json once", allow_abbrev=False)
    more = parser.add_argument
    options = [
        *add_collecting_options(parser),
        more("--run-id", metavar="ID", help="call the run this instead of by its start"),
        more("--snapshot", action="store_true", help="also write runs/<run_id>.json"),
        more("--allow-skips", action="store_true", help="skipped 6 and 9 count as not needed"),
    ]
    finish(parser, options, _export)


def _export(options: argparse.Namespace) -> int:
    asked = collect_options(options)
    store = Store(state_dir_of(options))
    with ExitStack() as held:
        kept_by = store.keeper(held, EXPORT_SECONDS)
        if kept_by is not None and not options.snapshot:
            raise kept_by
        with Collector(options.workspace, store, asked) as collector, progress("reading the workspace"):
            state = collector.export(snapshot=options.snapshot, keep=kept_by is None)
    if kept_by is not None:
        say(f"only the snapshot was written: {kept_by}")
    print(f"{state.meta.run_id}: {state.verdict.value}, written to {store.state_dir}")
    return exit_code(state, allow_skips=options.allow_skips)
