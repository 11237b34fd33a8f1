"""Arrays of NumPy inside a pickle: which are looked at, and how their bytes are understood."""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np

from collectors.readers.common.finding_list import FindingList
from collectors.readers.pickle.arrays import Array, array_of
from collectors.readers.pickle.opcodes import PickleMachine
from collectors.readers.pickle.torch_calls import TorchMeaning
from collectors.readers.pickle.values import Global, PickledObject


def held(array: Any, protocol: int = 2) -> Array | None:
    """What is found of an array that NumPy itself pickled."""
    value = PickleMachine(TorchMeaning(FindingList(), "pickle")).run(io.BytesIO(pickle.dumps(array, protocol)))
    return array_of(value) if isinstance(value, PickledObject) else None


def test_arrays_of_floats_are_found_in_either_byte_order() -> None:
    for code in ("<f2", "<f4", "<f8", "<c8", "<c16", ">f4", ">f8", ">c8"):
        for protocol in (2, 5):
            values = np.array([1.5, -2.0, 0.25], code)
            found = held(values, protocol)
            assert found is not None, (code, protocol)
            assert np.frombuffer(found.data, found.dtype).tolist() == values.tolist()
            assert found.is_finite
            for bad in (np.nan, np.inf, -np.inf):
                odd = held(np.array([1.5, bad], code), protocol)
                assert odd is not None
                assert not odd.is_finite, (code, protocol, bad)


def test_arrays_of_anything_else_are_none() -> None:
    for array in (np.arange(3), np.array([True]), np.array(["a"]), np.zeros(2, [("a", "f4")]), np.array([None])):
        assert held(array) is None


def test_an_order_that_nobody_wrote_is_that_of_this_machine() -> None:
    dtype, maker = Global("numpy.dtype", 0), Global("numpy._core.numeric._frombuffer", 0)
    for state in (None, (), (3,), (3, "<"), (3, "|")):
        kind = PickledObject(dtype, ("f4",), state)
        found = array_of(PickledObject(maker, (b"\0\0\x80\x3f", kind)))
        assert found is not None
        assert np.frombuffer(found.data, found.dtype).tolist() == [1.0], state


def test_a_record_of_another_shape_is_none() -> None:
    kind = PickledObject(Global("numpy.dtype", 0), ("f4",))
    rebuilt, buffer = Global("numpy.core.multiarray._reconstruct", 0), Global("numpy.core.numeric._frombuffer", 0)

    assert array_of(PickledObject(rebuilt, (), (1, (1,), kind, False, b"\0\0\x80\x3f"))) is not None
    for state in (None, (), (1, (1,), kind, False), (1, (1,), kind, False, b"", 1), (1, (1,), kind, False, "text")):
        assert array_of(PickledObject(rebuilt, (), state)) is None
    for arguments in (None, (), (b"\0\0\0\0",), ("text", kind), (b"\0\0\0\0", "f4")):
        assert array_of(PickledObject(buffer, arguments)) is None
    for without in (None, (), (1,), ("i4",), ("f16",), ("f44",)):
        assert array_of(PickledObject(buffer, (b"\0\0\0\0", PickledObject(None, without)))) is None
    assert array_of(PickledObject(None, (b"\0\0\0\0", kind))) is None
    assert array_of(PickledObject(Global("somebodys._frombuffer", 0), (b"\0\0\0\0", kind))) is None


def test_numbers_behind_the_first_megabyte_and_in_the_last_bytes_are_tested_too() -> None:
    for at in (0, (1 << 18) - 1, 1 << 18, (1 << 18) + 2):
        values = np.ones((1 << 18) + 3, "<f4")
        values[at] = np.nan
        assert not Array(values.tobytes(), np.dtype("<f4")).is_finite, at
    assert Array(np.ones(3, "<f4").tobytes() + b"\xff\xff", np.dtype("<f4")).is_finite, "half a number at the end"
