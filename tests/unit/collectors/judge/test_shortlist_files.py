"""Thousands of files of one kind: the state lists the newest, counts the rest, and judges them all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.long_runs import collect
from support.workspaces import event_bytes, good_streams, write, write_good

from collectors.compare.artifacts import GROUPS
from collectors.compare.compare import compare
from collectors.contract.artifacts import Artifact
from collectors.contract.state import DashboardState
from collectors.judge.shortlist import MOST_LISTED

MANY = MOST_LISTED + 20
STREAMS = good_streams()
OWN_STAGE = b"""
  - {id: raw, label: Raw data, status_from: files, files: "raw/*.csv"}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a finished training."""
    write_good(tmp_path / "ws", STREAMS[0].start)
    return tmp_path / "ws"


def state_of(root: Path) -> DashboardState:
    return collect(root, root.parent / "state")


def write_reports(root: Path, decision: Callable[[int], str]) -> None:
    """One data-quality report each of `MANY` inputs, a second apart; the default's own two are older."""
    for number in range(MANY):
        report = {"file_id": f"{number}.csv", "decision": decision(number), "hard_fails": []}
        write(root / f"artifacts/dqvl/fdc/{number:04}.json", json.dumps(report), 2e9 + number)


def names(files: tuple[Artifact, ...]) -> list[str]:
    return [file.path.rpartition("/")[2] for file in files]


def test_the_newest_reports_are_listed_and_the_rest_is_counted(root: Path) -> None:
    write_reports(root, lambda _: "keep")

    state = state_of(root)

    listed = names(state.artifacts.documents)[1:]  # the split policy stands first
    assert listed == [f"{number:04}.json" for number in reversed(range(MANY - MOST_LISTED, MANY))]
    assert state.artifacts.not_listed == {"documents": MANY + 2 - MOST_LISTED}
    assert state.nodes["dqvl"].artifacts == tuple(a.path for a in state.artifacts.documents[1:])


def test_every_report_is_judged_whether_it_is_listed_or_not(root: Path) -> None:
    """What is wrong is listed, however old it is."""
    write_reports(root, lambda number: "drop" if number == 3 else "keep")

    state = state_of(root)

    assert state.nodes["dqvl"].message == f"{MANY + 1} of {MANY + 2} inputs kept"
    assert names(state.artifacts.documents)[-1] == "0003.json"
    assert len(state.artifacts.documents) == 1 + MOST_LISTED


def test_the_newest_archives_are_listed_and_the_first_is_the_newest(root: Path) -> None:
    newest = root / "artifacts/bundles/run_bundle.zip"
    for number in range(MANY):
        write(newest.with_name(f"old_{number:03}.zip"), b"PK", 1e9 + number)

    files = state_of(root).artifacts

    assert names(files.backup)[:2] == ["run_bundle.zip", f"old_{MANY - 1:03}.zip"]
    assert len(files.backup) == MOST_LISTED
    assert files.not_listed == {"backup": MANY + 1 - MOST_LISTED}


def test_each_stream_keeps_its_newest_event_files(root: Path) -> None:
    """The run that counts is among them; what cannot be read is listed beside it."""
    for number in range(MANY):
        older = replace(STREAMS[0], start=STREAMS[0].start - 1000 * (number + 1))
        write(root / f"runs/patchtst_ssl/{number:03}/events.out.tfevents.{int(older.start)}.h.1.0", event_bytes(older))
    gone = root / "runs/patchtst_ssl/events.out.tfevents.9.h.1.0"
    gone.symlink_to("/etc/hostname")

    state = state_of(root)

    logs = [a for a in state.artifacts.logs if a.stream == "patchtst"]
    assert len(logs) == MOST_LISTED // 2
    assert [a.belongs_to_run for a in logs[-2:]] == [True, None]
    assert logs[-1].path.endswith(gone.name)
    assert len([a for a in state.artifacts.logs if a.stream == "swinmae"]) == 1
    assert state.artifacts.not_listed == {"logs": MANY + 2 - MOST_LISTED // 2}


def test_a_stage_of_its_own_files_lists_the_newest_of_them(root: Path) -> None:
    shipped = Path(__file__).parents[3] / "support/drawn_pipeline.yaml"
    before, stages, after = shipped.read_bytes().partition(b"\nstages:\n")
    write(root / "dashboard.yaml", before + stages + OWN_STAGE.lstrip(b"\n") + after)
    for number in range(MANY):
        write(root / f"raw/{number:03}.csv", b"1", 1e9 + number)

    state = state_of(root)

    assert state.nodes["raw"].message == f"{MANY} files"
    assert state.nodes["raw"].artifacts == tuple(f"raw/{n:03}.csv" for n in range(MANY - MOST_LISTED, MANY))
    assert state.artifacts.not_listed == {"stage_files": MANY - MOST_LISTED}


def test_a_usual_workspace_lists_everything(root: Path) -> None:
    state = state_of(root)

    assert state.artifacts.not_listed == {}
    assert sum(len(getattr(state.artifacts, group)) for group in GROUPS) == 15


def test_files_that_left_the_list_are_not_told_as_lost(root: Path) -> None:
    """One more report pushes another one off the list; both are still there."""
    write_reports(root, lambda _: "keep")
    before = state_of(root)
    shutil.rmtree(root.parent / "state")
    write(root / "artifacts/dqvl/fdc/new.json", json.dumps({"file_id": "new", "decision": "keep"}), 2e9 + MANY)

    changes = [c for c in compare(state_of(root), before).artifacts if c.group == "documents"]

    assert all(c.run and c.baseline and c.run.path == c.baseline.path for c in changes)
    assert not [c for c in changes if c.differs]
    assert len(changes) == MOST_LISTED


def test_an_older_state_without_the_count_reads_as_complete(root: Path) -> None:
    raw: dict[str, Any] = json.loads(state_of(root).model_dump_json())
    del raw["artifacts"]["not_listed"], raw["pipeline"]["link_template"]

    assert DashboardState.model_validate(raw) == state_of(root)
