"""People sign in at a provider, over TLS, in a real browser: what they see, what they may do, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.browsers import console_messages
from support.page import IS_DRAWN, text
from support.people import NAME, People, people
from support.states import good_state, ready_state, write_state
from support.waiting import wait_for

from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.auth.sessions import cookie_name

PIN = """
const done = arguments[0];
fetch("api/baseline", {method: "POST", headers: {"Content-Type": "application/json"}, body: '{"run_id": null}'})
  .then(async (answer) => done([answer.status, await answer.json()]));
"""
LONGEST_WAIT_MS = 301_000
"""Beyond the longest that a page waits before it asks again or opens a stream: `assets/live/feed.js`."""
IS_SIGNED_OUT = "return 'signedOut' in document.documentElement.dataset"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with people(tmp_path_factory.mktemp("signing-in"), session_hours=1) as one:
        Store(one.server.state_dir).write_snapshot(ready_state())
        write_state(one.server.state_dir, good_state())
        yield one


@pytest.fixture
def page(opened: People) -> Iterator[People]:
    """Nobody is signed in; a test that passed leaves nothing in the console but refusals that it provoked."""
    opened.driver.get("about:blank")
    opened.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    console_messages(opened.driver)
    yield opened


def signed_in(page: People, who: str, query: str = "") -> None:
    """Open a view as somebody, and wait until it is drawn."""
    page.driver.get(f"{page.url}{query}")
    page.sign_in(who)
    wait_for(lambda: page.driver.current_url.startswith(page.url), "the way back")
    console_messages(page.driver)  # of the provider's page
    wait_for(lambda: page.driver.execute_script(IS_DRAWN), "the page to be drawn", 60)


def account(page: People) -> list[str]:
    """Name and role, as the bar says them."""
    return text(page.driver, ".account-menu summary").split()


def cookie(page: People) -> dict[str, Any]:
    found = page.driver.get_cookie(cookie_name("/"))
    assert found is not None
    return dict(found)


def asked(page: People, path: str, value: str) -> int:
    """The status for whoever has this session's cookie, past the browser."""
    headers = {"Cookie": f"{cookie_name('/')}={value}", "Host": NAME}
    return httpx.get(f"{page.server.url}{path}", headers=headers).status_code


def test_who_opens_a_view_signs_in_and_is_back_at_it_with_name_and_role(page: People) -> None:
    signed_in(page, "ann", "?view=gate")
    kept = cookie(page)

    assert page.driver.current_url == f"{page.url}?view=gate"
    assert account(page) == ["ann", "operator"]
    assert (kept["httpOnly"], kept["secure"], kept["sameSite"], kept["path"]) == (True, True, "Lax", "/")
    assert page.driver.execute_script("return document.cookie") == ""
    assert page.driver.execute_async_script(PIN)[0] == 200
    write_state(page.server.state_dir, ready_state())
    wait_for(lambda: text(page.driver, ".verdict-word") == "READY", "the news")
    write_state(page.server.state_dir, good_state())
    assert console_messages(page.driver) == []


def test_a_viewer_is_offered_no_pin_and_is_told_which_role_it_needs(page: People) -> None:
    signed_in(page, "bob", "?tab=runs")
    before = RunStore(page.server.state_dir).baseline()
    status, told = page.driver.execute_async_script(PIN)

    assert page.driver.find_elements("css selector", "button[data-pin]") == []
    assert (status, told["needs"], told["have"]) == (403, "operator", "viewer")
    assert RunStore(page.server.state_dir).baseline() == before


def test_who_has_no_role_is_told_so_by_name_and_not_sent_round_in_circles(page: People) -> None:
    page.driver.get(page.url)
    page.sign_in("eve")

    told = wait_for(lambda: "eve is signed in and has no role here" in text(page.driver, "body"), "the refusal")

    assert told and page.driver.get_cookie(cookie_name("/")) is None


def test_signing_out_in_another_tab_ends_this_one_and_the_way_back_keeps_the_view(page: People) -> None:
    """Also for whoever has copied the cookie; and nobody goes on asking."""
    signed_in(page, "ann", "?view=gate&y=log")
    driver, stolen = page.driver, cookie(page)["value"]
    first = driver.current_window_handle
    assert asked(page, "api/me", stolen) == 200

    driver.switch_to.new_window("tab")
    driver.get(page.url)
    wait_for(lambda: driver.execute_script(IS_DRAWN), "the second tab", 60)
    driver.execute_script("document.querySelector('form[action=\"sign-out\"] button').click()")
    wait_for(lambda: "You are signed out" in text(driver, "h1"), "to be signed out")
    assert not [one for one in console_messages(driver) if "favicon" in one]
    driver.close()
    driver.switch_to.window(first)

    wait_for(lambda: driver.execute_script(IS_SIGNED_OUT), "the first tab to notice", 40)
    wait_for(lambda: text(driver, "#feed-sentence").startswith("You are signed out"), "the sentence")
    assert asked(page, "api/me", stolen) == 401
    driver.find_element("css selector", "a[data-sign-in]").click()
    page.sign_in("bob")
    wait_for(lambda: driver.current_url == f"{page.url}?view=gate&y=log", "the view")
    wait_for(lambda: account(page) == ["bob", "viewer"], "the new name", 60)


@pytest.mark.slow
def test_a_session_that_expires_says_so_and_stops_asking(tmp_path: Path) -> None:
    with people(tmp_path, prefix="/team/", session_hours=20 / 3600) as short:
        write_state(short.server.state_dir, good_state())
        short.driver.get(short.url)
        short.sign_in("ann")
        wait_for(lambda: short.driver.current_url == short.url, "the way back")
        wait_for(lambda: short.driver.execute_script(IS_SIGNED_OUT), "the session to end", 60)
        wait_for(lambda: text(short.driver, "#feed-sentence").startswith("You are signed out"), "the sentence")

        assert asked_within(short.driver, LONGEST_WAIT_MS) == [f"{short.url}healthz"]


def asked_within(driver: Any, milliseconds: int) -> list[str]:
    """What the page asks for in so long a time of its own clock, which runs ahead; a timer of ours asks last."""
    asked: list[str] = []
    driver.get_log("performance")
    driver.execute_script("setTimeout(() => fetch('healthz'), arguments[0])", milliseconds)
    driver.execute_cdp_cmd("Emulation.setVirtualTimePolicy", {"policy": "advance", "budget": 2 * milliseconds})

    def is_over() -> bool:
        told = [json.loads(one["message"])["message"] for one in driver.get_log("performance")]
        asked.extend(one["params"]["request"]["url"] for one in told if one["method"] == "Network.requestWillBeSent")
        return any(one.endswith("healthz") for one in asked)

    wait_for(is_over, "the time to pass", 60)
    return asked


@pytest.mark.parametrize(
    "query", ["", "?state=foreign&code=stolen", "?error=access_denied&state=x", "?code=x&state=" + "y" * 3000]
)
def test_what_did_not_begin_here_is_no_signing_in(page: People, query: str) -> None:
    answer = httpx.get(f"{page.server.url}auth/callback{query}", headers={"Host": NAME})

    assert answer.status_code == 400
    assert answer.json()["error"] == "not_signed_in"
    assert "stolen" not in answer.text and cookie_name("/") not in answer.headers.get("set-cookie", "")
