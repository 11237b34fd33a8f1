"""The verdict and all that needs no script in the very first HTML: for curl, and before any script ran."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from support.server import RunningServer
from support.states import failing_state, ready_state, with_text, write_state

from collectors.contract.state import DashboardState
from collectors.store.store import Store

Serve = Callable[..., RunningServer]


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
