"""The verdict and all that needs no script in the very first HTML: for curl, and before any script ran."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.html_reading import read_page
from support.server import RunningServer
from support.states import empty_state, failing_state, ready_state, with_text, write_state

from collectors.contract.state import DashboardState
from collectors.store.store import Store
from dash_app.reading.freshness import Freshness
from dash_app.reading.observation import Observation, ObserverHeartbeat
from dash_app.reading.reader import StateReader
from dash_app.views.first_html import First, escape, first_html, first_title, root_of
from dash_app.views.first_regions import FirstRegions

Serve = Callable[..., RunningServer]
NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def renamed(state: DashboardState, run_id: str) -> DashboardState:
    return state.model_copy(update={"meta": state.meta.model_copy(update={"run_id": run_id})})


def test_all_that_needs_no_script_stands_in_the_first_html_and_follows_the_state(serve: Serve) -> None:
    server = serve()
    write_state(server.state_dir, failing_state())

    page = server.get("/").text

    assert "NOT READY" in page
    assert failing_state().verdict.reason in page
    assert page.count('data-check="') == 9
    assert page.count('class="card ') == 4
    run = failing_state().meta.run_id
    assert page.count('class="verdict-check">9. Same run') == page.count('class="tally-bar"') == 1
    assert [page.count(part) for part in (f'class="loss-still" data-run="{run}"', 'class="line line-val"')] == [2, 2]

    without_scripts = re.findall("<noscript>(.*?)</noscript>", page)
    assert 'href="report.html?"' in without_scripts[0] and 'src="snapshot.svg" alt="' in without_scripts[1]

    write_state(server.state_dir, ready_state())

    assert "NOT READY" not in (after := server.get("/").text)
    assert after.count('class="check is-done"') == 9


def test_without_a_state_it_says_so(serve: Serve) -> None:
    page = serve().get("/").text

    assert "NO STATE" in page


def test_hostile_text_stays_text(serve: Serve) -> None:
    server = serve()
    write_state(server.state_dir, with_text(failing_state(), "</div><script>alert(1)</script>{%config%}"))

    page = server.get("/").text

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&#123;%config%}" in page


def test_the_first_html_and_the_page_after_it_show_the_run_that_the_address_names(serve: Serve) -> None:
    """Also where no script runs: the newest run's READY stands nowhere on a link to another one."""
    server = serve()
    write_state(server.state_dir, ready_state())
    Store(server.state_dir).write_snapshot(renamed(failing_state(), "run-stored"))

    page = server.get("/?run=run-stored&y=log").text
    layout = server.get("/_dash-layout?run=run-stored").text

    assert 'data-freshness="stored" data-shown="snapshot"' in page
    assert "<title>(run-stored) NOT READY" in page
    assert "</span>NOT READY</h2>" in page and "snapshot of 20" in page and "not live" in page
    assert 'href="report.html?run=run-stored"' in page and 'src="snapshot.svg?run=run-stored"' in page
    assert '"NOT READY"' in layout and '"READY"' not in layout
    absent = server.get("/?run=<b>{%25config%25}").text
    assert "There is no readable snapshot of run &lt;b&gt;&#123;%config%}." in absent and ">READY<" not in absent


def test_a_dead_observer_stands_in_the_first_html_with_the_age_of_what_is_shown(serve: Serve) -> None:
    server = serve()
    write_state(server.state_dir, failing_state())
    assert 'data-freshness="live"' in server.get("/").text and " before this page was loaded" in server.get("/").text

    write_state(server.state_dir, failing_state(), observed_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    page = server.get("/").text

    assert '<html lang="en" data-freshness="stale">' in page and "<title>(old) NOT READY" in page
    assert "The observer has stopped: it last looked on 2026-01-02 03:04:05 UTC" in page
    assert "stale: observed 2026-01-02 03:04:05 UTC" in page


def looked(
    state: DashboardState | None, word: str = "live", run_id: str | None = None, *, ago: float | None = 0.0, **told: str
) -> First:
    """What the address asks for, `ago` seconds after somebody looked at the workspace."""
    beat = None
    if ago is not None:
        beat = ObserverHeartbeat(observed_at=NOW - timedelta(seconds=ago), interval_seconds=2, pid=None)
    seen = Observation(state, "etag", "ok", told.get("why"), beat)
    return First(seen, Freshness(word, told.get("stale", "")), run_id)  # type: ignore[arg-type] # one of three words


@pytest.mark.parametrize(
    ("first", "title"),
    [
        (looked(ready_state()), "READY · workspace · Usual"),
        (looked(ready_state(), "stale"), "(old) READY · workspace · Usual"),
        (looked(ready_state(), "stored", "run-1"), "(run-1) READY · workspace · Usual"),
        (looked(failing_state(), "stored", "<i>{"), "(&lt;i&gt;&#123;) NOT READY · workspace · Usual"),
        (looked(None, "stale"), "NO STATE · Usual"),
    ],
)
def test_the_title_of_the_tab_says_the_verdict_and_whether_it_is_of_now(first: First, title: str) -> None:
    state = first.seen.state

    assert first_title(first, "Usual") == title.replace("workspace", state.meta.title if state else "")
    assert escape("{%title%}") == "&#123;%title%}"


def test_the_root_tells_scripts_and_styles_how_fresh_the_page_is() -> None:
    assert root_of(Freshness("live", "")) == '<html lang="en" data-freshness="live">'
    assert root_of(Freshness("stale", "Old.")) == '<html lang="en" data-freshness="stale">'
    assert root_of(Freshness("stored", "")) == '<html lang="en" data-freshness="stored" data-shown="snapshot">'


@pytest.mark.parametrize(
    ("first", "age"),
    [
        (looked(ready_state(), ago=90.0), "observed 2026-11-23 12:58:30 UTC, 90 s before this page was loaded"),
        (looked(ready_state(), ago=0.0), "observed 2026-11-23 13:00:00 UTC, 0 s before this page was loaded"),
        (looked(ready_state(), ago=-60.0), "observed 2026-11-23 13:01:00 UTC, 0 s before this page was loaded"),
        (looked(ready_state(), "stale", ago=90.0), "stale: observed 2026-11-23 12:58:30 UTC, 90 s before this page"),
        (looked(ready_state(), "stale", ago=None), "stale: observed by nobody"),
        (looked(ready_state(), "stored", "run-1"), "snapshot of 2026-11-23 12:00:52 UTC, not live"),
    ],
)
def test_the_first_html_says_when_what_it_shows_was_true(first: First, age: str) -> None:
    """Also where the observer's clock is ahead; the report beside it is of the same run."""
    page = first_html(first, NOW, below="<p>{below}</p>")

    assert f"{ready_state().meta.run_id}</span><span>{age}" in page
    assert f'href="report.html?{"run=run-1" if first.run_id else ""}"' in page
    assert "<p>&#123;below}</p></main></div>" in page
    assert f'<span class="workspace">{ready_state().meta.title}</span>' in page
    assert "feed-sentence" not in page


def test_without_a_state_the_first_html_says_why_and_of_which_run() -> None:
    def told(first: First) -> str:
        return read_page("<!DOCTYPE html>\n" + first_html(first, NOW)).text

    assert "NO STATENo state yet." in told(looked(None))
    assert "NO STATEIt is broken." in told(looked(None, why="It is broken."))
    asked = told(looked(None, "stored", "run-9", why="It is broken.", stale="Old."))
    assert "Old.NO STATEThere is no readable snapshot of run run-9. It is broken." in asked
    assert "workspace" not in first_html(looked(None), NOW)


def many_streams(count: int, points: int) -> DashboardState:
    """A run of so many streams with a training loss of so many points."""
    raw = ready_state().model_dump(mode="json")
    series = {name: list(range(1, points + 1)) for name in ("epoch", "step", "time")}
    stream = raw["metrics"]["patchtst"]
    stream["series"] = {"train_loss": {**series, "value": [1.0 + n % 2 for n in range(points)]}}
    raw["metrics"] = {f"s{n}": {**stream, "label": f"S{n}"} for n in range(count)}
    raw["pipeline"]["streams"] = [{"id": f"s{n}", "label": f"S{n}"} for n in range(count)]
    return DashboardState.model_validate(raw)


def test_the_first_html_draws_the_first_four_streams_coarsely(tmp_path: Path) -> None:
    """Of one line at most 240 points; of a stream without any there is its head alone."""
    regions = FirstRegions(StateReader(tmp_path))
    pages = {points: regions.html(looked(many_streams(5, points)).seen, str(points)) for points in (240, 241)}
    drawn = {n: set(re.findall(r'<path d="([^"]+)"[^>]*class="line line-train', page)) for n, page in pages.items()}

    assert re.findall(r'data-stream="(\w+)"', pages[240]) == ["s0", "s1", "s2", "s3"]
    assert [f"still-{n}" in pages[240] for n in range(5)] == [True] * 4 + [False]
    assert {len(re.findall("[ML]", line)) for line in drawn[240]} == {240}
    assert max(len(re.findall("[ML]", line)) for line in drawn[241]) < 240


def test_parts_that_have_nothing_to_show_are_not_drawn(tmp_path: Path) -> None:
    regions = FirstRegions(StateReader(tmp_path))
    untold = ready_state().model_dump(mode="json")
    del untold["nodes"]["dqvl"]
    unmeasured = ready_state().model_copy(update={"metrics": {}})

    assert regions.html(looked(None).seen) == ""
    shown = FirstRegions(StateReader(tmp_path)).html(looked(empty_state()).seen)
    assert shown.count('class="panel loss"') == 2 and "loss-still" not in shown
    assert 'class="losses"' not in FirstRegions(StateReader(tmp_path)).html(looked(unmeasured).seen)
    told = FirstRegions(StateReader(tmp_path)).html(looked(DashboardState.model_validate(untold)).seen)
    assert 'alt="Orchestrator: done; Data prep: done; PatchTST: done; ' in told


def test_a_state_is_drawn_once_and_anew_for_another_state_or_run(tmp_path: Path) -> None:
    regions, seen = FirstRegions(StateReader(tmp_path)), looked(ready_state()).seen
    first = regions.html(seen)

    assert regions.html(seen) is first and 'src="snapshot.svg"' in first
    assert 'src="snapshot.svg?run=run-1"' in regions.html(seen, "run-1")
    other = Observation(failing_state(), "other", "ok", None, None)
    assert 'class="check is-fail"' in regions.html(other, "run-1") and 'class="check is-fail"' not in first
