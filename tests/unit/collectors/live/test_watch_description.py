"""A `dashboard.yaml` that changes while it is watched is read again, or its error is said and the old one stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.waiting import wait_for
from support.workspaces import write, write_good

from collectors.collect import CollectOptions
from collectors.contract.state import DashboardState
from collectors.live.watch import Watcher
from collectors.observe.load_pipeline import default_config_bytes
from collectors.store.store import Store

OFF = b"\nchecks: {backup: {enabled: false, reason: kept elsewhere}}\n"
WRONG = b"\nchekcs: {}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_good(tmp_path / "ws")
    write(tmp_path / "ws/dashboard.yaml", default_config_bytes())
    return tmp_path / "ws"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def watcher(root: Path, tmp_path: Path, said: list[str]) -> Iterator[Watcher]:
    made = Watcher(root, tmp_path / "state", CollectOptions(), announce=said.append)
    yield made
    made.close()


def looked(watcher: Watcher) -> DashboardState:
    state = watcher.collect_once()
    assert state is not None
    return state


def checks(state: DashboardState) -> list[str]:
    return [check.id for check in state.checklist]


def test_a_change_is_read_with_a_notice(watcher: Watcher, root: Path, said: list[str]) -> None:
    before = looked(watcher)
    assert "backup" in checks(before)

    write(root / "dashboard.yaml", default_config_bytes() + OFF)
    after = looked(watcher)

    assert "backup" not in checks(after)
    (notice,) = after.notices
    assert notice.startswith("dashboard.yaml changed; the pipeline's description was read again 20")
    assert said == [notice]
    assert looked(watcher) is after


def test_a_mistake_is_a_notice_and_the_description_before_it_stays(
    watcher: Watcher, root: Path, said: list[str]
) -> None:
    write(root / "dashboard.yaml", default_config_bytes() + OFF)
    before = looked(watcher)

    write(root / "dashboard.yaml", default_config_bytes() + WRONG)
    wrong = looked(watcher)

    assert checks(wrong) == checks(before)
    (notice,) = wrong.notices
    assert " and cannot be used; the one before it stays: dashboard.yaml, line " in notice
    assert notice.endswith("unknown key `chekcs`; did you mean `checks`?")
    assert looked(watcher) is wrong
    assert len(said) == 2

    write(root / "dashboard.yaml", default_config_bytes())
    mended = looked(watcher)

    assert "backup" in checks(mended)
    assert mended.notices[0].startswith("dashboard.yaml changed; the pipeline's description was read again ")


def test_one_that_is_removed_leaves_the_built_in_description(watcher: Watcher, root: Path) -> None:
    write(root / "dashboard.yaml", default_config_bytes() + OFF)
    looked(watcher)

    (root / "dashboard.yaml").unlink()
    state = looked(watcher)

    assert "backup" in checks(state)
    assert state.notices[0].startswith("dashboard.yaml was removed; ")


def test_one_that_is_named_elsewhere_is_watched_too(root: Path, tmp_path: Path) -> None:
    named = write(tmp_path / "own.yaml", default_config_bytes())
    watcher = Watcher(root, tmp_path / "state", CollectOptions(config_file=named), announce=lambda _: None)
    looked(watcher)

    write(named, default_config_bytes() + OFF)

    assert "backup" not in checks(looked(watcher))
    watcher.close()


def test_a_watcher_that_runs_notices_it_by_itself(watcher: Watcher, root: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=watcher.run, args=(stop, 0.1))
    thread.start()
    store = Store(tmp_path / "state")
    wait_for(lambda: store.read_state() is not None, "the first state")

    write(root / "dashboard.yaml", default_config_bytes() + OFF)
    wait_for(lambda: (s := store.read_state()) is not None and "backup" not in checks(s), "the new description")

    stop.set()
    thread.join(20)
    assert not thread.is_alive()
