"""`init` prints what was understood of a folder as a short dashboard.yaml, and stores it where none is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support.recognising import seen
from support.recorded import UNTOLD, unpack
from support.workspaces import write

from collectors.__main__ import main


def test_what_is_printed_is_a_description_that_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = unpack("huggingface", "folder", tmp_path)
    before = seen(root)

    assert main(["init", str(root)]) == 0

    text = capsys.readouterr().out
    assert yaml.safe_load(text) == {"trainer": "huggingface"}
    assert text.startswith("# Hugging Face Trainer, because `trainer_state.json`")
    for said in ("train_loss (17 points)", "judged: model.safetensors", "config: config.json"):
        assert said in text
    assert not (root / "dashboard.yaml").exists()
    write(root / "dashboard.yaml", text)
    assert seen(root).state.checklist == before.state.checklist


def test_what_is_not_understood_is_said_with_what_would_make_it_clear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = unpack("keras", "early_stopped", tmp_path)

    main(["init", str(root)])

    text = capsys.readouterr().out
    assert "not understood: Training finished" in text
    assert "completion: {by: epochs, total: N}" in text


@pytest.mark.parametrize("case", sorted(UNTOLD - {("keras", "early_stopped")}), ids="-".join)
def test_where_nothing_says_how_long_it_was_to_be_two_lines_wait_for_their_signs_to_be_taken_away(
    case: tuple[str, str], tmp_path: Path
) -> None:
    root = unpack(*case, tmp_path)
    main(["init", str(root), "--write"])
    stored = root / "dashboard.yaml"
    text, newest = stored.read_text(), max(p.stat().st_mtime for p in root.rglob("*") if p.is_file() and p != stored)
    assert "are all there were to be" in text

    write(stored, text.replace("# streams:", "streams:").replace("#   - completion", "  - completion"), newest - 60)

    assert seen(root).verdict == "ready"


def test_it_is_stored_whole_and_never_over_one_that_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = unpack("keras", "folder", tmp_path)
    assert main(["init", str(root), "--write"]) == 0
    printed = capsys.readouterr().out
    stored = (root / "dashboard.yaml").read_text()

    again = main(["init", str(root), "--write"])

    assert stored == printed
    assert again == 2
    assert capsys.readouterr().err == "error: dashboard.yaml is there already; it stays as it is\n"
    assert (root / "dashboard.yaml").read_text() == stored
    assert sorted(path.name for path in root.iterdir() if path.name.startswith(".")) == []


def test_a_link_in_its_place_is_not_written_through(tmp_path: Path) -> None:
    root = unpack("keras", "folder", tmp_path)
    (root / "dashboard.yaml").symlink_to(tmp_path / "elsewhere.yaml")

    assert main(["init", str(root), "--write"]) == 2
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_a_person_may_name_the_trainer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = unpack("keras", "folder", tmp_path)

    assert main(["init", str(root), "--trainer", "plain"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == {"trainer": "plain"}
    assert main(["init", str(root), "--trainer", "kears"]) == 2
    assert "known are reference, huggingface" in capsys.readouterr().err


def test_where_nothing_is_recognised_the_lines_to_begin_with_are_printed_and_nothing_is_stored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "notes.txt", "hello")

    assert main(["init", str(tmp_path), "--write"]) == 2

    assert "trainer: plain\n    streams:" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
