"""Options from the environment: each command judges its own, when it runs, and the command line wins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.workspaces import write_good

from collectors.__main__ import main


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good training that no test changes."""
    root = tmp_path_factory.mktemp("good") / "ws"
    write_good(root)
    return root


@pytest.fixture
def where(workspace: Path, tmp_path: Path) -> list[str]:
    """The workspace, and a state directory of the test's own."""
    return [str(workspace), "--state-dir", str(tmp_path / "state")]


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.strip()


def test_a_value_that_only_another_command_knows_is_in_nobodys_way(
    where: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`csv` is a format of `runs list`; `export` has no format, and `schema` no options at all."""
    monkeypatch.setenv("TRAINING_DASHBOARD_FORMAT", "csv")
    monkeypatch.setenv("TRAINING_DASHBOARD_WAIT", "no number")

    assert main(["export", *where, "--snapshot"]) == 4
    assert main(["runs", "list", *where[1:]]) == 0
    assert main(["schema"]) == 0


def test_a_command_refuses_what_its_own_option_does_not_take_and_names_the_variable(
    where: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAINING_DASHBOARD_FORMAT", "csv")

    assert main(["validate", *where]) == 2

    assert said(capsys) == "error: TRAINING_DASHBOARD_FORMAT: 'csv' is none of json, junit, markdown, text"


def test_the_command_line_wins_over_a_variable_that_cannot_be_used(
    where: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAINING_DASHBOARD_FORMAT", "csv")

    assert main(["validate", *where, "--format", "json"]) == 4

    assert json.loads(capsys.readouterr().out)["verdict"]["value"] == "incomplete"


@pytest.mark.parametrize(
    ("command", "setting"),
    [
        ("validate", "SMOKE_TIMEOUT=-1"),
        ("export", "SMOKE_TIMEOUT=soon"),
        ("validate", "WAIT=0"),
        ("watch", "KEEP=0"),
        ("export", "RUN_ID=///"),
        ("validate", "RUN_SMOKE=perhaps"),
    ],
)
def test_a_value_that_makes_no_sense_is_told_by_its_variable(
    command: str, setting: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person who looks for an option they never typed finds nothing."""
    variable, _, value = f"TRAINING_DASHBOARD_{setting}".partition("=")
    monkeypatch.setenv(variable, value)

    assert main([command, "."]) == 2

    assert said(capsys).startswith(f"error: {variable}")


def test_the_workspace_and_lists_may_come_from_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checkpoint lies in another folder, which only the variable allows."""
    root, outside, state = tmp_path / "ws", tmp_path / "outside", str(tmp_path / "state")
    write_good(root)
    outside.mkdir()
    checkpoint = root / "checkpoints/patchtst_ssl.pt"
    checkpoint.rename(outside / "best.pt")
    checkpoint.symlink_to(outside / "best.pt")
    monkeypatch.setenv("TRAINING_DASHBOARD_WORKSPACE", str(root))
    assert main(["validate", "--state-dir", state]) == 1

    monkeypatch.setenv("TRAINING_DASHBOARD_ALLOW_ROOT", f"{root}, {outside}")

    assert main(["validate", "--state-dir", state]) == 4


def test_an_answer_that_has_no_place_is_exit_3(
    where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is the answer that is lost, not the state."""
    assert main(["validate", *where, "--output", str(tmp_path / "nowhere/report.txt")]) == 3

    assert said(capsys).startswith("error: report.txt cannot be written: ")


def test_a_dash_is_standard_output(where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", *where, "--format", "json", "--output", "-"]) == 4

    assert json.loads(capsys.readouterr().out)["meta"]["workspace"] == "ws"
    assert not Path("-").exists()
