"""What every test may ask for.

- `serve(...)` starts the real server (`python -m dash_app`) on a free port and waits until it
  answers; it is stopped when the test ends. `serve()` serves an empty workspace from an empty state
  folder; `serve(workspace, state_dir=..., options=["--stale-after", "5"], env={...})` says more.
  It does not collect unless `collect=True`: write a state into `server.state_dir` instead.
  The answer is a `support.server.RunningServer`: `.url`, `.get(path)`, `.client`, `.log()`,
  `.state_dir`, `.workspace`, `.stop()`.
- `chromium` is dash[testing]'s browser driving Debian's Chromium, headless: one for the whole session.
  Tests that reach it get the marker `browser`, and fail, not skip, without Chromium.
- `browser` is that Chromium with a tab of the test's own, 1440x900, in which nothing is known or wished:
  `browser.driver` is Selenium's. A test that passed still fails when its console holds an error.
  `support.browsers.set_viewport(driver, 390, 844)` makes it a phone.
- Collectors of one process after another read in the same child (`support.kept_children`); a test that is about the
  child itself, or needs one that has read nothing yet, has a fixture `kept_children` of its own that does nothing.
- `support.waiting.wait_for(condition, what)` waits for a condition; no test sleeps.
- `support.browsers.console_is_empty(driver)` and `support.states` hold plain functions.

Folders under `tests/` have no `__init__.py`, and two of them may hold files of one name (`importlib` mode);
`tests/` itself is on the path (`from support...`), and so are folders with helpers of their own (pyproject.toml).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from support.browsers import Chromium, console_messages, fresh_tab, set_viewport
from support.kept_children import KeptChildren
from support.server import RunningServer, start_server


def pytest_configure() -> None:
    """Machines are noisy, so no property is timed; chance is let in by `make fuzz` alone."""
    settings.register_profile("noisy machine", deadline=None, derandomize=True)
    settings.load_profile("noisy machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, so that it can be chosen or counted."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.user_properties.append(("needs", "browser"))  # told in the JUnit file too


def pytest_collection_finish() -> None:
    """What was collected stays to the end: looking through all of it for garbage took a sixth of the tests' time."""
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Remember whether the test itself passed; the browser's last look depends on it."""
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


PASSED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def reading_children() -> Iterator[KeptChildren]:
    """Of all collectors that tests run in this process."""
    children = KeptChildren()
    yield children
    children.end()


@pytest.fixture(autouse=True)
def kept_children(reading_children: KeptChildren, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test's collectors go on with the children of the test before."""
    reading_children.use(monkeypatch)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., RunningServer]]:
    """Start real servers; every one is stopped at the end."""
    servers: list[RunningServer] = []

    def start(workspace: Path | None = None, **wishes: Any) -> RunningServer:
        home = tmp_path / f"server{len(servers)}"
        servers.append(start_server(home, workspace, **wishes))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """One Chromium for the session; starting it costs more than most tests."""
    with Chromium(browser="chrome", download_path=str(tmp_path_factory.mktemp("chromium")), percy_run=False) as opened:
        opened.driver.implicitly_wait(0)
        yield opened


@pytest.fixture
def browser(
    request: pytest.FixtureRequest, chromium: Chromium, serve: Callable[..., RunningServer]
) -> Iterator[Chromium]:
    """A fresh tab of the session's Chromium; its console must be empty at the end of a test that passed.

    It asks for `serve` so that it is closed before the servers are: a page whose server is gone complains.
    """
    with fresh_tab(chromium.driver):
        set_viewport(chromium.driver, 1440, 900)
        yield chromium
        if request.node.stash.get(PASSED, False):
            assert console_messages(chromium.driver) == [], "the console is not empty"
