"""A broken workspace and its steps -> what they bring about once they are done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from step_rows import Row
from support.breakages import Broken
from support.server import clean_environment
from support.workspaces import write_good

from collectors.collect import CollectOptions, Collector
from collectors.contract.state import DashboardState
from collectors.readers.child.process import ReaderProcess
from collectors.store.store import Store


def collect(root: Path, child: ReaderProcess, state_dir: Path | None = None) -> DashboardState:
    """Observe once; one child for all, as starting one takes a second."""
    store = Store(state_dir) if state_dir else None
    with Collector(root, store, CollectOptions(announce=lambda _: None)) as collector:
        collector._cache._child = collector._cache.event_files._child = child
        return collector.collect()


def do(command: str, root: Path, **environment: str) -> None:
    """What a person does who copies it into a shell."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    subprocess.run(["sh", "-c", command], cwd=root, check=True, env=clean_environment(PATH=path, **environment))


def broken(tmp_path: Path) -> Broken:
    root = tmp_path / "ws"
    return Broken(root, *write_good(root))


def passed(state: DashboardState) -> set[str]:
    return {check.id for check in state.checklist if check.passed}


def tried(row: Row, w: Broken, before: DashboardState, child: ReaderProcess) -> None:
    """Do the step that says the row's words, and look again."""
    step = next(one for one in before.steps if row.action in one.action)
    assert step.command == (row.command and row.command.replace("{run}", before.meta.run_id))
    cleared = {*step.clears, *step.needed_for}
    assert (*step.clears, *step.needed_for) == tuple(row.clears.split())
    assert not passed(before) & cleared
    if row.by_hand is not None:
        row.by_hand(w)
    elif step.command is not None:
        do(step.command, w.root)
    after = collect(w.root, child)
    assert cleared <= passed(after)
    assert passed(before) - passed(after) == set(row.then.split()), "a step undid something"
    assert step not in after.steps
    assert not list(w.root.parent.rglob("ran*"))
