"""Which answers are packed, and how: by their length, their kind, and what the browser takes."""

from __future__ import annotations

import gzip

import brotli
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from support.asking import ask

from dash_app.web.packing import Compression, best_coding, packed


def coding_of(body: bytes, kind: str = "text/plain", status: int = 200, **headers: str) -> str | None:
    """How an answer comes to a browser that takes everything."""

    async def answer(_: Request) -> Response:
        return Response(body, status, headers, media_type=kind)

    told = ask(Compression(Starlette(routes=[Route("/", answer)])))
    assert told.content == body
    return told.headers.get("content-encoding")


def test_what_is_packed_has_between_five_hundred_bytes_and_sixteen_mebibytes() -> None:
    most = bytes(16 << 20)

    assert [coding_of(bytes(size)) for size in (499, 500)] == [None, "br"]
    assert [coding_of(most), coding_of(most + b"x")] == ["br", None]


@pytest.mark.parametrize(
    ("kind", "is_packed"),
    [
        ("text/css", True),
        ("application/json", True),
        ("application/javascript", True),
        ("image/svg+xml", True),
        ("image/png", False),
        ("application/octet-stream", False),
    ],
)
def test_text_is_packed_and_what_is_packed_already_is_not(kind: str, is_packed: bool) -> None:
    assert coding_of(bytes(1000), kind) == ("br" if is_packed else None)
    assert coding_of(bytes(1000), kind, 206) is None


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, br", "br"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.0, gzip; q=0", None),
        ("br;q=0.1", "br"),
        ("deflate, zstd", None),
        ("", None),
    ],
)
def test_brotli_is_taken_before_gzip_and_what_is_refused_is_not_sent(accepted: str, coding: str | None) -> None:
    def scope(kind: str = "http", method: str = "GET") -> dict[str, object]:
        return {"type": kind, "method": method, "headers": [(b"accept-encoding", accepted.encode())]}

    assert best_coding(scope()) == coding
    assert best_coding(scope(method="HEAD")) is best_coding(scope("websocket")) is None


def test_equal_answers_are_packed_to_equal_bytes_whenever_that_is() -> None:
    body = b"a line\n" * 100

    assert brotli.decompress(packed(body, "br")) == gzip.decompress(packed(body, "gzip")) == packed(body, None) == body
    assert packed(body, "gzip")[4:9] == bytes(4) + b"\2", "no time, and as small as can be"
