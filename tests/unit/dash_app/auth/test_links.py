"""A frame's link: traded for a cookie of its own, good for what it names and for nothing else, until it is ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from support.callback_bodies import right_bodies
from support.signing_in import Guarded
from support.states import good_state, ready_state, write_state

from collectors.contract.access import Role
from collectors.contract.state import DashboardState
from collectors.store.store import Store
from dash_app.auth.needs import CALLBACKS

CURRENT, STORED = good_state().meta.run_id, "run-20261101-000000"
OTHER = "run-20261102-000000"
SAME = {"Sec-Fetch-Site": "same-origin"}


def stored(run_id: str) -> DashboardState:
    raw = ready_state().model_dump(mode="json")
    raw["meta"]["run_id"] = run_id
    return DashboardState.model_validate(raw)


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    write_state(tmp_path, good_state())
    for run_id in (STORED, OTHER):
        Store(tmp_path).write_snapshot(stored(run_id))
    return Guarded(tmp_path)


class Frame:
    """A frame in somebody's browser: its cookies, and the address it was led to."""

    def __init__(self, guarded: Guarded, **wish: Any) -> None:
        self.guarded = guarded
        made = guarded.ask("/api/links", Role.OPERATOR, method="POST", json={"name": "wiki"} | wish)
        assert made.status_code == 201
        self.link, self.address = made.json()["link"], urlsplit(made.json()["address"])
        self.traded = self.open()
        self.cookie = self.traded.headers.get("set-cookie", "").partition(";")[0]
        self.page = self.traded.headers.get("location", "")

    def open(self) -> Any:
        """What the wiki's frame asks for first."""
        return self.guarded.ask(f"{self.address.path}?{self.address.query}")

    def ask(self, path: str, method: str = "GET", **wishes: Any) -> Any:
        """What the page in the frame asks."""
        headers = {"Cookie": self.cookie, "Referer": f"http://localhost{self.page}"} | SAME
        return self.guarded.ask(path, method=method, headers=headers, **wishes)


def test_a_link_is_traded_for_a_cookie_of_frames_and_its_token_leaves_the_address(guarded: Guarded) -> None:
    frame = Frame(guarded, panel="graph")
    token = dict(parse_qsl(frame.address.query))["embed_token"]
    attributes = frame.traded.headers["set-cookie"].split("; ")[1:]

    assert frame.traded.status_code == 303
    assert dict(parse_qsl(urlsplit(frame.page).query)) == {
        "embed": "1",
        "panel": "graph",
        "embed_link": frame.link["id"],
    }
    assert {"HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/"} <= {*attributes}
    assert frame.cookie.startswith("__Host-td-embed-") and frame.link["id"] in frame.cookie
    assert frame.traded.headers["referrer-policy"] == "no-referrer"
    assert token not in frame.page + frame.cookie + (guarded.home / "access.json").read_text()
    assert frame.ask(frame.page).status_code == 200


def test_a_frame_of_what_is_current_shows_no_other_run(guarded: Guarded) -> None:
    frame = Frame(guarded)

    assert frame.ask(f"/api/curves?run={CURRENT}&stream=patchtst").status_code == 200
    assert frame.ask(f"/api/curves?run={STORED}&stream=patchtst").status_code == 404
    refused = (
        "/api/runs",
        f"/api/runs/{STORED}",
        "/api/state",
        "/api/compare",
        "/api/preview?path=x",
        "/api/log",
        f"/api/scalars?run={CURRENT}&stream=patchtst&first=0",
        "/report.html",
        "/badge.svg",
        "/api/me",
        "/api/links",
        f"{frame.page}&run={STORED}",
        f"{frame.page}&panel=graph",
        "/api/baseline",
    )
    assert {path: frame.ask(path).status_code for path in refused} == dict.fromkeys(refused, 403)
    assert (frame.ask("/api/pulse").status_code, frame.ask("/").status_code) == (200, 401)
    assert frame.ask("/api/baseline", "POST", json={"run_id": None}).status_code == 403


ASKED = {
    "tab": "runs",
    "shown-run": OTHER,
    "baseline-choice": OTHER,
    "overlay-runs": [OTHER],
    "selected-runs": [OTHER],
    "compared-runs": [OTHER],
    "runs-chart-wish": {"baseline": OTHER},
}
"""What somebody may have chosen, by the element that keeps it: everything names another run."""


def test_a_frame_of_one_run_shows_that_run_whatever_its_callbacks_are_asked(guarded: Guarded) -> None:
    """Neither the current state nor another run, nor which runs there are."""
    frame = Frame(guarded, run=STORED)
    wires = frame.ask("/_dash-dependencies").json()
    answers = []
    for body in right_bodies(wires):
        for part in (*body["inputs"], *body["state"]):
            part["value"] = ASKED.get(part["id"])
        answers.append(frame.ask(CALLBACKS, "POST", json=body).text)
    page, layout = frame.ask(frame.page).text, frame.ask(f"/_dash-layout{frame.page.removeprefix('/')}").text

    assert f"run={STORED}" in frame.page and STORED in page and STORED in layout
    assert len(answers) > 5 and any(STORED in text for text in answers)
    assert not [text for text in (page, layout, *answers) if OTHER in text or CURRENT in text]
    assert frame.ask(f"/api/curves?run={OTHER}&stream=patchtst").status_code == 403
    assert frame.ask(f"/api/decisions?run={OTHER}").status_code == 403


def test_frames_of_one_wiki_page_have_cookies_of_their_own(guarded: Guarded) -> None:
    frames = [Frame(guarded), Frame(guarded, run=STORED), Frame(guarded, run=OTHER, panel="losses")]
    together = "; ".join(frame.cookie for frame in frames)
    for frame in frames:
        frame.cookie = together

    assert [frame.ask(frame.page).status_code for frame in frames] == [200, 200, 200]
    assert [frame.ask(f"/api/curves?run={OTHER}&stream=patchtst").status_code for frame in frames] == [404, 403, 200]
    guarded.store.end("links", lambda one: one.id == frames[1].link["id"])
    assert [frame.ask(frame.page).status_code for frame in frames] == [200, 401, 200]


def test_what_is_forged_ended_or_without_its_cookie_shows_nothing(guarded: Guarded) -> None:
    frame, other = Frame(guarded), Frame(guarded)
    query = frame.address.query

    assert guarded.ask(f"/?{query[:-3]}AAA").status_code == 403
    assert guarded.ask(frame.page).status_code == 401
    frame.cookie = frame.cookie.partition("=")[0] + "=" + other.cookie.partition("=")[2]
    assert frame.ask(frame.page).status_code == 401
    ended = guarded.ask("/api/links/revoke", Role.OPERATOR, method="POST", json={"id": other.link["id"]})
    assert ended.json() == {"ended": 1}
    assert (other.ask(other.page).status_code, other.open().status_code) == (401, 403)


def test_only_its_maker_and_admins_see_and_end_a_link(guarded: Guarded) -> None:
    made = Frame(guarded).link
    by_admin = guarded.ask("/api/links", Role.ADMIN, method="POST", json={"name": "theirs"}).json()["link"]

    def listed(role: Role) -> list[str]:
        return [one["id"] for one in guarded.ask("/api/links", role).json()["links"]]

    assert (listed(Role.OPERATOR), listed(Role.ADMIN)) == ([made["id"]], [made["id"], by_admin["id"]])
    assert "sha256" not in guarded.ask("/api/links", Role.ADMIN).text
    refused = guarded.ask("/api/links/revoke", Role.OPERATOR, method="POST", json={"id": by_admin["id"]})
    assert refused.status_code == 404
    assert guarded.ask("/api/links/revoke", Role.ADMIN, method="POST", json={"id": made["id"]}).json() == {"ended": 1}


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "x", "run": "../x"}, {"name": "x", "panel": "all"}, {"name": "x", "days": 999}, []],
)
def test_a_link_that_cannot_be_meant_is_not_made(guarded: Guarded, body: Any) -> None:
    assert guarded.ask("/api/links", Role.OPERATOR, method="POST", json=body).status_code == 400
    assert guarded.store.records().links == ()
