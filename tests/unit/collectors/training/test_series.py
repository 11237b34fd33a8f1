"""Which series of which event file a configured tag means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.curves import event_file

from collectors.evidence.events import ScalarSeries
from collectors.training.series import (
    EventFile,
    TagChoice,
    better_way,
    choose_tags,
    is_loss,
    is_validation,
    plain_name,
    words_of,
)


def holding(*tags: str, folder: str = "runs", points: int = 3) -> EventFile:
    """An event file of these tags."""
    steps = np.arange(points, dtype=np.int64)
    series = {tag: ScalarSeries(tag, steps, steps * 1.0, steps * 0.5) for tag in tags}
    file = event_file(folder=folder)
    return replace(file, evidence=replace(file.evidence, series=series))


def chosen(*files: EventFile, **wanted: tuple[str, ...]) -> dict[str, tuple[str, list[str]]]:
    """Series name -> its tag and the folders it is taken from."""
    found = choose_tags(files, wanted)
    return {name: (tag, sorted(found.folders[name])) for name, tag in found.tags.items()}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("loss_train", {"loss", "train"}),
        ("Loss/Train", {"loss", "train"}),
        ("lossTrain", {"loss", "train"}),
        ("val-loss.2", {"val", "loss"}),
        ("", set()),
    ],
)
def test_a_name_has_words_however_it_is_written(name: str, words: set[str]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize("name", ["val_loss", "eval/loss", "Validation", "test_acc", "devLoss", "valid_0"])
def test_a_series_measured_on_other_data_is_a_validation(name: str) -> None:
    assert is_validation(name)


@pytest.mark.parametrize("name", ["train_loss", "loss", "interval", "train_eval_loss", "value_loss", "evaluator"])
def test_a_part_of_a_word_and_a_training_are_no_validation(name: str) -> None:
    assert not is_validation(name)


def test_the_first_tag_that_is_there_is_taken() -> None:
    assert chosen(holding("b", "c"), train_loss=("a", "b", "c")) == {"train_loss": ("b", ["runs"])}


def test_a_tag_without_a_point_is_not_there() -> None:
    assert chosen(holding("a", points=0), train_loss=("a",)) == {}


def test_without_any_of_its_tags_a_series_is_not_chosen() -> None:
    assert chosen(holding("a"), train_loss=("x",), val_loss=("a",)) == {"val_loss": ("a", ["runs"])}


def test_a_tag_in_two_folders_is_taken_from_the_one_whose_name_fits() -> None:
    files = holding("loss", folder="logs/train"), holding("loss", folder="logs/validation")

    assert chosen(*files, train_loss=("loss",), val_loss=("loss",)) == {
        "train_loss": ("loss", ["logs/train"]),
        "val_loss": ("loss", ["logs/validation"]),
    }


def test_where_no_folder_fits_a_training_is_taken_from_those_that_are_no_validation() -> None:
    files = holding("loss", folder="logs"), holding("loss", folder="logs/val")

    assert chosen(*files, train_loss=("loss",))["train_loss"] == ("loss", ["logs"])


def test_folders_whose_names_tell_nothing_are_all_meant() -> None:
    files = holding("loss", folder="logs/version_0"), holding("loss", folder="logs/version_1")

    assert chosen(*files, train_loss=("loss",)) == {"train_loss": ("loss", ["logs/version_0", "logs/version_1"])}


def test_the_only_folder_of_a_tag_is_meant_whatever_it_is_called() -> None:
    assert chosen(holding("loss", folder="logs/test"), train_loss=("loss",))["train_loss"][1] == ["logs/test"]


@pytest.mark.parametrize("written", ["validation/loss", "logs/validation/loss"])
def test_a_tag_may_be_written_with_its_sub_folder(written: str) -> None:
    files = holding("loss", folder="a/logs/train"), holding("loss", folder="a/logs/validation")

    assert chosen(*files, val_loss=(written,)) == {"val_loss": ("loss", ["a/logs/validation"])}


def test_a_sub_folder_is_a_whole_name() -> None:
    assert chosen(holding("loss", folder="revalidation"), val_loss=("validation/loss",)) == {}


def test_a_tag_that_is_written_so_goes_before_a_folder_of_that_name() -> None:
    files = holding("train/loss", folder="runs"), holding("loss", folder="runs/train")

    assert chosen(*files, train_loss=("train/loss",)) == {"train_loss": ("train/loss", ["runs"])}


def test_the_training_tag_of_a_validation_folder_is_its_validation_though_nobody_asked() -> None:
    files = holding("loss", folder="logs/train"), holding("loss", folder="logs/validation")

    assert chosen(*files, train_loss=("loss",)) == {
        "train_loss": ("loss", ["logs/train"]),
        "val_loss": ("loss", ["logs/validation"]),
    }


def test_a_validation_that_was_asked_for_is_not_replaced() -> None:
    files = holding("loss", "other", folder="logs/train"), holding("loss", folder="logs/validation")

    assert chosen(*files, train_loss=("loss",), val_loss=("other",))["val_loss"] == ("other", ["logs/train"])


def test_a_file_gives_its_own_folders_series_only() -> None:
    train, val = holding("loss", folder="l/train"), holding("loss", "lr", folder="l/val")
    choice = choose_tags([train, val], {"train_loss": ("loss",)})

    assert list(choice.series_of(train)) == ["train_loss"]
    assert list(choice.series_of(val)) == ["val_loss"]
    assert choice.series_of(holding("lr", folder="l/train")) == {}


def test_where_all_series_are_validations_none_of_them_only_follows() -> None:
    alone = TagChoice({"val_loss": "v", "val_acc": "a"}, {})
    beside = TagChoice({"val_loss": "v", "train_loss": "t"}, {})

    assert not alone.validates("val_loss")
    assert beside.validates("val_loss")
    assert not beside.validates("train_loss")


@pytest.mark.parametrize(
    ("way", "names"),
    [
        ("lower", ["train_loss", "Loss/val", "error", "perplexity", "eval_loss"]),
        ("higher", ["val_acc", "accuracy", "AUC", "metrics/mAP50-95(B)", "f1", "iou", "r2", "eval_f1"]),
        (
            None,
            [
                "d_loss",
                "g_loss",
                "loss/policy",
                "value_loss",
                "entropy",
                "lr",
                "grad_norm",
                "epoch",
                "time",
                "lossless",
            ],
        ),
    ],
)
def test_a_known_name_says_which_way_is_better_and_no_other_does(way: str | None, names: list[str]) -> None:
    assert {name: better_way(name) for name in names} == dict.fromkeys(names, way)


@pytest.mark.parametrize("name", ["train_loss", "Loss/val", "d_loss", "binary_logloss", "train/box_loss"])
def test_a_loss_is_called_one(name: str) -> None:
    assert is_loss(name)


@pytest.mark.parametrize("name", ["val_acc", "loss_scale", "train/loss-scale", "grad_norm", "perplexity", "lr"])
def test_no_other_metric_is_called_a_loss(name: str) -> None:
    assert not is_loss(name)


def test_a_tag_and_a_column_of_one_quantity_have_one_plain_name() -> None:
    names = ("train/grad_norm", "eval/f1", "learning_rate", "train_loss", "valid/Loss")

    assert [plain_name(name) for name in names] == ["grad_norm", "val_f1", "learning_rate", "loss", "val_loss"]
