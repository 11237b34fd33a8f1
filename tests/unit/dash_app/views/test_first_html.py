"""The verdict in the very first HTML: for curl, and before any script ran."""

from __future__ import annotations

from collections.abc import Callable

from support.server import RunningServer
from support.states import failing_state, with_text, write_state

Serve = Callable[..., RunningServer]


def test_the_verdict_and_the_checklist_stand_in_the_first_html(serve: Serve) -> None:
    server = serve()
    write_state(server.state_dir, failing_state())

    page = server.get("/").text

    assert "NOT READY" in page
    assert failing_state().verdict.reason in page
    assert page.count("<li>") == 9


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
