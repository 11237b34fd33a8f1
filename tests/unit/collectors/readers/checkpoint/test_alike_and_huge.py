"""What the numbers of a whole model say: all alike, huge, and the NumPy arrays beside them."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import pytest
from support.build_checkpoints import Array, Numbers, safetensors, torch_legacy, torch_zip, weights
from support.build_models import Call
from support.build_pickles import Name

from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.readers.checkpoint.read import read_checkpoint
from collectors.readers.checkpoint.shard_index import read_shard_index
from collectors.readers.checkpoint.sharded import join_shards

ZEROS = np.zeros((8, 4), "<f4")


def reading(data: bytes, **options: Any) -> CheckpointEvidence:
    return read_checkpoint(io.BytesIO(data), len(data), **options)


def of(**arrays: Array) -> CheckpointEvidence:
    numbers = Numbers()
    return reading(torch_zip(numbers.add_all({name.replace("__", "."): one for name, one in arrays.items()}), numbers))


@pytest.mark.parametrize(
    ("arrays", "alike"),
    [
        ({"a": ZEROS, "b": np.zeros(4, "<f4")}, "zero"),
        ({"a": -ZEROS, "b": ZEROS.astype("<f8")}, "zero"),  # a number times 0 may be -0
        ({"a": ZEROS, "b": weights(1, (4,))}, "constant"),
        ({"a": ZEROS, "b": ZEROS + 2}, "constant"),
        ({"a": ZEROS, "b": weights(1)}, ""),
        ({"a": ZEROS, "b": np.arange(32, dtype="<i8")}, ""),  # quantized weights: nothing is known of them
        ({"b": np.ones(64, "<f4"), "c": weights(1, (2, 2))}, ""),  # no weight matrix worth the name
    ],
)
def test_weights_that_are_all_alike(arrays: dict[str, Array], alike: str) -> None:
    found = of(**arrays)

    assert found.weights_alike == alike
    assert not alike or found.findings == ()


def test_the_same_in_each_format_and_over_all_shards() -> None:
    legacy = Numbers(legacy=True)
    assert reading(torch_legacy(legacy.add_all({"a": ZEROS}), legacy)).weights_alike == "zero"
    zero, constant, trained = (reading(safetensors({"a": one})) for one in (ZEROS, ZEROS + 1, weights(1)))
    index = read_shard_index(b'{"weight_map": {}}')

    assert join_shards(index, {"1": zero, "2": zero}).weights_alike == "zero"
    assert join_shards(index, {"1": zero, "2": constant}).weights_alike == "constant"
    assert join_shards(index, {"1": zero, "2": trained}).weights_alike == ""
    huge = reading(safetensors({"b.weight": ZEROS + 1e20}))
    assert list(join_shards(index, {"1": trained, "2": huge}).huge_tensors) == ["b.weight"]


def test_above_the_byte_budget_nothing_is_said_of_numbers() -> None:
    found = reading(safetensors({"a": ZEROS + 1e20}), budget=10)

    assert (found.weights_alike, found.huge_tensors) == ("", {})


@pytest.mark.parametrize(
    ("array", "largest"),
    [
        (np.array([[1, -3e19], [2e19, 4]], "<f4"), 3e19),
        (np.array([[1, 1e39]], "<f8"), 1e39),
        (np.array([0x7F00, 0x3F80], "<u2"), 1.7014118346046923e38),  # bfloat16
        (np.array([1, 9.9e18], "<f4"), None),
        (np.array([1e5, np.float16(65504)], "<f4"), None),
        (np.array([65504, 1], "<f2"), None),
    ],
)
def test_finite_numbers_above_1e19_are_told_with_the_largest(array: Array, largest: float | None) -> None:
    found = of(w__weight=array, other=weights(1))

    assert found.sound
    assert list(found.huge_tensors) == ([] if largest is None else ["w.weight"])
    if largest is not None:
        assert found.huge_tensors["w.weight"] == pytest.approx(largest, rel=1e-6)


def test_the_tensor_is_told_that_holds_it_and_infinities_are_told_apart() -> None:
    spoilt = weights(2)
    spoilt[0, 0], spoilt[1, 1] = np.inf, 2e19

    found = of(a__weight=weights(1), b__weight=spoilt)

    assert (found.nonfinite_tensors, list(found.huge_tensors)) == (("b.weight",), ["b.weight"])
    numbers = Numbers()
    both = numbers.add(np.array([1, 2, 3e19, 4], "<f4").reshape(2, 2), shape=(2,), stride=(1,))
    other = Numbers.add(numbers, np.array([1, 5e19], "<f4"))
    assert list(reading(torch_zip({"a": both, "b": other}, numbers)).huge_tensors) == ["b"]


@pytest.mark.parametrize("least", [-1e30, float(np.finfo("<f4").min), -math.inf])
def test_a_mask_is_no_weight_and_a_weight_is_no_mask(least: float) -> None:
    mask = np.where(np.tri(6) > 0, 0, least).astype("<f4")

    assert of(w=weights(1), mask=mask).huge_tensors == {}
    if math.isfinite(least):
        assert list(of(w=weights(1), a__weight=mask).huge_tensors) == ["a.weight"]
        assert list(of(w=weights(1), mask=-mask).huge_tensors) == ["mask"]


def test_an_optimizers_numbers_may_be_huge() -> None:
    numbers = Numbers()
    value = {"model": numbers.add_all({"w": weights(1)}), "optimizer": {"exp_avg_sq": numbers.add(ZEROS + 1e25)}}

    assert reading(torch_zip(value, numbers)).huge_tensors == {}


def array(values: Array, maker: str = "numpy.core.multiarray") -> Call:
    """An array as NumPy pickles it, by the older way."""
    kind = Call(Name("numpy", "dtype"), (values.dtype.str[1:], False, True), state=(3, values.dtype.str[0], None))
    state = (1, values.shape, kind, False, values.tobytes())
    return Call(Name(maker, "_reconstruct"), (Name("numpy", "ndarray"), (0,), b"b"), state=state)


def from_buffer(values: Array) -> Call:
    """The same by the newer way."""
    kind = Call(Name("numpy", "dtype"), (values.dtype.str[1:], False, True), state=(3, values.dtype.str[0], None))
    return Call(Name("numpy._core.numeric", "_frombuffer"), (values.tobytes(), kind, values.shape, "C"))


def beside(**values: Any) -> tuple[str, ...]:
    numbers = Numbers()
    value = {"model": numbers.add_all({"w": weights(1)}), **values}
    return reading(torch_zip(value, numbers)).nonfinite_arrays


BAD = np.array([1, np.nan], "<f8")


@pytest.mark.parametrize(
    "values",
    [BAD, BAD.astype("<f4"), BAD.astype("<f2"), BAD.astype(">f8"), BAD.astype("<c16"), np.array([np.inf], "<f4")],
)
def test_an_array_that_is_not_finite_is_named(values: Array) -> None:
    assert beside(std=array(values)) == ("std",)
    assert beside(std=from_buffer(values)) == ("std",)
    assert beside(stats={"x": [array(values, "numpy._core.multiarray")]}) == ("stats.x.0",)


def test_a_large_array_is_looked_at_to_its_end() -> None:
    values = np.ones(300_000, "<f8")
    assert beside(std=array(values)) == ()
    values[-1] = np.nan
    assert beside(std=array(values)) == ("std",)


@pytest.mark.parametrize(
    "name", ["val_losses", "train_loss", "history", "best_scores", "metrics", "lr_curve", "rng_state"]
)
def test_what_training_measured_may_hold_nan(name: str) -> None:
    assert beside(**{name: array(BAD)}) == ()
    assert beside(optimizer={"state": {}, "param_groups": [], "x": array(BAD)}) == ()


@pytest.mark.parametrize(
    "odd",
    [
        array(np.array([1, 2], "<i8")),
        Call(Name("numpy.core.multiarray", "_reconstruct"), (), state=(1, (2,), 3, False, b"12345678")),
        Call(Name("numpy.core.multiarray", "_reconstruct"), (), state=(1, (2,))),
        Call(Name("numpy._core.numeric", "_frombuffer"), (b"",)),
        Call(Name("numpy._core.numeric", "_frombuffer"), 3),
        Call(Name("mine", "Array"), (), state=(1, (2,), 3, False, BAD.tobytes())),
    ],
)
def test_what_is_no_array_of_floats_is_left_alone(odd: Call) -> None:
    assert beside(std=odd) == ()
