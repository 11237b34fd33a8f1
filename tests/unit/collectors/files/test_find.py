"""Patterns find what a person means by them, quickly, and never outside the workspace."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.nobody import as_nobody, open_to_all

from collectors.files import find
from collectors.files.workspace import Workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    for path in (
        "checkpoints/a.pt",
        "checkpoints/b.pt",
        "checkpoints/notes.txt",
        "checkpoints/.hidden.pt",
        "runs/swin/events.1",
        "runs/swin/sub/events.2",
        "runs/patch/events.3",
        ".git/objects/x.pt",
        "top.yaml",
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    return root


PATTERNS: list[tuple[list[str], list[str]]] = [
    (["checkpoints/*.pt"], ["checkpoints/a.pt", "checkpoints/b.pt"]),
    (["checkpoints/?.pt"], ["checkpoints/a.pt", "checkpoints/b.pt"]),
    (["checkpoints/[ac].pt"], ["checkpoints/a.pt"]),
    (["checkpoints/[!a].pt"], ["checkpoints/b.pt"]),
    (["checkpoints/.*.pt"], ["checkpoints/.hidden.pt"]),
    (["checkpoints/a.pt", "checkpoints/*.pt"], ["checkpoints/a.pt", "checkpoints/b.pt"]),
    (["checkpoints/gone.pt"], []),
    (["gone/*.pt"], []),
    (["top.yaml/*"], []),
    (["*"], ["checkpoints", "runs", "top.yaml"]),
    (["*/*.pt"], ["checkpoints/a.pt", "checkpoints/b.pt"]),
    (["**/*.pt"], ["checkpoints/a.pt", "checkpoints/b.pt"]),
    (["**/events.*"], ["runs/patch/events.3", "runs/swin/events.1", "runs/swin/sub/events.2"]),
    (["runs/swin/**/events.*"], ["runs/swin/events.1", "runs/swin/sub/events.2"]),
    (["runs/**/sub/*"], ["runs/swin/sub/events.2"]),
    (["runs/**"], ["runs/patch/events.3", "runs/swin/events.1", "runs/swin/sub/events.2"]),
    (["runs/**/**/**/events.2"], ["runs/swin/sub/events.2"]),
    (["runs/**/events.1", "runs/*/events.*"], ["runs/patch/events.3", "runs/swin/events.1"]),
    (["./runs//swin/./events.1"], ["runs/swin/events.1"]),
    ([".git/**/*.pt"], [".git/objects/x.pt"]),
    ([], []),
    ([""], []),
]


@pytest.mark.parametrize(("patterns", "expected"), PATTERNS, ids="|".join)
def test_a_pattern_finds_sorted_relative_paths(root: Path, patterns: list[str], expected: list[str]) -> None:
    with Workspace(root) as workspace:
        found = workspace.find(patterns)

    assert list(found.paths) == expected
    assert found.problems == ()


@pytest.mark.parametrize(("pattern", "words"), [("/etc/*", "absolute path"), ("../*", "climbs"), ("a\0*", "file name")])
def test_a_pattern_that_leads_out_is_a_problem_and_the_others_still_work(root: Path, pattern: str, words: str) -> None:
    with Workspace(root) as workspace:
        found = workspace.find([pattern, "top.yaml"])

    assert found.paths == ("top.yaml",)
    assert words in found.problems[0].text


def test_every_kind_of_thing_that_matches_is_found_for_facts_to_explain(root: Path) -> None:
    """A checkpoint that is a FIFO, a folder or a bad link must be news, not silence."""
    os.mkfifo(root / "checkpoints/fifo.pt")
    (root / "checkpoints/folder.pt").mkdir()
    (root / "checkpoints/dangling.pt").symlink_to("gone")
    (root / "checkpoints/out.pt").symlink_to("/etc/passwd")

    with Workspace(root) as workspace:
        found = workspace.glob(["checkpoints/*.pt"])
        named = workspace.glob(["checkpoints/out.pt", "checkpoints/dangling.pt"])

    assert [path.split("/")[1] for path in found] == ["a.pt", "b.pt", "dangling.pt", "fifo.pt", "folder.pt", "out.pt"]
    assert named == ["checkpoints/dangling.pt", "checkpoints/out.pt"]


def test_links_to_folders_are_entered_only_inside_and_never_below_any_folders(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.pt").touch()
    (root / "inside").symlink_to("checkpoints")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "circle").symlink_to(".")

    with Workspace(root) as workspace:
        one_down = workspace.find(["*/*.pt"])
        any_depth = workspace.glob(["**/*.pt"])
    with Workspace(root, (tmp_path / "outside",)) as workspace:
        allowed = workspace.glob(["out/*.pt"])

    assert one_down.paths == ("checkpoints/a.pt", "checkpoints/b.pt", "inside/a.pt", "inside/b.pt")
    assert [(str(problem), problem.severity) for problem in one_down.problems] == [
        ("the link `out` leads out of the workspace (out)", "warning")
    ]
    assert any_depth == ["checkpoints/a.pt", "checkpoints/b.pt"]
    assert allowed == ["out/secret.pt"]


def test_a_folder_that_cannot_be_listed_is_reported_and_the_rest_is_found(root: Path) -> None:
    open_to_all(root)
    for folder in ("checkpoints", "runs", "runs/swin", "runs/patch"):
        (root / folder).chmod(0o755)
    (root / "runs/swin").chmod(0o111)

    with Workspace(root) as workspace, as_nobody():
        found = workspace.find(["runs/*/events.*"])

    (root / "runs/swin").chmod(0o755)

    assert found.paths == ("runs/patch/events.3",)
    assert [str(problem) for problem in found.problems] == ["cannot be listed: no permission (runs/swin)"]


def test_ten_thousand_files_are_found_in_a_moment(root: Path) -> None:
    (root / "many").mkdir()
    for number in range(10_000):
        (root / f"many/{number:05}.json").touch()
    started = time.process_time()

    with Workspace(root) as workspace:
        every = workspace.find(["many/*.json"])
        one = workspace.glob(["many/00042.*"])

    assert len(every.paths) == 10_000
    assert every.problems == ()
    assert one == ["many/00042.json"]
    assert time.process_time() - started < 10  # seconds of work: a quarter of one, and room for coverage


def test_a_search_stops_at_its_limit_and_says_so(root: Path) -> None:
    with Workspace(root) as workspace:
        found = workspace.find(["**"], limit=3)

    assert len(found.paths) == 3
    assert "stopped after 3 matches" in found.problems[0].text


def test_a_very_deep_tree_is_searched_to_a_bounded_depth(root: Path) -> None:
    deep = root / "/".join(["d"] * 50)
    deep.mkdir(parents=True)
    (deep / "x.pt").touch()

    with Workspace(root) as workspace:
        found = workspace.find(["d/**/*.pt"])

    assert found.paths == ()
    assert "searched only 32 folders deep" in found.problems[0].text


def test_a_hostile_pattern_takes_no_time(root: Path) -> None:
    (root / ("a" * 200)).touch()
    started = time.process_time()

    with Workspace(root) as workspace:
        found = workspace.glob(["*a" * 100 + "b", "/".join(["**", "*"] * 50), "[" * 200, "**/" * 200 + "x"])

    assert found == []
    assert time.process_time() - started < 1


_NAMES = st.sampled_from(["a", "b", "ab", "*", "?", "a*", "**", "[ab]", "*b"])


@settings(max_examples=150, deadline=None)
@given(parts=st.lists(_NAMES, min_size=1, max_size=4))
def test_patterns_agree_with_pathlib(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    """An independent reader of the same patterns finds the same (a last `**` aside, which means files here)."""
    base = tmp_path_factory.getbasetemp() / "patterns"
    if not base.exists():
        for path in ("a/a/a", "a/b/ab", "b/a/b", "ab/b", "a/ab/a"):
            (base / path).parent.mkdir(parents=True, exist_ok=True)
            (base / path).touch()
    if parts[-1] == "**":
        parts = [*parts, "*"]

    with Workspace(base) as workspace:
        found = workspace.glob(["/".join(parts)])

    assert found == sorted({str(path.relative_to(base)) for path in base.glob("/".join(parts))})


def test_names_are_counted_whether_they_match_or_not(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "MAX_ENTRIES", 3)

    with Workspace(root) as workspace:
        found = workspace.find(["checkpoints/*.none"])
    assert found.problems[0].text == "stopped after 0 matches in 3 names"
