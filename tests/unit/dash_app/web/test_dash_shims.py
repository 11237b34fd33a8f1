"""What is taken off Dash, and what is put before it: sockets, files and answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send
from support.asking import ask

from dash_app.app import create_app
from dash_app.reading.reader import StateReader
from dash_app.settings import Settings
from dash_app.web.dash_shims import (
    CALLBACK_PATH,
    SUITES_PATH,
    DashGuard,
    RememberedFiles,
    _named_json,
    is_known_file,
    is_versioned,
    without_version,
)

FILE = f"{SUITES_PATH}dash/deps/react.js"


class Files:
    """An application that serves files with an etag, and counts how often it is asked."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.asked = 0
        self.remembering = RememberedFiles(self.serve)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": [(b"etag", b'"one"')]})
        await send({"type": "http.response.body", "body": b"file"})

    def ask(self, path: str, etag: str = "") -> tuple[int, bytes]:
        """Ask for a file, with the etag that a browser remembers."""
        messages: list[Message] = []

        async def send(message: Message) -> None:
            messages.append(message)

        async def receive() -> Message:
            return {"type": "http.request"}

        headers = [(b"if-none-match", etag.encode())] if etag else []
        asyncio.run(
            self.remembering({"type": "http", "method": "GET", "path": path, "headers": headers}, receive, send)
        )
        return messages[0]["status"], b"".join(message.get("body", b"") for message in messages[1:])


def test_a_file_that_was_sent_once_is_a_304_without_reading() -> None:
    files = Files()

    assert files.ask(FILE) == (200, b"file")
    assert files.ask(FILE, '"one"') == (304, b"")
    assert files.asked == 1


@pytest.mark.parametrize("etag", ["", '"other"'])
def test_who_has_another_one_or_none_gets_the_file(etag: str) -> None:
    files = Files()
    files.ask(FILE)

    assert files.ask(FILE, etag) == (200, b"file")
    assert files.asked == 2


@pytest.mark.parametrize("status", [404, 206, 304])
def test_only_a_whole_file_is_remembered(status: int) -> None:
    files = Files(status)
    files.ask(FILE)
    files.ask(FILE, '"one"')

    assert files.asked == 2


def test_other_addresses_pass() -> None:
    files = Files()
    files.ask("/api/state")
    files.ask("/api/state", '"one"')

    assert files.asked == 2


@pytest.mark.parametrize(
    ("path", "is_known"),
    [
        ("dash/deps/react.js", True),
        ("dash/deps/react.v3_1m123.js", True),
        ("dash/deps/other.js", False),
        ("plotly/deps/react.js", False),
        ("dash", False),
        ("", False),
    ],
)
def test_a_file_is_known_by_its_package_and_its_name_without_the_version(path: str, is_known: bool) -> None:
    assert is_known_file(SUITES_PATH + path, {"dash": {"deps/react.js"}}) is is_known


@pytest.fixture
def page(tmp_path: Path) -> FastAPI:
    """The whole application, that has answered nothing yet."""
    server: FastAPI = create_app(
        Settings(workspace=tmp_path, state_dir=tmp_path / "state"), StateReader(tmp_path / "state")
    ).server
    return server


def test_the_page_offers_no_socket_for_callbacks(page: FastAPI) -> None:
    """Neither a route for it nor, in what the page is told, an address."""
    assert not [route for route in page.routes if "_dash-ws-callback" in getattr(route, "path", "")]
    assert "_dash-ws-callback" not in ask(page).text


def test_a_worker_whose_first_request_is_for_a_file_has_it(page: FastAPI) -> None:
    assert ask(page, f"{SUITES_PATH}dash/dash-renderer/build/dash_renderer.min.js").status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/a/b", f"{SUITES_PATH}dash/deps/other.js", f"{SUITES_PATH}os/path.py"])
def test_an_address_without_anything_is_a_404_and_not_the_page(page: FastAPI, path: str) -> None:
    answer = ask(page, path)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_a_callback_is_asked_with_post_and_json_and_answered_as_json(page: FastAPI) -> None:
    """What is wrong is the sender's fault, and said in a sentence."""

    def told(method: str = "POST", kind: str = "application/json", body: str = "{}") -> tuple[int, str]:
        answer = ask(page, CALLBACK_PATH, method=method, content=body, headers={"Content-Type": kind})
        return answer.status_code, answer.json()["message"]

    assert told("GET") == told("PUT") == (405, "callbacks are asked with POST")
    assert ask(page, CALLBACK_PATH).headers["allow"] == "POST"
    assert told(kind="text/plain") == (400, "the body must be application/json")
    assert told(kind="application/json; charset=utf-8") == (400, "the body must be an object that names its output")
    assert told(body='{"output": "no-such.data"}') == (400, "no callback has this output")


@pytest.mark.parametrize(
    ("path", "is_one"),
    [("dash/deps/react.v3_1m123.js", True), ("dash/deps/react.js", False), ("dash/deps/async-a.js", False)],
)
def test_a_file_is_versioned_where_its_name_says_so(path: str, is_one: bool) -> None:
    assert is_versioned(SUITES_PATH + path) is is_one
    assert without_version(SUITES_PATH + path) == (SUITES_PATH + "dash/deps/react.js" if is_one else SUITES_PATH + path)


def test_only_an_answer_without_a_type_is_called_json() -> None:
    def types(*heads: Message) -> list[str | None]:
        found: list[str | None] = []

        async def send(message: Message) -> None:
            found.append(dict(message.get("headers", [])).get(b"content-type", b"-").decode())

        async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
            for head in heads:
                await send(head)

        async def receive() -> Message:
            raise AssertionError("nothing is read")

        known = type("Known", (), {"callback_map": {}, "registered_paths": {}})()
        scope = {"type": "http", "method": "POST", "path": "/other", "headers": []}
        asyncio.run(DashGuard(app, known)(scope, receive, _named_json(send)))
        return found

    def start(status: int, *headers: tuple[bytes, bytes]) -> Message:
        return {"type": "http.response.start", "status": status, "headers": list(headers)}

    assert types(start(200), start(204), start(200, (b"content-type", b"text/html"))) == [
        "application/json",
        "-",
        "text/html",
    ]
    assert types({"type": "http.response.body", "body": b""}) == ["-"]
