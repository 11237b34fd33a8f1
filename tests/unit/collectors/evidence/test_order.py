"""What the order of numbers tells is what numpy says, without what numpy loads for it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from collectors.evidence.order import distinct, median


@given(st.lists(st.integers(-9, 9) | st.floats(-1e9, 1e9), max_size=30))
def test_order_agrees_with_numpy(values: list[float]) -> None:
    assert distinct(np.array(values)).tolist() == np.unique(np.array(values)).tolist()
    if values:
        assert median(np.array(values)) == np.median(values)
