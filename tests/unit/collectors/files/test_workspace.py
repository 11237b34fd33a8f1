"""The one opener reads regular files of the workspace, and says of everything else what it is."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.nobody import as_nobody, open_to_all

from collectors.files.workspace import CannotRead, OpenFile, Workspace, WorkspaceProblem, read_settled

SECRET = b"SECRET-CANARY"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one good file, beside a folder it must not be left for."""
    root = tmp_path / "workspace"
    (root / "checkpoints").mkdir(parents=True)
    (root / "checkpoints/good.pt").write_bytes(b"weights")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.txt").write_bytes(SECRET)
    return root


def _fifo(root: Path) -> None:
    os.mkfifo(root / "x")


def _link_to_fifo(root: Path) -> None:
    _fifo(root)
    (root / "z").symlink_to("x")


def _socket(root: Path) -> None:
    # A socket's path has at most 108 characters, so it is bound by a short relative one.
    before = Path.cwd()
    os.chdir(root)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("x")
    os.chdir(before)


def _device(root: Path) -> None:
    try:
        os.mknod(root / "x", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("making a device needs root")


def _links_in_a_circle(root: Path) -> None:
    (root / "x").symlink_to("y")
    (root / "y").symlink_to("x")


def _chain_of_links(root: Path) -> None:
    for n in range(50):
        (root / f"l{n}").symlink_to(f"l{n + 1}" if n < 49 else "checkpoints/good.pt")
    (root / "x").symlink_to("l0")


def _deep(root: Path) -> None:
    (root / "/".join(["d"] * 70)).mkdir(parents=True)


def _link(target: str) -> Callable[[Path], None]:
    return lambda root: (root / "x").symlink_to(target)


def _nothing(root: Path) -> None:
    pass


BAD_FILES: list[tuple[str, Callable[[Path], object], str, str]] = [
    # what, how it is made, the path that is asked for, what must be said
    ("nothing", _nothing, "x", "does not exist"),
    ("nothing in a folder that is not there", _nothing, "a/b/c", "does not exist"),
    ("the workspace itself", _nothing, ".", "is a folder"),
    ("no path", _nothing, "", "is a folder"),
    ("a folder", lambda root: (root / "x").mkdir(), "x", "is a folder"),
    ("a FIFO without a writer", _fifo, "x", "is a FIFO"),
    ("a socket", _socket, "x", "is a socket"),
    ("a device", _device, "x", "is a character device"),
    ("a file used as a folder", _nothing, "checkpoints/good.pt/x", "`good.pt` in its path is not a folder"),
    ("a FIFO used as a folder", _fifo, "x/y", "`x` in its path is not a folder"),
    ("a dangling link", _link("gone"), "x", "the link `x` leads to nothing"),
    ("a link to itself", _link("x"), "x", "a circle"),
    ("two links in a circle", _links_in_a_circle, "x", "a circle"),
    ("a link folder in a circle", _link("x/y"), "x/y", "a circle"),
    ("a chain of fifty links", _chain_of_links, "x", "more than 40 links"),
    ("an absolute link out", _link("/etc/passwd"), "x", "leads out of the workspace"),
    ("a relative link out", _link("../outside/secret.txt"), "x", "leads out of the workspace"),
    ("a link out by a detour", _link("checkpoints/../../outside/secret.txt"), "x", "leads out of the workspace"),
    ("a link to the parent folder", _link(".."), "x/outside/secret.txt", "leads out of the workspace"),
    ("a link to the root folder", _link("/"), "x/etc/passwd", "leads out of the workspace"),
    ("a link to a process's memory", _link("/proc/self/mem"), "x", "leads out of the workspace"),
    ("a link to open files", _link("/proc/self/fd/0"), "x", "leads out of the workspace"),
    ("a link to a FIFO", _link_to_fifo, "z", "is a FIFO"),
    ("a path that climbs", _nothing, "../outside/secret.txt", "climbs with `..`"),
    ("a path that climbs and comes back", _nothing, "checkpoints/../checkpoints/good.pt", "climbs with `..`"),
    ("an absolute path", _nothing, "/etc/passwd", "is an absolute path"),
    ("an absolute path with two slashes", _nothing, "//etc/passwd", "is an absolute path"),
    ("a NUL in the path", _nothing, "x\0y", "is not a file name"),
    ("half a character in the path", _nothing, "\ud800", "is not a file name"),
    ("a name of 300 characters", _nothing, "n" * 300, "too long"),
    ("seventy folders down", _deep, "/".join(["d"] * 70), "folders deep"),
]


@pytest.mark.parametrize(("make", "path", "words"), [row[1:] for row in BAD_FILES], ids=[row[0] for row in BAD_FILES])
def test_what_is_no_regular_file_inside_is_named_at_once(
    root: Path, make: Callable[[Path], object], path: str, words: str
) -> None:
    """`facts` and `open` agree, neither waits, and no absolute path is told."""
    make(root)
    started = time.monotonic()

    with Workspace(root) as workspace:
        facts = workspace.facts(path)
        with pytest.raises(CannotRead, match=r".*") as caught, workspace.open(path):
            pass

    assert words in caught.value.problem
    assert facts.problem == caught.value.problem or (facts.problem is None and not facts.exists)
    assert str(root.parent) not in f"{caught.value} {caught.value.hint} {facts}"
    assert time.monotonic() - started < 10


def test_a_plainly_missing_file_has_no_problem_beside_being_missing(root: Path) -> None:
    with Workspace(root) as workspace:
        facts = workspace.facts("scaler.json")

    assert (facts.exists, facts.problem, facts.size_bytes) == (False, None, None)


def test_a_good_file_is_told_with_size_time_and_identity(root: Path) -> None:
    status = (root / "checkpoints/good.pt").stat()

    with Workspace(root) as workspace, workspace.open("checkpoints//./good.pt") as opened:
        facts = workspace.facts("checkpoints/good.pt")
        data = opened.handle.read()

    assert data == b"weights"
    assert opened.size == facts.size_bytes == 7
    assert facts.modified_at == status.st_mtime
    assert facts.identity == opened.identity
    assert facts.identity == (status.st_dev, status.st_ino, 7, status.st_mtime_ns, status.st_ctime_ns)
    assert facts.problem is None


LINKS_INSIDE = {
    "relative": "checkpoints/good.pt",
    "climbing but staying": "checkpoints/../checkpoints/good.pt",
    "absolute into the workspace": "{root}/checkpoints/good.pt",
    "out and back in": "../workspace/checkpoints/good.pt",
    "absolute, out and back in": "{root}/../workspace/checkpoints/good.pt",
    "with needless parts": "./checkpoints//./good.pt",
}


@pytest.mark.parametrize("target", LINKS_INSIDE.values(), ids=LINKS_INSIDE)
def test_a_link_that_stays_inside_is_followed(root: Path, target: str) -> None:
    (root / "latest.pt").symlink_to(target.format(root=root))

    with Workspace(root) as workspace:
        assert workspace.read_bytes("latest.pt", 100) == b"weights"


def test_a_link_to_a_folder_that_ends_in_the_folder_itself_is_a_folder(root: Path) -> None:
    (root / "here").symlink_to(".")

    with Workspace(root) as workspace:
        assert workspace.read_bytes("here/here/checkpoints/good.pt", 100) == b"weights"
        assert "is a folder" in str(workspace.facts("here").problem)


def test_a_link_below_a_folder_the_operator_allows_is_followed(root: Path, tmp_path: Path) -> None:
    """`checkpoints -> /scratch/...` is common; only `--allow-root` makes it readable."""
    (root / "scratch").symlink_to(tmp_path / "outside")
    (root / "relative").symlink_to("../outside/secret.txt")
    (tmp_path / "outside/back").symlink_to(root / "checkpoints/good.pt")
    (tmp_path / "outside/away").symlink_to("/etc/passwd")

    with Workspace(root, (tmp_path / "outside",)) as workspace:
        assert workspace.read_bytes("scratch/secret.txt", 100) == SECRET
        assert workspace.read_bytes("relative", 100) == SECRET
        assert workspace.read_bytes("scratch/back", 100) == b"weights"
        assert "leads out" in str(workspace.facts("scratch/away").problem)
        assert "climbs" in str(workspace.facts("../outside/secret.txt").problem)


def test_an_allowed_folder_allows_no_folder_whose_name_only_begins_like_it(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside-too").mkdir()
    (tmp_path / "outside-too/secret.txt").write_bytes(SECRET)
    (root / "x").symlink_to(tmp_path / "outside-too/secret.txt")

    with Workspace(root, (tmp_path / "outside",)) as workspace:
        assert "leads out" in str(workspace.facts("x").problem)


def test_an_allowed_folder_may_be_spelled_through_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to("outside")
    (root / "by-alias").symlink_to(tmp_path / "alias/secret.txt")
    (root / "by-name").symlink_to(tmp_path / "outside/secret.txt")

    with Workspace(root, (tmp_path / "alias",)) as workspace:
        assert workspace.read_bytes("by-alias", 100) == SECRET
        assert workspace.read_bytes("by-name", 100) == SECRET


def test_a_workspace_that_is_itself_a_link_is_fine(root: Path, tmp_path: Path) -> None:
    """The operator named it; it keeps the name the operator gave it."""
    (tmp_path / "current").symlink_to(root)
    (root / "x").symlink_to(tmp_path / "current/checkpoints/good.pt")

    with Workspace(tmp_path / "current") as workspace:
        assert workspace.name == "current"
        assert workspace.read_bytes("x", 100) == b"weights"


BAD_ROOTS: list[tuple[str, str]] = [
    ("gone", "does not exist"),
    ("file", "is not a folder"),
    ("dangling", "does not exist"),
    ("loop", "cannot be opened"),
    ("with\0nul", "cannot be opened"),
    ("/proc/self", "lies in /proc, /sys or /dev"),
    ("/proc", "lies in /proc, /sys or /dev"),
]


@pytest.mark.parametrize(("name", "words"), BAD_ROOTS)
def test_a_workspace_that_cannot_be_used_is_one_clear_line(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to("gone")
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(WorkspaceProblem, match=words) as caught:
        Workspace(tmp_path / name)

    assert "\n" not in str(caught.value)


def test_a_workspace_that_may_not_be_entered_is_said_so(root: Path) -> None:
    open_to_all(root)
    root.chmod(0o000)

    with as_nobody(), pytest.raises(WorkspaceProblem, match="no permission"):
        Workspace(root)


def test_a_workspace_that_was_replaced_is_seen_when_it_is_renewed(root: Path, tmp_path: Path) -> None:
    """A pipeline may clear its folder and make it anew while it is being watched."""
    with Workspace(root) as workspace:
        root.rename(tmp_path / "old")
        with pytest.raises(WorkspaceProblem, match="does not exist"):
            workspace.renew()
        old = workspace.read_bytes("checkpoints/good.pt", 100)
        (root / "checkpoints").mkdir(parents=True)
        (root / "checkpoints/good.pt").write_bytes(b"new")
        workspace.renew()
        new = workspace.read_bytes("checkpoints/good.pt", 100)

    assert (old, new) == (b"weights", b"new")


def test_an_allowed_folder_that_does_not_exist_is_said_so(root: Path) -> None:
    with pytest.raises(WorkspaceProblem, match="allowed folder"):
        Workspace(root, (root / "gone",))


def test_system_folders_stay_closed_even_when_the_whole_disk_is_the_workspace() -> None:
    with Workspace(Path("/")) as workspace:
        assert workspace.name == "/"
        for path in ("proc/self/environ", "dev/null", "sys/kernel/notes"):
            problem = workspace.facts(path).problem
            assert problem is None or "never read" in problem
            with pytest.raises(CannotRead), workspace.open(path):
                pass


def test_a_file_without_permission_is_told_with_its_mode(root: Path) -> None:
    open_to_all(root)
    (root / "private.pt").write_bytes(b"x")
    (root / "private.pt").chmod(0o600 if os.geteuid() == 0 else 0)

    with Workspace(root) as workspace, as_nobody():
        facts = workspace.facts("private.pt")
        with pytest.raises(CannotRead, match="no permission to read it"), workspace.open("private.pt"):
            pass

    assert facts.exists
    assert "no permission to read it (mode 0" in str(facts.problem)


def test_a_folder_that_may_not_be_entered_is_named(root: Path) -> None:
    open_to_all(root)
    (root / "checkpoints").chmod(0o600)

    with Workspace(root) as workspace, as_nobody():
        problem = workspace.facts("checkpoints/good.pt").problem

    (root / "checkpoints").chmod(0o700)
    assert problem == "no permission to enter the folder `checkpoints`"


def test_a_folder_that_may_be_entered_but_not_listed_still_gives_its_files(root: Path) -> None:
    open_to_all(root)
    (root / "checkpoints").chmod(0o111)
    (root / "checkpoints/good.pt").chmod(0o644)

    with Workspace(root) as workspace, as_nobody():
        data = workspace.read_bytes("checkpoints/good.pt", 100)
        by_name, by_pattern = workspace.glob(["checkpoints/good.pt"]), workspace.glob(["checkpoints/*.pt"])

    (root / "checkpoints").chmod(0o755)
    assert data == b"weights"
    assert by_name == ["checkpoints/good.pt"]
    assert by_pattern == []


def test_a_sparse_file_of_64_gib_costs_nothing(root: Path) -> None:
    (root / "huge.pt").touch()
    os.truncate(root / "huge.pt", 64 << 30)
    started = time.monotonic()

    with Workspace(root) as workspace:
        facts = workspace.facts("huge.pt")
        with pytest.raises(CannotRead, match=r"has 68,719,476,736 bytes; at most 1,048,576 are read"):
            workspace.read_bytes("huge.pt", 1 << 20)

    assert facts.size_bytes == 64 << 30
    assert time.monotonic() - started < 10


def test_reading_takes_a_file_of_exactly_the_limit_and_none_above(root: Path) -> None:
    with Workspace(root) as workspace:
        assert workspace.read_bytes("checkpoints/good.pt", 7) == b"weights"
        with pytest.raises(CannotRead, match="at most 6"):
            workspace.read_bytes("checkpoints/good.pt", 6)


def test_a_name_that_is_not_utf_8_is_listed_opened_and_shown(root: Path) -> None:
    (root / os.fsdecode(b"caf\xe9.pt")).write_bytes(b"x")

    with Workspace(root) as workspace:
        [path] = workspace.glob(["caf*"])
        facts = workspace.facts(path)
        with workspace.open(path) as opened:
            data = opened.handle.read()

    assert data == b"x"
    assert facts.path == opened.path == r"caf\xe9.pt"
    facts.path.encode("utf-8")


def test_a_name_as_it_is_shown_opens_the_file_it_stands_for(root: Path) -> None:
    """The state holds shown names only; a file that really has a backslash in its name comes first."""
    (root / os.fsdecode(b"caf\xe9.pt")).write_bytes(b"byte")
    (root / r"th\xe9.pt").write_bytes(b"backslash")

    with Workspace(root) as workspace:
        assert workspace.read_bytes(r"caf\xe9.pt", 10) == b"byte"
        assert workspace.facts(r"caf\xe9.pt").size_bytes == 4
        assert workspace.read_bytes(r"th\xe9.pt", 10) == b"backslash"
        assert not workspace.facts(r"gone\xe9.pt").exists


def test_a_quiet_file_is_read_once_and_is_settled(root: Path) -> None:
    reads: list[bytes] = []

    def read(opened: OpenFile) -> bytes:
        reads.append(opened.handle.read())
        return reads[-1]

    with Workspace(root) as workspace:
        assert read_settled(workspace, "checkpoints/good.pt", read) == (b"weights", False)

    assert len(reads) == 1


def _grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"+")


def _replace(path: Path) -> None:
    (path.parent / "new").write_bytes(b"replace")
    (path.parent / "new").rename(path)


def _rewrite_in_place(path: Path) -> None:
    path.write_bytes(b"rewrite")
    os.utime(path, (1, time.time()))


def _delete_and_make_again(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"another")


@pytest.mark.parametrize("change", [_grow, _replace, _rewrite_in_place, _delete_and_make_again])
def test_a_file_that_changes_once_while_it_is_read_is_read_again(root: Path, change: Callable[[Path], None]) -> None:
    path = root / "checkpoints/good.pt"
    reads: list[bytes] = []

    def read(opened: OpenFile) -> bytes:
        reads.append(opened.handle.read())
        if len(reads) == 1:
            change(path)
        return reads[-1]

    with Workspace(root) as workspace:
        value, is_being_written = read_settled(workspace, "checkpoints/good.pt", read)

    assert len(reads) == 2
    assert (value, is_being_written) == (path.read_bytes(), False)


def test_a_file_that_keeps_changing_is_being_written(root: Path) -> None:
    path = root / "checkpoints/good.pt"
    reads: list[int] = []

    def read(opened: OpenFile) -> int:
        reads.append(opened.size)
        _grow(path)
        return opened.size

    with Workspace(root) as workspace:
        assert read_settled(workspace, "checkpoints/good.pt", read) == (8, True)

    assert reads == [7, 8]


def test_a_file_that_vanishes_while_it_is_read_cannot_be_read(root: Path) -> None:
    def read(opened: OpenFile) -> bytes:
        (root / "checkpoints/good.pt").unlink()
        return opened.handle.read()

    with Workspace(root) as workspace, pytest.raises(CannotRead, match="does not exist"):
        read_settled(workspace, "checkpoints/good.pt", read)


def test_an_error_of_the_disk_is_told_in_words(root: Path) -> None:
    def read(opened: OpenFile) -> bytes:
        raise OSError(5, "Input/output error", "/an/absolute/path")

    with Workspace(root) as workspace, pytest.raises(CannotRead) as caught:
        read_settled(workspace, "checkpoints/good.pt", read)

    assert caught.value.problem == "cannot be read: the disk reported an input/output error"


def test_unchanged_means_same_file_same_size_same_time(root: Path) -> None:
    with Workspace(root) as workspace:
        identity = workspace.facts("checkpoints/good.pt").identity
        assert workspace.is_unchanged("checkpoints/good.pt", identity)
        assert not workspace.is_unchanged("checkpoints/good.pt", None)
        assert not workspace.is_unchanged("gone", identity)
        _grow(root / "checkpoints/good.pt")
        assert not workspace.is_unchanged("checkpoints/good.pt", identity)


def test_swapping_a_file_for_a_link_never_lets_the_secret_out(root: Path, tmp_path: Path) -> None:
    """A writer races us, exchanging the file, a link out, and a FIFO, while we open it again and again."""
    stop = threading.Event()
    target = root / "x"

    def swap() -> None:
        while not stop.is_set():
            for n, make in enumerate((lambda p: p.write_bytes(b"good"), _link_out, os.mkfifo)):
                other = root / f"n{n}"
                make(other)
                other.rename(target)

    def _link_out(path: Path) -> None:
        path.symlink_to(tmp_path / "outside/secret.txt")

    thread = threading.Thread(target=swap)
    thread.start()
    seen: set[bytes] = set()
    with Workspace(root) as workspace:
        least, most = (time.monotonic() + seconds for seconds in (0.7, 30))
        while time.monotonic() < (least if {b"good", b"refused"} <= seen else most):
            try:
                seen.add(workspace.read_bytes("x", 100))
            except CannotRead:
                seen.add(b"refused")
    stop.set()
    thread.join()

    assert seen <= {b"good", b"", b"refused"}
    assert {b"good", b"refused"} <= seen


def _open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_no_descriptor_is_left_open(root: Path) -> None:
    before = _open_descriptors()

    for _ in range(3):
        with Workspace(root, (root.parent / "outside",)) as workspace:
            for path in ("checkpoints/good.pt", "gone", "checkpoints/gone/x", "../x"):
                workspace.facts(path)
            workspace.glob(["**/*.pt", "*"])
            with workspace.open("checkpoints/good.pt"):
                pass
        workspace.close()

    assert _open_descriptors() == before


_PARTS = st.one_of(
    st.sampled_from(["..", ".", "", "x", "out", "up", "checkpoints", "good.pt", "~", "*", "[", "**", "\0", "\ud800"]),
    st.text(max_size=5),
)


@settings(max_examples=200, deadline=None)
@given(parts=st.lists(_PARTS, max_size=6), lead=st.sampled_from(["", "/"]))
def test_no_path_whatever_raises_or_reads_the_secret(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], lead: str
) -> None:
    root = _hostile_workspace(tmp_path_factory)
    path = lead + "/".join(parts)

    with Workspace(root) as workspace:
        facts = workspace.facts(path)
        found = workspace.find([path])
        try:
            data = workspace.read_bytes(path, 100)
        except CannotRead as error:
            data = str(error).encode("utf-8")

    assert SECRET not in data
    assert str(root) not in f"{facts}{found.problems}{data!r}"


def _hostile_workspace(factory: pytest.TempPathFactory) -> Path:
    base = factory.getbasetemp() / "hostile"
    root = base / "workspace"
    if not root.exists():
        (root / "checkpoints").mkdir(parents=True)
        (base / "out").mkdir()
        (base / "out/x").write_bytes(SECRET)
        (root / "checkpoints/good.pt").write_bytes(b"weights")
        (root / "out").symlink_to("../out")
        (root / "up").symlink_to("..")
        (root / "x").symlink_to("up/out/x")
    return root
