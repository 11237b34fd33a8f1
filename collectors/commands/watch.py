"""`python -m collectors watch`: the state written whenever something changed, until stopped.

Exit code 0; 3 where the last state could not be saved.
"""

from __future__ import annotations

import argparse
import threading
from signal import SIGINT, SIGTERM, signal

from collectors.collect import say
from collectors.commands.exit_codes import BROKEN, READY
from collectors.commands.from_options import FAREWELL_SECONDS, collect_options, notifier_of, state_dir_of
from collectors.commands.shared_options import COLLECTING, KEEP, NOTIFYING
from collectors.live.watch import Watcher
from collectors.options import Commands, Parser, finish


def add_watch(commands: Commands[Parser]) -> None:
    """Add `watch [WORKSPACE]`."""
    parser = commands.add_parser("watch", help="write it whenever something changed", allow_abbrev=False)
    finish(parser, [*COLLECTING, KEEP, *NOTIFYING], _watch)


def _watch(options: argparse.Namespace) -> int:
    asked = collect_options(options)
    state_dir = state_dir_of(options)
    notifier = notifier_of(options)
    watcher = Watcher(options.workspace, state_dir, asked, look_at=notifier.look_at)
    stop = threading.Event()
    for number in (SIGTERM, SIGINT):
        signal(number, lambda *_: stop.set())
    say(f"watching {watcher.collector.workspace.name}, state in {state_dir}")
    watcher.run(stop)
    notifier.finish(FAREWELL_SECONDS)
    return BROKEN if watcher.problem else READY
