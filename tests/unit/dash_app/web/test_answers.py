"""Answers in one form: errors, tags, and what a client has already."""

from __future__ import annotations

import json

import pytest
from starlette.requests import Request

from dash_app.web.answers import failure, has_already, not_found, tagged_json, tell_audit


def asking(known: str | None = None, **scope: object) -> Request:
    headers = [] if known is None else [(b"if-none-match", known.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers, **scope})


@pytest.mark.parametrize(
    ("known", "has"),
    [
        (None, False),
        ("", False),
        ('"e"', True),
        ('W/"e"', True),
        ('"a", W/"e"', True),
        ('"a" ,"b"', False),
        ("*", True),
        ('"ee"', False),
        (",", False),
    ],
)
def test_a_tag_is_known_among_several_weak_or_not(known: str | None, has: bool) -> None:
    assert has_already(asking(known), "e") is has
    assert not has_already(asking(known if known != "*" else None), "")


def test_json_is_sent_under_its_tag_or_not_at_all() -> None:
    whole, raw, again = (tagged_json(asking(known), content, "e") for known, content in (
        (None, {"a": [1]}), (None, b'{"a":2}'), ('W/"e"', {"a": 1})))  # fmt: skip

    assert [answer.status_code for answer in (whole, raw, again)] == [200, 200, 304]
    assert (json.loads(whole.body), raw.body, again.body) == ({"a": [1]}, b'{"a":2}', b"")
    assert {answer.headers["etag"] for answer in (whole, raw, again)} == {'W/"e"'}
    assert {answer.headers["cache-control"] for answer in (whole, raw, again)} == {"no-cache"}
    assert {answer.headers["content-type"] for answer in (whole, raw)} == {"application/json"}


def test_an_error_is_a_word_and_a_sentence_and_nobody_keeps_it() -> None:
    answer = failure(418, "teapot", "It is one.")

    assert (answer.status_code, json.loads(answer.body)) == (418, {"error": "teapot", "message": "It is one."})
    assert answer.headers["cache-control"] == "no-cache"
    assert (not_found().status_code, json.loads(not_found().body)["error"]) == (404, "not_found")


def test_what_a_request_changed_is_told_where_somebody_writes_it_down() -> None:
    about: dict[str, object] = {"a": 1}

    tell_audit(asking(state={"audit": about}), b=2)
    tell_audit(asking(), b=3)

    assert about == {"a": 1, "b": 2}
