"""The verdict and all that needs no script in the very first HTML: for curl, and before any script ran."""

from __future__ import annotations

from collections.abc import Callable

from support.server import RunningServer
from support.states import failing_state, ready_state, with_text, write_state

Serve = Callable[..., RunningServer]


def test_all_that_needs_no_script_stands_in_the_first_html_and_follows_the_state(serve: Serve) -> None:
    server = serve()
    write_state(server.state_dir, failing_state())

    page = server.get("/").text

    assert "NOT READY" in page
    assert failing_state().verdict.reason in page
    assert page.count('data-check="') == 9
    assert page.count('class="card ') == 4
    run = failing_state().meta.run_id
    assert [page.count(part) for part in (f'class="loss-still" data-run="{run}"', 'class="line line-val"')] == [2, 2]

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
