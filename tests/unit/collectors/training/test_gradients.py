"""A gradient norm that is no finite number warns, however sound the losses beside it look; in tables and in events."""

from __future__ import annotations

import json

import numpy as np
import pytest

from collectors.evidence.table_rows import LossRows
from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.read import read_loss_table
from collectors.training.gradients import gradient_words, norm_words
from collectors.training.series import is_gradient_norm
from collectors.training.stream_runs import Curve


def warnings(data: bytes, columns: LossColumns | None = None) -> list[str]:
    columns = columns or LossColumns(series={"train_loss": ("loss",)})
    return [f.text for f in read_loss_table(data, columns=columns).findings if "gradient" in f.text]


def trainer(norms: list[float], losses: list[float]) -> bytes:
    rows = [
        {"step": 10 * n, "loss": loss, "grad_norm": norm}
        for n, (norm, loss) in enumerate(zip(norms, losses, strict=True), 1)
    ]
    return json.dumps({"log_history": [{**row, "epoch": row["step"] / 40} for row in rows]}).encode()


NAN = float("nan")


def test_a_trainer_that_masks_nan_losses_is_told_by_its_gradient() -> None:
    assert warnings(trainer([2.1, NAN, NAN, NAN], [1.8, 0.0, 0.0, 0.0])) == [
        "the gradient norm is NaN from step 20 on (3 of 4 rows), and train_loss is 0.0 from then on: nothing is "
        "learnt any more"
    ]
    assert warnings(trainer([2.1, NAN, NAN, NAN], [1.8, 0.4, 0.3, 0.2])) == [
        "the gradient norm is NaN from step 20 on (3 of 4 rows)"
    ]


def test_a_single_one_says_where_and_claims_no_more() -> None:
    assert warnings(trainer([float("inf"), 2.0, 1.0, 1.0], [1.8, 0.0, 0.3, 0.2])) == [
        "the gradient norm is infinite at step 10 (1 of 4 rows)"
    ]
    assert warnings(trainer([2.0, 2.0, 1.0, NAN], [1.8, 0.5, 0.3, 0.2])) == [
        "the gradient norm is NaN at step 40 (1 of 4 rows)"
    ]


@pytest.mark.parametrize("name", ["grad_norm", "Gradient Norm", "train/grad_norm", "gnorm"])
def test_any_usual_name_of_a_column_is_looked_at(name: str) -> None:
    assert warnings(f"epoch,loss,{name}\n1,0.5,1.0\n2,0.4,nan\n".encode()) == [
        "the gradient norm is NaN at epoch 2 (1 of 2 rows)"
    ]


def test_finite_norms_and_cells_that_are_no_numbers_say_nothing_and_cost_no_row() -> None:
    data = b"epoch,loss,grad_norm\n1,0.5,1.0\n2,0.4,\n3,0.3,skipped\n"
    found = read_loss_table(data, columns=LossColumns(series={"train_loss": ("loss",)}))

    assert [row.values for row in found.rows] == [{"train_loss": 0.5}, {"train_loss": 0.4}, {"train_loss": 0.3}]
    assert (found.findings, found.skipped_rows) == ((), 0)
    assert warnings(b'{"epoch": 1, "loss": 0.5, "grad_norm": "skipped"}\n') == []


def test_a_norm_that_is_asked_for_as_a_series_is_one() -> None:
    columns = LossColumns(series={"train_loss": ("loss",), "norm": ("grad_norm",)})
    data = b"epoch,loss,grad_norm\n1,0.5,nan\n"

    assert warnings(data, columns) == []
    assert set(read_loss_table(data, columns=columns).rows[0].values) == {"train_loss", "norm"}


def curve(values: dict[int, float]) -> Curve:
    """Step -> value."""
    step = np.array(list(values))
    unknown = np.full(len(step), NAN)
    return Curve(step, unknown, np.array(list(values.values())), unknown)


def test_a_norm_in_event_files_is_told_by_its_steps_beside_losses_of_other_steps() -> None:
    norm = curve({5: 1.0, 15: NAN, 25: NAN})

    assert norm_words(norm, {"train_loss": curve({10: 0.5, 20: 0.4})}) == (
        "the gradient norm is NaN from step 15 on (2 of 3 rows)"
    )
    assert norm_words(norm, {"train_loss": curve({10: 0.5, 20: 0.0}), "grad_norm": norm}) == (
        "the gradient norm is NaN from step 15 on (2 of 3 rows), and train_loss is 0.0 from then on: nothing is learnt "
        "any more"
    )
    assert norm_words(curve({5: 1.0, 15: 2.0}), {}) is None
    assert norm_words(curve({5: 1.0, 15: float("inf")}), {}) == "the gradient norm is infinite at step 15 (1 of 2 rows)"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("train/grad_norm", True), ("grad_2.0_norm_total", True), ("gnorm", True), ("gradientNorm", True),
     ("layer_norm", False), ("grad_scale", False), ("train_loss", False), ("migrad_norm", False)],
)  # fmt: skip
def test_a_gradient_norm_is_known_by_its_name(name: str, expected: bool) -> None:
    assert is_gradient_norm(name) is expected


def test_the_first_of_the_dead_series_is_named_and_a_row_without_a_place_by_its_number() -> None:
    rows = LossRows.from_columns(
        [None] * 3, [None] * 3, [None] * 3, {"a_loss": [1.0, 0.0, 0.0], "b_loss": [1.0, 0.0, 0.0]}
    )
    norm = np.array([1.0, NAN, NAN])

    assert gradient_words(rows, norm, np.ones(3, bool)) == (
        "the gradient norm is NaN from row 2 on (2 of 3 rows), and a_loss is 0.0 from then on: nothing is learnt "
        "any more"
    )


def test_a_norm_among_the_curves_is_no_loss() -> None:
    steps = np.array([10, 20, 30])
    norm = Curve(steps, np.full(3, NAN), np.array([1.0, NAN, NAN]), np.full(3, NAN))
    zero = Curve(steps, np.full(3, NAN), np.zeros(3), np.full(3, NAN))

    assert norm_words(norm, {"grad_norm": zero}) == "the gradient norm is NaN from step 20 on (2 of 3 rows)"
    assert norm_words(norm, {"train_loss": zero}) == (
        "the gradient norm is NaN from step 20 on (2 of 3 rows), and train_loss is 0.0 from then on: nothing is learnt "
        "any more"
    )
