"""What who is not let in gets: a way to sign in, a page of words, or JSON; and nobody keeps it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from collectors.contract.access import Role
from collectors.store.access import AccessStore
from collectors.store.store import Store
from dash_app.auth.config import Access, Oidc
from dash_app.auth.doorman import Doorman
from dash_app.auth.refusal import SIGNED_OUT, Refusal, needs, too_many
from dash_app.web.refused import refused, words

OIDC = Access(
    mode="oidc", public_url="http://localhost", oidc=Oidc(issuer="https://id.example", client_id="x"), client_secret="s"
)
PAGE = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def answered(folder: Path, refusal: Refusal, access: Access, target: str = "/", **headers: str) -> Response:
    """The answer to a request with these headers, of a page below /team/."""
    Store(folder)
    path, _, query = target.partition("?")
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": named,
    }  # fmt: skip
    return refused(refusal, scope, Doorman(access, AccessStore(folder), "/team/"))


def told(answer: Response) -> str:
    return bytes(answer.body).decode()


def test_who_opens_a_page_signed_out_is_led_to_sign_in_where_that_is_done_here(tmp_path: Path) -> None:
    led = answered(tmp_path, SIGNED_OUT, OIDC, "/?view=gate", **PAGE)
    bare = answered(tmp_path, SIGNED_OUT, OIDC, "/api", **PAGE)
    frame = answered(tmp_path, SIGNED_OUT, OIDC, **PAGE | {"sec-fetch-dest": "iframe"})
    token = answered(tmp_path, SIGNED_OUT, Access(mode="token"), **PAGE)
    proxy = answered(tmp_path, SIGNED_OUT, Access(mode="proxy"), **PAGE)

    assert (led.status_code, led.headers["location"]) == (303, "/team/login?next=%2F%3Fview%3Dgate")
    assert bare.headers["location"] == "/team/login?next=%2Fapi"
    assert "<h1>Signed out</h1>" in told(frame) and 'target="_blank"' in told(frame)
    assert "Programs show a token here." in told(token) and 'target="_blank"' not in told(token)
    assert "Sign in at the proxy in front of this page." in told(proxy)
    assert [answer.status_code for answer in (frame, token, proxy)] == [401] * 3


def test_who_may_not_see_a_page_is_told_so_in_words_and_a_program_in_json(tmp_path: Path) -> None:
    refusal = needs(Role.OPERATOR, Role.VIEWER, "ann")

    page, script = (answered(tmp_path, refusal, OIDC, **headers) for headers in (PAGE, {"sec-fetch-mode": "cors"}))

    assert (page.status_code, script.status_code) == (403, 403)
    assert "<h1>You may not see this</h1><p>this needs the role operator; you are viewer</p>" in told(page)
    assert json.loads(script.body) == {
        "error": "forbidden", "message": "this needs the role operator; you are viewer",
        "needs": "operator", "have": "viewer",
    }  # fmt: skip
    plain = answered(tmp_path, SIGNED_OUT, OIDC)
    assert json.loads(plain.body) == {"error": "signed_out", "message": SIGNED_OUT.message}


@pytest.mark.parametrize(("seconds", "wait"), [(0.2, "1"), (1.6, "2"), (59.4, "59")])
def test_nobody_keeps_a_refusal_and_who_has_to_wait_is_told_how_long(tmp_path: Path, seconds: float, wait: str) -> None:
    late, out = answered(tmp_path, too_many(seconds), OIDC), answered(tmp_path, SIGNED_OUT, OIDC)

    assert (late.status_code, late.headers["retry-after"]) == (429, wait)
    assert "retry-after" not in out.headers and "www-authenticate" not in late.headers
    assert out.headers["www-authenticate"].startswith("Bearer ")
    assert {(answer.headers["cache-control"], answer.headers["vary"]) for answer in (late, out)} == {
        ("no-store", "Cookie")
    }


def test_words_are_never_markup() -> None:
    page = words("<b>", "<i>")

    assert page.status_code == 200 and "<h1>&lt;b&gt;</h1><p>&lt;i&gt;</p></body>" in told(page)
