"""What is known of a metric: its direction, and whether it is a loss."""

from __future__ import annotations

import pytest

from collectors.contract.metric_rules import Better
from collectors.contract.streams import Stream
from collectors.training.metric_facts import better_of, is_loss, must_be_finite

STREAM = Stream.model_validate(
    {
        "id": "a", "label": "A", "checkpoint": "a.pt",
        "table": {"path": "log.csv", "columns": dict.fromkeys(("val_acc", "rmse", "val_loss", "reward"), "c")},
        "metrics": {"rmse": {"better": "lower"}, "val_acc": {"unit": "%"}, "val_loss": {"better": "none"}},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "better"),
    [("rmse", "lower"), ("val_acc", "higher"), ("val_loss", None), ("reward", None), ("train_loss", "lower")],
)
def test_the_description_says_which_way_is_better_and_the_name_where_it_is_silent(
    name: str, better: Better | None
) -> None:
    assert better_of(STREAM, name) == better


@pytest.mark.parametrize("name", ["train_loss", "Loss/val", "d_loss", "binary_logloss", "train/box_loss"])
def test_a_loss_is_called_one(name: str) -> None:
    assert is_loss(name)


@pytest.mark.parametrize("name", ["val_acc", "loss_scale", "train/loss-scale", "grad_norm", "perplexity", "lr"])
def test_no_other_metric_is_called_a_loss(name: str) -> None:
    assert not is_loss(name)


def test_losses_and_errors_must_be_finite_and_everything_where_there_is_neither() -> None:
    assert must_be_finite(["d_loss", "val_acc", "grad_norm", "val_error"]) == {"d_loss", "val_error"}
    assert must_be_finite(["reward", "entropy"]) == {"reward", "entropy"}
    assert must_be_finite([]) == frozenset()
