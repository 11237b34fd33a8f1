"""The image as its container finds it: the built wheel in a read-only root, run by nobody; see `support.image_room`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from support.dockerfile import compose_example, final
from support.image_room import Room, build_wheel, install, open_room
from support.server import ROOT
from support.waiting import wait_for
from support.workspaces import write_good

COLLECTOR = compose_example()["services"]["collector"]
MISLEADING = ("dash_app", "collectors", "gunicorn", "json", "yaml", "uvicorn_worker", "sitecustomize")
"""Modules that a training folder might hold too."""
SHADOW = "raise SystemExit('code of the workspace was run')\n"
ANYBODY = {"TRAINING_DASHBOARD_ALLOW_ANONYMOUS": "1"}
"""The page is bound to every address, and no way of signing in is named."""
ASK = "from urllib.request import urlopen as ask; print(ask('http://127.0.0.1:8050{path}').read().decode())"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


class Pair:
    """Page and collector, each in a container of its own, over one state folder."""

    def __init__(self, home: Path, wheel: Path) -> None:
        self.workspace, self.state = home / "workspace", home / "state"
        write_good(self.workspace)
        for name in MISLEADING:
            (self.workspace / f"{name}.py").write_text(SHADOW)
        self.before = contents(self.workspace)
        self.state.mkdir()
        root = install(wheel, home / "root")
        self.page = open_room(root, self.workspace, self.state, final("CMD").words, **ANYBODY)
        self.collector = open_room(root, self.workspace, self.state, COLLECTOR["command"])

    def ask(self, path: str) -> str:
        """One GET from inside the page's container, by nothing but the image's own Python."""
        done = self.page.run(["python", "-c", ASK.format(path=path)])
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Iterator[Pair]:
    """Both run until the last test of this module."""
    if os.geteuid() != 0:
        pytest.skip("mounts and another user's processes need root")
    pair = Pair(tmp_path_factory.mktemp("room"), wheel)
    try:
        wait_for(lambda: healthy(pair.page) == 0, "the page's health check", 60)
        wait_for((pair.state / "dashboard-state.json").exists, "the first state", 60)
        yield pair
    finally:
        pair.page.kill()
        pair.collector.kill()


def healthy(room: Room) -> int:
    """Exit code of the image's health check."""
    return room.run(final("HEALTHCHECK").words).returncode


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder with size and time."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    """Styles, scripts, default pipeline, schema, recorded training: what is not Python is easily left out."""
    with ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    folders = {"collectors": "collectors", "dash_app": "dash_app", "assets": "dash_app/static"}
    ours = {
        f"{target}/{path.relative_to(ROOT / source).as_posix()}"
        for source, target in folders.items()
        for path in (ROOT / source).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert ours - packed == set()
    assert {Path(name).suffix for name in ours} >= {".py", ".css", ".js", ".yaml", ".json", ".xz"}


def test_the_page_shows_what_the_collector_beside_it_found(pair: Pair) -> None:
    """They share the state folder, and see the training read-only; neither sees a source, nobody has a home."""
    state = json.loads(pair.ask("/api/state"))
    page = pair.ask("/")
    asset = pair.ask("/assets/tokens.css")
    preview = json.loads(pair.ask("/api/preview?path=configs/patchtst_ssl_real.yaml"))

    assert state["verdict"]["value"] == "incomplete" and state["meta"]["workspace"] == "workspace"
    assert re.search(r'class="verdict-word">.{,2000}?INCOMPLETE</h2>', page, re.DOTALL)
    assert "--" in asset
    assert "mask_ratio: 0.4" in json.dumps(preview)
    assert json.loads(pair.ask("/readyz")) == {"status": "ready"}


def test_the_demonstration_is_in_the_image_too(pair: Pair) -> None:
    """It replays a recorded training, which is data of the package, into `/tmp`."""
    reading = "from dash_app.demo.shipped import load_library; print(len(load_library().pieces))"

    done = pair.page.run(["python", "-c", reading])

    assert done.returncode == 0 and int(done.stdout) > 0, done.stderr


def test_health_is_told_by_exit_codes_also_where_a_proxy_is_set(pair: Pair) -> None:
    """A container often inherits one; it must not be asked for the container itself."""
    pair.page.environment |= {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}

    assert healthy(pair.page) == 0
    assert pair.collector.run(COLLECTOR["healthcheck"]["test"][1:]).returncode == 0
    assert healthy(pair.collector) != 0, "nobody serves there"


def test_nothing_is_written_but_the_state_and_nothing_of_the_workspace_is_run(pair: Pair) -> None:
    """Everything else refuses to be written; that it was never tried shows in the logs."""
    listing = ["python", "-c", "import os; print([os.listdir(place) for place in ('/tmp', '/dev/shm')])"]
    written = contents(pair.state)

    assert contents(pair.workspace) == pair.before
    assert {name.partition("/")[0] for name in written} >= {"dashboard-state.json", "heartbeat.json"}
    assert {(path.stat().st_uid, path.stat().st_gid) for path in pair.state.rglob("*")} == {(10001, 10001)}
    assert pair.page.run(listing).stdout.strip() == pair.collector.run(listing).stdout.strip() == "[[], []]"
    for log in (pair.page.log(), pair.collector.log()):
        assert not [word for word in ("Read-only", "Permission", "Traceback", "code of the workspace") if word in log]


@pytest.mark.parametrize("place", ["/", "/opt/dashboard", "/workspace", "/usr", "/etc"])
def test_the_user_may_write_nowhere_else(pair: Pair, place: str) -> None:
    done = pair.page.run(["python", "-c", f"open('{place}/x', 'w')"])

    assert done.returncode == 1 and ("Read-only file system" in done.stderr or "Permission" in done.stderr)


def test_both_end_at_once_when_they_are_asked_to(pair: Pair) -> None:
    """As process 1, to which the kernel delivers only signals that it expects."""
    codes = pair.page.stop(), pair.collector.stop()

    assert codes == (0, 0)
    assert not [line for line in pair.page.log().splitlines() if "[INFO]" not in line]
