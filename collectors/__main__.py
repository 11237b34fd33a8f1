"""`python -m collectors`: validate, export, watch, runs, compare, schema. Arguments -> exit code.

Exit codes: 0 ready; 1 not ready; 2 usage or configuration error; 3 internal or write error; 4
incomplete or still training.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shlex
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from signal import SIGINT, SIGTERM, signal

import collectors
from collectors.changes import Changes
from collectors.checklist import is_ready_but_for_skips
from collectors.collect import CollectOptions, Collector
from collectors.command_line import VARIABLE_PREFIX, Parser, UsageError, read_environment
from collectors.config_load import ConfigProblem
from collectors.file_words import describe_error
from collectors.files import WorkspaceProblem
from collectors.notify import Notifier, checked_address
from collectors.report import as_json, as_junit, as_markdown, as_text, plain
from collectors.run_commands import add_compare, add_runs
from collectors.state import DashboardState, VerdictValue, json_schema, normalised_run_id
from collectors.store import Store, StoreProblem, default_state_dir, write_report
from collectors.terminal import forgive_characters, hush_output, paint_for, progress
from collectors.waiting import wait_until_ended
from collectors.watch import Watcher

READY, NOT_READY, USAGE, BROKEN, INCOMPLETE = range(5)
EXPORT_SECONDS = 10.0
"""How long an export waits for another one."""
FORMATS: Mapping[str, Callable[[DashboardState], str]] = {
    "text": as_text,
    "json": as_json,
    "junit": as_junit,
    "markdown": as_markdown,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
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
    if isinstance(problem, BrokenPipeError):  # the reader of a pipe went away; there is nobody left to tell
        hush_output()
        return BROKEN
    if isinstance(problem, (UsageError, ConfigProblem, WorkspaceProblem)):
        print(f"error: {problem}", file=sys.stderr)
        return USAGE
    if isinstance(problem, StoreProblem):
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
    for add in (_add_validate, _add_export, _add_watch, add_runs, add_compare, _add_schema):
        add(commands)
    return parser.parse_args(list(argv))


Commands = argparse._SubParsersAction  # the type that add_subparsers returns has no public name


def _add_validate(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("validate", help="print the checklist", allow_abbrev=False)
    more = parser.add_argument
    options = [
        *_collecting_options(parser),
        more("--allow-skips", action="store_true", help="skipped 6 and 9 count as not needed"),
        more("--format", choices=sorted(FORMATS), default="text", help="text, json, junit or markdown"),
        more("--output", type=Path, metavar="FILE", help="write it there instead of printing it"),
        more("--wait", type=float, nargs="?", const=math.inf, metavar="S",
             help="first wait until training has ended, at most S seconds"),
    ]  # fmt: skip
    _finish(parser, options, _validate)
    _add_notify(parser)


def _add_export(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("export", help="write dashboard-state.json once", allow_abbrev=False)
    more = parser.add_argument
    options = [
        *_collecting_options(parser),
        more("--run-id", metavar="ID", help="call the run this instead of by its start"),
        more("--snapshot", action="store_true", help="also write runs/<run_id>.json"),
        more("--allow-skips", action="store_true", help="skipped 6 and 9 count as not needed"),
    ]
    _finish(parser, options, _export)


def _add_watch(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("watch", help="write it whenever something changed", allow_abbrev=False)
    keep = parser.add_argument("--keep", type=int, metavar="N", help="remove all but the newest N runs as new ones end")
    _finish(parser, [*_collecting_options(parser), keep], _watch)
    _add_notify(parser)


def _add_notify(parser: Parser) -> None:
    """On the command line only: an address may hold a secret that no environment should carry."""
    parser.add_argument("--notify", metavar="URL", help="https webhook told once how each run ended")
    parser.add_argument("--notify-command", metavar="ARGV", help="command given the same JSON on standard input")


def _add_schema(commands: Commands[Parser]) -> None:
    parser = commands.add_parser("schema", help="print the JSON Schema of the state", allow_abbrev=False)
    parser.set_defaults(command=_schema)


def _collecting_options(parser: Parser) -> list[argparse.Action]:
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


def _finish(parser: Parser, options: list[argparse.Action], command: Callable[[argparse.Namespace], int]) -> None:
    parser.set_defaults(command=command, **read_environment(options, os.environ))


def _collect_options(options: argparse.Namespace) -> CollectOptions:
    limit = options.smoke_timeout
    if limit is not None and not 0 < limit < float("inf"):
        raise UsageError(f"--smoke-timeout {limit:g} is no time; write seconds greater than 0")
    return CollectOptions(
        config_file=options.config,
        allow_roots=tuple(options.allow_root),
        run_smoke=options.run_smoke,
        run_validator=options.run_validator,
        smoke_python=options.smoke_python,
        smoke_timeout_seconds=limit,
        run_id=_run_id(getattr(options, "run_id", None)),
        keep_runs=_keep(getattr(options, "keep", None)),
    )


def _keep(count: int | None) -> int | None:
    if count is not None and count < 1:
        raise UsageError(f"--keep {count} keeps nothing; write 1 or more")
    return count


def _run_id(typed: str | None) -> str | None:
    if typed is None:
        return None
    try:
        run_id = normalised_run_id(typed)
    except ValueError as problem:
        raise UsageError(f"--run-id: {problem}") from None
    if run_id != typed:
        print(f"run id: {run_id}", file=sys.stderr)
    return run_id


def _state_dir(options: argparse.Namespace) -> Path:
    named: Path | None = options.state_dir
    return named if named is not None else default_state_dir(options.workspace)


def _validate(options: argparse.Namespace) -> int:
    """Print the checklist. Stores nothing but the result of a smoke run."""
    collect_options = _collect_options(options)
    store = _store_for_validate(options)
    notifier = _notifier(options)
    with Collector(options.workspace, store, collect_options) as collector:
        state = _first_or_last(collector, options)
    notifier.look_at(state)
    notifier.finish()
    if options.output is not None:
        write_report(options.output, FORMATS[options.format](state))
    elif options.format == "text":
        sys.stdout.write(as_text(state, paint_for(sys.stdout) or plain))
    else:
        sys.stdout.write(FORMATS[options.format](state))
    return exit_code(state, allow_skips=options.allow_skips)


def _first_or_last(collector: Collector, options: argparse.Namespace) -> DashboardState:
    """The state as it is, or with `--wait` the one in which training has ended."""
    if options.wait is None:
        with progress("reading the workspace"):
            return collector.collect()
    if not options.wait > 0:
        raise UsageError(f"--wait {options.wait:g} is no time; write seconds greater than 0")
    changes = Changes(options.workspace, _state_dir(options), _say)
    try:
        return wait_until_ended(collector, changes, _say, options.wait)
    finally:
        changes.stop()


def _notifier(options: argparse.Namespace) -> Notifier:
    try:
        address = checked_address(options.notify) if options.notify else None
        return Notifier(_say, address, shlex.split(options.notify_command or ""))
    except ValueError as problem:
        raise UsageError(str(problem)) from None


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _store_for_validate(options: argparse.Namespace) -> Store | None:
    """Remembered smoke results are read where a state directory is; only a smoke run makes one."""
    folder = _state_dir(options)
    if options.run_smoke:
        return Store(folder)
    return Store(folder, make=False) if folder.is_dir() else None


def exit_code(state: DashboardState, *, allow_skips: bool = False) -> int:
    """The exit code of a verdict."""
    if allow_skips and is_ready_but_for_skips(state.checklist, state.verdict):
        return READY
    codes = {VerdictValue.READY: READY, VerdictValue.NOT_READY: NOT_READY}
    return codes.get(state.verdict.value, INCOMPLETE)


def _export(options: argparse.Namespace) -> int:
    """Write the state once; only a snapshot where another collector keeps the state."""
    collect_options = _collect_options(options)
    store = Store(_state_dir(options))
    with ExitStack() as held:
        kept_by = store.keeper(held, EXPORT_SECONDS)
        if kept_by is not None and not options.snapshot:
            raise kept_by
        with Collector(options.workspace, store, collect_options) as collector, progress("reading the workspace"):
            state = collector.export(snapshot=options.snapshot, keep=kept_by is None)
    if kept_by is not None:
        print(f"only the snapshot was written: {kept_by}", file=sys.stderr)
    print(f"{state.meta.run_id}: {state.verdict.value}, written to {store.state_dir}")
    return exit_code(state, allow_skips=options.allow_skips)


def _watch(options: argparse.Namespace) -> int:
    """Write the state whenever something changed, until stopped."""
    collect_options = _collect_options(options)
    state_dir = _state_dir(options)
    notifier = _notifier(options)
    watcher = Watcher(options.workspace, state_dir, collect_options, look_at=notifier.look_at)
    stop = threading.Event()
    for number in (SIGTERM, SIGINT):
        signal(number, lambda *_: stop.set())
    print(f"watching {watcher.collector.workspace.name}, state in {state_dir}", file=sys.stderr, flush=True)
    watcher.run(stop)
    notifier.finish(5.0)
    return BROKEN if watcher.problem else READY


def _schema(_options: argparse.Namespace) -> int:
    """Print the JSON Schema."""
    print(json.dumps(json_schema(), indent=2))
    return READY


if __name__ == "__main__":
    raise SystemExit(main())
