"""The image's own command, run for real, and what the Dockerfile promises."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from support.dockerfile import DOCKERFILE, compose_example, environment, final, pairs, stages
from support.server import ROOT, clean_environment
from support.signing_in import new_token
from support.states import good_state
from support.waiting import wait_for

import collectors
from collectors.__main__ import main
from collectors.contract.access import Role
from collectors.store.access import AccessStore
from collectors.store.store import Store
from dash_app.auth.config_file import SECRET_VARIABLES
from dash_app.options import options_from

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the image's command on a socket file instead of its port; ended with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def run(bind: str = f"unix:{tmp_path / 'socket'}", **variables: str) -> subprocess.Popen[bytes]:
        named = {"WORKSPACE": str(tmp_path), "STATE_DIR": str(tmp_path / "state")} | variables
        env = {f"TRAINING_DASHBOARD_{name}": value for name, value in named.items()}
        command = [sys.executable, "-m", *final("CMD").words]
        command[command.index("0.0.0.0:8050")] = bind
        with (tmp_path / "log").open("wb") as log:
            started.append(
                subprocess.Popen(
                    command, cwd=ROOT, env=clean_environment(WEB_CONCURRENCY="2", **env), stdout=log, stderr=log
                )
            )
        return started[-1]

    yield run
    for process in started:
        # Workers do not end with a killed gunicorn.
        left = [] if process.poll() is not None else [process, *psutil.Process(process.pid).children()]
        for one in left:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()


def client_of(tmp_path: Path) -> httpx.Client:
    transport = httpx.HTTPTransport(uds=str(tmp_path / "socket"))
    return httpx.Client(transport=transport, base_url="http://localhost")


def test_two_workers_serve_the_page_with_settings_from_the_environment(start: Start, tmp_path: Path) -> None:
    Store(tmp_path / "state").write_state(good_state())
    process = start(
        HOST="0.0.0.0", ALLOW_ANONYMOUS="1", TRUSTED_HOSTS="a.example", FRAME_ANCESTORS="https://wiki.example"
    )
    with client_of(tmp_path) as client:
        wait_for(lambda: client.get("/healthz").status_code == 200, "gunicorn")
        pages = [client.get("/") for _ in range(8)]
        foreign = client.get("/", headers={"Host": "evil.example"}).status_code
        named = client.get("/api/state", headers={"Host": "a.example"}).status_code
        claimed = client.get("/", headers={"X-Forwarded-Proto": "https"}).text
        process.send_signal(signal.SIGTERM)
        code = process.wait(15)

    assert {page.status_code for page in pages} == {200}
    assert all("https://wiki.example" in page.headers["content-security-policy"] for page in pages)
    assert not any("server" in page.headers for page in pages)
    assert (foreign, named) == (400, 200)
    assert 'href="http://localhost/oembed' in claimed, "who may say so has an address in FORWARDED_ALLOW_IPS"
    assert code == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_settings_that_cannot_work_end_gunicorn_with_one_line(start: Start, tmp_path: Path) -> None:
    """It must not start worker after worker into the same wall."""
    process = start(HOST="0.0.0.0")

    assert process.wait(20) == 2
    told = (tmp_path / "log").read_text().splitlines()
    assert [line for line in told if "[INFO]" not in line] == [told[-1]]
    assert told[-1].startswith("error: 0.0.0.0 can be reached from other machines")
    assert "TRAINING_DASHBOARD_TRUSTED_HOSTS" in told[-1]


def test_gunicorn_does_not_listen_for_other_machines_where_nobody_has_to_sign_in(start: Start, tmp_path: Path) -> None:
    """Whatever the page's own settings say: what counts is where gunicorn listens."""
    process = start(bind="0.0.0.0:0", TRUSTED_HOSTS="a.example")

    assert process.wait(20) == 2
    assert "error: 0.0.0.0 can be reached from other machines, and nobody would have to sign in" in (
        (tmp_path / "log").read_text()
    )


def test_all_workers_believe_the_proxy_alone_and_know_what_was_ended_a_moment_ago(start: Start, tmp_path: Path) -> None:
    """By a socket file, as a proxy on the same machine asks; uvicorn rewrites no address there."""
    store = AccessStore(tmp_path / "state")
    token = new_token(store, Role.VIEWER)
    start(ACCESS_MODE="proxy")
    ann, bearer = {"X-Forwarded-User": "ann"}, {"Authorization": f"Bearer {token}"}
    with client_of(tmp_path) as client:
        wait_for(lambda: client.get("/healthz").status_code == 200, "gunicorn", 60)

        def statuses(headers: Any) -> set[int]:
            """Of ten connections, so that every worker is met."""
            given = [("Connection", "close"), *(headers.items() if isinstance(headers, dict) else headers)]
            return {client.get("/api/me", headers=given).status_code for _ in range(10)}

        named, nobody, before = statuses(ann), statuses({}), statuses(bearer)
        twice = statuses([("X-Forwarded-User", "ann"), ("X-Forwarded-User", "root")])
        from_elsewhere = statuses(ann | {"X-Forwarded-For": "203.0.113.7"})
        store.end("tokens", lambda _: True)
        after = statuses(bearer)

    assert (named, nobody, twice, from_elsewhere) == ({200}, {401}, {403}, {200})
    assert (before, after - {429}) == ({200}, {401})


def test_the_image_runs_as_nobody_and_says_how_it_is() -> None:
    """A number, so that an orchestrator can see that it is not root; health as words, without a shell."""
    assert final("USER").rest == "10001:10001"
    assert "/healthz" in final("HEALTHCHECK").words[-1] and final("HEALTHCHECK").words[0] == "python"
    assert final("STOPSIGNAL").rest == "SIGTERM"
    assert final("VOLUME").rest == environment()["TRAINING_DASHBOARD_STATE_DIR"] == "/state"
    assert final("EXPOSE").rest == "8050" and "0.0.0.0:8050" in final("CMD").words


def test_the_image_holds_neither_compiler_nor_installer() -> None:
    """Two stages on one base; what installs stays in the first, and the environment never had a pip."""
    first, last = stages()
    runs = " ".join(one.rest for one in last if one.word == "RUN")

    assert first[0].rest == f"{last[0].rest} AS build" and "-slim-" in last[0].rest
    assert [one.rest for one in last if one.word == "COPY"] == ["--from=build /opt/dashboard /opt/dashboard"]
    assert "pip uninstall" in runs and "ensurepip" in runs
    assert not [word for word in ("pip install", "apt-get", "apk", "curl") if word in runs]
    assert "venv --without-pip" in " ".join(one.rest for one in first)


def test_the_image_says_what_it_is() -> None:
    labels = {name.rpartition(".")[2]: value for name, value in pairs("LABEL").items()}

    assert all(name.startswith("org.opencontainers.image.") for name in pairs("LABEL"))
    assert set(labels) >= {"title", "description", "version", "revision", "source", "name"}
    assert (labels["version"], pairs("ARG")["VERSION"]) == ("$VERSION", collectors.__version__)
    assert labels["name"].endswith(stages()[-1][0].rest)


def test_it_does_not_start_in_the_workspace() -> None:
    """`python -m` and gunicorn import from where they start; what training wrote there must not be run."""
    workspace = environment()["TRAINING_DASHBOARD_WORKSPACE"]

    assert not Path(final("WORKDIR").rest).is_relative_to(workspace)
    assert "working_dir" not in json.dumps(compose_example())


def test_the_compose_example_keeps_what_the_readme_says() -> None:
    services = compose_example()["services"]
    page, collector = services["dashboard"], services["collector"]

    assert page["image"] == collector["image"]
    assert all(service["read_only"] and service["tmpfs"] == ["/tmp"] for service in (page, collector))
    assert all(service["cap_drop"] == ["ALL"] for service in (page, collector))
    assert page["volumes"] == collector["volumes"] == ["/srv/training:/workspace:ro", "state:/state"]
    assert "state" in compose_example()["volumes"]
    assert collector["command"] == ["python", "-m", "collectors", "watch"]
    assert collector["healthcheck"]["test"][0] == "CMD"


def test_every_variable_that_is_named_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    """In the pages, in the compose example and in the image."""
    for ask in (lambda: options_from(["--help"], {}), lambda: main(["watch", "--help"])):
        with pytest.raises(SystemExit):
            ask()
    secrets = {name.removeprefix("TRAINING_DASHBOARD_").lower().replace("_", "-") for name in SECRET_VARIABLES}
    options = set(re.findall(r"--([a-z-]+)", capsys.readouterr().out)) | {"workspace"} | secrets
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), DOCKERFILE]
    texts = [page.read_text(encoding="utf-8") for page in pages]
    named = {name for text in texts for name in re.findall(r"TRAINING_DASHBOARD_([A-Z_]+)", text)}

    assert {name.lower().replace("_", "-") for name in named} <= options
    assert named >= {"WORKSPACE", "STATE_DIR", "TRUSTED_HOSTS", "URL_PREFIX", "FRAME_ANCESTORS"}


def test_the_dockerfile_has_no_finding() -> None:
    """Linted by hadolint, which comes with the test dependencies."""
    linter = Path(sys.executable).with_name("hadolint")
    told = subprocess.run([linter, "--no-color", DOCKERFILE], capture_output=True, text=True, check=False)

    assert (told.returncode, told.stdout) == (0, "")
