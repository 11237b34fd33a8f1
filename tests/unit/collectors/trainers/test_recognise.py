"""A folder is recognised by what its files hold: the surest trainer, in words; bounded however much lies there."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from support.build_checkpoints import torch_zip
from support.build_events import event, header, record, simple_value
from support.recognising import seen
from support.recorded import recorded, unpack
from support.workspaces import write, write_good

from collectors.files.workspace import Workspace
from collectors.observe.described import Described, by_trainer
from collectors.trainers.folder import MOST_READ, Folder
from collectors.trainers.modules import TRAINERS, trainer
from collectors.trainers.recognise import recognise

TABLE = "epoch,train_loss,val_loss\n1,2.0,2.5\n2,1.0,1.5\n"


def looked(root: Path) -> Described:
    with Workspace(root) as workspace:
        return by_trainer(Folder(workspace))


def test_the_reference_pipeline_is_one_of_them_and_says_why(tmp_path: Path) -> None:
    write_good(tmp_path)

    found = seen(tmp_path)

    assert (found.described.trainer, found.verdict) == ("reference", "incomplete"), "its scoring command was not run"
    assert found.described.recognised is not None
    assert found.described.recognised.startswith("Reference pipeline (PatchTST, SwinMAE), because `configs/")
    assert len(found.state.checklist) == 9


def test_one_file_of_the_reference_pipelines_layout_is_enough_to_say_what_is_broken(tmp_path: Path) -> None:
    write(tmp_path / "checkpoints/patchtst_ssl.pt", b"PK\x03\x04 broken")

    assert looked(tmp_path).trainer == "reference"


def test_an_empty_folder_says_that_nothing_is_here_and_how_to_begin(tmp_path: Path) -> None:
    found = seen(tmp_path)

    assert found.described.trainer is None
    assert found.state.verdict.reason == "Nothing has been trained here yet."
    assert found.described.begin is not None
    assert found.described.begin.splitlines()[:2] == ["trainer: plain", "streams:"]
    assert len(found.described.begin.splitlines()) == 4
    assert {"scaler", "backup", "smoke", "split_policy"}.isdisjoint(found.asked)


def test_a_folder_of_something_else_says_what_was_found_by_kind_and_names_it_in_the_lines(tmp_path: Path) -> None:
    write(tmp_path / "prices.csv", "name,price\npear,1\n")
    write(tmp_path / "out/net.pt", torch_zip())
    write(tmp_path / "readme.txt", "hello")

    found = seen(tmp_path)

    assert found.state.verdict.reason == (
        "No trainer is recognised here; found: 1 table (`prices.csv`), 1 checkpoint (`out/net.pt`), "
        "1 text (`readme.txt`)."
    )
    assert found.detail("logs").startswith("model: no event file in this folder: it holds out, out/net.pt, prices.csv")
    assert found.described.begin is not None
    assert "table: {path: prices.csv," in found.described.begin
    assert "checkpoint: out/net.pt" in found.described.begin


def test_the_lines_to_begin_with_are_taken_as_they_stand(tmp_path: Path) -> None:
    """A person puts the column's name in, and that is all."""
    write(tmp_path / "a b/log.csv", "round,cost\n1,2.0\n2,1.0\n")
    begin = looked(tmp_path).begin
    assert begin is not None
    write(tmp_path / "dashboard.yaml", begin.replace("COLUMN", "cost"))

    assert list(seen(tmp_path).model.series["train_loss"].value) == [2.0, 1.0]


def test_the_surest_counts_and_others_that_may_well_be_are_named(tmp_path: Path) -> None:
    unpack("huggingface", "folder", tmp_path / "a")
    unpack("keras", "folder", tmp_path / "b")

    found = looked(tmp_path)

    assert found.trainer == "huggingface"
    assert found.also is not None
    assert found.also.startswith("also possible: Keras (")


def test_a_trainer_that_is_not_asked_recognises_nothing(tmp_path: Path) -> None:
    """Each module alone knows its trainer: without it the folder is another one's, or nobody's."""
    for name in ("huggingface", "keras", "lightning"):
        with Workspace(unpack(name, "folder", tmp_path / name)) as workspace:
            folder = Folder(workspace)
            others = recognise(folder, [spec for spec in TRAINERS if spec.id != name]).best

            assert others is None or others.spec.id == "plain"
            best = recognise(folder).best
            assert best is not None
            assert best.spec.id == name


def test_every_description_of_a_run_that_may_come_is_taken(tmp_path: Path) -> None:
    """`trainer: NAME` stands in a description before anything was trained."""
    for spec in TRAINERS:
        write(tmp_path / spec.id / "dashboard.yaml", f"trainer: {spec.id}\n")

        assert seen(tmp_path / spec.id).state.verdict.reason == "Nothing has been trained here yet."


def test_every_trainer_has_an_id_of_its_own_and_plain_is_asked_last() -> None:
    assert len({spec.id for spec in TRAINERS}) == len(TRAINERS)
    assert TRAINERS[-1].id == "plain"
    assert all(trainer(spec.id) is spec for spec in TRAINERS)


def log_of(tag: str, count: int, start: float) -> bytes:
    rows = [record(event(n, [simple_value(tag, 1.0 / n)], start + n)) for n in range(1, count + 1)]
    return b"".join([header(start), *rows])


def test_of_many_plain_runs_the_newest_with_a_training_series_is_shown(tmp_path: Path) -> None:
    for n, tag in enumerate(("train/loss", "train/loss", "test/accuracy")):
        start = 1_700_000_000.0 + 1000 * n
        write(tmp_path / f"runs/try{n}/events.out.tfevents.{int(start)}.vm.1.0", log_of(tag, 5, start), start + 5)

    found = looked(tmp_path)

    assert found.recognised == "Plain logs in `runs/try1`, because event files in `runs/try1`; the newest of 3 runs"


def test_a_table_that_a_trainer_does_not_name_is_read_by_its_columns(tmp_path: Path) -> None:
    write(tmp_path / "log.csv", TABLE)
    write(tmp_path / "config.yaml", "training: {epochs: 2}\n")
    write(tmp_path / "model.pt", torch_zip())

    found = seen(tmp_path)

    assert (found.described.trainer, found.verdict) == ("plain", "ready")
    assert list(found.model.series["val_loss"].value) == [2.5, 1.5]
    assert found.model.completion.epochs == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("log.jsonl", '{"epoch": 1, "loss": 2.0}\n{"epoch": 2, "loss": 1.0}\n'),
        ("log.json", '[{"epoch": 1, "loss": 2.0},\n{"epoch": 2, "loss": 1.0}]\n'),
        ("log.tsv", "epoch\tloss\n1\t2.0\n2\t1.0\n"),
        ("log.csv", " epoch , loss \n 1 , 2.0\n 2 , 1.0\n"),
    ],
)
def test_tables_of_several_kinds_are_recognised_by_their_first_row(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path / name, text)

    assert list(seen(tmp_path).model.series["train_loss"].value) == [2.0, 1.0]


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    unpack("huggingface", "folder", tmp_path / "elsewhere")
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws/run").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "ws/trainer_state.json").symlink_to(tmp_path / "elsewhere/trainer_state.json")

    assert looked(tmp_path / "ws").trainer is None


def test_files_of_any_bytes_are_no_sign_and_no_crash(tmp_path: Path) -> None:
    for name in ("trainer_state.json", "metrics.csv", "history.json", "log.csv", "x.ckpt", "events.out.tfevents.1.a"):
        for n, data in enumerate((b"", b"\x00" * 100, b"{" * 5000, b"a,b\n\xff\xfe", b"\n", b'[[["')):
            write(tmp_path / f"version_{n}" / name, data)
    os.mkfifo(tmp_path / "training.csv")

    assert looked(tmp_path).trainer is None


@pytest.mark.parametrize("case", recorded(), ids="-".join)
def test_a_recorded_folder_whose_files_are_damaged_is_something_or_nothing_and_never_a_crash(
    tmp_path: Path, case: tuple[str, str]
) -> None:
    root, dice = unpack(*case, tmp_path), random.Random("-".join(case))
    files = sorted(path for path in root.rglob("*") if path.is_file())
    for _ in range(3):
        for path in dice.sample(files, min(3, len(files))):
            path.write_bytes(damaged(path.read_bytes(), dice))

        looked(root)


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Cut off, with other bytes at its beginning, or a document with other types in it."""
    if dice.random() < 0.3:
        return b'{"log_history": [], "global_step": {}, "epoch": "x", "max_steps": -5, "loss": [1, {}]}'
    if dice.random() < 0.5:
        return data[: dice.randrange(len(data) + 1)]
    changed = bytearray(data)
    for _ in range(20 if data else 0):
        changed[dice.randrange(min(len(data), 3000))] = dice.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("cell", ["\u00b2", "9" * 5000])
def test_a_last_epoch_that_no_training_counts_to_is_no_count_and_no_crash(tmp_path: Path, cell: str) -> None:
    write(tmp_path / "a/history.csv", f"epoch,train_loss,valid_loss,time\n0,1,1,00:01\n{cell},1,1,00:01\n")
    write(tmp_path / "b/summary.csv", f"epoch,train_loss,eval_top1\n0,1,1\n{cell},1,1\n")
    write(tmp_path / "b/args.yaml", "sched: step\nepochs: 4\n")
    write(tmp_path / "c/results.csv", f"epoch,train/loss,val/loss\n1,1,1\n{cell},1,1\n")
    write(tmp_path / "c/args.yaml", "task: detect\nepochs: 4\n")
    write(tmp_path / "d/lightning_logs/version_0/metrics.csv", f"epoch,step,train_loss\n0,9,1\n{cell},{cell},1\n")
    write(tmp_path / "e/training.csv", f"epoch,accuracy,loss\n0,1,1\n{cell},1,1\n")

    with Workspace(tmp_path) as workspace:
        told = {one.spec.id: one.run.about for one in recognise(Folder(workspace)).every}

    assert told.keys() >= {"fastai", "timm", "ultralytics", "lightning", "keras"}
    assert set(told.values()) == {""}


def test_reading_ends_where_there_is_no_end(tmp_path: Path) -> None:
    for n in range(MOST_READ + 50):
        write(tmp_path / f"d{n}/results.csv", "name,price\n")
    with Workspace(tmp_path) as workspace:
        folder = Folder(workspace)
        recognise(folder)
        read = sum(1 for path in folder.files if folder.head(path))

    assert read <= MOST_READ


def test_of_more_runs_than_are_looked_into_the_newest_is_shown_and_all_are_counted(tmp_path: Path) -> None:
    """A sweep leaves a folder a run; the newest may stand anywhere among their names."""
    runs, newest = MOST_READ + 50, MOST_READ + 40
    data = header() + record(event(1, [simple_value("loss/train", 0.5)]))
    for number in range(runs):
        file = write(tmp_path / f"runs/trial{number:04d}/events.out.tfevents.1795435105.host.17.0", data)
        os.utime(file, (1_795_435_105 + number, 1_795_435_105 + number + 10_000 * (number == newest)))

    found = looked(tmp_path)

    assert found.recognised is not None
    assert f"`runs/trial{newest:04d}`" in found.recognised
    assert f"the newest of {runs:,} runs" in found.recognised
    assert len(found.config.streams) == 1
