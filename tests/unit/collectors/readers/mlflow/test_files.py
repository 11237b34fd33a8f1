"""Lines of a metric's file: moment, value, step; a line that is none costs that line."""

from __future__ import annotations

import pytest

from collectors.readers.mlflow.files import curve_in
from collectors.readers.mlflow.points import seconds


def test_each_line_is_a_moment_a_value_and_a_step_in_the_order_of_the_steps() -> None:
    curve = curve_in("loss", b"1700000002000 0.5 2\n1700000001000 0.9 1\nno line\n\n1700000003500 nan\n")

    assert curve is not None
    assert (curve.metric, curve.points, curve.step) == ("loss", 3, (0, 1, 2))
    assert curve.time == (1_700_000_003.5, 1_700_000_001.0, 1_700_000_002.0)
    assert curve.value[1:] == (0.9, 0.5)
    assert curve_in("loss", b"nothing here\n") is None


@pytest.mark.parametrize(
    ("milliseconds", "told"),
    [(1, 0.001), (253_402_300_799_999, 253_402_300_799.999), (253_402_300_800_000, None), (0, None), ("1", None)],
)
def test_what_can_be_no_moment_of_a_training_is_none(milliseconds: object, told: float | None) -> None:
    assert seconds(milliseconds) == told
