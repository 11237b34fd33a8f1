"""`GET api/preview` of a real server: what is answered, to whom, and what is never opened."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx
import pytest
from starlette.requests import Request
from support.bitmaps import JPEG, WEBP, png
from support.server import RunningServer, start_server
from support.state_parts import raw_state
from support.states import write_state
from support.waiting import wait_for
from support.workspaces import write

from collectors.contract.state import DashboardState
from dash_app.preview.file import MOST_PICTURE_BYTES
from dash_app.preview.text import MOST_BYTES
from dash_app.reading.reader import StateReader
from dash_app.routes.preview import AT_A_TIME, PreviewRoute
from dash_app.settings import Settings

HARMLESS = {
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


def state_naming(*paths: str, workspace: str = "workspace") -> DashboardState:
    """A state whose documents are these files."""
    raw = raw_state()
    one = raw["artifacts"]["documents"][0]
    raw["meta"]["workspace"] = workspace
    raw["artifacts"]["documents"] = [one | {"path": path} for path in paths]
    return DashboardState.model_validate(raw)


@dataclass(frozen=True)
class Place:
    """A server, and the workspace that it is served beside."""

    server: RunningServer

    @property
    def root(self) -> Path:
        return self.server.workspace

    def name(self, *paths: str, workspace: str = "workspace") -> None:
        write_state(self.server.state_dir, state_naming(*paths, workspace=workspace))

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a file; whatever is answered says of itself that it is harmless."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.server.client.get("api/preview", params={"path": path}, headers=named)
        assert HARMLESS.items() <= dict(answer.headers).items()
        return answer

    def look(self, path: str, data: bytes | str) -> httpx.Response:
        """Write a file, name it, ask for it."""
        write(self.root / path, data)
        self.name(path)
        return self.get(path)

    def refused(self, path: str) -> tuple[int, str, str]:
        """Name a path, ask for it, and get status, word and sentence."""
        self.name(path)
        answer = self.get(path)
        told = answer.json()
        return answer.status_code, told["error"], told["message"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One server for the module; each test uses names of its own."""
    server = start_server(tmp_path_factory.mktemp("preview"))
    yield Place(server)
    server.stop()


def test_a_text_is_json_with_what_is_known_of_the_file(place: Place) -> None:
    text = "lr: 0.002\n<script>alert(1)</script>\n"
    write(place.root / "a.yaml", text, 1_700_000_000.25)
    place.name("a.yaml")

    answer = place.get("a.yaml")

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "path": "a.yaml",
        "kind": "text",
        "part": "whole",
        "facts": "36 B",
        "size_bytes": 36,
        "modified_at": "2023-11-14T22:13:20.250Z",
        "text": text,
        "rows": None,
        "notes": [],
    }


def test_a_table_is_answered_in_rows(place: Place) -> None:
    told = place.look("loss.csv", "epoch,val_loss\r\n1,0.5\r\n").json()

    assert (told["kind"], told["rows"], told["text"]) == ("table", [["epoch", "val_loss"], ["1", "0.5"]], None)


@pytest.mark.parametrize(
    ("path", "data", "media_type"),
    [("a.png", png(), "image/png"), ("b.jpg", JPEG, "image/jpeg"), ("c.webp", WEBP, "image/webp")],
)
def test_a_picture_is_answered_as_it_is(place: Place, path: str, data: bytes, media_type: str) -> None:
    answer = place.look(path, data)

    assert (answer.headers["content-type"], answer.content) == (media_type, data)
    assert answer.headers["preview-facts"] == f"{len(data)} B, 30 x 20 pixels"


def test_what_did_not_change_is_a_304(place: Place) -> None:
    """A changed file is the counter-proof."""
    for path, data, other in (("t.json", b"{}", b"[]"), ("t.png", png(), png(31))):
        etag = place.look(path, data).headers["etag"]

        again = place.get(path, if_none_match=etag)
        assert (again.status_code, again.content) == (304, b"")
        assert place.look(path, other).headers["etag"] != etag
        assert place.get(path, if_none_match=etag).status_code == 200


def test_of_a_sparse_file_of_five_gigabytes_only_the_first_part_is_read(place: Place) -> None:
    path = write(place.root / "huge.csv", "epoch,loss\n" + "1,0.5\n" * 20_000)
    os.truncate(path, 5_000_000_000)
    place.name("huge.csv")

    told = place.get("huge.csv").json()

    assert told["size_bytes"] == 5_000_000_000
    assert told["notes"][0] == "Only the first part is shown: 64.0 kB of 5.00 GB."
    assert len(json.dumps(told["rows"])) < 3 * MOST_BYTES


def test_of_a_log_the_last_part_is_read(place: Place) -> None:
    """Also where it begins with a hole, as logs do that were rotated under their writer."""
    path = write(place.root / "train.log", "")
    with path.open("ab") as log:
        log.truncate(3_000_000_000)
        log.write(b"".join(b"step %d\n" % step for step in range(20_000)))
    place.name("train.log")

    told = place.get("train.log").json()

    assert told["part"] == "last"
    assert told["text"].startswith("step ") and told["text"].endswith("step 19999\n")
    assert len(told["text"]) <= MOST_BYTES


def test_a_path_that_the_state_does_not_name_is_not_there(place: Place) -> None:
    """However it is written, and though such files exist."""
    write(place.root / "secret.env", "TOKEN=1")
    place.name("named.yaml")

    for path in ("secret.env", "./named.yaml", "named.yaml/", "a/../named.yaml", "/etc/passwd", "../x", "", "%00"):
        answer = place.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_named"), path


def test_files_that_only_a_stage_names_are_named(place: Place) -> None:
    write(place.root / "raw/a.txt", "raw")
    raw = raw_state()
    raw["nodes"]["dqvl"]["artifacts"] = ["raw/a.txt"]
    write_state(place.server.state_dir, DashboardState.model_validate(raw))

    assert place.get("raw/a.txt").json()["text"] == "raw"


@pytest.mark.parametrize("query", ["", "?path=a&path=b", "?path=a&run=b", "?file=a"])
def test_a_question_without_one_path_is_refused(place: Place, query: str) -> None:
    answer = place.server.get(f"api/preview{query}")

    assert (answer.status_code, answer.json()["error"]) == (400, "bad_question")
    assert HARMLESS.items() <= dict(answer.headers).items()


def test_a_file_that_went_is_gone(place: Place) -> None:
    """Another file stays: an empty folder would be a workspace that nobody mounted."""
    write(place.root / "stayed.yaml", "a: 1")
    assert place.look("went.yaml", "a: 1").status_code == 200
    (place.root / "went.yaml").unlink()

    assert place.refused("went.yaml") == (410, "gone", "The file is not there any more.")
    assert place.refused("no/such/folder/a.yaml")[:2] == (410, "gone")


def test_what_is_no_regular_file_is_never_opened(place: Place) -> None:
    """A FIFO would hang, a device would never end."""
    os.mkfifo(place.root / "pipe.csv")
    (place.root / "zero.csv").symlink_to("/dev/zero")
    (place.root / "folder.csv").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(place.root / "s.csv"))  # such names must be short

    told = {path: place.refused(path) for path in ("pipe.csv", "zero.csv", "folder.csv", "s.csv")}

    assert {status for status, _, _ in told.values()} == {403}
    assert "is a FIFO (named pipe); a regular file was expected" in told["pipe.csv"][2]
    assert "leads out of the workspace" in told["zero.csv"][2]
    assert "is a folder" in told["folder.csv"][2]
    assert "is a socket" in told["s.csv"][2]


def test_no_link_leads_out_of_the_workspace(place: Place, tmp_path: Path) -> None:
    """Nor does the answer say where it leads. A link inside is fine."""
    write(tmp_path / "outside/secret.yaml", "token: 1")
    (place.root / "link.yaml").symlink_to(tmp_path / "outside/secret.yaml")
    (place.root / "folder").symlink_to(tmp_path / "outside")
    (place.root / "climb.yaml").symlink_to("../../../../../../../../etc/passwd")
    write(place.root / "inside.yaml", "lr: 1")
    (place.root / "fine.yaml").symlink_to("inside.yaml")
    place.name("link.yaml", "folder/secret.yaml", "climb.yaml", "fine.yaml")

    for path in ("link.yaml", "folder/secret.yaml", "climb.yaml"):
        answer = place.get(path)
        assert (answer.status_code, answer.json()["error"]) == (403, "refused")
        assert "outside" not in answer.text and "passwd" not in answer.text
    assert place.get("fine.yaml").json()["text"] == "lr: 1"


def test_a_file_that_is_swapped_again_and_again_never_shows_the_other(place: Place, tmp_path: Path) -> None:
    """Between listing and opening somebody puts a link to a secret in the file's place, back and forth."""
    secret = write(tmp_path / "secret.yaml", "token: 1")
    good = write(place.root / "good.yaml", "lr: 1\n")
    (place.root / "evil").symlink_to(secret)
    place.name("swapped.yaml")
    stop = threading.Event()

    def swap() -> None:
        fresh = place.root / "swapped.new"
        while not stop.is_set():
            os.link(good, fresh)
            fresh.replace(place.root / "swapped.yaml")
            fresh.symlink_to(secret)
            fresh.replace(place.root / "swapped.yaml")

    swapper = threading.Thread(target=swap)
    swapper.start()
    answers: list[httpx.Response] = []

    def saw_both() -> bool:
        answers.extend(place.get("swapped.yaml") for _ in range(20))
        return {200, 403} <= {answer.status_code for answer in answers}

    try:
        wait_for(saw_both, "the file and the link in its place")
    finally:
        stop.set()
        swapper.join()

    assert {answer.status_code for answer in answers} <= {200, 403, 410}
    assert not [answer for answer in answers if "token" in answer.text]


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("binary.csv", b"epoch,loss\n\x00\x01\x02", "holds a NUL byte"),
        ("model.yaml", b"PK\x03\x04" + bytes(200), "holds a NUL byte"),
        ("wide.json", "{}\n".encode("utf-16-be"), "holds a NUL byte"),
        ("curve.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no PNG, JPEG or WebP"),
        ("page.jpg", b"<!doctype html><script>alert(1)</script>", "no PNG, JPEG or WebP"),
        ("old.gif.webp", b"GIF89a" + bytes(50), "no PNG, JPEG or WebP"),
        ("cut.png", png()[:18], "ends before its header"),
    ],
)
def test_a_kind_that_is_not_what_its_name_says_is_not_shown(place: Place, path: str, data: bytes, said: str) -> None:
    write(place.root / path, data)

    status, word, sentence = place.refused(path)

    assert (status, word) == (415, "no_preview")
    assert said in sentence


def test_svg_and_html_are_never_served_as_what_they_are(place: Place) -> None:
    """Their source is text in JSON, if somebody asks for it."""
    for path in ("a.svg", "b.html"):
        answer = place.look(path, "<svg onload='alert(1)'/>")
        assert (answer.headers["content-type"], answer.json()["kind"]) == ("application/json", "text")


def test_pictures_that_are_too_large_are_not_sent(place: Place) -> None:
    """In bytes, or in pixels that would fill a browser's memory."""
    write(place.root / "long.png", png() + bytes(MOST_PICTURE_BYTES))
    write(place.root / "vast.png", png()[:16] + b"\x00\x00\xff\xff\x00\x00\xff\xff" + png()[24:])

    assert place.refused("long.png") == (413, "too_large", "The picture has 4.00 MB; at most 4.00 MB are shown.")
    assert place.refused("vast.png")[2] == "The picture has 65,535 by 65,535 pixels, too many to show."


def test_a_picture_of_no_bytes_is_called_empty(place: Place) -> None:
    """Trainers truncate it for a moment."""
    told = place.look("empty.png", b"").json()

    assert (told["kind"], told["notes"]) == ("text", ["The file is empty."])


@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror=alert(1)>.yaml",
        "a\u202egnp.yaml",
        "a\x1b[31m\n\u200b.yaml",
        b"caf\xe9.yaml",
        "a%2Fb&c=?#.yaml",
    ],
)
def test_a_file_of_any_name_is_found_by_the_name_that_the_state_shows(place: Place, name: str | bytes) -> None:
    """Markup, reversed text, control characters, bytes that are not UTF-8."""
    shown = os.fsencode(name).decode("utf-8", "backslashreplace")
    write(place.root / os.fsdecode(name), "lr: 1")
    state = state_naming(shown)
    write_state(place.server.state_dir, state)

    path = state.artifacts.documents[0].path
    answer = place.get(path)

    assert path.replace("\n", "").isprintable()
    assert answer.status_code == 200, answer.text
    assert (answer.json()["text"], answer.json()["path"]) == ("lr: 1", path)


def test_while_the_disk_hangs_others_wait_only_so_long(tmp_path: Path) -> None:
    """Every thread that may read is busy; it is said, and no further thread is spent."""
    write_state(tmp_path, state_naming("a.yaml"))
    write(tmp_path / "workspace/a.yaml", "lr: 1")
    settings = Settings(workspace=tmp_path / "workspace", state_dir=tmp_path)
    scope = {"type": "http", "method": "GET", "headers": [], "query_string": b"path=a.yaml"}

    async def ask(busy: int) -> int:
        route = PreviewRoute(StateReader(tmp_path), settings, patience_seconds=0.2)
        for number in range(busy):
            await route.few.acquire_on_behalf_of(number)
        return (await route.answer(Request(scope))).status_code

    assert [anyio.run(ask, busy) for busy in (AT_A_TIME - 1, AT_A_TIME)] == [200, 503]


def test_beside_another_workspace_nothing_is_shown(place: Place) -> None:
    """A page that was started over the wrong folder would show other files of the same name."""
    write(place.root / "same.yaml", "lr: 1")
    place.name("same.yaml", workspace="training")

    answer = place.get("same.yaml")

    assert (answer.status_code, answer.json()["error"]) == (503, "unreachable")
    assert "beside `workspace`, and the state is of `training`" in answer.json()["message"]


def test_without_a_state_nothing_is_named_and_without_a_workspace_nothing_is_reached(tmp_path: Path) -> None:
    """In a container without the mount lies an empty folder: that is no reason to call every file gone."""
    server = start_server(tmp_path / "other")
    try:
        assert Place(server).get("a.yaml").status_code == 404
        write_state(server.state_dir, state_naming("a.yaml"))
        empty = Place(server).get("a.yaml")
        server.workspace.rmdir()
        gone = Place(server).get("a.yaml")
        assert {answer.json()["error"] for answer in (empty, gone)} == {"unreachable"}
        assert "is empty" in empty.text and "cannot be opened" in gone.text
        assert str(tmp_path) not in empty.text + gone.text
    finally:
        server.stop()


def test_previews_can_be_switched_off(tmp_path: Path) -> None:
    server = start_server(tmp_path, options=["--no-preview"])
    try:
        write(server.workspace / "a.yaml", "lr: 1")
        write_state(server.state_dir, state_naming("a.yaml"))
        answer = Place(server).get("a.yaml")
        assert (answer.status_code, answer.json()["error"]) == (404, "off")
    finally:
        server.stop()


def test_nothing_is_written_and_no_other_verb_is_known(place: Place) -> None:
    place.look("kept.yaml", "lr: 1")
    before = (place.root / "kept.yaml").stat()

    answers = [place.server.client.request(verb, "api/preview?path=kept.yaml") for verb in ("POST", "PUT", "DELETE")]

    assert {answer.status_code for answer in answers} == {405}
    assert (place.root / "kept.yaml").stat().st_mtime_ns == before.st_mtime_ns
