"""When our own program breaks: an exit code that is not *not ready*, and no sign of life from the dead."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from support.workspaces import write_good

from collectors.__main__ import main
from collectors.collect import CollectOptions, Collector
from collectors.contract.state import DashboardState
from collectors.live.watch import Watcher
from collectors.store.folder import HEARTBEAT_FILE
from collectors.store.store import Store


def break_down(*_: object, **__: object) -> DashboardState:
    raise RuntimeError("a mistake of ours, in /some/folder")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    write_good(tmp_path / "ws")
    return tmp_path / "ws"


def test_a_mistake_of_ours_is_exit_3_and_one_line(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python's own exit code for it is 1, which would mean *not ready*."""
    monkeypatch.setattr(Collector, "collect", break_down)

    code = main(["validate", str(workspace), "--state-dir", str(tmp_path / "state")])

    told = capsys.readouterr()
    assert (code, told.out) == (3, "")
    assert told.err.startswith("error: internal: RuntimeError in test_collect_broken.py, line ")
    assert len(told.err.splitlines()) == 1
    assert "/some/folder" not in told.err


def test_a_collector_that_broke_gives_no_sign_of_life_any_more(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page must not look observed because a thread beside the dead one still beats."""
    watcher = Watcher(workspace, tmp_path / "state", CollectOptions(), announce=lambda _: None)
    monkeypatch.setattr(watcher.collector, "export", break_down)

    with pytest.raises(RuntimeError):
        watcher.run(threading.Event(), interval_seconds=0.01)
    last = (tmp_path / "state" / HEARTBEAT_FILE).read_bytes()

    assert [t.name for t in threading.enumerate() if t.name == "heartbeat"] == []
    assert (tmp_path / "state" / HEARTBEAT_FILE).read_bytes() == last
    assert json.loads(last)["pid"]
    with Store(tmp_path / "state").collecting():
        pass
