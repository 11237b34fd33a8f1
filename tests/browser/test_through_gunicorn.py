"""The page as the image serves it, through gunicorn and through proxies: what it costs, and that it works there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import httpx
import pytest
from support.browsers import console_messages
from support.image_server import ImageServer, image_server
from support.page import IS_DRAWN, open_page, text
from support.reverse_proxy import ReverseProxy
from support.states import failing_state, ready_state, write_state
from support.waiting import wait_for
from support.wire_sizes import CountingChromium

from collectors.contract.state import DashboardState, state_to_json
from dash_app.web.bundle import bundled

PREFIX = "/team/dash/"
UPSTREAM_NAME = "dashboard.internal"
COLD_BYTES, WARM_BYTES, HISTORY_BYTES = 2_000_000, 60_000, 30_000
RUNS = 150
CHARTS_CODE = "plotly.min"
IS_PAINTED = """
const seen = (e) => e !== null && e.checkVisibility() && e.getBoundingClientRect().width > 0;
return seen(document.querySelector(".verdict-word")) && seen(document.querySelector("#graph canvas"))
  && document.querySelectorAll(".checks .check").length >= 9;
"""
STILLS = """
const seen = [...document.querySelectorAll("main .loss-still")].filter((still) => still.checkVisibility());
return Object.fromEntries(seen.map((still) => [
  still.closest("[data-stream]").dataset.stream,
  [...still.querySelectorAll("path.line")].filter((line) => line.getBoundingClientRect().width > 100).length,
]));
"""
"""Stream -> curves in the server's picture of it."""


class Served(NamedTuple):
    """One gunicorn under a path, one Chromium that counts, for all tests of this module."""

    server: ImageServer
    chromium: CountingChromium
    state_dir: Path

    @property
    def driver(self) -> Any:
        return self.chromium.driver


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("gunicorn")
    write_state(home / "state", ready_state())
    write_runs(home / "state" / "runs", RUNS)
    named = {"URL_PREFIX": PREFIX, "STALE_AFTER": "3600", "TRUSTED_HOSTS": UPSTREAM_NAME}
    variables = {f"TRAINING_DASHBOARD_{name}": value for name, value in named.items()}
    with image_server(home, home / "state", **variables) as server, CountingChromium() as chromium:
        yield Served(server, chromium, home / "state")


@pytest.fixture(autouse=True)
def empty_console(served: Served) -> Iterator[None]:
    """Nothing may go wrong in the page, and the next test finds the first state and no page."""
    yield
    served.driver.get("about:blank")
    write_state(served.state_dir, ready_state())
    assert console_messages(served.driver) == []


def write_runs(folder: Path, count: int) -> None:
    """Snapshots of as many runs, a day apart, no loss like another."""
    folder.mkdir(parents=True)
    raw, chance = ready_state().model_dump(mode="json"), random.Random(5)
    for number in range(count):
        begun = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=number)
        raw["meta"] |= {"run_id": f"nightly-{number:04}", "started_at": begun.isoformat()}
        for series in (one for stream in raw["metrics"].values() for one in stream["series"].values()):
            series["value"] = [chance.uniform(0.2, 1.2) for _ in series["value"]]
        (folder / f"nightly-{number:04}.json").write_bytes(state_to_json(DashboardState.model_validate(raw)))


@pytest.mark.parametrize("packing", ["br, gzip", "gzip"])
def test_a_first_visit_is_under_two_megabytes_and_the_next_costs_almost_nothing(served: Served, packing: str) -> None:
    """Brotli is for secure addresses; who serves without TLS gets gzip."""
    served.chromium.forget(packing)
    open_page(served.driver, served.server.url)
    cold = served.chromium.sizes(CHARTS_CODE, "page.js", "page.css", "cytoscape")
    open_page(served.driver, served.server.url)
    warm = served.chromium.sizes("_dash-layout", CHARTS_CODE)

    assert 1_500_000 < sum(cold.values()) < COLD_BYTES, sorted(cold.items(), key=lambda one: -one[1])[:8]
    assert 0 < sum(warm.values()) < WARM_BYTES, sorted(warm.items(), key=lambda one: -one[1])[:8]
    assert len(cold) < 45, "each request costs a way there and back"


def test_verdict_graph_checklist_and_first_charts_do_not_wait_for_the_charts_code(served: Served) -> None:
    """It is most of the page; on a slow line it comes long after what people came for, and nobody asks for it before
    somebody is there. Until then the server's own pictures stand where its charts will."""
    served.chromium.forget()
    with ReverseProxy(served.server.port, PREFIX, held=(CHARTS_CODE,)) as proxy:
        served.driver.get(proxy.url)
        wait_for(lambda: served.driver.execute_script(IS_PAINTED), "verdict, graph and checklist")
        without = served.driver.execute_script("return [typeof window.Plotly, document.querySelector('.main-svg')]")
        word = text(served.driver, ".verdict-word")
        stills = served.driver.execute_script(STILLS)
        asked = [path for path in proxy.asked if CHARTS_CODE in path]
        served.driver.execute_script("window.dispatchEvent(new Event('pointermove'))")
        wait_for(lambda: [path for path in proxy.asked if CHARTS_CODE in path], "the charts' code to be asked for")

        proxy.release()
        wait_for(lambda: served.driver.execute_script(IS_DRAWN), "the charts")
        served.driver.get("about:blank")

        replaced = served.driver.execute_script(STILLS)

    assert (without, word) == (["undefined", None], "READY")
    assert (asked, stills, replaced) == ([], {"patchtst": 2, "swinmae": 2}, {})


def test_opening_the_history_transfers_little(served: Served) -> None:
    """Its rows come packed, as answers of callbacks."""
    served.chromium.forget()
    open_page(served.driver, served.server.url)
    served.chromium.sizes(CHARTS_CODE)
    served.driver.find_element("css selector", "#tabs [data-tab=runs]").click()
    wait_for(lambda: "nightly-0149" in served.driver.page_source, "the newest run's row")
    opened = served.chromium.sizes("_dash-update-component")

    assert 0 < sum(opened.values()) < HISTORY_BYTES, opened


@pytest.mark.parametrize(("strips", "host"), [(True, UPSTREAM_NAME), (False, None)])
def test_the_page_works_behind_a_proxy(served: Served, strips: bool, host: str | None) -> None:
    """Under a path that is stripped or left, under its own name or the upstream's: files, callbacks, pushed news."""
    with ReverseProxy(served.server.port, PREFIX, strips=strips, host=host) as proxy:
        open_page(served.driver, f"{proxy.url}", "view=gate")
        wait_for(lambda: any("_dash-update-component" in path for path in proxy.asked), "a callback")
        wait_for(lambda: any("api/events" in path for path in proxy.asked), "the stream")
        write_state(served.state_dir, failing_state())
        wait_for(lambda: text(served.driver, ".verdict-word") == "NOT READY", "the news")
        served.driver.get("about:blank")

    under_prefix = {path.startswith(PREFIX) for path in proxy.asked}
    assert under_prefix == {not strips}


def test_routes_answer_behind_a_proxy_and_believe_only_what_they_may(served: Served) -> None:
    """The scheme, from a proxy whose address is trusted; never a name, which is what protects the page."""
    with ReverseProxy(served.server.port, PREFIX, strips=True) as proxy:
        page = f"https://127.0.0.1:{proxy.port}{PREFIX}"
        paths = (
            "api/state",
            "api/runs",
            "api/pulse",
            "badge.svg",
            "snapshot.svg",
            f"oembed?url={quote(page, safe='')}",
        )
        answers = {path: httpx.get(proxy.url + path) for path in paths}
        html = httpx.get(proxy.url).text
        forged = httpx.get(proxy.url, headers={"Host": "evil.example", "X-Forwarded-Host": "localhost"})

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(paths, 200)
    assert answers["badge.svg"].headers["content-type"].startswith("image/svg+xml")
    assert f'href="https://127.0.0.1:{urlsplit(page).port}{PREFIX}oembed' in html
    assert "dash.example.org" not in html and "203.0.113.7" not in html
    assert forged.status_code == 400


def test_a_script_that_breaks_does_not_take_the_others_along(served: Served, tmp_path: Path) -> None:
    """Although they are one file; and it is told in the console."""
    (tmp_path / "10-a.js").write_text("(function () { window.first = 1; throw new Error('broken on purpose'); })();")
    (tmp_path / "20-b.js").write_text("(function () { window.second = 2; })();")

    served.driver.execute_script(bundled(tmp_path).scripts.content.decode())

    assert served.driver.execute_script("return [window.first, window.second]") == [1, 2]
    assert any("broken on purpose" in message for message in console_messages(served.driver))
