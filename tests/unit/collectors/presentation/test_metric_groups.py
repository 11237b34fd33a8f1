"""Losses first, the others by what they begin with; every series in exactly one place."""

from __future__ import annotations

import pytest
from support.metric_states import FEW, many, with_metrics

from collectors.presentation.metric_groups import (
    MOST_GROUPS,
    MOST_MAIN,
    MetricGroup,
    main_part,
    main_series,
    metric_groups,
    only,
    role_of,
)


@pytest.mark.parametrize(
    ("names", "main"),
    [
        (("lr", "train_loss", "val_acc", "val_loss"), ("train_loss", "val_loss")),
        (("train_loss", "aux_loss", "train/box_loss"), ("train_loss", "aux_loss")),
        (("d_loss", "g_loss", "fid"), ("d_loss", "g_loss")),
        (tuple(f"train/l{n}_loss" for n in range(6)), tuple(f"train/l{n}_loss" for n in range(MOST_MAIN))),
        (
            tuple(f"{split}/{loss}_loss" for split in ("train", "val") for loss in ("box", "cls", "l1")),
            ("train/box_loss", "val/box_loss"),
        ),
        (("accuracy", "lr"), ("accuracy",)),
        ((), ()),
    ],
)
def test_the_main_chart_draws_the_losses_and_without_one_the_first_series(
    names: tuple[str, ...], main: tuple[str, ...]
) -> None:
    assert main_series(names) == main


def test_the_others_stand_in_groups_by_prefix_losses_first_and_the_rest_last() -> None:
    names = (
        "train_loss", "lr", "train/acc", "val/acc", "train/box_loss", "eval_accuracy", "eval/f1", "metrics/mAP50-95(B)",
        "grad_norm", "my_metric", "/odd", "odd/",
    )  # fmt: skip

    assert metric_groups(names) == (
        MetricGroup("train", ("train/box_loss", "train/acc")),
        MetricGroup("val", ("val/acc",)),
        MetricGroup("eval", ("eval_accuracy", "eval/f1")),
        MetricGroup("metrics", ("metrics/mAP50-95(B)",)),
        MetricGroup("other", ("grad_norm", "my_metric", "/odd", "odd/")),
        MetricGroup("learning rate", ("lr",)),
    )


def test_learning_rates_and_the_machine_stand_last_whatever_their_names_begin_with() -> None:
    names = (
        "val_loss", "train/lr", "lr/pg0", "system/gpu.0.util", "train/samples_per_second", "learning_rate", "val/acc",
        "GPU memory", "lr_loss", "curl", "steps/s",
    )  # fmt: skip

    assert metric_groups(names)[-3:] == (
        MetricGroup("other", ("curl",)),
        MetricGroup("learning rate", ("train/lr", "lr/pg0", "learning_rate")),
        MetricGroup("system", ("system/gpu.0.util", "train/samples_per_second", "GPU memory", "steps/s")),
    )
    assert metric_groups(names)[0] == MetricGroup("val", ("val/acc",))


def test_a_crowd_of_groups_leaves_the_largest_and_every_series_has_one_place() -> None:
    names = ["val_loss", "big/a", "big/b", *(f"layer{n}/norm" for n in range(40))]

    groups = metric_groups(names)

    assert [len(groups), groups[0].key, groups[-1].key] == [MOST_GROUPS + 1, "big", "other"]
    assert sorted(["val_loss", *(name for group in groups for name in group.members)]) == sorted(names)


def test_a_prefix_is_one_however_it_is_written() -> None:
    assert metric_groups(["val_loss", "Val/acc", "val_f1"]) == (MetricGroup("val", ("Val/acc", "val_f1")),)


def test_a_part_of_a_stream_tells_of_its_own_series_alone() -> None:
    run = with_metrics(FEW).metrics["patchtst"]

    main, one = main_part(run), only(run, "grad_norm")

    for part in ("series", "about", "final"):
        assert set(getattr(main, part)) == {"train_loss", "val_loss"}
        assert set(getattr(one, part)) == {"grad_norm"}
    assert (main.nonfinite, one.nonfinite) == ((), run.nonfinite)
    assert main_part(main) is main
    assert (main.label, main.completion) == (run.label, run.completion)


def test_many_metrics_keep_their_groups() -> None:
    assert [(group.key, len(group.members)) for group in metric_groups(["val_loss", *many(300)])] == [
        ("train", 100), ("val", 100), ("layers", 100),
    ]  # fmt: skip


def test_the_part_of_the_data_is_told_by_the_name() -> None:
    assert [role_of(name) for name in ("train/acc", "eval_accuracy", "lr")] == ["train", "val", "other"]
