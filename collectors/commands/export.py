"""`python -m collectors export`: the state written once, the verdict as exit code, a report where it is asked for.

Where another collector keeps the state, only a snapshot or a report is written. With `--run` nothing is
collected: the report tells of a stored run.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from collectors.collect import Collector, say
from collectors.commands.exit_codes import exit_code
from collectors.commands.from_options import (
    STANDARD_OUTPUT,
    collect_options,
    state_dir_of,
    typed_run_id,
    write_answer,
)
from collectors.commands.shared_options import ALLOW_SKIPS, COLLECTING
from collectors.commands.terminal import progress
from collectors.compare.compare import compare
from collectors.contract.state import DashboardState
from collectors.options import Commands, Option, Parser, UsageError, finish, name_of
from collectors.presentation.page import Against, as_html
from collectors.store.runs import RunStore
from collectors.store.store import Store

EXPORT_SECONDS = 10.0
"""How long an export waits for another one."""
ONLY_WHILE_COLLECTING = ("run_id", "snapshot", "run_smoke", "run_validator")
"""What cannot be asked of a run that is over."""


def add_export(commands: Commands[Parser]) -> None:
    """Add `export [WORKSPACE]`."""
    parser = commands.add_parser("export", help="write the state once", allow_abbrev=False)
    options = (
        *COLLECTING,
        Option("--run-id", metavar="ID", help="call the run this instead of by its start"),
        Option("--snapshot", action="store_true", help="also store a snapshot of the run"),
        ALLOW_SKIPS,
        Option("--html", type=Path, metavar="FILE", help="also write a report, one HTML page; - is standard output"),
        Option("--run", metavar="RUN_ID", help="with --html: report this stored run, and collect nothing"),
    )
    finish(parser, options, _export)


def _export(options: argparse.Namespace) -> int:
    stored = typed_run_id(options, "run")
    state = _collected(options) if stored is None else _stored(stored, options)
    if options.html is not None:
        _write_html(options.html, report_of(state, RunStore(state_dir_of(options))))
    return exit_code(state, allow_skips=options.allow_skips)


def _collected(options: argparse.Namespace) -> DashboardState:
    """The state of now, stored on the way."""
    asked = collect_options(options)
    store = Store(state_dir_of(options))
    with ExitStack() as held:
        kept_by = store.keeper(held, EXPORT_SECONDS)
        others = [word for word in ("snapshot", "html") if getattr(options, word)]
        if kept_by is not None and not others:
            raise kept_by
        with Collector(options.workspace, store, asked) as collector, progress("reading the workspace"):
            state = collector.export(snapshot=options.snapshot, keep=kept_by is None)
            recognised = collector.described.words
    if recognised:
        say(recognised)
    if kept_by is not None:
        say(f"only the {' and the '.join(others).replace('html', 'report')} was written: {kept_by}")
    told = f"{state.meta.run_id}: {state.verdict.value}, written to {store.backend.where}"
    print(told, file=sys.stderr if options.html == STANDARD_OUTPUT else sys.stdout)
    return state


def _stored(run_id: str, options: argparse.Namespace) -> DashboardState:
    if options.html is None:
        raise UsageError(f"{name_of(options, 'run')} needs --html: a stored run can only be reported")
    against = [name_of(options, dest) for dest in ONLY_WHILE_COLLECTING if getattr(options, dest)]
    if against:
        raise UsageError(f"{name_of(options, 'run')} collects nothing, so {against[0]} has no meaning with it")
    return RunStore(state_dir_of(options)).required(run_id)


def report_of(state: DashboardState, runs: RunStore) -> str:
    """The HTML report of a run, compared with the pinned baseline where there is one."""
    pinned, shown = runs.baseline(), runs.whole(state)
    if pinned is None:
        return as_html(shown)
    found = runs.snapshot(pinned)
    baseline = runs.whole(found) if found else None
    delta = compare(shown, baseline, runs.policy()) if baseline else None
    return as_html(shown, Against(pinned, baseline, delta))


def _write_html(path: Path, page: str) -> None:
    if path == STANDARD_OUTPUT:
        # Whatever standard output's encoding is, the page is UTF-8: every other character is a reference.
        sys.stdout.write(page.encode("ascii", "xmlcharrefreplace").decode())
        return
    write_answer(path, page)
    say(f"report written to {path}")
