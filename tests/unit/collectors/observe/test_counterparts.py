"""A table of one part of the data has a sibling of the other part; only a curve that nothing names is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.workspaces import write

from collectors.contract.sections import Limits
from collectors.contract.streams import Stream
from collectors.files.workspace import Workspace
from collectors.observe.cache import ReadCache
from collectors.observe.counterparts import unnamed_beside
from collectors.observe.loss_tables import read_table
from collectors.readers.child.process import ReaderProcess

CURVE = "step,loss\n0,1.0\n1,0.5\n2,0.25\n"
Unnamed = Callable[..., tuple[str, ...]]


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderProcess]:
    with ReaderProcess() as process:
        yield process


@pytest.fixture
def unnamed(tmp_path: Path, child: ReaderProcess) -> Iterator[Unnamed]:
    """What is told of a described table, after its files were written."""
    with Workspace(tmp_path) as workspace:
        cache = ReadCache(workspace, child, Limits())

        def told(path: str | list[str], *series: str, **files: str) -> tuple[str, ...]:
            for name, text in files.items():
                write(tmp_path / name.replace("__", "/").replace("_csv", ".csv"), text)
            table = {"path": path, "columns": {series[0]: "loss"}} if series else {"path": path}
            stream = Stream.model_validate({"id": "m", "label": "M", "checkpoint": "m.pt", "table": table})
            return unnamed_beside(cache, stream, read_table(cache, stream, lambda paths: paths[0]), series)

        yield told


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("a/train.csv", "a/val.csv"), ("train/a.csv", "valid/a.csv"), ("a/loss-train.csv", "a/loss-eval.csv"),
        ("Train/a.csv", "Validation/a.csv"), ("a/train/b.csv", "a/dev/b.csv"), ("learn_error.csv", "test_error.csv"),
    ],
)  # fmt: skip
def test_the_sibling_of_a_training_is_found_by_the_word_of_its_folder_or_its_name(
    unnamed: Unnamed, tmp_path: Path, path: str, other: str
) -> None:
    write(tmp_path / path, CURVE)
    assert unnamed(path, "train_loss") == ()
    write(tmp_path / other, CURVE)

    assert unnamed(path, "train_loss") == (other,)
    assert unnamed(other, "val_loss")[-1:] == (path,), "and the training of a validation"


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("a/trainer.csv", "a/valer.csv"),  # a word, not its beginning
        ("train/x/a.csv", "val/x/a.csv"),  # far above: another run's folder
        ("a/log.csv", "a/val.csv"),
    ],
)
def test_other_names_are_no_siblings(unnamed: Unnamed, tmp_path: Path, path: str, other: str) -> None:
    write(tmp_path / path, CURVE)
    write(tmp_path / other, CURVE)

    assert unnamed(path, "train_loss") == ()


@pytest.mark.parametrize("text", ["step,label\n0,1\n1,2\n", "step,loss\n3,0.5\n", "", "loss\nx\ny\n"])
def test_a_file_without_a_curve_of_that_column_is_no_sibling(unnamed: Unnamed, text: str) -> None:
    assert unnamed("train.csv", "train_loss", train_csv=CURVE, val_csv=text) == ()


def test_where_both_parts_were_read_or_several_files_named_nothing_is_missing(unnamed: Unnamed) -> None:
    files = {"train_csv": CURVE, "val_csv": CURVE}

    assert unnamed("train.csv", "train_loss", "val_loss", **files) == ()
    assert unnamed(["train.csv"], "train_loss") == ()
    assert unnamed("train.csv") == ()
