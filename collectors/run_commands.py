"""`python -m collectors runs ...` and `compare`: arguments -> text on stdout and an exit code.

`compare` exits 0 without a regression, 1 with one, 4 where it cannot be judged; the others 0. An
unknown run, or a state directory that is not there, is a usage error.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from collectors.command_line import Parser, UsageError, read_environment
from collectors.compare import compare
from collectors.config_load import CONFIG_NAME, load_config
from collectors.delta import Policy, Regression
from collectors.delta_report import delta_as_json, delta_as_markdown, delta_as_text
from collectors.files import Workspace
from collectors.run_import import import_runs
from collectors.run_report import rows_as_csv, rows_as_json, rows_as_text, run_as_text
from collectors.run_sources import asked_for
from collectors.run_store import RunProblem, RunStore
from collectors.state import DashboardState, normalised_run_id, state_to_json
from collectors.store import Store, default_state_dir
from collectors.terminal import progress

OK, REGRESSED, NOT_JUDGED = 0, 1, 4
CURRENT = "current"
"""What stands for the state that is true now, instead of a run id."""
VERDICTS = ("ready", "not_ready", "incomplete", "training", "damaged")
LIST_FORMATS = {"text": rows_as_text, "json": rows_as_json, "csv": rows_as_csv}
DELTA_FORMATS = {"text": delta_as_text, "json": delta_as_json, "markdown": delta_as_markdown}
Commands = argparse._SubParsersAction
Handler = Callable[[argparse.Namespace], int]


def add_compare(commands: Commands[Parser]) -> None:
    """Add `compare RUN [BASELINE]`."""
    parser = commands.add_parser("compare", help="compare a run with a baseline", allow_abbrev=False)
    more = parser.add_argument
    parser.add_argument("run", metavar="RUN", help=f"a run id, or `{CURRENT}`")
    parser.add_argument("baseline", metavar="BASELINE", nargs="?", help="a run id; default: the pinned baseline")
    options = [
        *_place_options(parser),
        more("--config", type=Path, metavar="FILE", help="take the policy from this dashboard.yaml"),
        more("--format", choices=sorted(DELTA_FORMATS), help="text, json or markdown"),
    ]
    _finish(parser, options, _compare)


def add_runs(commands: Commands[Parser]) -> None:
    """Add `runs` with its own commands; alone it lists."""
    parser = commands.add_parser("runs", help="list, show, pin, import and remove stored runs", allow_abbrev=False)
    _finish(parser, _place_options(parser), _list)
    own = parser.add_subparsers(metavar="ACTION", parser_class=Parser)
    for add in (_add_list, _add_show, _add_delete, _add_baseline, _add_import):
        add(own)


def _add_list(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("list", help="every stored run, newest first", allow_abbrev=False)
    more = parser.add_argument
    options = [
        *_place_options(parser),
        more("--verdict", choices=VERDICTS, help="only runs with this verdict"),
        more("--limit", type=int, metavar="N", help="only the newest N"),
        more("--format", choices=sorted(LIST_FORMATS), help="text, json or csv"),
    ]
    _finish(parser, options, _list)


def _add_show(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("show", help="one run", allow_abbrev=False)
    parser.add_argument("run", metavar="RUN_ID", help=f"a run id, or `{CURRENT}`")
    format_option = parser.add_argument("--format", choices=("text", "json"), help="text, or the whole snapshot")
    _finish(parser, [*_place_options(parser), format_option], _show)


def _add_delete(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("delete", help="remove runs", allow_abbrev=False)
    more = parser.add_argument
    parser.add_argument("runs", metavar="RUN_ID", nargs="*", help="remove these")
    options = [
        *_place_options(parser),
        more("--keep", type=int, metavar="N", help="remove all but the newest N; never a named run or the baseline"),
        more("--force", action="store_true", help="remove the baseline too"),
    ]
    _finish(parser, options, _delete)


def _add_baseline(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("baseline", help="pin a run as the baseline, or say which one is", allow_abbrev=False)
    parser.add_argument("run", metavar="RUN_ID", nargs="?", help="pin this run")
    clear = parser.add_argument("--clear", action="store_true", help="let there be no baseline")
    _finish(parser, [*_place_options(parser), clear], _baseline)


def _add_import(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("import", help="take over runs from elsewhere", allow_abbrev=False)
    more = parser.add_argument
    parser.add_argument("paths", metavar="PATH", type=Path, nargs="+", help="state directory, snapshot, folder of "
                        "event files, output folder of Lightning or Hugging Face, mlflow.db")  # fmt: skip
    options = [
        *_place_options(parser),
        more("--stream", metavar="ID", help="call the stream of what is built this (default: model)"),
        more("--epochs", type=int, metavar="N", help="epochs that were configured, where the files do not say"),
    ]
    parser.add_argument("--tag", action="append", metavar="SERIES=TAG", help="such as val_loss=Loss/dev")
    _finish(parser, options, _import)


def _place_options(parser: Parser) -> list[argparse.Action]:
    add = parser.add_argument
    return [
        add("--workspace", type=Path, metavar="DIR", help="whose runs; default: this folder"),
        add("--state-dir", type=Path, metavar="DIR", help="where the runs are kept"),
    ]


def _finish(parser: Parser, options: Sequence[argparse.Action], handler: Handler) -> None:
    """What stands on the command line wins over a variable; what stands nowhere is None."""
    for option in options:
        option.default = argparse.SUPPRESS

    def command(given: argparse.Namespace) -> int:
        nothing = dict.fromkeys((option.dest for option in options), None)
        values: dict[str, Any] = {**nothing, **read_environment(options, os.environ), **vars(given)}
        try:
            return handler(argparse.Namespace(**values))
        except RunProblem as problem:
            raise UsageError(str(problem)) from None

    parser.set_defaults(command=command)


def _state_dir(options: argparse.Namespace) -> Path:
    """The state directory that is meant. Raises UsageError where a named folder is not there."""
    for name in ("workspace", "state_dir"):
        folder = getattr(options, name)
        if folder is not None and not folder.is_dir():
            raise UsageError(f"--{name.replace('_', '-')}: {folder} is not a folder")
    named: Path | None = options.state_dir
    return named if named is not None else default_state_dir(options.workspace or Path())


def _runs(options: argparse.Namespace) -> RunStore:
    return RunStore(_state_dir(options), heal=True)


def _run_id(typed: str) -> str:
    """A typed run id with other characters replaced, echoed where it became another one."""
    try:
        run_id = normalised_run_id(typed)
    except ValueError as problem:
        raise UsageError(str(problem)) from None
    if run_id != typed:
        print(f"run id: {run_id}", file=sys.stderr)
    return run_id


def _state_of(typed: str, options: argparse.Namespace) -> DashboardState:
    if typed != CURRENT:
        return _runs(options).required(_run_id(typed))
    state = Store(_state_dir(options), make=False).read_state()
    if state is None:
        raise RunProblem("there is no current state that can be read; `export` or `watch` writes one")
    return state


def _list(options: argparse.Namespace) -> int:
    limit, verdict = getattr(options, "limit", None), getattr(options, "verdict", None)
    if limit is not None and limit < 0:
        raise UsageError(f"--limit {limit} is no number of runs")
    runs = _runs(options)
    with progress("reading the runs"):
        rows = runs.rows()
        fitting = rows if verdict is None else [r for r in rows if verdict == (r["verdict"] or "damaged")]
        shown = fitting[:limit]
    sys.stdout.write(LIST_FORMATS[getattr(options, "format", None) or "text"](shown, runs.baseline()))
    if not rows:
        print("no run is stored yet; `export --snapshot` and `watch` store them", file=sys.stderr)
    return OK


def _show(options: argparse.Namespace) -> int:
    state = _state_of(options.run, options)
    sys.stdout.write(state_to_json(state).decode() if options.format == "json" else run_as_text(state))
    return OK


def _delete(options: argparse.Namespace) -> int:
    if bool(options.runs) == (options.keep is not None):
        raise UsageError("name the runs to remove, or say how many to --keep")
    if options.keep is not None and options.keep < 0:
        raise UsageError(f"--keep {options.keep} is no number of runs")
    runs = _runs(options)
    if options.runs:
        removed = [_run_id(typed) for typed in options.runs]
        runs.delete(removed, force=bool(options.force))
    else:
        current = Store(_state_dir(options), make=False).read_state()
        removed = runs.prune(options.keep, spared=(current.meta.run_id,) if current else ())
    print("\n".join(f"removed {run_id}" for run_id in removed) or "nothing to remove")
    return OK


def _baseline(options: argparse.Namespace) -> int:
    runs = _runs(options)
    if options.clear and options.run:
        raise UsageError("--clear and a run id contradict each other")
    if options.clear:
        runs.unpin()
    elif options.run:
        runs.pin(_run_id(options.run))
    print(runs.baseline() or "no baseline is pinned")
    return OK


def _import(options: argparse.Namespace) -> int:
    """Take over every run that is found; 0 when at least one is here afterwards."""
    asked = asked_for(options.stream, options.epochs, options.tag or ())
    store = Store(options.state_dir or default_state_dir(options.workspace or Path()))
    imported = import_runs(options.paths, asked, store, lambda line: print(line, flush=True))
    if not imported:
        raise UsageError("no run was found there; see above what was looked at")
    return OK


def _compare(options: argparse.Namespace) -> int:
    runs = _runs(options)
    pinned = options.baseline or runs.baseline()
    if pinned is None:
        raise UsageError("name a baseline, or pin one with `runs baseline RUN_ID`")
    run, baseline = _state_of(options.run, options), _state_of(pinned, options)
    delta = compare(run, baseline, _policy(options, runs))
    sys.stdout.write(DELTA_FORMATS[options.format or "text"](delta))
    return {Regression.NONE: OK, Regression.REGRESSION: REGRESSED}.get(delta.regression.value, NOT_JUDGED)


def _policy(options: argparse.Namespace, runs: RunStore) -> Policy:
    """The policy of a named configuration, of the workspace that is meant, or the stored one."""
    workspace = options.workspace or (None if options.state_dir else Path())
    if options.config is None and (workspace is None or not (workspace / CONFIG_NAME).is_file()):
        return runs.policy()
    with Workspace(workspace or Path()) as opened:
        return load_config(opened, options.config).baseline
