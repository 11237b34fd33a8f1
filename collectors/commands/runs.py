"""`python -m collectors runs ...`: arguments -> text on stdout and exit code 0.

An unknown run, or a state directory that is not there, is a usage error.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from collectors.commands.from_options import (
    CURRENT,
    runs_folder,
    runs_of,
    state_of,
    typed_run,
)
from collectors.commands.shared_options import PLACE
from collectors.commands.terminal import progress
from collectors.contract.state import state_to_json
from collectors.imports.sources import Asked
from collectors.imports.take_over import import_runs
from collectors.options import Commands, Option, Parser, UsageError, finish
from collectors.presentation.runs import rows_as_csv, rows_as_json, rows_as_text, run_as_text
from collectors.store.place import default_state_dir
from collectors.store.store import Store

OK, REGRESSED, NOT_JUDGED = 0, 1, 4
VERDICTS = ("ready", "not_ready", "incomplete", "training", "damaged")
LIST_FORMATS = {"text": rows_as_text, "json": rows_as_json, "csv": rows_as_csv}


def add_runs(commands: Commands[Parser]) -> None:
    """Add `runs` with its own commands; alone it lists."""
    parser = commands.add_parser("runs", help="list, show, pin, import and remove stored runs", allow_abbrev=False)
    finish(parser, PLACE, _list)
    own = parser.add_subparsers(metavar="ACTION", parser_class=Parser)
    for add in (_add_list, _add_show, _add_delete, _add_baseline, _add_import):
        add(own)


def _add_list(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("list", help="every stored run, newest first", allow_abbrev=False)
    options = [
        *PLACE,
        Option("--verdict", choices=VERDICTS, help="only runs with this verdict"),
        Option("--limit", usable=_number_of_runs, type=int, metavar="N", help="only the newest N"),
        Option("--format", choices=sorted(LIST_FORMATS), help="text, json or csv"),
    ]
    finish(parser, options, _list)


def _add_show(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("show", help="one run", allow_abbrev=False)
    parser.add_argument("run", metavar="RUN_ID", help=f"a run id, or `{CURRENT}`")
    format_option = Option("--format", choices=("text", "json"), help="text, or the whole snapshot")
    finish(parser, [*PLACE, format_option], _show)


def _add_delete(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("delete", help="remove runs", allow_abbrev=False)
    parser.add_argument("runs", metavar="RUN_ID", nargs="*", help="remove these")
    options = [
        *PLACE,
        Option("--keep", usable=_number_of_runs, type=int, metavar="N",
               help="remove all but the newest N; never a named run or the baseline"),
        Option("--force", action="store_true", help="remove the baseline too"),
    ]  # fmt: skip
    finish(parser, options, _delete)


def _add_baseline(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("baseline", help="pin a run as the baseline, or say which one is", allow_abbrev=False)
    parser.add_argument("run", metavar="RUN_ID", nargs="?", help="pin this run")
    clear = Option("--clear", action="store_true", help="let there be no baseline")
    finish(parser, [*PLACE, clear], _baseline)


def _add_import(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("import", help="take over runs from elsewhere", allow_abbrev=False)
    parser.add_argument("paths", metavar="PATH", type=Path, nargs="+", help="state directory, snapshot, folder of "
                        "event files, output folder of Lightning or Hugging Face, mlflow.db, mlruns")  # fmt: skip
    options = [
        *PLACE,
        Option("--stream", metavar="ID", help="call the stream of what is built this (default: model)"),
        Option("--epochs", type=int, metavar="N", help="epochs that were configured, where the files do not say"),
    ]
    parser.add_argument("--tag", action="append", metavar="SERIES=TAG", help="such as val_loss=Loss/dev")
    finish(parser, options, _import)


def _number_of_runs(count: int) -> int:
    if count < 0:
        raise ValueError(f"{count} is no number of runs")
    return count


def _list(options: argparse.Namespace) -> int:
    limit, verdict = getattr(options, "limit", None), getattr(options, "verdict", None)
    runs = runs_of(options)
    with progress("reading the runs"):
        rows = runs.rows()
        fitting = rows if verdict is None else [r for r in rows if verdict == (r["verdict"] or "damaged")]
        shown = fitting[:limit]
    sys.stdout.write(LIST_FORMATS[getattr(options, "format", None) or "text"](shown, runs.baseline()))
    if not rows:
        print("no run is stored yet; `export --snapshot` and `watch` store them", file=sys.stderr)
    return OK


def _show(options: argparse.Namespace) -> int:
    state = state_of(options.run, options)
    sys.stdout.write(state_to_json(state).decode() if options.format == "json" else run_as_text(state))
    return OK


def _delete(options: argparse.Namespace) -> int:
    if bool(options.runs) == (options.keep is not None):
        raise UsageError("name the runs to remove, or say how many to --keep")
    runs = runs_of(options)
    if options.runs:
        removed = [typed_run(typed) for typed in options.runs]
        runs.delete(removed, force=options.force)
    else:
        current = Store(runs_folder(options), make=False).read_state()
        removed = runs.prune(options.keep, spared=(current.meta.run_id,) if current else ())
    print("\n".join(f"removed {run_id}" for run_id in removed) or "nothing to remove")
    return OK


def _baseline(options: argparse.Namespace) -> int:
    runs = runs_of(options)
    if options.clear and options.run:
        raise UsageError("--clear and a run id contradict each other")
    if options.clear:
        runs.unpin()
    elif options.run:
        runs.pin(typed_run(options.run))
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


def asked_for(stream: str | None, epochs: int | None, tags: Sequence[str]) -> Asked:
    """What was typed, checked; `tags` are `SERIES=TAG`. Raises UsageError for what cannot be meant."""
    if stream is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", stream):
        raise UsageError(f"--stream {stream!r}: an id is made of letters, digits, `-` and `_`")
    if epochs is not None and epochs < 1:
        raise UsageError(f"--epochs {epochs} is no number of epochs")
    pairs = [text.partition("=") for text in tags]
    wrong = next((text for text, (series, _, tag) in zip(tags, pairs, strict=True) if not series or not tag), None)
    if wrong is not None:
        raise UsageError(f"--tag {wrong}: write SERIES=TAG, such as val_loss=Loss/dev")
    return Asked(stream or "model", epochs, {series: tag for series, _, tag in pairs})
