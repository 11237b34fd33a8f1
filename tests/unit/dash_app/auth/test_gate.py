"""The gate around the whole application: who is let in, what they are told, and what is written down of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.signing_in import Guarded, knocked, new_token, scope_of
from support.states import good_state, ready_state, write_state

from collectors.contract.access import Role
from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.auth.config import Access, Oidc, Proxy
from dash_app.auth.sessions import SALT, Sessions, cookie_name

OIDC = Access(
    mode="oidc", public_url="http://localhost", oidc=Oidc(issuer="https://id.example", client_id="x"), client_secret="s"
)
PIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    write_state(tmp_path, good_state())
    Store(tmp_path).write_snapshot(ready_state())
    return Guarded(tmp_path)


def signed_in(guarded: Guarded, role: Role = Role.VIEWER, seconds: float = 60) -> dict[str, str]:
    """The cookie of a new session."""
    session = guarded.store.begin_session("ann", role, seconds)
    return {"Cookie": f"{cookie_name(guarded.prefix)}={Sessions(guarded.store).cookie_for(session)}"}


def pin(guarded: Guarded, role: Role | None, **headers: str) -> Any:
    run_id = ready_state().meta.run_id
    return guarded.ask("/api/baseline", role, method="POST", json={"run_id": run_id}, headers=PIN | headers)


def events(guarded: Guarded) -> list[tuple[object, ...]]:
    return [(one["event"], one["user"], one.get("path")) for one in guarded.store.audit()]


def test_a_viewer_is_told_which_role_pinning_needs_and_an_operator_pins_by_name(guarded: Guarded) -> None:
    refused, pinned = pin(guarded, Role.VIEWER), pin(guarded, Role.OPERATOR)

    assert refused.status_code == 403
    assert (refused.json()["needs"], refused.json()["have"]) == ("operator", "viewer")
    assert pinned.status_code == 200
    assert guarded.ask("/api/baseline", Role.VIEWER).json()["pinned_by"] == "token operator"
    assert events(guarded) == [
        ("refused", "token viewer", "/api/baseline"),
        ("write", "token operator", "/api/baseline"),
    ]
    assert [*guarded.store.audit()][1]["run_id"] == ready_state().meta.run_id
    assert pin(guarded, Role.ADMIN).status_code == 200


def test_where_nobody_signs_in_a_pin_is_written_down_too(tmp_path: Path) -> None:
    Store(tmp_path).write_snapshot(ready_state())
    free = Guarded(tmp_path, Access())

    assert pin(free, None).status_code == 200
    assert events(free) == [("write", "anonymous", "/api/baseline")]


def test_a_session_counts_until_it_is_ended_expired_or_not_ours(tmp_path: Path) -> None:
    """A stolen cookie after signing out is one of them."""
    guarded = Guarded(tmp_path, OIDC)
    good, over, ended = signed_in(guarded), signed_in(guarded, seconds=-1), signed_in(guarded)
    known = guarded.store.records().sessions[-1]
    guarded.store.end("sessions", lambda one: one.id == known.id)
    forged = {"Cookie": good["Cookie"][:-3] + "AAA"}
    twice = {"Cookie": f"{good['Cookie']}; {good['Cookie']}"}
    foreign = Guarded(tmp_path / "other", OIDC)
    other = signed_in(foreign)

    found = [guarded.ask("/api/me", headers=one).status_code for one in (good, over, ended, forged, twice, other)]

    assert found == [200, 401, 401, 401, 401, 401]
    assert guarded.ask("/api/me", headers=good).json() == {
        "user": "ann", "role": "viewer", "how": "session", "may": ["viewer"],
    }  # fmt: skip


def test_what_was_signed_for_something_else_is_no_session(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path, OIDC)
    session = guarded.store.begin_session("ann", Role.ADMIN, 60)
    told = {"sid": session.id}
    name = cookie_name("/")

    found = [
        guarded.ask("/api/me", headers={"Cookie": f"{name}={Sessions(guarded.store).signed(told, salt)}"}).status_code
        for salt in (SALT, "training-dashboard.link")
    ]

    assert found == [200, 401]


def test_a_new_secret_signs_nobody_out_and_two_new_ones_do(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path, OIDC)
    cookie, found = signed_in(guarded), []
    for _ in range(3):
        found.append(guarded.ask("/api/me", headers=cookie).status_code)
        guarded.store.rotate()

    assert found == [200, 200, 401]


def test_who_opens_a_page_is_led_to_sign_in_and_a_script_is_told(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path, OIDC, prefix="/team/")
    document = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    page = guarded.ask("/team/?view=gate&run=x", headers=document)
    frame = guarded.ask("/team/", headers=document | {"Sec-Fetch-Dest": "iframe"})
    script = guarded.ask("/team/api/pulse", headers={"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"})

    assert (page.status_code, page.headers["location"]) == (303, "/team/login?next=%2F%3Fview%3Dgate%26run%3Dx")
    assert frame.status_code == 401 and "Open it in a new tab" in frame.text
    assert (script.status_code, script.json()["error"]) == (401, "signed_out")


def test_another_site_changes_nothing_with_somebodys_cookie(tmp_path: Path) -> None:
    Store(tmp_path).write_snapshot(ready_state())
    guarded = Guarded(tmp_path, OIDC)
    cookie = signed_in(guarded, Role.OPERATOR)

    found = [pin(guarded, None, **cookie, **{"Sec-Fetch-Site": site}) for site in ("cross-site", "same-site", "none")]

    assert [(one.status_code, one.json()["error"]) for one in found] == [(403, "foreign_request")] * 3
    assert RunStore(tmp_path).baseline() is None
    assert pin(guarded, None, **cookie).status_code == 200


def test_five_wrong_tokens_make_that_token_and_that_address_wait_and_say_nothing_of_it(guarded: Guarded) -> None:
    """The same words for a token that was never there; and no token in any line."""
    known = guarded.tokens[Role.ADMIN]
    wrong = known[:-4] + "AAAA"
    never = "tdt_" + "0" * 12 + "_" + "A" * 43
    asked = [("GET", "/api/state")]

    first = [knocked(guarded.server, asked, authorization=f"Bearer {one}")[asked[0]] for one in (wrong, never)]
    rest = [knocked(guarded.server, asked, authorization=f"Bearer {wrong}")[asked[0]].status for _ in range(4)]
    true_one = knocked(guarded.server, asked, authorization=f"Bearer {known}")[asked[0]]

    assert first[0].body == first[1].body and first[0].status == 401
    assert rest == [401, 401, 401, 429]
    assert true_one.status == 429 and int(true_one.headers["retry-after"]) > 50
    audit = (guarded.home / "audit.jsonl").read_text()
    assert [one["event"] for one in guarded.store.audit()] == ["token refused"] * 5
    assert known not in audit and wrong not in audit


def test_behind_a_named_proxy_nobody_waits_for_what_others_did(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path, Access(mode="token", proxy=Proxy(peers=("203.0.113.7",))))
    asked = [("GET", "/api/me")]
    for number in range(9):
        knocked(guarded.server, asked, authorization=f"Bearer tdt_{number:012}_" + "A" * 43)

    good = knocked(guarded.server, asked, authorization=f"Bearer {guarded.tokens[Role.VIEWER]}")[asked[0]]

    assert good.status == 200


def test_a_token_for_pictures_shows_pictures_also_in_their_address_and_nothing_else(guarded: Guarded) -> None:
    picture = new_token(guarded.store, Role.VIEWER, pictures_only=True)

    assert guarded.ask(f"/badge.svg?token={picture}").status_code == 200
    assert guarded.ask("/badge.svg").status_code == 401
    assert guarded.ask(f"/badge.svg?token={guarded.tokens[Role.ADMIN]}").status_code == 403, "it would be in every log"
    assert guarded.ask("/api/state", headers={"Authorization": f"Bearer {picture}"}).status_code == 403
    assert guarded.ask(f"/api/state?token={picture}").status_code == 401


def test_pictures_may_be_left_open_and_contents_may_need_more(tmp_path: Path) -> None:
    write_state(tmp_path, good_state())
    guarded = Guarded(tmp_path, Access(mode="token", open_pictures=True, preview_role=Role.OPERATOR))

    assert guarded.ask("/snapshot.svg").status_code == 200
    assert guarded.ask("/api/preview?path=x", Role.VIEWER).json()["needs"] == "operator"
    assert guarded.ask("/api/log", Role.VIEWER).json()["needs"] == "operator"
    assert guarded.ask("/api/scalars", Role.VIEWER).json()["needs"] == "operator"
    assert guarded.ask("/api/log", Role.OPERATOR).status_code != 403


def test_nobody_else_keeps_what_somebody_was_shown(guarded: Guarded) -> None:
    state, styles = (guarded.ask(path, Role.VIEWER) for path in ("/api/state", "/assets/page.css?v=x"))
    page = guarded.ask("/", Role.VIEWER)
    named = page.text.split('href="/assets/page.css')[1].split('"')[0]

    assert state.headers["cache-control"].startswith("private") and "Cookie" in state.headers["vary"]
    assert styles.headers["cache-control"].startswith("private")
    assert "immutable" in guarded.ask(f"/assets/page.css{named}", Role.VIEWER).headers["cache-control"]


def test_an_admin_lists_and_ends_sessions_and_tokens_and_no_list_holds_a_secret(guarded: Guarded) -> None:
    session = guarded.store.begin_session("bob", Role.VIEWER, 60)
    listed = guarded.ask("/api/tokens", Role.ADMIN)
    ids = {one["role"]: one["id"] for one in listed.json()["tokens"]}
    ended = guarded.ask("/api/tokens/revoke", Role.ADMIN, method="POST", json={"id": ids["viewer"]})
    out = guarded.ask("/api/sessions/revoke", Role.ADMIN, method="POST", json={"user": "bob"})

    assert "sha256" not in listed.text and not [text for text in guarded.tokens.values() if text in listed.text]
    assert (ended.json(), out.json()) == ({"ended": 1}, {"ended": 1})
    assert guarded.ask("/api/pulse", Role.VIEWER).status_code == 401
    assert [one["id"] for one in guarded.ask("/api/sessions", Role.ADMIN).json()["sessions"]] == [session.id]
    assert [
        guarded.ask("/api/tokens/revoke", Role.ADMIN, method="POST", json=body).status_code
        for body in ({"id": "0"}, {"user": "bob"}, {}, [], {"id": None, "x": 1})
    ] == [404, 400, 400, 400, 400]


def test_what_breaks_while_it_is_audited_is_no_success(guarded: Guarded) -> None:
    assert pin(guarded, Role.OPERATOR, **{"Content-Type": "text/plain"}).status_code == 400
    assert not [one for one in guarded.store.audit() if one["event"] == "write"]


def test_a_stream_ends_with_what_it_was_opened_by(guarded: Guarded) -> None:
    """At its next beat, whole, and without a failure in the log."""
    sent: list[Any] = []
    token = guarded.tokens[Role.VIEWER]

    async def receive() -> Any:
        await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        sent.append(message)

    async def followed() -> None:
        headers = {"host": "localhost", "authorization": f"Bearer {token}"}
        scope = scope_of("GET", "/api/events", headers)
        stream = asyncio.create_task(guarded.server(scope, receive, send))
        while len(sent) < 2:
            await asyncio.sleep(0.01)
        guarded.store.end("tokens", lambda one: one.name == "viewer")
        write_state(guarded.home, ready_state())
        await asyncio.wait_for(stream, 60)

    asyncio.run(followed())

    assert sent[0]["status"] == 200 and sent[1]["body"].startswith(b"retry")
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


def test_two_pages_of_one_host_do_not_sign_each_other_out(tmp_path: Path) -> None:
    """A `__Host-` cookie has no path: their names keep them apart."""
    one, other = (Guarded(tmp_path / name, OIDC, prefix=f"/{name}/") for name in ("one", "other"))
    both = {"Cookie": "; ".join(signed_in(page)["Cookie"] for page in (one, other))}

    found = [page.ask(f"{page.prefix}api/me", headers=both).status_code for page in (one, other)]

    assert found == [200, 200]
    assert cookie_name("/one/") != cookie_name("/other/")


@pytest.fixture(autouse=True)
def nothing_leaks(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No test of this file leaves a token in a log."""
    with caplog.at_level("DEBUG"):
        yield
    assert "tdt_" not in caplog.text.replace("tdt_ ", "")


def test_now_is_the_clock_of_this_machine(guarded: Guarded) -> None:
    late = new_token(guarded.store, Role.VIEWER, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert guarded.ask("/api/me", headers={"Authorization": f"Bearer {late}"}).status_code == 401
    assert json.loads(guarded.ask("/api/me", Role.ADMIN).content)["may"] == ["viewer", "operator", "admin"]
