"""oEmbed: how another site learns to embed this page, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.routing import Route, Router
from support.asking import ask
from support.server import RunningServer, start_server
from support.states import ready_state, write_state

from dash_app.reading.reader import StateReader
from dash_app.routes.oembed import OEmbed, discovery_link, embedded_address, frame_markup
from dash_app.settings import Settings


class Tags(HTMLParser):
    """Every tag and its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server behind a prefix; no test here changes its state."""
    running = start_server(tmp_path_factory.mktemp("oembed"), options=["--url-prefix", "/team/dash/"])
    write_state(running.state_dir, ready_state())
    yield running
    running.stop()


def asked(server: RunningServer, address: str, **more: str) -> tuple[int, dict[str, object]]:
    """Ask how to embed an address."""
    answer = server.client.get("oembed", params={"url": address, **more})
    return answer.status_code, answer.json()


def test_the_answer_is_what_the_specification_wants(server: RunningServer) -> None:
    status, told = asked(server, f"{server.url}?view=gate&theme=dark", format="json")

    assert status == 200
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", "Training Dashboard: anomaly-detection")
    assert (told["provider_name"], told["provider_url"]) == ("Training Dashboard", server.url)
    ((tag, frame),) = Tags(str(told["html"])).found
    assert (tag, frame["src"]) == ("iframe", f"{server.url}?view=gate&theme=dark&embed=1")
    assert (frame["width"], frame["height"]) == (str(told["width"]), str(told["height"]))


def test_it_is_never_larger_than_wished(server: RunningServer) -> None:
    _, small = asked(server, server.url, maxwidth="320", maxheight="200")
    _, large = asked(server, server.url, maxwidth="9000", maxheight="9000")
    _, panel = asked(server, f"{server.url}?panel=verdict")

    assert (small["width"], small["height"]) == (320, 200)
    assert (large["width"], large["height"]) == (1000, 1800)
    assert panel["height"] == 96


def test_xml_is_not_implemented(server: RunningServer) -> None:
    assert asked(server, server.url, format="xml")[0] == 501
    assert asked(server, server.url, format="pdf")[0] == 400


@pytest.mark.parametrize("size", ["0", "-1", "1.5", "wide", "", "99999999999", "٣"])
def test_a_size_that_is_none_is_refused_in_a_sentence(server: RunningServer, size: str) -> None:
    status, told = asked(server, server.url, maxwidth=size)

    assert (status, told["error"]) == (400, "malformed")


def test_an_address_is_needed(server: RunningServer) -> None:
    assert server.get("/oembed").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "https://wiki.example.org/",
        "http://127.0.0.1:1/team/dash/",
        "{other}",
        "//127.0.0.1/team/dash/",
        "javascript:alert(1)",
        "http://[::1/team/dash/",
        "not an address",
        "http://user:secret@{host}/team/dash/",
        "http://{host}/",
        "http://{host}/team/dash/api/state",
        "http://{host}.evil.example/team/dash/",
        "http://{host}/team/dash/?" + "x" * 3000,
    ],
)
def test_what_is_not_this_page_is_not_found(server: RunningServer, address: str) -> None:
    """Other hosts, other ports, other paths, other schemes, names inside names."""
    host = urlsplit(server.url).netloc

    status, told = asked(server, address.format(host=host, other=server.url.replace(host, "evil.example")))

    assert (status, told["error"]) == (404, "not_found")


def test_only_parameters_of_a_view_go_on_into_the_frame(server: RunningServer) -> None:
    hostile = '"></iframe><script>alert(1)</script>'
    _, told = asked(server, f"{server.url}?view={hostile}&evil={hostile}&embed=0&run=r1")

    ((_, frame),) = Tags(str(told["html"])).found
    given = parse_qs(urlsplit(str(frame["src"])).query)
    assert given == {"view": [hostile], "run": ["r1"], "embed": ["1"]}
    assert "<script" not in str(told["html"])


def test_a_usual_port_may_be_named_or_not() -> None:
    """Behind a proxy with TLS the wiki says https, and we are asked by the same name."""
    shown = "https://dash.example.org/?embed=1"

    assert embedded_address("https://dash.example.org/", "dash.example.org", "/") == shown
    assert embedded_address("https://DASH.example.org", "dash.example.org:443", "/") == shown
    assert embedded_address("https://dash.example.org:8443/", "dash.example.org", "/") is None
    assert embedded_address("http://[::1]:8050/", "[::1]:8050", "/") == "http://[::1]:8050/?embed=1"


def test_what_did_not_change_is_a_304(server: RunningServer) -> None:
    first = server.client.get("oembed", params={"url": server.url})
    again = server.client.get("oembed", params={"url": server.url}, headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_the_first_html_tells_where_to_ask(server: RunningServer) -> None:
    """The link leads, from the page alone, to an answer for exactly this view."""
    page = server.get("/?view=gate&panel=graph").text
    links = [tag for name, tag in Tags(page).found if name == "link" and tag.get("rel") == "alternate"]

    (link,) = links
    assert link["type"] == "application/json+oembed"
    told = server.client.get(str(link["href"])).json()
    assert "?view=gate&amp;panel=graph&amp;embed=1" in told["html"]


def test_nothing_of_an_address_becomes_markup_or_a_slot_of_the_page() -> None:
    link = discovery_link('http://h/?view="><script>{%config%}</script>', "/")

    assert re.fullmatch(r"<link [^<>{}]*>", link)
    assert frame_markup('a"b', "<t>", 1, 2).startswith('<iframe src="a&quot;b" width="1" height="2" title="&lt;t&gt;"')


def test_an_address_has_a_length_a_scheme_and_a_port_that_count() -> None:
    def shown(address: str, host: str = "h.example") -> bool:
        return embedded_address(address, host, "/") is not None

    longest = "https://h.example/?view=".ljust(2000, "x")
    assert [shown(longest), shown(longest + "x")] == [True, False]
    assert [shown("http://h.example:80/"), shown("https://h.example:443/")] == [True, True]
    assert [shown("http://h.example:443/"), shown("https://h.example:80/"), shown("http://h.example:81/")] == [
        False
    ] * 3
    assert [shown("ftp://h.example/"), shown("https://h.example/x"), shown("https://u@h.example/")] == [False] * 3
    assert embedded_address("https://h.example/?view=&tab=runs&x=epoch", "h.example", "/") == (
        "https://h.example/?tab=runs&x=epoch&embed=1"
    )


def answered(folder: Path, query: str) -> httpx.Response:
    """How to embed the page of this folder's state, by a route without a server."""
    route = OEmbed(StateReader(folder), Settings(workspace=folder, state_dir=folder))
    return ask(Router(routes=[Route("/oembed", route.answer)]), f"/oembed?url=http://localhost/{query}")


def test_an_answer_names_all_that_is_known_and_may_be_kept_for_five_minutes(tmp_path: Path) -> None:
    frame = "http://localhost/?embed=1"
    told = {
        "version": "1.0", "type": "rich", "title": "Training Dashboard", "provider_name": "Training Dashboard",
        "provider_url": "http://localhost/", "cache_age": 300, "width": 1000, "height": 1800,
        "html": frame_markup(frame, "Training Dashboard", 1000, 1800),
    }  # fmt: skip

    assert answered(tmp_path, "").json() == told
    write_state(tmp_path, ready_state())
    assert answered(tmp_path, "").json()["title"] == "Training Dashboard: anomaly-detection"


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("&maxwidth=1&maxheight=1", (1, 1)),
        ("&maxwidth=1001", (1000, 1800)),
        ("&maxwidth=9999999", (1000, 1800)),
        ("&maxheight=100", (1000, 100)),
        ("?panel=cards", (1000, 160)),
        ("?panel=no-such", (1000, 1800)),
        ("?panel=cards&maxheight=159", (1000, 159)),
        ("&maxwidth=12345678", None),
        ("&maxheight=0", None),
        ("&maxheight=x", None),
    ],
)
def test_a_frame_fits_its_panel_and_what_is_wished(tmp_path: Path, query: str, size: tuple[int, int] | None) -> None:
    answer = answered(tmp_path, query)

    assert (answer.json()["width"], answer.json()["height"]) == size if size else answer.status_code == 400
