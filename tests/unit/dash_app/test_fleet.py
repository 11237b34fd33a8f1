"""The page of many workspaces and the pages below it: what it tells without a script, and to whom it tells nothing."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from support.asking import ask
from support.fleets import put
from support.signing_in import Guarded, knocked, new_token, scope_of
from support.states import ready_state, write_state

from collectors.contract.access import Role
from collectors.store.access import AccessStore
from collectors.store.fleet_folder import FolderFleet
from collectors.store.runs import RunStore
from dash_app.auth.config import Access, Proxy, Roles
from dash_app.auth.fleet import Sight
from dash_app.auth.identity import Identity, answer_for
from dash_app.auth.needs import OPEN, need_of
from dash_app.auth.sessions import Sessions, cookie_name
from dash_app.fleet import create_fleet
from dash_app.reading.fleet import FleetReader
from dash_app.routes.fleet_events import FleetEvents
from dash_app.settings import FLEET_STATE, Settings
from dash_app.web import workspaces

ROLES = Roles.model_validate(
    {
        "viewer": {"red-*": ["group:red"], "blue-*": ["group:blue"], "*": ["user:sue"]},
        "operator": {"red-*": ["user:otto"]},
        "admin": {"red-1": ["user:ada"], "*": ["group:platform"]},
    }
)
ROW = re.compile(r'data-row="([^"]*)"')


@dataclass
class Fleet:
    """The whole application over a root."""

    root: Path
    access: Access = field(default_factory=Access)
    prefix: str = "/"

    def __post_init__(self) -> None:
        settings = Settings(
            workspace=self.root,
            state_dir=self.root / FLEET_STATE,
            fleet=self.root,
            access=self.access,
            url_prefix=self.prefix,
            trusted_hosts=("*",),
            collect=False,
        )
        self.server: FastAPI = create_fleet(settings, FolderFleet(self.root, look_seconds=0))

    def get(self, path: str = "/", user: str = "", groups: str = "", **headers: str) -> httpx.Response:
        """One request, of somebody whom the proxy names."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if user:
            told |= {"X-Forwarded-User": user, "X-Forwarded-Groups": groups}
        return ask(self.server, path, headers=told)


def rows(answer: httpx.Response) -> list[str]:
    return ROW.findall(answer.text)


def by_proxy(peer: str = "127.0.0.1") -> Access:
    return Access(mode="proxy", general=ROLES, proxy=Proxy(peers=(peer,))).of_fleet()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    put(tmp_path, "red-1", "not_ready", labels={"team": "red"})
    put(tmp_path, "red-2", "ready", labels={"team": "red"})
    put(tmp_path, "blue-1", "training", title="Secret project", labels={"team": "blue"})
    return tmp_path


def test_the_first_html_holds_the_rows_that_the_address_asks_for(root: Path) -> None:
    fleet = Fleet(root)
    page = fleet.get()

    assert rows(page) == ["red-1", "blue-1", "red-2"]
    assert 'href="/w/blue-1/"' in page.text and "SwinMAE epoch 3 of 30" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert rows(fleet.get("/?verdict=ready")) == ["red-2"]
    assert rows(fleet.get("/?verdict=needs_you")) == ["red-1"]
    assert rows(fleet.get("/?check=backup")) == rows(fleet.get("/?text=SECRET&theme=dark")) == ["blue-1"]
    assert rows(fleet.get("/?label=team:red&verdict=no-such-word")) == ["red-1", "red-2"]
    assert "No workspace fits" in fleet.get("/?text=nothing").text
    assert fleet.get("/", if_none_match=page.headers["etag"]).status_code == 304


def test_what_is_asked_for_stands_in_the_page_as_text_and_never_as_markup(root: Path) -> None:
    page = Fleet(root).get(
        "/?text=" + quote('"><script>x</script>') + "&check=" + quote("<b>") + "&label=" + quote("'\"")
    )

    assert "<script>x" not in page.text and "<b>(" not in page.text
    assert "&quot;&gt;&lt;script&gt;" in page.text


def test_rows_as_json_have_an_etag_and_a_way_to_the_next_page(tmp_path: Path) -> None:
    for number in range(103):
        put(tmp_path, f"w-{number:03}", "ready")
    fleet = Fleet(tmp_path)

    first = fleet.get("/api/fleet")
    second = fleet.get("/api/fleet?before=" + quote(first.json()["after"]))

    assert [len(page.json()["rows"]) for page in (first, second)] == [100, 3]
    assert second.json()["after"] is None and first.json()["counts"]["ready"] == 103
    assert {row["name"] for page in (first, second) for row in page.json()["rows"]} == {
        f"w-{number:03}" for number in range(103)
    }
    assert fleet.get("/api/fleet", if_none_match=first.headers["etag"]).status_code == 304
    write_state(tmp_path / "w-000", ready_state().model_copy(update={"notices": ("news",)}))
    assert fleet.get("/api/fleet", if_none_match=first.headers["etag"]).status_code == 200
    assert rows(fleet.get("/?before=" + quote(first.json()["after"]))) == [row["name"] for row in second.json()["rows"]]


def test_the_badge_counts_what_needs_somebody(root: Path) -> None:
    fleet = Fleet(root)

    assert "fleet: 3 workspaces, 1 need you" in fleet.get("/badge.svg").text
    assert "fleet team:blue: 1 workspace, nothing to do" in fleet.get("/badge.svg?label=team:blue").text


def test_each_workspace_has_its_page_with_everything_below_its_name(root: Path) -> None:
    put(root, "red-3", "ready", runs=["ready"])
    fleet = Fleet(root, prefix="/team/")

    page = fleet.get("/team/w/red-3/")
    assert page.status_code == 200 and "READY" in page.text
    assert '<a href="/team/" class="to-fleet">All workspaces</a>' in page.text
    assert "/team/w/red-3/" in page.text.replace("\\u002f", "/")
    assert fleet.get("/team/w/red-3").headers["location"] == "/team/w/red-3/"
    layout = fleet.get("/team/w/red-3/_dash-layout").text
    assert '"className":"to-fleet","href":"/team/"' in layout.replace("\\u002f", "/")
    for path in ("api/state", "api/runs", "report.html", "badge.svg", "snapshot.svg", "healthz", "assets/page.css"):
        assert fleet.get(f"/team/w/red-3/{path}").status_code == 200, path
    assert fleet.get("/team/w/red-3/api/state").json()["verdict"]["value"] == "ready"
    pinned = ask(
        fleet.server, "/team/w/red-3/api/baseline", method="POST", json={"run_id": "run-20261101-000000"},
        headers={"Origin": "http://localhost"},
    )  # fmt: skip
    assert pinned.status_code == 200
    assert RunStore(root / "red-3").baseline() == "run-20261101-000000"
    assert fleet.get("/team/w/red-3/api/log?path=x").status_code == 404


@pytest.mark.parametrize(
    "name", ["a..b", "a%2Fb", "%2e%2e", "größe", "数据", "a b", "<b>", 'q"uote', "new\nline", "{%css%}", "a;b"]
)
def test_a_name_of_any_letters_is_an_address(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, "ready")
    put(tmp_path, "other", "training")
    fleet = Fleet(tmp_path)
    (row,) = (one for one in fleet.get("/api/fleet").json()["rows"] if one["name"] == name)

    assert row["address"] == f"/w/{quote(name, safe='')}/"
    assert f'href="{row["address"]}"' in fleet.get().text
    assert fleet.get(row["address"] + "api/state").json()["verdict"]["value"] == "ready"
    assert fleet.get(row["address"]).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/w/", "/w//", "/w/.fleet/api/state", "/w/./api/state", "/w/../red-1/api/state", "/w/%2e%2e/red-1/api/state",
     "/w/red-1%2F..%2Fred-2/api/state", "/w/RED-1/api/state", "/w/red-1%00/api/state", "/w/ red-1/api/state",
     "/w/red-1/../../api/state", "/w/..%2Foutside/api/state", "/W/red-1/api/state", "/w/red-1//api/state"],
)  # fmt: skip
def test_no_other_spelling_reaches_a_workspace(root: Path, path: str) -> None:
    (root / FLEET_STATE).mkdir()
    write_state(root / FLEET_STATE, ready_state())

    (answer,) = knocked(Fleet(root).server, [("GET", path)]).values()

    assert answer.status == 404
    assert json.loads(answer.body)["error"] == "not_found"


def test_pages_are_bounded_and_one_that_was_forgotten_is_made_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspaces, "MOST_PAGES", 1)
    made: list[str] = []
    plain = workspaces._Page._ready
    monkeypatch.setattr(workspaces._Page, "_ready", lambda page: (made.append("one"), plain(page))[1])
    fleet = Fleet(root)

    found = [fleet.get(f"/w/{name}/api/state").status_code for name in ("red-1", "red-1", "red-2", "red-1")]

    assert found == [200] * 4
    assert len(made) == 3


def test_a_workspace_that_went_is_not_there_any_more(root: Path) -> None:
    fleet = Fleet(root)
    assert fleet.get("/w/red-2/api/state").status_code == 200
    (root / "red-2").rename(root / ".gone")

    assert fleet.get("/w/red-2/api/state").status_code == 404


def test_a_root_that_went_is_said_and_comes_back(root: Path) -> None:
    fleet = Fleet(root)
    gone = root.rename(root.with_name("gone"))
    assert [fleet.get(path).status_code for path in ("/", "/api/fleet", "/readyz", "/w/red-1/", "/badge.svg")] == [
        503, 503, 503, 503, 200,
    ]  # fmt: skip
    gone.rename(root)
    assert len(rows(fleet.get())) == 3


# Who may see what.


@pytest.mark.parametrize(
    ("user", "groups", "seen"),
    [("ann", "red", ["red-1", "red-2"]), ("bob", "blue,other", ["blue-1"]), ("otto", "", ["red-1", "red-2"]),
     ("ada", "", ["red-1"]), ("sue", "", ["red-1", "blue-1", "red-2"]),
     ("pat", "platform", ["red-1", "blue-1", "red-2"])],
)  # fmt: skip
def test_only_what_one_may_see_is_listed_counted_offered_and_found(
    root: Path, user: str, groups: str, seen: list[str]
) -> None:
    fleet = Fleet(root, by_proxy())
    page, told = fleet.get("/", user, groups), fleet.get("/api/fleet", user, groups).json()

    assert rows(page) == [row["name"] for row in told["rows"]] == seen
    assert told["known"] == sum(told["counts"].values()) == len(seen)
    hidden = {"red-1", "red-2", "blue-1"} - {*seen}
    assert not [name for name in hidden if name in page.text]
    assert ("Secret project" in page.text) == ("blue-1" in seen) == ("team: blue" in page.text)
    assert rows(fleet.get("/?text=secret", user, groups)) == (["blue-1"] if "blue-1" in seen else [])
    assert f"fleet: {len(seen)} workspace" in fleet.get("/badge.svg", user, groups).text
    for name in ("red-1", "red-2", "blue-1"):
        assert fleet.get(f"/w/{name}/api/state", user, groups).status_code == (200 if name in seen else 404)


def test_who_has_no_role_anywhere_is_refused_by_name(root: Path) -> None:
    answer = Fleet(root, by_proxy()).get("/", "eve", "elsewhere")

    assert (answer.status_code, answer.json()["error"]) == (403, "no_role")
    assert Fleet(root, by_proxy()).get("/").status_code == 401


INNER = ("", "api/state", "api/events", "api/runs", "healthz", "readyz", "badge.svg", "report.html", "nowhere", "login",
         "assets/page.css", "_dash-layout", "?embed_token=x", "?embed=1&embed_link=x", "badge.svg?token=x")  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
@pytest.mark.parametrize("navigates", [False, True])
@pytest.mark.parametrize("who", ["", "eve", "bob"])
def test_what_one_may_not_see_answers_as_what_is_not_there(root: Path, who: str, navigates: bool, method: str) -> None:
    """`red-1` is there and `red-9` is not: to nobody, to who has no role and to who has one elsewhere all is equal."""
    server = Fleet(root, by_proxy("203.0.113.7")).server
    headers = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"} if navigates else {}
    headers |= {"x-forwarded-user": who, "x-forwarded-groups": "blue" if who == "bob" else "none"} if who else {}

    there, absent = (
        [*knocked(server, [(method, f"/w/{name}/{path}") for path in INNER], **headers).values()]
        for name in ("red-1", "red-9")
    )

    assert [vars(answer) for answer in there] == [vars(answer) for answer in absent]
    plain = {answer.status for path, answer in zip(INNER, there, strict=True) if "=x" not in path}
    assert plain == ({404} if who else {401})
    assert {answer.status for answer in there} <= {*plain, 401, 403}  # a bad token or link is refused as such
    assert not [answer for answer in there if b"red-" in answer.body]


def test_every_route_of_the_fleet_and_of_a_workspace_is_answered_as_the_table_says(root: Path, tmp_path: Path) -> None:
    """Of nobody, of a viewer, an operator and an admin of `red-1`, and of a viewer of another workspace."""
    fleet = Fleet(root, by_proxy("203.0.113.7"))
    own = sorted({str(route.path) for route in fleet.server.routes if "{" not in getattr(route, "path", "{")})
    inner = Guarded(tmp_path / "guarded")
    below = sorted(
        {re.sub(r"\{[^}]*\}", "x", str(route.path)) for route in inner.server.routes if hasattr(route, "path")}
    )
    assert {"/", "/api/fleet", "/api/fleet/events"} <= {*own} and len(below) > 30
    people = {None: {}, Role.VIEWER: {"x-forwarded-user": "ann", "x-forwarded-groups": "red"},
              Role.OPERATOR: {"x-forwarded-user": "otto"}, Role.ADMIN: {"x-forwarded-user": "ada"}}  # fmt: skip
    methods = ("HEAD", "POST", "PUT", "DELETE", "OPTIONS")

    for role, headers in people.items():
        for path in own:
            for method in methods:
                need = need_of(method, path)
                (answer,) = knocked(fleet.server, [(method, path)], **headers).values()
                # An operator or an admin of one workspace is a viewer of the fleet.
                refused = 401 if role is None else 403
                may = need is None or (role is not None and Role.VIEWER.holds(need))
                assert (answer.status not in (401, 403)) if may else answer.status == refused, (role, method, path)
        for path in below:
            for method in methods:
                need = need_of(method, unquote(path)) or Role.VIEWER
                (answer,) = knocked(fleet.server, [(method, f"/w/red-1{path}")], **headers).values()
                refused = 401 if role is None else 403
                may = role is not None and role.holds(need)
                is_refused = answer.status in (401, 403) and b"foreign_request" not in answer.body
                assert (not is_refused) if may else answer.status == refused, (role, method, path)


def test_nothing_of_a_workspace_is_open_to_everybody(root: Path) -> None:
    fleet = Fleet(root, by_proxy())

    assert {path: fleet.get(path).status_code for path in OPEN & {"/healthz", "/readyz"}} == {
        "/healthz": 200,
        "/readyz": 200,
    }
    assert {fleet.get(f"/w/red-1{path}").status_code for path in OPEN} == {401}


def test_a_token_of_a_workspace_counts_in_it_alone_and_one_of_the_fleet_everywhere(root: Path) -> None:
    fleet = Fleet(root, Access(mode="token"))
    own, every = (new_token(AccessStore(root / place), Role.VIEWER) for place in ("red-1", FLEET_STATE))

    def status(path: str, token: str) -> int:
        return fleet.get(path, Authorization=f"Bearer {token}").status_code

    assert [status(path, own) for path in ("/w/red-1/api/state", "/w/red-2/api/state", "/api/fleet")] == [200, 401, 401]
    assert [status(path, every) for path in ("/w/red-1/api/state", "/w/red-2/api/state", "/api/fleet")] == [
        200,
        200,
        200,
    ]
    assert status("/w/none/api/state", every) == 404


def test_failed_tokens_are_counted_over_all_workspaces(root: Path) -> None:
    fleet = Fleet(root, Access(mode="token"))

    asked = [
        ("GET", f"/w/{name}/api/state") for name in ("red-1", "red-2", "none", "blue-1", "red-9", "red-1", "red-2")
    ]

    found = [
        answer.status for one in asked for answer in knocked(fleet.server, [one], authorization="Bearer x").values()
    ]

    assert found == [401] * 5 + [429] * 2


def signs(root: Path, who: Identity, changes: Iterator[Any]) -> list[str]:
    """Signs that somebody is told while the changes are made one after the other."""

    async def follow() -> list[str]:
        answer_for(who)
        reader = FleetReader(FolderFleet(root, look_seconds=0), Sight(by_proxy()), 15.0)
        stream = await FleetEvents(reader).answer(Request(scope_of("GET", "/api/fleet/events", {})))
        found: list[str] = []
        async for message in stream.body_iterator:  # type: ignore[attr-defined] # a stream has one
            data = re.search(rb"data: (.*)", bytes(message))
            if data is None:
                continue
            found.append(json.loads(data[1])["sign"])
            if next(changes, "over") == "over":
                return found
        return found

    return asyncio.run(asyncio.wait_for(follow(), 30))


def test_news_of_what_one_may_not_see_are_none(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dash_app.routes.fleet_events.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("dash_app.routes.fleet_events.BEAT_SECONDS", 0.05)

    number = count()

    def changed() -> Iterator[None]:
        for name in ("red-1", "red-1", "blue-1", "blue-1"):
            write_state(root / name, ready_state().model_copy(update={"notices": (f"change {next(number)}",)}))
            yield

    red = signs(root, Identity("ann", Role.VIEWER, "proxy", groups=("red",)), changed())
    blue = signs(root, Identity("bob", Role.VIEWER, "proxy", groups=("blue",)), changed())

    assert len(red) == len(blue) == 5
    assert len({*red[2:]}) == 1 and red[0] != red[1]
    assert len({*blue[:3]}) == 1 and blue[-1] != blue[0]


def test_a_session_of_the_fleet_has_in_each_workspace_the_role_of_its_groups(root: Path) -> None:
    fleet, store = Fleet(root, Access(mode="oidc", general=ROLES).of_fleet()), AccessStore(root / FLEET_STATE)
    session = store.begin_session("ann", Role.ADMIN, 60, groups=("red",))
    cookie = f"{cookie_name('/')}={Sessions(store).cookie_for(session)}"

    def statuses() -> list[int]:
        paths = ("/api/fleet", "/w/red-1/api/state", "/w/blue-1/api/state", "/w/red-9/api/state")
        return [fleet.get(path, cookie=cookie).status_code for path in paths]

    assert statuses() == [200, 200, 404, 404]
    assert fleet.get("/w/red-1/api/me", cookie=cookie).json()["role"] == "viewer"
    forms = fleet.get("/w/red-1/_dash-layout", cookie=cookie).text.replace("\\u002f", "/")
    assert '"action":"/sign-out"' in forms
    store.end("sessions", lambda one: one.id == session.id)
    assert statuses() == [401] * 4


@pytest.mark.parametrize("name", ["red-1", "none"])
def test_who_opens_a_workspace_signed_out_signs_in_at_the_fleet_and_comes_back(root: Path, name: str) -> None:
    fleet = Fleet(root, Access(mode="oidc", general=ROLES).of_fleet())

    answer = fleet.get(f"/w/{name}/?tab=runs", sec_fetch_mode="navigate", sec_fetch_dest="document")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next=%2Fw%2F{name}%2F%3Ftab%3Druns")
