"""The preview's answer without a server: pictures to the pixel, texts with their notes, and what is busy."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response
from support.bitmaps import png
from support.state_parts import raw_state
from support.states import write_state
from support.workspaces import write

from collectors.contract.state import DashboardState
from dash_app.preview.file import MOST_PICTURE_BYTES
from dash_app.preview.picture import Size, picture_size
from dash_app.reading.reader import StateReader
from dash_app.routes import preview
from dash_app.routes.preview import PreviewRoute
from dash_app.settings import Settings


class Place:
    """A workspace whose state names whatever is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "ws"
        write(self.root / "other.txt", "other")

    def ask(self, path: str, data: bytes | str | None = None, etag: str = "", **settings: bool) -> Response:
        """Write a file, name it, ask for it."""
        if data is not None:
            write(self.root / path, data)
        raw = raw_state()
        raw["meta"]["workspace"] = "ws"
        raw["artifacts"]["documents"] = [raw["artifacts"]["documents"][0] | {"path": path}]
        write_state(self.folder / "state", DashboardState.model_validate(raw))
        made = Settings(workspace=self.root, state_dir=self.folder / "state", **settings)
        route = PreviewRoute(StateReader(self.folder / "state"), made, patience_seconds=30)
        headers = [(b"if-none-match", etag.encode())] if etag else []
        scope = {"type": "http", "method": "GET", "headers": headers, "query_string": f"path={path}".encode()}
        return anyio.run(route.answer, Request(scope))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def told(answer: Response) -> dict[str, object]:
    found = json.loads(bytes(answer.body))
    assert isinstance(found, dict)
    return found


def sized(width: int, height: int) -> bytes:
    """A picture whose header tells that size."""
    return png()[:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + png()[24:]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (png().ljust(MOST_PICTURE_BYTES, b"\0"), 200),
        (png().ljust(MOST_PICTURE_BYTES + 1, b"\0"), 413),
        (sized(5_000_000, 8), 200),
        (sized(5_000_001, 8), 413),
        (sized(1, 40_000_000), 200),
        (sized(1, 40_000_001), 413),
        (sized(0, 5), 415),
        (png()[:20], 415),
    ],
)
def test_a_picture_is_sent_up_to_its_bounds(place: Place, data: bytes, status: int) -> None:
    answer = place.ask("a.png", data)

    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    if status == 200:
        assert (answer.body, answer.media_type) == (data, "image/png")


def test_a_picture_says_its_size_and_time_in_its_head(place: Place) -> None:
    write(place.root / "a.png", png(), 1_700_000_000)
    answer = place.ask("a.png")

    assert answer.headers["preview-facts"] == f"{len(png())} B, 30 x 20 pixels"
    assert answer.headers["preview-modified"].startswith("2023-11-14T22:13:20")


def test_a_picture_of_no_known_time_has_none(place: Place) -> None:
    write(place.root / "a.png", png(), -5)

    assert place.ask("a.png").headers["preview-modified"] == ""


def test_a_table_has_rows_and_a_text_has_text(place: Place) -> None:
    table, text = told(place.ask("a.csv", "a,b\n1,2\n")), told(place.ask("a.txt", "a,b\n1,2\n"))

    assert (table["kind"], table["text"], table["rows"]) == ("table", None, [["a", "b"], ["1", "2"]])
    assert (text["kind"], text["text"], text["rows"]) == ("text", "a,b\n1,2\n", None)


def test_a_file_that_is_written_meanwhile_is_said_to_be(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    taking = preview.take

    def take_while_written(*asked: object) -> preview.Taken:
        found = taking(*asked)  # type: ignore[arg-type]
        return preview.Taken(found.part, found.modified_at, True)

    assert told(place.ask("a.txt", "a"))["notes"] == []
    monkeypatch.setattr(preview, "take", take_while_written)
    assert told(place.ask("a.txt", "a"))["notes"] == ["It was being written while it was read."]


def test_an_empty_file_of_a_pictures_name_is_an_empty_text(place: Place) -> None:
    assert told(place.ask("a.png", b""))["notes"] == ["The file is empty."]
    assert place.ask("a.png", b"x").status_code == 415


def test_what_the_browser_has_is_not_sent_again(place: Place) -> None:
    for path, data in (("a.txt", "a"), ("a.png", png())):
        first = place.ask(path, data)
        again = place.ask(path, etag=first.headers["etag"])
        other = place.ask(path, etag='W/"other"')
        assert (again.status_code, bytes(again.body), other.status_code) == (304, b"", 200)
        assert again.headers["x-content-type-options"] == "nosniff"


def test_where_previews_are_off_nothing_is_opened(place: Place) -> None:
    answer = place.ask("a.txt", "a", preview=False)

    assert (answer.status_code, told(answer)["error"]) == (404, "off")


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (b"VP8X" + bytes(8) + (0).to_bytes(3, "little") + (1).to_bytes(3, "little"), Size(1, 2)),
        (b"VP8X" + bytes(8) + (0).to_bytes(3, "little") + b"\1\0", None),
        (b"VP8L" + bytes(4) + b"\x2f" + (0x3FFF | 2 << 14).to_bytes(4, "little"), Size(0x4000, 3)),
        (b"VP8L" + bytes(4) + b"\x2e" + (0x3FFF | 2 << 14).to_bytes(4, "little"), None),
        (b"VP8L" + bytes(4) + b"\x2f" + b"\0\0\0", None),
        (b"VP8 " + bytes(7) + b"\x9d\x01\x2a" + b"\x05\x40" + b"\x06\xc0", Size(5, 6)),
        (b"VP8 " + bytes(7) + b"\x9d\x01\x2b" + b"\x05\x40" + b"\x06\xc0", None),
        (b"ANIM" + bytes(20), None),
    ],
)
def test_a_webp_tells_its_size_in_one_of_three_ways(body: bytes, size: Size | None) -> None:
    assert picture_size(b"RIFF" + bytes(4) + b"WEBP" + body) == size


@pytest.mark.parametrize(
    ("segments", "size"),
    [
        (b"\xff\xc0\0\x11\x08\0\x14\0\x1e", Size(30, 20)),
        (b"\xff\xff\xc2\0\x11\x08\0\x14\0\x1e", Size(30, 20)),
        (b"\xff\xff\xff\xc2\0\x11\x08\0\x14\0\x1e", Size(30, 20)),
        (b"\xff\xe0\0\x04ab\xff\xc1\0\x11\x08\0\x14\0\x1e", Size(30, 20)),
        (b"\xff\xc4\0\x02\xff\xcf\0\x11\x08\0\x14\0\x1e", Size(30, 20)),
        (b"\xff\xe0\0\x00\xff\xc0\0\x11\x08\0\x14\0\x1e", Size(30, 20)),
        (b"\xff\xcc\0\x11\x08\0\x14\0\x1e", None),
        (b"\xff\xe0\0\x03ab\xff\xc1\0\x11\x08\0\x14\0\x1e", None),
        (b"\xff\xc0\0\x11\x08\0\x14\0", None),
    ],
)
def test_a_jpeg_is_walked_to_its_frame(segments: bytes, size: Size | None) -> None:
    assert picture_size(b"\xff\xd8" + segments) == size
