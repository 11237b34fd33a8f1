"""`validate` as a person types it: where the answer goes, what waits, what is stored and who is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.terminals import terminal
from support.workspaces import write, write_good, write_running

from collectors.__main__ import main
from collectors.collect import Collector
from collectors.contract.state import DashboardState
from collectors.presentation.checklist import as_json, as_junit, as_markdown, as_text

FACES: dict[str, Callable[[DashboardState], str]] = {
    "text": as_text, "json": as_json, "junit": as_junit, "markdown": as_markdown,
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good training, ended some minutes ago; no test changes it."""
    folder = tmp_path_factory.mktemp("good") / "ws"
    write_good(folder)
    return folder


@pytest.fixture(scope="module")
def expected(workspace: Path) -> Callable[[str], list[str]]:
    """Lines of one face of its checklist."""
    with Collector(workspace, None) as collector:
        state = collector.collect()
    return lambda face: without_times(FACES[face](state))


@pytest.fixture
def validate(tmp_path: Path, workspace: Path) -> Callable[..., int]:
    """The command on the good training (or another folder), with a state directory of the test's own."""

    def run(*more: object, root: Path = workspace) -> int:
        return main([str(a) for a in ("validate", root, "--state-dir", tmp_path / "state", *more)])

    return run


Validate = Callable[..., int]
Expected = Callable[[str], list[str]]


def without_times(text: str) -> list[str]:
    """Lines but those that say when it was looked at."""
    return [line for line in text.splitlines() if "timestamp" not in line]


@pytest.mark.parametrize("face", sorted(FACES))
def test_the_answer_in_each_format_is_that_face_of_the_checklist(
    validate: Validate, expected: Expected, face: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = validate("--format", face)

    assert code == 4
    assert without_times(capsys.readouterr().out) == expected(face)


def test_without_a_format_it_is_text_and_plain_when_piped(
    validate: Validate, expected: Expected, capsys: pytest.CaptureFixture[str]
) -> None:
    validate()

    printed = capsys.readouterr()
    assert printed.out.splitlines() == expected("text")
    assert printed.err == ""


def test_a_file_that_was_asked_for_holds_the_answer_and_nothing_is_printed(
    validate: Validate, expected: Expected, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for face in FACES:
        code = validate("--format", face, "--output", tmp_path / face)

        assert (code, capsys.readouterr().out) == (4, "")
        assert without_times((tmp_path / face).read_text()) == expected(face)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the command runs in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_dash_means_standard_output_not_a_file_of_that_name(
    validate: Validate, expected: Expected, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for face in ("text", "junit"):
        validate("--format", face, "--output", "-")

        assert without_times(capsys.readouterr().out) == expected(face)
    assert list(here.iterdir()) == []


def test_a_person_at_a_terminal_sees_progress_and_colours(validate: Validate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    with terminal() as (screen, seen), terminal() as (errors, waited):
        monkeypatch.setattr(sys, "stdout", screen)
        monkeypatch.setattr(sys, "stderr", errors)
        validate()
        answer, progress = seen(), waited()

    assert "1. \x1b[32m[v] PASS\x1b[0m - Trained checkpoints" in answer
    assert "Verdict: \x1b[1;33mINCOMPLETE\x1b[0m - Scoring was not tried " in answer
    assert "\n   6. Scoring smoke test: " in answer.replace("\r", "")
    assert " reading the workspace" in progress


def test_an_answer_that_cannot_be_written_is_exit_3(
    validate: Validate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert validate("--output", tmp_path / "no/such/folder/answer") == 3
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(("option", "value"), [("--format", "yaml"), ("--forma", "json")])
def test_an_unknown_format_and_half_an_option_are_usage_errors(
    validate: Validate, option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert validate(option, value) == 2
    assert (value if option == "--format" else option) in capsys.readouterr().err


def test_allowed_skips_make_a_run_without_a_smoke_test_exit_0(validate: Validate) -> None:
    assert validate() == 4
    assert validate("--allow-skips") == 0


def test_allowed_skips_come_from_a_variable_too(validate: Validate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINING_DASHBOARD_ALLOW_SKIPS", "1")

    assert validate() == 0


def test_looking_stores_neither_state_nor_run(validate: Validate, tmp_path: Path) -> None:
    """Only what was learnt of the files, and only where a state directory is."""
    validate()
    assert not (tmp_path / "state").exists()

    (tmp_path / "state").mkdir()
    validate()
    assert [path.name for path in (tmp_path / "state").glob("*.json")] in ([], ["after_end.json"])
    assert list((tmp_path / "state").glob("runs/*")) == []


def test_a_smoke_run_is_remembered_and_read_by_the_next_one(
    validate: Validate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert validate("--run-smoke") == 0
    capsys.readouterr()

    assert validate() == 0
    assert "said: patchtst: scored 12 windows" in capsys.readouterr().out


@pytest.mark.parametrize("seconds", ["0", "-1", "nan"])
def test_a_wait_of_no_time_is_a_usage_error(
    validate: Validate, seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert validate(f"--wait={seconds}") == 2
    assert capsys.readouterr().err == f"error: --wait {seconds} is no time; write seconds greater than 0\n"


def test_a_wait_of_no_time_in_a_variable_names_the_variable(
    validate: Validate, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAINING_DASHBOARD_WAIT", "0")

    assert validate() == 2
    assert capsys.readouterr().err.startswith("error: TRAINING_DASHBOARD_WAIT 0 is no time")


def test_waiting_without_a_limit_ends_with_the_training(
    validate: Validate, expected: Expected, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing runs, so there is nothing to wait for."""
    assert validate("--wait") == 4

    printed = capsys.readouterr()
    assert printed.out.splitlines() == expected("text")
    assert "waiting" not in printed.err


def test_waiting_with_a_limit_ends_with_it_and_says_so(
    validate: Validate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_running(tmp_path / "ws")

    assert validate("--wait", "0.2", root=tmp_path / "ws") == 4

    printed = capsys.readouterr()
    assert "swinmae: epoch 3 of 30 (running)\n" in printed.err
    assert printed.err.endswith("waited 0.2 s: training has not ended\n")
    assert "Verdict: TRAINING - SwinMAE still training." in printed.out


def test_the_operators_command_is_told_before_the_answer(
    validate: Validate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command has ended when `validate` has: nothing is left running behind it."""
    program = write(tmp_path / "told.py", f"import sys; open({str(tmp_path / 'told')!r}, 'w').write(sys.stdin.read())")

    code = validate("--run-smoke", "--notify-command", f"{sys.executable} {program}")

    assert code == 0
    assert json.loads((tmp_path / "told").read_text())["event"] == "ready"
    assert "notify command: told ready" in capsys.readouterr().err


def test_in_a_folder_where_nothing_is_recognised_it_says_how_to_begin(
    validate: Validate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside the answer, which a program may read."""
    (tmp_path / "empty").mkdir()

    code = validate("--format", "json", root=tmp_path / "empty")

    printed = capsys.readouterr()
    assert code == 1
    assert json.loads(printed.out)["verdict"]["value"] == "not_ready"
    assert "Nothing is here yet. " in printed.err
