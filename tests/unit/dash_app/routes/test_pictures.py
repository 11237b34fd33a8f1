"""`badge.svg` and `snapshot.svg` of a real server over a real state folder."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from support.observing import emptied, put
from support.pictures import strange_parts, title, words
from support.server import RunningServer, start_server
from support.states import failing_state, ready_state
from support.wire import raw_get

from collectors.contract.state import DashboardState, state_to_json
from collectors.store.store import Store

RUN = ready_state().meta.run_id


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for the module; its state folder is emptied for each test."""
    server = start_server(tmp_path_factory.mktemp("pictures"))
    yield server
    server.stop()


@pytest.fixture
def server(running: RunningServer) -> RunningServer:
    return emptied(running)


@pytest.mark.parametrize("path", ["/badge.svg", "/snapshot.svg"])
def test_a_picture_is_asked_for_each_time_and_sent_once(server: RunningServer, path: str) -> None:
    """What proxies of wikis need: the right type, no keeping without asking, 304 while nothing changed."""
    put(server, ready_state())
    first = server.get(path)

    again = server.get(path, if_none_match=first.headers["etag"])
    put(server, failing_state())
    changed = server.get(path, if_none_match=first.headers["etag"])

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert (len(again.content), again.headers["cache-control"]) == (0, "no-cache, max-age=0")
    assert first.headers["content-type"] == "image/svg+xml"
    assert first.headers["cache-control"] == "no-cache, max-age=0"
    assert server.client.head(path.lstrip("/")).headers["etag"] == changed.headers["etag"]


def test_the_badge_tells_verdict_stream_or_check(server: RunningServer) -> None:
    put(server, failing_state())

    said = [words(server.get(f"/badge.svg{query}").text)[1] for query in ("", "?stream=patchtst", "?check=9&.svg")]

    assert said == ["NOT READY 7/9", "done, epoch 8 of 8", "FAIL"]  # MediaWiki wants addresses that end in .svg


@pytest.mark.parametrize("path", ["/badge.svg", "/badge.svg?stream=patchtst", "/badge.svg?check=1"])
def test_a_badge_of_what_nobody_observes_any_more_is_stale(server: RunningServer, path: str) -> None:
    put(server, ready_state(), age_seconds=60)

    assert words(server.get(path).text)[1] == "stale"


def test_a_badge_of_what_cannot_be_read_is_unknown(server: RunningServer) -> None:
    """Neither before there is a state, nor when the last good one has been damaged since."""
    without = server.get("/badge.svg")
    put(server, ready_state())
    assert words(server.get("/badge.svg").text)[1] == "READY 9/9"
    (server.state_dir / "dashboard-state.json").write_bytes(b'{"schema_version"')

    damaged = server.get("/badge.svg")
    assert [words(svg.text)[1] for svg in (without, damaged)] == ["unknown", "unknown"]
    assert "dashboard-state.json" in title(without.text)
    assert without.status_code == damaged.status_code == 200
    assert words(server.get("/snapshot.svg").text)[0] == "READY (old)"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("stream=nowhere", "no such stream"),
        ("check=99", "no such check"),
        ("check=%3Cscript%3E", "no such check"),
        ("run=no-such-run", "no such run"),
        ("run=..%2Fdashboard-state", "no such run"),
        ("stream=patchtst&check=1", "stream or check, not both"),
        ("stream=%00%FF%ED%A0%80", "no such stream"),
    ],
)
def test_what_is_not_there_is_a_badge_that_every_proxy_passes_on(server: RunningServer, query: str, said: str) -> None:
    put(server, ready_state())

    answer = server.get(f"/badge.svg?{query}")

    assert (answer.status_code, words(answer.text)) == (200, ["training", said])


def test_a_stored_run_has_a_badge_and_a_picture_that_do_not_age(server: RunningServer) -> None:
    Store(server.state_dir).write_snapshot(ready_state())
    put(server, failing_state(), age_seconds=60)

    badge, still = server.get(f"/badge.svg?run={RUN}").text, server.get(f"/snapshot.svg?run={RUN}").text

    assert words(badge) == [f"training {RUN}", "READY 9/9"]
    assert words(still)[0] == "READY" and words(still)[3].endswith("snapshot, not live")
    assert words(server.get("/snapshot.svg?run=nowhere").text)[0] == "NO SUCH RUN"


def test_the_snapshot_follows_view_and_theme(server: RunningServer) -> None:
    put(server, ready_state())
    pictures = {
        query: server.get(f"/snapshot.svg?{query}").text
        for query in ("", "view=gate", "theme=dark", "theme=light", "theme=neon")
    }

    assert "Release ready" in words(pictures["view=gate"]) and "Release ready" not in words(pictures[""])
    assert "#161b22" in pictures["theme=dark"] and "#161b22" not in pictures["theme=light"]
    assert pictures["theme=neon"] == pictures[""]
    assert all(strange_parts(svg) == set() for svg in pictures.values())


def test_a_name_that_is_not_ours_gets_no_picture(server: RunningServer) -> None:
    put(server, ready_state())

    for path in ("/badge.svg", "/snapshot.svg", "/oembed"):
        assert raw_get(server.url, path, "Host: evil.example").startswith(b"HTTP/1.1 400 ")
        assert not raw_get(server.url, path, "Host: localhost").startswith(b"HTTP/1.1 404 ")


def test_pictures_only_show(server: RunningServer) -> None:
    assert {server.client.request(verb, "badge.svg").status_code for verb in ("POST", "PUT", "DELETE")} == {405}


def test_hostile_words_from_a_file_stay_words(server: RunningServer) -> None:
    raw = json.loads(state_to_json(ready_state()))
    raw["meta"]["title"] = raw["verdict"]["reason"] = "<script>alert(1)</script>"
    put(server, DashboardState.model_validate_json(json.dumps(raw)))

    for path in ("/badge.svg", "/snapshot.svg"):
        svg = server.get(path).text
        assert strange_parts(svg) == set()
        assert "<script>alert(1)</script>" in title(svg)
