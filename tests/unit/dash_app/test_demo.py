"""The recorded training that `make demo` shows, as it is unpacked there."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.server import ROOT, RunningServer
from support.waiting import wait_for

ARCHIVE = ROOT / "examples" / "demo_workspace.tar.gz"


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """Unpack the archive as the Makefile does."""
    folder = tmp_path / "demo"
    folder.mkdir()
    subprocess.run(["tar", "-xzf", str(ARCHIVE), "-C", str(folder)], check=True)
    return folder


def test_it_is_a_whole_training_with_its_file_times(demo: Path, serve: Callable[..., RunningServer]) -> None:
    """The real server collects it: all but the smoke test passes, which needs lost times to be found again."""
    server = serve(demo, collect=True)
    wait_for(lambda: server.get("/readyz").status_code == 200, "the first collection", 60)

    state = server.get("/api/state").json()

    outcomes = {check["id"]: check["outcome"] for check in state["checklist"]}
    assert [check for check, outcome in outcomes.items() if outcome != "pass"] == ["smoke"]
    assert state["verdict"]["value"] == "incomplete"
    assert [len(stream["series"]["val_loss"]["value"]) for stream in state["metrics"].values()] == [12, 12]


def test_it_tells_nothing_of_the_machine_it_was_recorded_on() -> None:
    """Relative names, no owner, no path, nothing that is run."""
    with tarfile.open(ARCHIVE) as archive:
        members = archive.getmembers()
        texts = [archive.extractfile(member) for member in members if member.name.endswith((".json", ".yaml", ".md"))]
        told = b"".join(text.read() for text in texts if text)

    assert {member.uid for member in members} == {0} and {member.uname for member in members} <= {"", "root"}
    assert not any(member.name.startswith("/") or ".." in member.name for member in members)
    assert not any(member.name.endswith(".py") or member.islnk() or member.issym() for member in members)
    assert b"/home/" not in told and b"/tmp/" not in told and b"/root/" not in told
