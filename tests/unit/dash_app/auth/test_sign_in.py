"""Signing in at a real provider, without a browser: what it takes, what it refuses, and where it leads."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from support.signing_in import Guarded, knocked

from collectors.contract.access import Role
from dash_app.auth.config import Access, Oidc, Roles
from dash_app.auth.limits import MOST_FAILURES
from dash_app.routes.sign_in import inside

with warnings.catch_warnings():
    import authlib.deprecate  # noqa: F401 -- it asks for its own warnings, whoever ignored them before

    warnings.simplefilter("ignore")  # it imports what its library calls old
    from oidc_provider_mock import User, run_server_in_thread

ROLES = Roles(viewer=("user:bob",), operator=("group:release",), admin=("user:root",))
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    users = [User(sub="ann", claims={"groups": ["release"]}), User(sub="bob"), User(sub="eve", claims={"groups": "x"})]
    with run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


def guarded(home: Path, issuer: str, **more: Any) -> Guarded:
    oidc = Oidc(issuer=issuer, client_id="dash", user_claim="sub", **more)
    told = {"public_url": "http://localhost", "roles": ROLES, "oidc": oidc, "client_secret": "s"}
    return Guarded(home, Access(mode="oidc", **told))


def jar(*answers: httpx.Response) -> dict[str, str]:
    """The cookies that a browser has after these answers."""
    kept: dict[str, str] = {}
    for answer in answers:
        for told in answer.headers.get_list("set-cookie"):
            name, _, value = told.partition(";")[0].partition("=")
            kept = {key: text for key, text in kept.items() if key != name} | (
                {name: value} if value not in ('""', "null") else {}
            )
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in kept.items() if value)}


def way_there(page: Guarded, who: str, back: str = "/?view=gate") -> tuple[httpx.Response, str]:
    """The answer that leads to the provider, and the address that it sends somebody back to."""
    begun = page.ask("/login", params={"next": back})
    chosen = httpx.post(begun.headers["location"], data={"sub": who})
    returned = urlsplit(chosen.headers["location"])
    return begun, f"{returned.path}?{returned.query}"


def signed_in(page: Guarded, who: str, back: str = "/?view=gate") -> tuple[httpx.Response, dict[str, str]]:
    begun, returned = way_there(page, who, back)
    ended = page.ask(returned, headers=jar(begun))
    return ended, jar(begun, ended)


def test_somebody_signs_in_with_pkce_and_nonce_and_is_back_at_the_view(tmp_path: Path, provider: str) -> None:
    page = guarded(tmp_path, provider)
    asked = parse_qs(urlsplit(page.ask("/login").headers["location"]).query)
    ended, cookies = signed_in(page, "ann")

    assert {"state", "nonce", "code_challenge"} <= set(asked) and asked["code_challenge_method"] == ["S256"]
    assert (ended.status_code, ended.headers["location"]) == (303, "/?view=gate")
    assert page.ask("/api/me", headers=cookies).json()["user"] == "ann"
    assert page.store.records().sessions[0].role is Role.OPERATOR
    assert [one["event"] for one in page.store.audit()] == ["sign-in"]


def test_who_signs_in_again_has_one_session_and_signs_out_of_all(tmp_path: Path, provider: str) -> None:
    page = guarded(tmp_path, provider)
    _, first = signed_in(page, "ann")
    begun, returned = way_there(page, "ann")
    again = page.ask(returned, headers={"Cookie": f"{jar(begun)['Cookie']}; {first['Cookie']}"})
    second, (_, third) = jar(begun, again), signed_in(page, "ann")

    assert [page.ask("/api/me", headers=one).status_code for one in (first, second, third)] == [401, 200, 200]
    out = page.ask("/sign-out-everywhere", method="POST", headers=second | HERE)
    assert (out.status_code, out.headers["location"]) == (303, "/signed-out")
    assert [page.ask("/api/me", headers=one).status_code for one in (second, third)] == [401, 401]
    assert "oauth2/end_session?client_id=dash" in page.ask("/signed-out").text


def test_signing_out_ends_one_session_and_is_no_link(tmp_path: Path, provider: str) -> None:
    page = guarded(tmp_path, provider)
    (_, first), (_, second) = signed_in(page, "ann"), signed_in(page, "ann")

    assert page.ask("/sign-out", headers=first).status_code == 404
    assert page.ask("/sign-out", method="POST", headers=first | {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert page.ask("/sign-out", method="POST", headers=first | HERE).status_code == 303
    assert [page.ask("/api/me", headers=one).status_code for one in (first, second)] == [401, 200]


def test_who_has_no_role_gets_no_session(tmp_path: Path, provider: str) -> None:
    page = guarded(tmp_path, provider)
    ended, _ = signed_in(page, "eve")

    assert (ended.status_code, ended.json()["error"], ended.json()["have"]) == (403, "no_role", "none")
    assert page.store.records().sessions == ()
    assert [(one["event"], one["user"]) for one in page.store.audit()] == [("sign-in refused", "eve")]


def test_an_answer_to_another_question_is_none(tmp_path: Path, provider: str) -> None:
    """Somebody else's way back, one without the cookie of the way there, one that is used again, and a denial."""
    page = guarded(tmp_path, provider)
    (mine, back), (theirs, _) = way_there(page, "ann"), way_there(page, "bob")
    denied = back.partition("code=")[0] + "error=access_denied&" + back.rpartition("&")[2]

    found = [page.ask(back, headers=jar(theirs)), page.ask(back), page.ask(denied, headers=jar(mine))]

    assert [(one.status_code, one.json()["error"]) for one in found] == [(400, "not_signed_in")] * 3
    assert page.store.records().sessions == ()
    assert {one["event"] for one in page.store.audit()} == {"sign-in failed"}
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert code not in "".join(one.text for one in found) + (page.home / "audit.jsonl").read_text()


def test_who_fails_again_and_again_waits(tmp_path: Path, provider: str) -> None:
    page, asked = guarded(tmp_path, provider), [("GET", "/auth/callback?state=x&code=y")]

    statuses = [knocked(page.server, asked)[asked[0]].status for _ in range(MOST_FAILURES + 1)]

    assert statuses == [400] * MOST_FAILURES + [429]


@pytest.mark.parametrize(("late_seconds", "status"), [(60, 303), (600, 400)])
def test_a_clock_that_is_a_minute_off_is_no_reason_and_ten_are(tmp_path: Path, late_seconds: int, status: int) -> None:
    """The provider's token ended so long ago, by our clock."""
    users, age = [User(sub="ann", claims={"groups": ["release"]})], timedelta(seconds=-late_seconds)
    with run_server_in_thread(user_claims=users, access_token_max_age=age) as server:
        ended, _ = signed_in(guarded(tmp_path, f"http://localhost:{server.server_port}"), "ann")

    assert ended.status_code == status


def test_a_provider_that_is_not_there_is_said_and_nothing_breaks(tmp_path: Path) -> None:
    page = guarded(tmp_path, "http://localhost:9")

    found = page.ask("/login")

    assert found.status_code == 502 and "cannot be reached" in found.text
    assert page.ask("/signed-out").status_code == 200


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        ("/?view=gate&run=x", "/?view=gate&run=x"), ("//evil.example", "/"), ("/\\evil.example", "/"), ("evil", "/"),
        ("https://evil.example", "/"), ("/x\r\nSet-Cookie: a", "/"), ("javascript:x", "/"), (None, "/"), ("", "/"),
        ("/" + "x" * 3000, "/"), ("/a\\b", "/"),
    ],
)  # fmt: skip
def test_the_way_back_leads_to_this_page_alone(wish: str | None, kept: str) -> None:
    assert inside(wish) == kept
