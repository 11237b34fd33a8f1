"""A stream's table as it is described: one file, the newest of a pattern, or several files that are one table."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.workspaces import write

from collectors.collect import CollectOptions, Collector
from collectors.contract.sections import Limits
from collectors.contract.streams import Stream
from collectors.evidence.tables import LossTableEvidence
from collectors.files.workspace import Workspace
from collectors.observe.cache import ReadCache
from collectors.observe.load_pipeline import ConfigProblem, parse_config
from collectors.observe.loss_tables import MOST_FILES, read_table
from collectors.readers.child.process import ReaderProcess, ReadLimits

STREAM = {
    "id": "m",
    "label": "M",
    "checkpoint": "model.pt",
    "config": {"candidates": "config.json"},
    "events": {"folder": "tb", "tags": {"train_loss": "loss/train"}},
}


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


Read = Callable[..., LossTableEvidence]


@pytest.fixture
def read(tmp_path: Path, child: ReaderProcess) -> Iterator[Read]:
    """Reads the table that is described, through one cache."""
    with Workspace(tmp_path) as workspace:
        cache = ReadCache(workspace, child, Limits())

        def read(early_stop: str | None = None, **table: Any) -> LossTableEvidence:
            stream = Stream.model_validate({**STREAM, "table": table, "completion": {"early_stop_key": early_stop}})
            found = read_table(cache, stream, lambda paths: paths[0])
            assert found is not None and found.evidence is not None
            return found.evidence

        yield read


def curves(found: LossTableEvidence) -> dict[str, list[tuple[float | None, float]]]:
    """Series -> places and values."""
    series: dict[str, list[tuple[float | None, float]]] = {}
    for row in found.rows:
        for name, value in row.values.items():
            series.setdefault(name, []).append((row.step if row.step is not None else row.epoch, value))
    return series


def said(found: LossTableEvidence) -> list[str]:
    return [f"{f.severity}: {f.text}" for f in found.findings]


def dvclive(root: Path) -> None:
    for name, values in {"train/loss": "0\t1.0\n1\t0.5\n", "val/loss": "1\t0.65\n", "train/acc": "0\t0.1\n"}.items():
        write(root / f"dvclive/plots/metrics/{name}.tsv", f"step\t{name.rpartition('/')[2]}\n{values}")
    write(root / "dvclive/plots/metrics/lr.tsv", "step\tlr\n0\t0.1\n")


EVERY_TSV = ["dvclive/plots/metrics/**/*.tsv"]


def test_one_file_a_series_is_named_by_its_path(tmp_path: Path, read: Read) -> None:
    dvclive(tmp_path)
    found = read(path=EVERY_TSV)

    assert curves(found) == {"train_loss": [(0, 1.0), (1, 0.5)], "val_loss": [(1, 0.65)]}
    assert (said(found), found.format) == ([], "csv")
    assert {"train/loss", "val/loss", "train/acc", "lr"} <= set(found.columns)


def test_any_of_the_files_is_a_series_where_it_is_asked_for(tmp_path: Path, read: Read) -> None:
    dvclive(tmp_path)
    found = read(path=EVERY_TSV, columns={"train_loss": "train/loss", "accuracy": "train/acc", "rate": "lr"})

    assert curves(found) == {"train_loss": [(0, 1.0), (1, 0.5)], "accuracy": [(0, 0.1)], "rate": [(0, 0.1)]}


@pytest.mark.parametrize(
    "columns",
    [
        {"train_loss": "Logloss"},
        {"train_loss": "Logloss", "val_loss": "Logloss"},
        {"train_loss": "learn_error/Logloss", "val_loss": "test_error/Logloss"},
    ],
)
def test_one_file_a_part_of_the_data_is_told_by_its_name(tmp_path: Path, read: Read, columns: dict[str, str]) -> None:
    write(tmp_path / "catboost_info/learn_error.tsv", "iter\tLogloss\n0\t0.69\n1\t0.5\n2\t0.4\n")
    write(tmp_path / "catboost_info/test_error.tsv", "iter\tLogloss\n0\t0.68\n1\t0.55\n2\t0.5\n")
    paths = ["catboost_info/test_error.tsv", "catboost_info/learn_error.tsv"]
    found = read(path=paths, columns=columns)

    assert curves(found) == {
        "train_loss": [(0, 0.69), (1, 0.5), (2, 0.4)],
        "val_loss": [(0, 0.68), (1, 0.55), (2, 0.5)],
    }
    assert said(found) == []


def test_a_series_that_no_file_has_is_missed_once_with_the_names_of_all(tmp_path: Path, read: Read) -> None:
    dvclive(tmp_path)
    found = read(path=EVERY_TSV, columns={"train_loss": "train/los", "val_loss": "val/loss"})

    (text,) = said(found)
    assert text.startswith("warning: has no column for `train_loss`: expected `train/los`, found `lr/step`, `lr`")
    assert text.endswith("nearest is `train/loss`")


def test_files_by_epoch_are_joined_by_epoch(tmp_path: Path, read: Read) -> None:
    write(tmp_path / "a/train.csv", "epoch,loss\n1,0.5\n2,0.4\n3,0.3\n")
    write(tmp_path / "a/val.csv", "epoch,loss\n2,0.6\n")
    found = read(path=["a/train.csv", "a/val.csv"])

    assert [(row.epoch, row.values) for row in found.rows] == [
        (1, {"train_loss": 0.5}),
        (2, {"train_loss": 0.4, "val_loss": 0.6}),
        (3, {"train_loss": 0.3}),
    ]


def test_two_files_that_hold_one_series_are_not_mixed(tmp_path: Path, read: Read) -> None:
    for name in ("a", "b"):
        write(tmp_path / f"{name}.csv", f"epoch,train_loss\n1,{'0.5' if name == 'a' else '9.0'}\n")
    found = read(path=["a.csv", "b.csv"], columns={"train_loss": "train_loss"})

    assert curves(found) == {"train_loss": [(1, 0.5)]}
    assert said(found) == ["warning: `train_loss` stands in a and in b: the first is read"]


def test_a_file_that_is_missing_or_broken_is_named(tmp_path: Path, read: Read) -> None:
    write(tmp_path / "learn.tsv", "iter\tloss\n0\t0.5\n")
    assert said(read(path=["learn.tsv", "test.tsv"]))[-1] == "warning: test.tsv is not there"

    write(tmp_path / "test.tsv", b"\x80\x04not a table" + bytes(300))
    found = read(path=["learn.tsv", "test.tsv"])
    assert any(text.startswith("error: test: is a pickle") for text in said(found))

    write(tmp_path / "other.tsv", b"\x80\x04not a table" + bytes(300))
    write(tmp_path / "test.tsv", "iter\tloss\n0\t0.75\n")
    found = read(path=["learn.tsv", "other.tsv", "test.tsv"])
    assert (found.sound, set(curves(found))) == (True, {"train_loss", "val_loss"}), "nobody needs that one"
    assert any(text.startswith("warning: other: is a pickle") for text in said(found))


def test_an_early_stop_in_one_of_the_files_counts(tmp_path: Path, read: Read) -> None:
    write(tmp_path / "train.csv", "epoch,loss\n1,0.5\n")
    write(tmp_path / "val.csv", "epoch,loss,stopped\n1,0.6,true\n")
    found = read("stopped", path=["train.csv", "val.csv"])

    assert (found.early_stop, set(curves(found)), said(found)) == (True, {"train_loss", "val_loss"}, [])


def test_what_is_added_to_one_of_the_files_is_seen(tmp_path: Path, read: Read) -> None:
    dvclive(tmp_path)
    read(path=EVERY_TSV)
    with (tmp_path / "dvclive/plots/metrics/val/loss.tsv").open("a") as file:
        file.write("2\t0.5\n")

    assert curves(read(path=EVERY_TSV))["val_loss"] == [(1, 0.65), (2, 0.5)]


def test_more_files_than_are_read_are_counted(tmp_path: Path, read: Read) -> None:
    for n in range(MOST_FILES + 1):
        write(tmp_path / f"m/{n:03}.tsv", f"step\tx{n}\n0\t1\n")
    found = read(path=["m/*.tsv"], columns={"train_loss": "000/x0"})

    assert said(found) == [f"warning: {MOST_FILES + 1} files fit its path: the first {MOST_FILES} are read"]


def test_how_a_table_is_written_reaches_the_reader(tmp_path: Path, read: Read) -> None:
    write(tmp_path / "a.log", '10:00 | train | {"epoch": 1, "train_loss": "0.5"}\n')
    write(tmp_path / "b.log", "Epoch 3\nloss 0.25\n")

    assert curves(read(path="a.log", prefix=True)) == {"train_loss": [(1, 0.5)]}
    lines = [r"Epoch (?P<epoch>\d+)", r"loss (?P<train_loss>\S+)"]
    assert curves(read(path="b.log", lines=lines, columns={"train_loss": "train_loss"})) == {"train_loss": [(3, 0.25)]}
    where = {"train_loss": {"column": "loss", "where": {"final": False, "run": [1, 2]}}}
    write(tmp_path / "c.csv", "epoch,run,final,loss\n1,1,false,0.5\n1,1,true,7\n2,3,false,8\n3,2,False,0.25\n")
    assert curves(read(path="c.csv", columns=where)) == {"train_loss": [(1, 0.5), (3, 0.25)]}


def test_a_pattern_that_is_slow_on_hostile_lines_ends_with_words(tmp_path: Path) -> None:
    """What is not refused by name may still be slow: the reading process has its limit."""
    write(tmp_path / "a.log", "abcd" * 500 + "\n")
    stream = Stream.model_validate({**STREAM, "table": {"path": "a.log", "lines": r"a.*b.*c.*d.*e(?P<train_loss>.)"}})
    began = time.monotonic()
    with ReaderProcess(ReadLimits(seconds=1)) as child, Workspace(tmp_path) as workspace:
        found = read_table(ReadCache(workspace, child, Limits()), stream, lambda paths: paths[0])

    assert found is not None and not found.evidence.sound
    said = str(found.evidence.findings[0])  # by its own clock or by its parent's, whichever comes first
    assert "reading did not end within" in said or said.startswith("reading took longer than")
    assert time.monotonic() - began < 30


def described(**stream: Any) -> bytes:
    return yaml.safe_dump({"streams": [{**STREAM, **stream}]}).encode()


@pytest.mark.parametrize("name", ["table", "loss_history"])
def test_of_a_pattern_the_newest_match_is_the_table_by_either_name(tmp_path: Path, name: str) -> None:
    for version, loss in ((0, "0.75"), (1, "0.5")):
        path = tmp_path / f"logs/version_{version}/metrics.csv"
        write(path, f"epoch,train_loss\n0,{loss}\n1,{loss}\n")
        os.utime(path, (1_700_000_000 + version, 1_700_000_000 + version))
    told = described(**{name: {"path": "logs/version_*/metrics.csv"}}, completion={"by": "epochs", "total": 2})
    with Collector(tmp_path, None, CollectOptions(pipeline=parse_config(told, "dashboard.yaml"))) as collector:
        state = collector.collect()

    assert state.metrics["m"].final["train_loss"].value == 0.5


def test_a_gradient_that_became_nan_beside_finite_losses_warns_in_check_8(tmp_path: Path) -> None:
    norms, losses = [2.1, float("nan"), float("nan")], [1.8, 0.0, 0.0]
    rows = [{"step": n, "loss": loss, "grad_norm": g} for n, (loss, g) in enumerate(zip(losses, norms, strict=True), 1)]
    write(tmp_path / "log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    told = described(
        table={"path": "log.jsonl", "columns": {"train_loss": "loss"}}, completion={"by": "steps", "total": 3}
    )
    with Collector(tmp_path, None, CollectOptions(pipeline=parse_config(told, "dashboard.yaml"))) as collector:
        (check,) = [check for check in collector.collect().checklist if check.id == "training"]

    assert check.outcome == "pass"
    assert "the gradient norm is NaN from step 2 on (2 of 3 rows), and train_loss is 0.0 from then on" in check.detail


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"path": ["a.csv", "../b.csv"]}, "`streams.0.table.path.1`: paths are relative"),
        ({"path": []}, "`streams.0.table.path`"),
        ({"path": 3}, "`streams.0.table.path`: Input should be a valid string (found 3)"),
        ({"path": "a", "columns": {"v": {"column": "x", "were": {}}}}, "columns.v.were`; did you mean `where`"),
        ({"path": "a", "columns": {"step": {"column": "x", "where": {"mode": "a"}}}}, "`step` is a column of all rows"),
        ({"path": "a", "lines": r"(?P<x>(a+)+)"}, "`streams.0.table.lines.0`: holds a repeat inside a repeat"),
        ({"path": "a", "lines": r"(?P<x>a)", "prefix": True}, "a `prefix` or `lines`, not both"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_meant_is_refused_by_its_key(table: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigProblem) as refused:
        parse_config(described(table=table), "dashboard.yaml")

    assert words in str(refused.value)
    assert "function-" not in str(refused.value) and "tuple[" not in str(refused.value)


def test_two_tables_of_one_stream_are_refused() -> None:
    with pytest.raises(ConfigProblem, match="`table` and `loss_history` are the same: keep one of them"):
        parse_config(described(table={"path": "a.csv"}, loss_history={"path": "b.csv"}), "dashboard.yaml")
