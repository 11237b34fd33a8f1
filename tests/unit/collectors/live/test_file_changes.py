"""What tells that a workspace changed, also where the system cannot tell, or another folder has taken its place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.server import ROOT, clean_environment
from support.waiting import wait_for
from support.workspaces import write

from collectors.contract.state import DashboardState, state_from_json
from collectors.live.file_changes import Changes, tells_nobody

LOSSES = "patchtst_loss_history.csv"
PATIENCE_SECONDS = 20.0
"""Ten times what is promised."""


@pytest.mark.parametrize("kind", ["fuse", "fuse.sshfs", "fuseblk", "FUSE.gcsfuse", "nfs4", "cifs", "lustre"])
def test_a_file_system_that_others_write_to_is_polled(kind: str) -> None:
    assert tells_nobody(kind)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "overlay", "tmpfs", "btrfs", ""])
def test_a_file_system_of_this_machine_tells_by_itself(kind: str) -> None:
    assert not tells_nobody(kind)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, Changes, list[str]]]:
    """A folder behind a link, what watches it by that link, and what that has said."""
    (tmp_path / "first").mkdir()
    root = tmp_path / "workspace"
    root.symlink_to("first")
    said: list[str] = []
    changes = Changes(root, tmp_path / "state", said.append)
    assert not changes.wait(0.1)
    yield root, changes, said
    changes.stop()


def is_noticed(changes: Changes) -> bool:
    """Whether a change is noticed at all; once it was, the rest of the same is let pass."""
    found = changes.wait(PATIENCE_SECONDS)
    while changes.wait(1.0):
        pass
    return found


def test_another_folder_behind_the_link_is_a_change_and_is_watched(watched: tuple[Path, Changes, list[str]]) -> None:
    root, changes, said = watched
    (root.parent / "second").mkdir()
    fresh = root.parent / "fresh"
    fresh.symlink_to("second")
    fresh.replace(root)

    assert is_noticed(changes)
    write(root / LOSSES, "epoch,train_loss\n1,2.0\n")
    assert is_noticed(changes)
    assert said == []


def test_a_folder_that_is_gone_for_a_while_is_watched_again(watched: tuple[Path, Changes, list[str]]) -> None:
    """Moved away, and made anew with the same name."""
    root, changes, said = watched
    (root.parent / "first").rename(root.parent / "away")
    assert changes.wait(PATIENCE_SECONDS)
    assert changes.wait(0.1), "nobody can tell what happens where nothing is"

    (root.parent / "first").mkdir()
    assert is_noticed(changes)
    write(root / LOSSES, "epoch,train_loss\n1,2.0\n")
    assert is_noticed(changes)
    assert said == []


def state_in(folder: Path) -> DashboardState | None:
    path = folder / "dashboard-state.json"
    return state_from_json(path.read_bytes()) if path.exists() else None


@pytest.mark.parametrize("limit", ["max_inotify_watches", "max_inotify_instances"])
def test_without_notifications_polling_takes_over_and_says_which_limit_to_raise(tmp_path: Path, limit: str) -> None:
    """In a user namespace with a limit of its own; folders that come later use the last watches up."""
    root, folder = tmp_path / "ws", tmp_path / "state"
    root.mkdir()
    few = {"max_inotify_watches": 3, "max_inotify_instances": 0}[limit]
    watch = (
        f"echo {few} > /proc/sys/user/{limit} && exec {sys.executable} -m collectors watch {root} --state-dir {folder}"
    )
    process = subprocess.Popen(
        ["unshare", "--user", "--map-root-user", "sh", "-c", watch], cwd=ROOT, env=clean_environment()
    )
    try:
        wait_for(lambda: state_in(folder) is not None, "the first state", 60)
        for number in range(5):
            (root / f"run{number}").mkdir()

        def notices() -> str:
            state = state_in(folder)
            return " ".join(state.notices) if state else ""

        wait_for(lambda: f"fs.inotify.{limit.replace('inotify', 'user')}" in notices(), "the notice", PATIENCE_SECONDS)
        write(root / "run4" / LOSSES, "epoch,train_loss\n1,2.0\n")
        wait_for(lambda: LOSSES in str(state_in(folder)), "the new file", PATIENCE_SECONDS)
    finally:
        process.terminate()
        assert process.wait(60) in (0, 143, -15)
