"""Folders are opened for listing without following a link, and paths are walked to their exact bounds."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collectors.files.find import MAX_DEPTH as MAX_SEARCHED
from collectors.files.walk import MAX_DEPTH, MAX_LINKS, PathProblem, Walker, open_folder_at, split
from collectors.files.workspace import CannotRead, OpenFile, Workspace, identity_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "ws"
    (root / "a").mkdir(parents=True)
    (root / "a/x.pt").write_bytes(b"weights")
    return root


@pytest.fixture
def fd(root: Path) -> Iterator[int]:
    opened = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    yield opened
    os.close(opened)


def problem_of(root: Path, path: str) -> CannotRead:
    """Why a path cannot be opened."""
    with Workspace(root) as workspace, pytest.raises(CannotRead) as caught, workspace.open(path):
        pass
    return caught.value


def test_a_folder_is_opened_for_listing(fd: int) -> None:
    listed = open_folder_at(fd, "a")

    with os.scandir(listed) as entries:
        assert [entry.name for entry in entries] == ["x.pt"]
    assert not os.get_inheritable(listed)
    os.close(listed)


def test_what_became_a_link_between_seeing_and_opening_is_not_followed(root: Path, fd: int) -> None:
    """Somebody may swap a folder for a link once its kind was looked at."""
    (root / "link").symlink_to("a")

    with pytest.raises(PathProblem, match="cannot be listed"):
        open_folder_at(fd, "link")


@pytest.mark.parametrize("kind", ["file", "pipe", "nothing"])
def test_what_became_something_else_is_refused_at_once(root: Path, fd: int, kind: str) -> None:
    """A pipe without a writer would hold the collector for ever; so this is asked on the side."""
    (root / "file").touch()
    os.mkfifo(root / "pipe")
    told: list[str] = []

    def ask() -> None:
        try:
            open_folder_at(fd, kind)
        except PathProblem as problem:
            told.append(problem.problem)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(30)

    assert [text.startswith("cannot be listed: ") for text in told] == [True]


@pytest.mark.parametrize(("links", "is_read"), [(MAX_LINKS, True), (MAX_LINKS + 1, False)])
def test_as_many_links_are_followed_as_linux_follows(root: Path, links: int, is_read: bool) -> None:
    for n in range(links):
        (root / f"l{n}").symlink_to("a/x.pt" if n == 0 else f"l{n - 1}")
    last = f"l{links - 1}"

    if is_read:
        with Workspace(root) as workspace:
            assert workspace.read_bytes(last, 100) == b"weights"
    else:
        assert problem_of(root, last).problem == "more than 40 links follow one another: a circle?"


@pytest.mark.parametrize(("folders", "is_read"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False)])
def test_as_many_folders_are_entered_as_is_said(root: Path, folders: int, is_read: bool) -> None:
    deep = root.joinpath(*["d"] * folders)
    deep.mkdir(parents=True)
    (deep / "x").write_bytes(b"deep")
    path = "/".join(["d"] * folders + ["x"])

    if is_read:
        with Workspace(root) as workspace:
            assert workspace.read_bytes(path, 100) == b"deep"
    else:
        assert problem_of(root, path).problem == "lies more than 64 folders deep"


@pytest.mark.parametrize(("folders", "is_found"), [(MAX_SEARCHED, True), (MAX_SEARCHED + 1, False)])
def test_a_search_goes_as_deep_as_it_says(root: Path, folders: int, is_found: bool) -> None:
    deep = root.joinpath(*["d"] * folders)
    deep.mkdir(parents=True)
    (deep / "x.csv").touch()

    with Workspace(root) as workspace:
        listed = workspace.find(["**/*.csv"])
        named = workspace.find(["/".join(["d"] * folders + ["*.csv"])])

    assert [bool(found.paths) for found in (listed, named)] == [is_found] * 2
    assert [bool(found.problems) for found in (listed, named)] == [not is_found] * 2


@pytest.mark.parametrize("path", ["a/x.pt/y", "a/x.pt/y/z", "no", "no/such/folder", "dangling", "dangling/x"])
def test_where_nothing_is_the_path_is_missing(root: Path, path: str) -> None:
    """Also below a file, and behind a link that leads to nothing: a run may not have got there yet."""
    (root / "dangling").symlink_to("gone")

    assert problem_of(root, path).missing


@pytest.mark.parametrize("path", ["out", "circle", "/etc/passwd", "../x", "a"])
def test_what_is_there_and_refused_is_not_missing(root: Path, path: str) -> None:
    (root / "out").symlink_to("/etc/passwd")
    (root / "circle").symlink_to("circle")

    assert not problem_of(root, path).missing


def test_names_written_out_below_a_file_are_no_problem_of_a_search(root: Path) -> None:
    with Workspace(root) as workspace:
        assert workspace.find(["a/x.pt/y", "a/x.pt/y/*"]) == workspace.find(["no/such"])


def test_what_one_pattern_leaves_is_not_taken_by_another(root: Path) -> None:
    """`a/x` and `b/y` say nothing about `a/y` and `b/x`."""
    for path in ("a/x", "a/y", "b/x", "b/y"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).touch()

    with Workspace(root) as workspace:
        assert workspace.glob(["a/x", "b/y"]) == ["a/x", "b/y"]
        assert workspace.glob(["a/x*", "b/y"]) == ["a/x", "a/x.pt", "b/y"]
        assert workspace.glob(["[a]/x", "[b]/y"]) == ["a/x", "b/y"]


def test_a_search_takes_exactly_its_limit(root: Path) -> None:
    for n in range(5):
        (root / f"a/{n}.csv").touch()
    with Workspace(root) as workspace:
        whole, cut = workspace.find(["a/*.csv"], limit=6), workspace.find(["a/*.csv"], limit=4)

    assert (len(whole.paths), whole.problems) == (5, ())
    assert len(cut.paths) == 4
    assert cut.problems[0].text.startswith("stopped after 4 matches in ")


@pytest.mark.parametrize(
    ("path", "names"),
    [("a/b", ("a", "b")), ("./a//b/", ("a", "b")), ("", ()), (".", ()), ("..a/b..", ("..a", "b.."))],
)
def test_a_path_is_split_into_its_names(path: str, names: tuple[str, ...]) -> None:
    assert split(path) == names


@pytest.mark.parametrize(
    ("path", "hint"),
    [("/a", "write it relative to the workspace"), ("a/..", "write it relative to the workspace, without `..`")],
)
def test_a_path_that_is_refused_says_how_to_write_it(path: str, hint: str) -> None:
    with pytest.raises(PathProblem) as caught:
        split(path)

    assert (caught.value.hint, caught.value.missing) == (hint, False)


def test_a_link_out_says_what_to_do_and_a_bad_file_name_has_no_advice(root: Path) -> None:
    (root / "out").symlink_to("/etc/passwd")

    assert problem_of(root, "out").hint == "move the file into the workspace, or trust its folder with --allow-root"
    assert problem_of(root, "a").hint == ""


def test_a_walker_leaves_no_descriptor_when_it_fails(root: Path) -> None:
    def count() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    outside = count()
    with Workspace(root) as workspace:
        workspace.renew()
        assert count() == outside + 1, "the workspace itself stays open, once"
        walker = Walker(workspace._bases)
        before = count()
        for path in ("a/b/c", "a/x.pt/y", "a/../a"):
            with pytest.raises(PathProblem), walker.find(path):
                pass
        with pytest.raises(PathProblem, match="is not a folder"):
            walker.open_folder("a/x.pt")
        assert count() == before
    assert count() == outside


def test_a_file_is_the_same_only_with_device_inode_size_and_both_times(root: Path) -> None:
    path = root / "a/x.pt"
    status = path.stat()
    with Workspace(root) as workspace, workspace.open("a/x.pt") as opened:
        assert opened.identity == identity_of(status)
        assert opened.identity == (status.st_dev, status.st_ino, 7, status.st_mtime_ns, status.st_ctime_ns)
        assert (opened.size, opened.path, opened.handle.read()) == (7, "a/x.pt", b"weights")


@pytest.mark.parametrize(("more", "expected"), [(b"", b"weights"), (b"+", b"weights+"), (b"+++", b"weights+++")])
def test_a_file_that_grows_while_it_is_read_is_read_whole(
    root: Path, monkeypatch: pytest.MonkeyPatch, more: bytes, expected: bytes
) -> None:
    """It has ten bytes at most when its reading ends; one that has more by then is refused."""
    opening = Workspace.open

    @contextmanager
    def open_and_grow(workspace: Workspace, path: str) -> Iterator[OpenFile]:
        with opening(workspace, path) as opened:
            with (root / path).open("ab") as writer:
                writer.write(more)
            yield opened

    monkeypatch.setattr(Workspace, "open", open_and_grow)
    with Workspace(root) as workspace:
        assert workspace.read_bytes("a/x.pt", 10) == expected
        (root / "a/x.pt").write_bytes(b"weights")
        if more:
            with pytest.raises(CannotRead, match=r"has 8 bytes; at most 7 are read"):
                workspace.read_bytes("a/x.pt", 7)
