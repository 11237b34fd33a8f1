"""How news reach the page: pushed where that works, asked for where it does not; nobody can tell which."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.browsers import blocked, console_messages
from support.holding_proxy import HoldingProxy
from support.observing import observed
from support.page import Page, freshness, open_page, text
from support.server import RunningServer
from support.states import failing_state, good_state, ready_state, write_state
from support.waiting import wait_for

from collectors.store.store import Store

Serve = Callable[..., RunningServer]


def requests(driver: Any, name: str) -> int:
    """How many answers of this route the page has had; an open stream has not ended yet."""
    script = "return performance.getEntriesByType('resource').filter((e) => e.name.endsWith(arguments[0])).length"
    return int(driver.execute_script(script, name))


def show_word(driver: Any, word: str, seconds: float = 15) -> None:
    """Wait for a verdict on the page."""
    wait_for(lambda: text(driver, ".verdict-word") == word, word, timeout_seconds=seconds)


def test_a_page_that_is_told_does_not_ask(page: Page) -> None:
    """It asks when it opens, as long as no stream has spoken; no more from then on."""
    driver = page.driver
    page.show(good_state())
    wait_for(lambda: not asks(driver), "the stream to speak", 60)
    asked = requests(driver, "api/pulse")

    for state, word in ((ready_state(), "READY"), (good_state(), "INCOMPLETE"), (failing_state(), "NOT READY")):
        page.write(state)
        show_word(driver, word)

    assert requests(driver, "api/pulse") == asked
    assert requests(driver, "api/events") == 0, "the stream is still open"


def test_where_streams_are_blocked_the_page_asks_and_later_tries_again(page: Page) -> None:
    driver = page.driver
    with blocked(driver, "*api/events*"):
        page.show(good_state())
        page.write(failing_state())
        show_word(driver, "NOT READY")
        page.write(ready_state())
        show_word(driver, "READY")
        assert requests(driver, "api/pulse") >= 3
        assert freshness(driver) == "live" and text(driver, "#feed-sentence") == ""

    def no_longer_asks() -> bool:
        before = requests(driver, "api/pulse")
        page.write(good_state() if text(driver, ".verdict-word") == "READY" else ready_state())
        shown = text(driver, ".verdict-word")
        wait_for(lambda: text(driver, ".verdict-word") != shown, "the page to follow")
        return requests(driver, "api/pulse") == before

    wait_for(no_longer_asks, "the stream to be tried again", 60)
    others = [message for message in console_messages(driver) if "api/events" not in message]
    assert others == []


def test_a_stream_that_a_proxy_holds_back_is_left_for_asking(serve: Serve, browser: Any) -> None:
    """It opens, speaks once and is then silent: after two and a half intervals nobody waits for it."""
    server, driver = serve(), browser.driver
    proxy = HoldingProxy(server.url)
    store = Store(server.state_dir)
    store.write_state(good_state())
    with observed(store):
        open_page(driver, proxy.url)
        wait_for(lambda: requests(driver, "api/pulse") and not asks(driver), "the stream to speak")

        proxy.holds = True
        asked = requests(driver, "api/pulse")
        Store(server.state_dir).write_state(failing_state())
        show_word(driver, "NOT READY", 60)

        assert requests(driver, "api/pulse") > asked
        wait_for(lambda: freshness(driver) == "live", "the page to be live")
    driver.get("about:blank")
    proxy.close()


def asks(driver: Any) -> bool:
    """Whether the page asks within a bit more than its period."""
    before = requests(driver, "api/pulse")
    try:
        wait_for(lambda: requests(driver, "api/pulse") > before, "a question", 2.5)
    except AssertionError:
        return False
    return True


NOTE_RETURN = "window.addEventListener('visibilitychange', () => (window.returnedAt = performance.now()), true)"
"""On its way down, before the page itself hears of it."""
FIRST_QUESTION = """
const asked = performance.getEntriesByType("resource").filter((e) => e.name.endsWith("api/pulse"));
return asked.map((e) => e.startTime).find((at) => at >= window.returnedAt) - window.returnedAt;
"""
"""Milliseconds from the return to the first question after it."""


def test_a_hidden_tab_neither_asks_nor_listens_and_asks_at_once_on_return(page: Page) -> None:
    """At once is before anything else happens: its usual period is two seconds."""
    driver = page.driver
    page.show(good_state())
    driver.execute_script(NOTE_RETURN)
    wait_for(lambda: not asks(driver), "the stream to speak", 60)
    asked = requests(driver, "api/pulse")

    driver.minimize_window()
    wait_for(lambda: driver.execute_script("return document.hidden"), "the tab to be hidden")
    page.write(failing_state())
    assert wait_for(lambda: requests(driver, "api/events") == 1, "the stream to be closed")
    assert not asks(driver)
    assert text(driver, ".verdict-word") == "INCOMPLETE"

    driver.set_window_rect(0, 0, 1440, 900)
    show_word(driver, "NOT READY")
    assert requests(driver, "api/pulse") > asked
    assert driver.execute_script(FIRST_QUESTION) < 1_000


FRAMES = 7
"""One more than the connections that a browser keeps to one server."""


@contextmanager
def wiki(folder: Path) -> Iterator[str]:
    """Another site, which serves the folder; gives its origin."""
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("localhost", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.slow
def test_many_frames_of_another_site_all_follow(serve: Serve, browser: Any, tmp_path: Path) -> None:
    """Streams must not take all connections: answers would wait for ever and the frames would stand still."""
    driver = browser.driver
    with wiki(tmp_path) as origin:
        server = serve(options=["--frame-ancestors", origin, "--stale-after", "3600"])
        address = f"{server.url}?embed=1&panel=verdict"
        frames = f'<iframe width="600" height="90" src="{address}"></iframe>' * FRAMES
        (tmp_path / "index.html").write_text(f'<link rel="icon" href="data:,">{frames}')
        write_state(server.state_dir, good_state())
        driver.get(origin)
        assert words_of_frames(driver, "INCOMPLETE") == ["INCOMPLETE"] * FRAMES

        write_state(server.state_dir, failing_state())

        assert words_of_frames(driver, "NOT READY") == ["NOT READY"] * FRAMES
        driver.get("about:blank")


def words_of_frames(driver: Any, wanted: str) -> list[str]:
    """Every frame's verdict, after waiting for the wanted one."""
    words = []
    for frame in driver.find_elements("tag name", "iframe"):
        driver.switch_to.frame(frame)
        show_word(driver, wanted, 30)
        words.append(text(driver, ".verdict-word"))
        driver.switch_to.default_content()
    return words
