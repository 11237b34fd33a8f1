"""What is known of a metric: its direction, and whether it must be finite."""

from __future__ import annotations

import pytest

from collectors.contract.metric_rules import Better
from collectors.contract.streams import Stream
from collectors.training.metric_facts import better_of, must_be_finite

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


def test_losses_and_errors_must_be_finite_and_everything_where_there_is_neither() -> None:
    assert must_be_finite(["d_loss", "val_acc", "grad_norm", "val_error"]) == {"d_loss", "val_error"}
    assert must_be_finite(["reward", "entropy"]) == {"reward", "entropy"}
    assert must_be_finite([]) == frozenset()
