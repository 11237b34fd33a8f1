"""`trainer: NAME` means all that this trainer says, and what follows is taken instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.recognising import seen
from support.recorded import unpack
from support.workspaces import write

from collectors.observe.load_pipeline import ConfigProblem, default_config, parse_config
from collectors.trainers.modules import TRAINERS


def test_the_name_alone_is_the_whole_description(tmp_path: Path) -> None:
    root = unpack("huggingface", "folder", tmp_path)
    without = seen(root)
    write(root / "dashboard.yaml", "trainer: huggingface\n")

    assert seen(root).state.checklist == without.state.checklist
    assert seen(root).state.metrics == without.state.metrics


def test_a_section_that_is_said_is_merged_key_by_key(tmp_path: Path) -> None:
    """One model and one stream: whatever they are called, they are the same."""
    root = unpack("keras", "folder", tmp_path)
    write(
        root / "dashboard.yaml",
        "trainer: keras\ntitle: pears\nstreams:\n  - {id: net, checkpoint: best.keras, completion: {total: 8}}\n",
    )

    found = seen(root)

    assert (found.state.meta.title, list(found.state.metrics)) == ("pears", ["net"])
    assert (found.judged, found.model.completion.epochs, found.verdict) == ("best.keras", 8, "ready")
    assert len(found.model.series["val_loss"].value) == 8


def test_a_section_that_is_null_is_taken_away(tmp_path: Path) -> None:
    root = unpack("keras", "folder", tmp_path)
    write(root / "dashboard.yaml", "trainer: keras\nstreams: [{events: null}]\n")

    assert "logs" in seen(root).asked, "the table stands for them"
    assert seen(root).state.artifacts.logs == ()


def test_the_older_name_of_the_table_is_that_of_the_same_section() -> None:
    text = b"trainer: keras\nstreams: [{loss_history: {path: log.csv}}]\n"

    (stream,) = parse_config(text, "dashboard.yaml").streams

    assert stream.loss_history is not None
    assert stream.loss_history.path == "log.csv"


def test_of_several_streams_the_one_of_that_id_is_meant_and_the_others_stay() -> None:
    text = b"trainer: reference\nstreams: [{id: swinmae, label: Swin}]\n"

    config = parse_config(text, "dashboard.yaml")

    assert [(s.id, s.label) for s in config.streams] == [("swinmae", "Swin"), ("patchtst", "PatchTST")]
    assert config.stream("swinmae").checkpoint == default_config().stream("swinmae").checkpoint


def test_other_streams_stand_instead_of_all_of_the_trainers() -> None:
    other = b"{id: net, label: Net, checkpoint: a.pt, table: {path: a.csv}}"

    config = parse_config(b"trainer: reference\nscaler: null\nsmoke: null\nstreams: [%b]\n" % other, "dashboard.yaml")

    assert [s.id for s in config.streams] == ["net"]


def test_an_unknown_trainer_is_told_with_line_nearest_name_and_the_list() -> None:
    with pytest.raises(ConfigProblem) as told:
        parse_config(b"title: x\ntrainer: hugging_face\n", "dashboard.yaml")

    known = ", ".join(spec.id for spec in TRAINERS)
    assert str(told.value) == (
        "dashboard.yaml, line 2: `trainer`: no trainer is called `hugging_face`; did you mean `huggingface`?; "
        f"known: {known}"
    )


def test_a_mistake_in_what_follows_is_told_at_its_own_line() -> None:
    with pytest.raises(ConfigProblem, match=r"dashboard\.yaml, line 3: unknown key `streams\.0\.chekpoint`"):
        parse_config(b"trainer: keras\nstreams:\n  - chekpoint: a.keras\n", "dashboard.yaml")


def test_without_a_trainer_streams_are_missed_by_name() -> None:
    with pytest.raises(ConfigProblem, match="`streams` is missing"):
        parse_config(b"title: x\n", "dashboard.yaml")


def test_another_model_is_not_what_the_trainers_own_says_of_itself() -> None:
    """That it is the best, for one: who names the last says what that one records."""

    def checkpoint(said: str) -> dict[str, object]:
        text = f"trainer: reference\nstreams:\n  - id: patchtst\n    checkpoint: {said}\n"
        return parse_config(text.encode(), "dashboard.yaml").stream("patchtst").checkpoint.model_dump()

    assert checkpoint("last.pt")["says"] == checkpoint("{path: last.pt}")["says"] == {}
    assert checkpoint("{none: thrown away}")["path"] is None
    part = checkpoint("{part: encoder only}")
    assert part["path"] == ("checkpoints/patchtst_ssl.pt",) and part["part"] == "encoder only" and part["says"]
