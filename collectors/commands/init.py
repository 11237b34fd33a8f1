"""`python -m collectors init [FOLDER] [--write] [--trainer NAME]`: what was understood, as a short dashboard.yaml.

It reads the folder as `validate` would, and prints a description with what was and was not understood as comments;
`--write` stores it in the folder, never over one that is there. Exit code 0; 2 for an unknown trainer, or where nothing
was recognised and nothing was named.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from collectors.collect import CollectOptions, Collector, say
from collectors.commands.exit_codes import READY, USAGE
from collectors.commands.shared_options import ALLOW_ROOT
from collectors.commands.terminal import progress
from collectors.contract.state import DashboardState
from collectors.files.workspace import Workspace
from collectors.observe.described import CONFIG_NAME, Described, by_name, by_trainer
from collectors.options import Commands, Option, Parser, UsageError, finish
from collectors.presentation.understood import as_description
from collectors.store.atomic import create_file
from collectors.store.backend import StoreProblem
from collectors.trainers.folder import Folder
from collectors.trainers.modules import TRAINERS, trainer


def add_init(commands: Commands[Parser]) -> None:
    """Add `init [WORKSPACE]`."""
    parser = commands.add_parser("init", help="describe a folder as a short dashboard.yaml", allow_abbrev=False)
    parser.add_argument(
        "workspace", nargs="?", type=Path, default=Path(), metavar="FOLDER", help="default: this folder"
    )
    options = (
        Option(
            "--write", action="store_true", has_variable=False, help=f"store it as {CONFIG_NAME}, where there is none"
        ),
        Option("--trainer", has_variable=False, metavar="NAME", help=", ".join(one.id for one in TRAINERS)),
        ALLOW_ROOT,
    )
    finish(parser, options, _init)


def _init(options: argparse.Namespace) -> int:
    with Workspace(options.workspace, tuple(options.allow_root)) as workspace:
        described = _described(Folder(workspace), options.trainer)
    if described.trainer is None:
        sys.stdout.write(f"{described.words}\n")
        return USAGE
    text = as_description(described.trainer, described.recognised, described.also, _state(described, options))
    sys.stdout.write(text)
    if options.write:
        _write(options.workspace / CONFIG_NAME, text)
    return READY


def _described(folder: Folder, name: str | None) -> Described:
    if name is None:
        return by_trainer(folder)
    if trainer(name) is None:
        raise UsageError(f"--trainer {name}: known are {', '.join(one.id for one in TRAINERS)}")
    return by_name(folder, name)


def _state(described: Described, options: argparse.Namespace) -> DashboardState:
    asked = CollectOptions(pipeline=described.config, allow_roots=tuple(options.allow_root))
    with Collector(options.workspace, None, asked) as collector, progress("reading the workspace"):
        return collector.collect()


def _write(path: Path, text: str) -> None:
    try:
        create_file(path, text.encode())
    except StoreProblem as problem:
        raise UsageError(str(problem)) from None
    say(f"stored as {path}")
