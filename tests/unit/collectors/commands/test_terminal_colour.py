"""Colour and progress reach a person at a terminal, and nothing else."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from support.terminals import terminal

from collectors.commands.terminal import STYLES, forgive_characters, paint_for, progress


@pytest.fixture(autouse=True)
def a_colourful_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose kind and wishes no machine decides."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.mark.parametrize(
    ("meaning", "code"),
    [
        ("pass", "32"), ("fail", "1;31"), ("skip", "90"), ("ready", "1;32"), ("not_ready", "1;31"),
        ("incomplete", "1;33"), ("training", "1;34"),
    ],
)  # fmt: skip
def test_each_outcome_and_verdict_has_its_colour(meaning: str, code: str) -> None:
    with terminal() as (stream, _):
        paint = paint_for(stream)
        assert paint is not None
        assert paint("WORD", meaning) == f"\x1b[{code}mWORD\x1b[0m"
    assert len(STYLES) == 7


def test_a_meaning_without_a_colour_and_marks_of_markup_stay_text() -> None:
    with terminal() as (stream, _):
        paint = paint_for(stream)
        assert paint is not None
        assert paint("[v] [bold]PASS[/bold] 12", "no such meaning") == "[v] [bold]PASS[/bold] 12"
        assert paint("[ ] FAIL " + "x" * 300, "fail") == "\x1b[1;31m[ ] FAIL " + "x" * 300 + "\x1b[0m"


def test_who_wants_no_colour_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    with terminal() as (stream, _):
        assert paint_for(stream) is None


def test_a_pipe_and_a_file_get_no_colour(tmp_path: Path) -> None:
    assert paint_for(io.StringIO()) is None
    with (tmp_path / "answer").open("w") as file:
        assert paint_for(file) is None


@pytest.mark.parametrize("forced", [False, True])
def test_progress_is_silent_where_nobody_sits(
    forced: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Colours that a build server asks for are no reason to draw a spinner into its log."""
    if forced:
        monkeypatch.setenv("FORCE_COLOR", "1")

    with progress("reading"):
        pass

    assert capsys.readouterr() == ("", "")


def test_progress_is_shown_to_a_person_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal() as (stream, seen):
        monkeypatch.setattr(sys, "stderr", stream)
        with progress("reading the workspace"):
            pass
        assert "reading the workspace" in seen()


def test_a_character_that_an_encoding_does_not_have_becomes_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(written, encoding="ascii"))

    forgive_characters()

    for stream in (sys.stdout, sys.stderr):
        print("\u00fc", file=stream, flush=True)
    assert written.getvalue() == b"\\xfc\n\\xfc\n"


def test_a_stream_of_another_kind_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    forgive_characters()

    print("\u00fc")
    assert sys.stdout.getvalue() == "\u00fc\n"
