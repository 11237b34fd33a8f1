"""One walk gives the names near the top, bounded, and follows nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.workspaces import write

from collectors.files import tree as bounds
from collectors.files.tree import Tree
from collectors.files.workspace import Workspace


def tree_of(root: Path) -> Tree:
    with Workspace(root) as workspace:
        return workspace.tree()


def test_names_come_nearest_first_and_sorted(tmp_path: Path) -> None:
    for path in ("b/x.csv", "a/deep/y.csv", "z.csv", "a/w.csv"):
        write(tmp_path / path, "")

    found = tree_of(tmp_path)

    assert found == Tree(("z.csv", "a/w.csv", "b/x.csv", "a/deep/y.csv"))


def test_hidden_names_and_folders_of_programs_are_left_out(tmp_path: Path) -> None:
    for path in (".git/config", ".env", "__pycache__/a.pyc", "node_modules/a/b.js", "log.csv"):
        write(tmp_path / path, "")

    assert tree_of(tmp_path) == Tree(("log.csv",))


def test_a_link_is_a_name_and_never_followed(tmp_path: Path) -> None:
    write(tmp_path / "ws/log.csv", "")
    write(tmp_path / "secret/key.csv", "")
    (tmp_path / "ws/out").symlink_to(tmp_path / "secret")
    (tmp_path / "ws/circle").symlink_to(tmp_path / "ws")

    assert tree_of(tmp_path / "ws") == Tree(("circle", "log.csv", "out"))


def test_a_folder_of_data_does_not_hide_what_lies_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_IN_ONE", 5)
    for n in range(20):
        write(tmp_path / f"data/{n}.png", "")
    write(tmp_path / "out/log.csv", "")

    found = tree_of(tmp_path)

    assert ("out/log.csv" in found.files, len(found.files), found.is_whole) == (True, 6, False)


@pytest.mark.parametrize(("bound", "most"), [("MOST_NAMES", 3), ("MOST_FOLDERS", 3), ("DEEPEST", 2)])
def test_a_part_says_that_it_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int) -> None:
    for n in range(6):
        write(tmp_path / "a/" / "/".join("b" * n) / "x.csv", "")
    assert tree_of(tmp_path).is_whole
    monkeypatch.setattr(bounds, bound, most)

    assert not tree_of(tmp_path).is_whole
