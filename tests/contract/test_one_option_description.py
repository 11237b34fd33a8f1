"""An option that both programs have is one description: the same help, the same values, the same refusals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collectors.__main__ import main
from collectors.options import UsageError
from dash_app.options import options_from

OF_THE_COLLECTOR = {
    "--config", "--state-dir", "--run-smoke", "--run-validator", "--smoke-timeout", "--smoke-python", "--allow-root",
    "--keep", "--notify", "--notify-command",
}  # fmt: skip


def helped(capsys: pytest.CaptureFixture[str], *, page: bool) -> dict[str, str]:
    """Each option of a program's help, with all that is said of it."""
    with pytest.raises(SystemExit):
        options_from(["--help"], {}) if page else main(["watch", "--help"])
    parts = re.split(r"\n  (?=-)", capsys.readouterr().out.split("\n\nEvery option")[0])
    told = {part.split()[0]: " ".join(part.split("\n\n")[0].split()) for part in parts[1:]}
    return {name: text for name, text in told.items() if name.startswith("--")}


def test_the_page_has_every_option_of_watch_in_the_same_words(capsys: pytest.CaptureFixture[str]) -> None:
    watch, page = helped(capsys, page=False), helped(capsys, page=True)

    assert set(watch) == OF_THE_COLLECTOR
    assert {name: page[name] for name in watch} == watch


@pytest.mark.parametrize(
    "typed",
    [
        ["--smoke-timeout", "-1"],
        ["--smoke-timeout", "soon"],
        ["--smoke-timeout", "inf"],
        ["--keep", "0"],
        ["--keep", "many"],
        ["--notify", "http://a.example/secret"],
        ["--notify-command", "'tell"],
        ["--no-such-option"],
    ],
)
def test_both_programs_refuse_a_value_in_the_same_words(
    typed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", str(tmp_path), *typed]) == 2
    with pytest.raises(UsageError) as refused:
        options_from([str(tmp_path), *typed], {})

    told = capsys.readouterr().err
    assert told == f"error: {refused.value}\n"
    assert typed[0] in told and "secret" not in told


@pytest.mark.parametrize("setting", ["SMOKE_TIMEOUT=0", "SMOKE_TIMEOUT=soon", "KEEP=0", "RUN_SMOKE=perhaps"])
def test_both_programs_refuse_a_variable_in_the_same_words(
    setting: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, _, value = f"TRAINING_DASHBOARD_{setting}".partition("=")
    monkeypatch.setenv(name, value)

    assert main(["watch", str(tmp_path)]) == 2
    with pytest.raises(UsageError) as refused:
        options_from([str(tmp_path)], {name: value})

    assert capsys.readouterr().err == f"error: {refused.value}\n"
    assert str(refused.value).startswith(name)
