"""`python -m collectors compare RUN [BASELINE]` -> the delta on stdout; exit 0 without a regression, 1 with one,
4 where it cannot be judged. An unknown run is a usage error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from collectors.commands.from_options import CURRENT, runs_of, state_of
from collectors.commands.runs import NOT_JUDGED, OK, REGRESSED
from collectors.commands.shared_options import PLACE
from collectors.compare.compare import compare
from collectors.compare.regression import windowed
from collectors.contract.policy import Policy
from collectors.contract.values import Regression
from collectors.files.workspace import Workspace
from collectors.observe.described import CONFIG_NAME, load_config
from collectors.options import Commands, Option, Parser, UsageError, finish
from collectors.presentation.comparison import delta_as_json, delta_as_markdown, delta_as_text
from collectors.store.runs import RunStore

DELTA_FORMATS = {"text": delta_as_text, "json": delta_as_json, "markdown": delta_as_markdown}


def add_compare(commands: Commands[Parser]) -> None:
    """Add `compare RUN [BASELINE]`."""
    parser = commands.add_parser("compare", help="compare a run with a baseline", allow_abbrev=False)
    parser.add_argument("run", metavar="RUN", help=f"a run id, or `{CURRENT}`")
    parser.add_argument("baseline", metavar="BASELINE", nargs="?", help="a run id; default: the pinned baseline")
    options = (
        *PLACE,
        Option("--config", type=Path, metavar="FILE", help="take the policy from this dashboard.yaml"),
        Option("--format", choices=sorted(DELTA_FORMATS), default="text", help="text, json or markdown"),
    )
    finish(parser, options, _compare)


def _compare(options: argparse.Namespace) -> int:
    runs = runs_of(options)
    pinned = options.baseline or runs.baseline()
    if pinned is None:
        raise UsageError("name a baseline, or pin one with `runs baseline RUN_ID`")
    policy = _policy(options, runs)
    run, baseline = (state_of(typed, options) for typed in (options.run, pinned))
    if windowed(policy):
        run, baseline = runs.whole(run), runs.whole(baseline)
    delta = compare(run, baseline, policy)
    sys.stdout.write(DELTA_FORMATS[options.format](delta))
    return {Regression.NONE: OK, Regression.REGRESSION: REGRESSED}.get(delta.regression.value, NOT_JUDGED)


def _policy(options: argparse.Namespace, runs: RunStore) -> Policy:
    """The policy of a named configuration, of the workspace that is meant, or the stored one."""
    workspace = options.workspace or (None if options.state_dir else Path())
    if options.config is None and (workspace is None or not (workspace / CONFIG_NAME).is_file()):
        return runs.policy()
    with Workspace(workspace or Path()) as opened:
        return load_config(opened, options.config).baseline
