"""The image's own command, run for real, and what the Dockerfile promises."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from support.server import ROOT, clean_environment
from support.states import good_state
from support.waiting import wait_for

from collectors.store import Store

DOCKERFILE = (ROOT / "Dockerfile").read_text()
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the image's command on a socket file instead of its port; ended with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def run(**variables: str) -> subprocess.Popen[bytes]:
        named = {"WORKSPACE": str(tmp_path), "STATE_DIR": str(tmp_path / "state")} | variables
        env = {f"TRAINING_DASHBOARD_{name}": value for name, value in named.items()}
        command = [sys.executable, "-m", *image_command()]
        command[command.index("0.0.0.0:8050")] = f"unix:{tmp_path / 'socket'}"
        with (tmp_path / "log").open("wb") as log:
            started.append(
                subprocess.Popen(
                    command, cwd=ROOT, env=clean_environment(WEB_CONCURRENCY="2", **env), stdout=log, stderr=log
                )
            )
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def image_command() -> list[str]:
    """The words of the last CMD, which is the image's own and not the health check's."""
    words: list[str] = json.loads(DOCKERFILE.rpartition("\nCMD ")[2])
    return words


def client_of(tmp_path: Path) -> httpx.Client:
    transport = httpx.HTTPTransport(uds=str(tmp_path / "socket"))
    return httpx.Client(transport=transport, base_url="http://localhost")


def test_two_workers_serve_the_page_with_settings_from_the_environment(start: Start, tmp_path: Path) -> None:
    Store(tmp_path / "state").write_state(good_state())
    process = start(HOST="0.0.0.0", TRUSTED_HOSTS="a.example", FRAME_ANCESTORS="https://wiki.example")
    with client_of(tmp_path) as client:
        wait_for(lambda: client.get("/healthz").status_code == 200, "gunicorn")
        pages = [client.get("/") for _ in range(8)]
        foreign = client.get("/", headers={"Host": "evil.example"}).status_code
        named = client.get("/api/state", headers={"Host": "a.example"}).status_code
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(15)

    assert {page.status_code for page in pages} == {200}
    assert all("https://wiki.example" in page.headers["content-security-policy"] for page in pages)
    assert not any("server" in page.headers for page in pages)
    assert (foreign, named) == (400, 200)
    assert (code, time.monotonic() - begun < 5) == (0, True)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_settings_that_cannot_work_end_gunicorn_with_one_line(start: Start, tmp_path: Path) -> None:
    """It must not start worker after worker into the same wall."""
    process = start(HOST="0.0.0.0")

    assert process.wait(20) == 2
    told = (tmp_path / "log").read_text().splitlines()
    assert [line for line in told if "[INFO]" not in line] == [told[-1]]
    assert told[-1].startswith("error: 0.0.0.0 can be reached from other machines")
    assert "TRAINING_DASHBOARD_TRUSTED_HOSTS" in told[-1]


def test_the_image_runs_as_nobody_and_says_how_it_is() -> None:
    """A number, so that an orchestrator can see that it is not root; health as words, without a shell."""
    final = DOCKERFILE.rpartition("\nFROM ")[2]

    assert "\nUSER 10001:10001\n" in final
    assert "/healthz" in json.loads(final.partition("\n    CMD ")[2].partition("\n")[0])[-1]
    assert "\nSTOPSIGNAL SIGTERM\n" in final
    assert "pip uninstall" in final and "pip install" not in final


def test_the_dockerfile_has_no_finding() -> None:
    """Linted by hadolint, which comes with the test dependencies."""
    linter = Path(sys.executable).with_name("hadolint")
    told = subprocess.run([linter, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)

    assert (told.returncode, told.stdout) == (0, "")
