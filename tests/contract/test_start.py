"""What a start does not pay for: modules are counted, for milliseconds are the machine's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.decisions import write_recorded
from support.imports_told import Imports
from support.server import ROOT, clean_environment, start_server
from support.workspaces import write_good

from collectors.collect import Collector
from collectors.store.store import Store

OTHER_FORMATS = ("collectors.readers.checkpoint.keras", "collectors.readers.mlflow.read", "sqlite3", "tomllib")
THE_PAGE = ("dash", "fastapi", "plotly", "pandas", "starlette", "uvicorn")
SELDOM = (
    "collectors.compare.regression",
    "numpy.ma",
    "rich",
    "ssl",
    "urllib.request",
    "watchfiles",
    "xml.etree.ElementTree",
)


@pytest.fixture
def imports(tmp_path: Path) -> Imports:
    """Told by every process that the test starts with its environment."""
    return Imports(tmp_path / "imports")


def _ours(names: set[str]) -> set[str]:
    return {name for name in names if name.startswith(("collectors", "dash_app"))}


def test_validate_imports_what_its_files_need_and_starts_one_child(tmp_path: Path, imports: Imports) -> None:
    write_recorded(tmp_path / "ws")
    command = [
        sys.executable,
        "-m",
        "collectors",
        "validate",
        str(tmp_path / "ws"),
        "--state-dir",
        str(tmp_path / "no"),
    ]

    done = subprocess.run(command, cwd=ROOT, env=clean_environment(**imports.environment()), capture_output=True,
                          text=True, check=False, timeout=60)  # fmt: skip
    parent, child = imports.of("-m collectors validate"), imports.of("collectors.readers.child.worker")

    assert "PASS" in done.stdout, done.stderr
    assert not parent & {
        *THE_PAGE,
        *SELDOM,
        *OTHER_FORMATS,
        "collectors.contract.delta",
        "collectors.readers.checkpoint.read",
        "platformdirs",
    }
    assert not child & {
        *THE_PAGE,
        *SELDOM,
        *OTHER_FORMATS,
        "psutil",
        "pydantic",
        "collectors.contract.values",
        "collectors.judge",
        "collectors.store",
    }
    assert len(_ours(parent)) < 290
    assert len(parent) < 700
    assert len(_ours(child)) < 110
    assert len(child) < 400


def test_the_first_answer_of_a_page_that_shows_needs_no_reader_no_judge_and_no_array(
    tmp_path: Path, imports: Imports
) -> None:
    write_good(tmp_path / "ws")
    with Collector(tmp_path / "ws", Store(tmp_path / "state")) as collector:
        collector.export()
    server = start_server(tmp_path, tmp_path / "ws", state_dir=tmp_path / "state", env=imports.environment())
    try:
        assert "<title>" in server.get("/").text
        assert server.get("_dash-layout").status_code == 200
    finally:
        server.stop()
    found = imports.of("-m dash_app")

    rooms = {"readers", "judge", "observe", "trainers", "live.watch", "collect", "imports"}
    assert not found & {f"collectors.{room}" for room in rooms}
    assert not found & {"numpy", "pandas", "yaml", "psutil", "rich", "plotly.io._templates", "dash_app.demo.recording"}
    assert len(_ours(found)) < 190
    assert len(found) < 1100


@pytest.mark.parametrize("door", ["collectors.__main__", "dash_app.__main__", "dash_app.server", "dash_app.serving"])
def test_pandas_is_imported_by_whoever_asks_for_a_table_and_never_at_the_start(door: str) -> None:
    def imported(*modules: str) -> bool:
        code = f"import sys, {', '.join(modules)}; print('pandas' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        return done.stdout == "True\n"

    assert not imported(door)
    assert imported(door, "pandas")
