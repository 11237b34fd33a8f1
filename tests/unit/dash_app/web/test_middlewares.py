"""The layers around the page: their order, and each over a small application of its own."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from support.asking import ask

from dash_app.app import create_app
from dash_app.reading.reader import StateReader
from dash_app.settings import Settings
from dash_app.web import packing as compression
from dash_app.web.body_limit import BodyLimit
from dash_app.web.middlewares import gate_of, middlewares, put_around
from dash_app.web.packing import Compression
from dash_app.web.trust import AnswerHeaders, LastResort

LONG = "a line of text\n" * 200


def serving(answer: Response) -> Starlette:
    async def route(_: Request) -> Response:
        return answer

    return Starlette(routes=[Route("/{path:path}", route)])


async def broken(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("the secret of the house")


async def events() -> AsyncIterator[str]:
    for number in range(3):
        yield f"data: {number} {LONG}\n\n"


class Named:
    """A layer that says its name when a request meets it."""

    def __init__(self, app: ASGIApp, name: str, met: list[str]) -> None:
        self.app, self.name, self.met = app, name, met

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        self.met.append(self.name)
        await self.app(scope, receive, send)


def test_a_request_meets_the_layers_in_the_order_of_the_list() -> None:
    """And all of them before what was there already."""
    met: list[str] = []
    server = FastAPI(middleware=[Middleware(Named, name="inside", met=met)])

    put_around(server, [Middleware(Named, name=name, met=met) for name in ("first", "second", "third")])
    ask(server)

    assert met == ["first", "second", "third", "inside"]


def test_the_page_has_the_layers_of_the_list_around_all_of_dash(tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path, state_dir=tmp_path, url_prefix="/team/", trusted_hosts=("a.example",))
    app = create_app(settings, StateReader(tmp_path))
    listed = [layer.cls for layer in middlewares(app, settings, [gate_of(None, settings)])]

    assert [layer.cls for layer in app.server.user_middleware[: len(listed)]] == listed
    assert {layer.cls.__module__.partition(".")[0] for layer in app.server.user_middleware[len(listed) :]} == {"dash"}


def test_what_breaks_is_logged_whole_and_told_in_a_word(caplog: pytest.LogCaptureFixture) -> None:
    """The visitor learns that it broke; the operator learns why."""
    with caplog.at_level(logging.ERROR):
        answer = ask(AnswerHeaders(LastResort(broken), policy=str), "/api/state")

    assert (answer.status_code, answer.json()["error"]) == (500, "internal")
    assert "secret" not in answer.text
    assert "the secret of the house" in caplog.text and "/api/state" in caplog.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_stream_passes_unpacked_and_piece_by_piece() -> None:
    """An event that waits in a packer is an event that comes too late."""
    stream = StreamingResponse(events(), media_type="text/event-stream")
    seen: list[bytes] = []

    async def note(message: Any) -> None:
        seen.append(message.get("body", b""))

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"accept-encoding", b"br")]}
    asyncio.run(Compression(serving(stream))(scope | {"query_string": b""}, nothing_to_read, note))

    assert [piece[:7] for piece in seen if piece] == [b"data: 0", b"data: 1", b"data: 2"]


def test_what_is_small_packed_or_a_picture_passes_as_it_is() -> None:
    small = PlainTextResponse("short")
    packed = Response(gzip.compress(LONG.encode()), media_type="text/plain", headers={"Content-Encoding": "gzip"})
    picture = Response(b"x" * 4000, media_type="image/png")

    codings = [ask(Compression(serving(it))).headers.get("content-encoding") for it in (small, packed, picture)]

    assert codings == [None, "gzip", None]


def test_a_file_in_several_pieces_is_packed_whole() -> None:
    """Long files are sent in pieces, and say their length first."""
    body = LONG * 40
    headers = {"Content-Length": str(len(body)), "Content-Type": "text/css"}
    pieces = (body[at : at + 1000].encode() for at in range(0, len(body), 1000))

    answer = ask(Compression(serving(StreamingResponse(pieces, headers=headers))))

    assert (answer.text, answer.headers["content-encoding"]) == (body, "br")
    assert int(answer.headers["content-length"]) < len(body) / 20
    assert answer.headers["vary"] == "Accept-Encoding"


def test_visitors_who_come_together_wait_for_one_packing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chart library takes a tenth of a second; a team that opens the page at nine must not pay it each."""
    packings: list[str] = []
    pack = compression.packed
    monkeypatch.setattr(compression, "packed", lambda body, coding: packings.append(coding) or pack(body, coding))
    app = Compression(serving(PlainTextResponse(LONG)))

    async def together() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            wishes = ("br", "br", "gzip", "br", "gzip")
            return await asyncio.gather(*(client.get("/", headers={"Accept-Encoding": wish}) for wish in wishes))

    answers = asyncio.run(together())

    assert {answer.text for answer in answers} == {LONG}
    assert [answer.headers["content-encoding"] for answer in answers] == ["br", "br", "gzip", "br", "gzip"]
    assert sorted(packings) == ["br", "gzip"]


def test_a_part_of_a_file_and_a_head_pass_as_they_are() -> None:
    """Their length speaks of the file as it lies there."""
    headers = {"Content-Range": f"bytes 0-{len(LONG) - 1}/9000"}
    part = ask(Compression(serving(PlainTextResponse(LONG, 206, headers))))
    head = ask(Compression(serving(PlainTextResponse(LONG))), method="HEAD")

    assert (part.text, part.headers.get("content-encoding")) == (LONG, None)
    assert (head.headers["content-length"], head.headers.get("content-encoding")) == (str(len(LONG)), None)


def test_a_body_is_read_once_and_handed_on_whole() -> None:
    async def echo(request: Request) -> Response:
        return Response(await request.body())

    app = BodyLimit(Starlette(routes=[Route("/", echo, methods=["POST"])]))

    assert ask(app, method="POST", content=b"x" * 70_000).content == b"x" * 70_000


async def nothing_to_read() -> Any:
    await asyncio.sleep(3600)
