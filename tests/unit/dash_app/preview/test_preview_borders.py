"""What is taken of a file for its preview: to the byte, to the second, and in whose words it is refused."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.bitmaps import png
from support.state_parts import raw_state
from support.workspaces import write

from collectors.contract.state import DashboardState
from collectors.files.workspace import Workspace
from dash_app.preview import file as preview_file
from dash_app.preview.file import LAST_SECOND, MOST_PICTURE_BYTES, named_paths, take
from dash_app.preview.kinds import NoPreview, suffix_of
from dash_app.preview.text import MOST_BYTES


def state_of(*paths: str, workspace: str = "ws") -> DashboardState:
    """A state that names these files."""
    raw = raw_state()
    one = raw["artifacts"]["documents"][0]
    raw["meta"]["workspace"] = workspace
    raw["artifacts"]["documents"] = [one | {"path": path} for path in paths]
    return DashboardState.model_validate(raw)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "ws/other.txt", "so that the folder is not empty")
    return tmp_path / "ws"


def refusal(root: Path, path: str, **fields: str) -> NoPreview:
    """Why a file that is named is not shown."""
    with pytest.raises(NoPreview) as caught:
        take(state_of(path, **fields), path, root)
    return caught.value


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1, None),
        (LAST_SECOND - 1, datetime(9999, 12, 31, 23, 59, 58, tzinfo=UTC)),
        (LAST_SECOND, None),
        (1 << 60, None),
    ],
)
def test_a_time_that_no_calendar_has_is_not_told(seconds: int, told: datetime | None) -> None:
    assert preview_file._instant(seconds * 10**9) == told


def test_the_time_of_a_file_is_that_of_its_last_change(root: Path) -> None:
    write(root / "a.txt", "a", 1_700_000_000.5)
    os.utime(root / "other.txt", (5, -5))

    assert take(state_of("a.txt"), "a.txt", root).modified_at == datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC)
    assert take(state_of("other.txt"), "other.txt", root).modified_at is None


@pytest.mark.parametrize(
    ("name", "extra", "expected"),
    [
        ("a.txt", 0, (0, "whole")),
        ("a.txt", 1, (0, "first")),
        ("a.log", -1, (0, "whole")),
        ("a.log", 0, (0, "whole")),
        ("a.log", 1, (2, "last")),
        ("a.log", 2, (2, "last")),
        ("a.log", 3, (4, "last")),
    ],
)
def test_so_many_bytes_are_taken_and_no_more(root: Path, name: str, extra: int, expected: tuple[int, str]) -> None:
    """64 kB; of a log its end, from an even byte on: UTF-16 has two a character."""
    assert (MOST_BYTES, MOST_PICTURE_BYTES) == (64_000, 4_000_000)
    data = bytes(33 + n % 90 for n in range(MOST_BYTES + extra))
    write(root / name, data)

    part = take(state_of(name), name, root).part

    assert (part.first, part.which) == expected
    assert (part.size, part.data) == (len(data), data[part.first : part.first + MOST_BYTES])
    assert part.mark == data[:16]


def test_a_file_that_grew_while_it_was_read_is_as_long_as_what_was_read(root: Path) -> None:
    write(root / "a.log", b"x" * MOST_BYTES)
    with Workspace(root).open("a.log") as file:
        part, _ = preview_file._read(replace(file, size=5), is_end=True)

    assert (part.first, part.size) == (0, MOST_BYTES)


@pytest.mark.parametrize("extra", [0, 1, 5])
def test_of_a_picture_one_byte_more_than_is_shown_is_taken(root: Path, extra: int) -> None:
    """Enough to see that it is too large, whatever its name says."""
    picture = png().ljust(MOST_PICTURE_BYTES + extra, b"\0")
    write(root / "a.log", picture)

    part = take(state_of("a.log"), "a.log", root).part

    assert len(part.data) == min(len(picture), MOST_PICTURE_BYTES + 1)
    assert (part.first, part.size) == (0, len(picture))


def test_only_what_the_state_names_is_taken(root: Path) -> None:
    write(root / "secret.env", "TOKEN=1")

    for state in (None, state_of("other.txt")):
        with pytest.raises(NoPreview) as caught:
            take(state, "secret.env", root)
        assert (caught.value.status, caught.value.error) == (404, "not_named")


def test_files_of_every_group_and_of_every_stage_are_named() -> None:
    raw = raw_state()
    raw["nodes"]["dqvl"]["artifacts"] = ["raw/a.txt"]
    groups = ("checkpoints", "scaler", "logs", "configs", "backup", "loss_files", "documents")
    expected = {file["path"] for group in groups for file in raw["artifacts"][group]}

    named = named_paths(DashboardState.model_validate(raw))

    assert named == expected | {"raw/a.txt", "checkpoints/patchtst_ssl.pt"}
    assert all(raw["artifacts"][group] for group in groups)


@pytest.mark.parametrize("path", ["gone.txt", "no/such/gone.txt"])
def test_what_went_is_gone_and_in_an_empty_folder_the_workspace_is_missing(root: Path, path: str) -> None:
    gone = refusal(root, path)
    (root / "other.txt").unlink()
    empty = refusal(root, path)

    assert (gone.status, gone.error, gone.message) == (410, "gone", "The file is not there any more.")
    assert (empty.status, empty.error) == (503, "unreachable")
    assert "the folder it was given is empty" in empty.message


def test_what_went_in_an_odd_way_says_how(root: Path) -> None:
    (root / "link.txt").symlink_to("gone")

    assert refusal(root, "link.txt").message == "The file is not there any more (the link `link.txt` leads to nothing)."
    assert refusal(root, "other.txt/x").status == 410


def test_what_is_refused_says_why_and_what_to_do(root: Path, tmp_path: Path) -> None:
    (root / "folder.txt").mkdir()
    (root / "out.txt").symlink_to(write(tmp_path / "outside.txt", "secret"))

    folder, out = refusal(root, "folder.txt"), refusal(root, "out.txt")

    assert (folder.status, folder.error) == (out.status, out.error) == (403, "refused")
    assert folder.message.startswith("Not opened: is a folder") and ";" not in folder.message.rpartition("expected")[2]
    assert out.message.endswith("leads out of the workspace; move the file into the workspace, or trust its folder "
                                "with --allow-root.")  # fmt: skip
    assert take(state_of("out.txt"), "out.txt", root, (tmp_path,)).part.data == b"secret"


def test_beside_another_workspace_or_none_nothing_is_reached(root: Path, tmp_path: Path) -> None:
    other = refusal(root, "other.txt", workspace="training")
    with pytest.raises(NoPreview) as nowhere:
        take(state_of("other.txt"), "other.txt", tmp_path / "nowhere")

    assert (other.status, nowhere.value.status) == (503, 503)
    assert "it is served beside `ws`, and the state is of `training`" in other.message
    assert "cannot be opened" in nowhere.value.message and str(tmp_path) not in nowhere.value.message


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\x1bb.txt", r"a\x1bb.txt"), ("a\u202eb.txt", r"a\u202eb.txt"), ("a\U000e0001b.txt", r"a\U000e0001b.txt")],
)
def test_a_hidden_character_is_found_by_its_escape(root: Path, name: str, shown: str) -> None:
    write(root / name, "hidden")

    assert take(state_of(shown), shown, root).part.data == b"hidden"


@pytest.mark.parametrize("name", [r"a\x41b.txt", r"a\x1bb.txt", r"a\Uffffffffb.txt", r"a\n.txt"])
def test_a_name_that_only_looks_like_an_escape_is_taken_as_it_is(root: Path, name: str) -> None:
    """Also where a file of the other name lies beside it."""
    write(root / name, "as it is")
    write(root / "aAb.txt", "another")
    write(root / "a\x1bb.txt", "another")

    assert take(state_of(name), name, root).part.data == b"as it is"


def test_an_escape_of_what_is_not_hidden_stands_for_nothing_else(root: Path) -> None:
    write(root / "aAb.txt", "another")

    assert refusal(root, r"a\x41b.txt").error == "gone"


@pytest.mark.parametrize(
    ("path", "suffix"),
    [
        ("a.CSV", "csv"),
        ("a.b.yaml", "yaml"),
        ("a.b/c", ""),
        ("a.b/c.log", "log"),
        (".env", "env"),
        ("c", ""),
        ("c.", ""),
    ],
)
def test_a_suffix_is_what_follows_the_last_dot_of_the_name(path: str, suffix: str) -> None:
    assert suffix_of(path) == suffix
