"""`export --html`: a report beside the state, of a workspace and of a stored run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.html_reading import checks_in, read_page
from support.server import ROOT, clean_environment
from support.workspaces import write_good, write_running

from collectors.__main__ import main
from collectors.contract.state import state_from_json
from collectors.presentation.page import as_html
from collectors.store.runs import RunStore
from collectors.store.store import Store


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good training `ws`, its `state` with a snapshot, and the report `first.html`."""
    home = tmp_path_factory.mktemp("exported")
    write_good(home / "ws")
    where = [str(home / "ws"), "--state-dir", str(home / "state")]
    assert main(["export", *where, "--snapshot", "--html", str(home / "first.html")]) == 4
    return home


def run_id(home: Path) -> str:
    return RunStore(home / "state").rows()[0]["run_id"]


def test_the_report_tells_what_validate_tells(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same checks in the same words, of the very state that was written."""
    main(["validate", str(exported / "ws"), "--state-dir", str(exported / "state"), "--format", "json"])
    told = json.loads(capsys.readouterr().out)["checklist"]
    page = (exported / "first.html").read_text(encoding="utf-8")

    rows = checks_in(read_page(page))

    assert [(r["id"], r["outcome"].lower(), r["detail"]) for r in rows] == [
        (c["id"], c["outcome"], " ".join(c["detail"].split())) for c in told
    ]
    assert page == as_html(state_from_json((exported / "state/dashboard-state.json").read_bytes()))


def test_the_report_tells_nothing_of_this_machine(exported: Path) -> None:
    page = (exported / "first.html").read_text(encoding="utf-8")

    assert str(exported) not in page and str(ROOT) not in page
    assert f".{os.uname().nodename}." not in page
    assert len(page.encode()) < 300_000


def test_a_stored_run_is_reported_without_collecting(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The workspace may be gone: its snapshot tells everything."""
    where = ["--state-dir", str(exported / "state"), "--html", str(tmp_path / "again.html")]

    code = main(["export", str(tmp_path / "gone"), *where, "--run", run_id(exported)])

    assert code == 4
    told = capsys.readouterr()
    assert told.out == "" and "report written to" in told.err
    assert (tmp_path / "again.html").read_bytes() == (exported / "first.html").read_bytes()
    assert not (tmp_path / "gone").exists()


def test_a_pinned_baseline_is_compared(exported: Path, tmp_path: Path) -> None:
    """A running training beside a finished one: incomparable, and said to be so."""
    write_running(tmp_path / "ws")
    state_dir = tmp_path / "state"
    Store(state_dir).write_snapshot(RunStore(exported / "state").required(run_id(exported)))
    RunStore(state_dir).pin(run_id(exported))

    code = main(["export", str(tmp_path / "ws"), "--state-dir", str(state_dir), "--html", str(tmp_path / "r.html")])

    page = read_page((tmp_path / "r.html").read_text(encoding="utf-8"))
    assert code == 4
    assert run_id(exported) in page.by_id("comparison").text
    assert page.of_class("line-baseline")


def test_a_dash_is_standard_output_in_any_encoding(exported: Path) -> None:
    """Only the page stands there; the rest is said on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "collectors", "export", "ws", "--state-dir", "state", "--html", "-"],
        cwd=exported, env=clean_environment(PYTHONPATH=str(ROOT), PYTHONIOENCODING="ascii"), capture_output=True,
        check=False,
    )  # fmt: skip

    page = (exported / "first.html").read_text(encoding="utf-8")
    assert done.returncode == 4
    assert read_page(done.stdout.decode("ascii")) == read_page(page)
    assert b"written to state" in done.stderr


def test_a_report_may_be_written_beside_a_watcher(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A report takes nothing from anybody."""
    monkeypatch.setattr("collectors.commands.export.EXPORT_SECONDS", 0.1)
    where = [str(exported / "ws"), "--state-dir", str(tmp_path / "state")]

    with Store(tmp_path / "state").collecting():
        code = main(["export", *where, "--html", str(tmp_path / "r.html")])

    assert code == 4
    assert "only the report was written: process" in capsys.readouterr().err
    assert (tmp_path / "r.html").is_file()
    assert Store(tmp_path / "state").read_state() is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--run", "no-such-run", "--html", "r.html"], "there is no run no-such-run"),
        (["--run", "RUN"], "--run needs --html"),
        (["--run", "RUN", "--html", "r.html", "--snapshot"], "--snapshot has no meaning with it"),
        (["--run", "RUN", "--html", "r.html", "--run-smoke"], "--run-smoke has no meaning with it"),
        (["--run", "///", "--html", "r.html"], "--run: run id"),
    ],
)
def test_what_cannot_be_meant_is_exit_2_and_one_line(
    arguments: list[str], words: str, exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = [run_id(exported) if word == "RUN" else word for word in arguments]

    code = main(["export", str(exported / "ws"), "--state-dir", str(exported / "state"), *named])

    told = capsys.readouterr().err
    assert (code, len(told.splitlines())) == (2, 1)
    assert words in told


def test_a_report_that_cannot_be_written_is_exit_3(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--state-dir", str(exported / "state"), "--html", str(tmp_path / "nowhere/r.html")]

    assert main(["export", *where, "--run", run_id(exported)]) == 3
    assert capsys.readouterr().err == "error: r.html cannot be written: no such file or directory\n"


def test_the_report_may_be_asked_for_in_the_environment(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that exports needs no other command line to leave a report too."""
    monkeypatch.setenv("TRAINING_DASHBOARD_HTML", str(tmp_path / "r.html"))
    monkeypatch.setenv("TRAINING_DASHBOARD_RUN", run_id(exported))

    assert main(["export", "--state-dir", str(exported / "state")]) == 4
    assert (tmp_path / "r.html").read_bytes() == (exported / "first.html").read_bytes()
