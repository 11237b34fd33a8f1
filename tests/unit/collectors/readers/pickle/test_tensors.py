"""Arguments of the calls in a torch pickle: what they make, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from collectors.readers.pickle.tensors import MAKERS, MOST_DIMENSIONS, Malformed, storage_of
from collectors.readers.pickle.values import Global, PickledDict, PickledObject, Storage, StorageView, Tensor

FLOAT = Global("torch.FloatStorage", 0)
STORED = Storage("0", "float32", 12, "cpu")
LARGEST = (1 << 63) - 1


def made(name: str, *arguments: Any) -> Any:
    return MAKERS[name](arguments)


def refused(name: str, *arguments: Any) -> str:
    with pytest.raises(Malformed) as problem:
        made(name, *arguments)
    return str(problem.value)


def test_a_reference_names_a_storage_by_kind_key_place_and_count() -> None:
    for reference in (("storage", FLOAT, "7", "cuda:0", 5), (b"storage", FLOAT, 7, b"cuda:0", 5, None)):
        found = storage_of(reference)
        assert isinstance(found, Storage)
        assert (found.key, found.dtype, found.location, found.count) == ("7", "float32", "cuda:0", 5)
    for count, is_good in ((0, True), (LARGEST, True), (LARGEST + 1, False), (-1, False), (True, False), (1.0, False)):
        if is_good:
            assert storage_of(("storage", FLOAT, "0", "cpu", count)).count == count  # type: ignore[union-attr]
        else:
            with pytest.raises(Malformed, match="the length of a storage to be a whole number from 0"):
                storage_of(("storage", FLOAT, "0", "cpu", count))


def test_a_view_of_a_storage_has_an_offset() -> None:
    view = storage_of(("storage", FLOAT, "0", "cpu", 5, ("1", 3, 2)))

    assert isinstance(view, StorageView)
    assert (view.offset, view.root.count) == (3, 5)
    for other in (None, (), ("1", 3), ("1", 3, 2, 1)):
        assert isinstance(storage_of(("storage", FLOAT, "0", "cpu", 5, other)), Storage)


def test_the_source_of_a_class_is_an_object_of_it() -> None:
    found = storage_of(("module", FLOAT, "file.py", "source"))

    assert isinstance(found, PickledObject)
    assert found.maker is FLOAT
    assert storage_of(("module", "text", "file.py", "source")).maker is None  # type: ignore[union-attr]


def test_other_references_are_refused() -> None:
    for reference in (None, (), ("storage", FLOAT, "0", "cpu"), ("other", FLOAT, "0", "cpu", 1), ("module", FLOAT)):
        with pytest.raises(Malformed, match="not one to a storage"):
            storage_of(reference)
    with pytest.raises(Malformed, match="not one to a storage"):
        storage_of(("storage", FLOAT, "0", "cpu", 1, None, None))
    for kind in (None, Global("torch.OtherStorage", 0)):
        with pytest.raises(Malformed, match="unknown type"):
            storage_of(("storage", kind, "0", "cpu", 1))
    with pytest.raises(Malformed, match="expected text in a reference"):
        storage_of(("storage", FLOAT, None, "cpu", 1))


def test_a_tensor_lies_in_its_storage_from_its_offset_on() -> None:
    plain = made("torch._utils._rebuild_tensor_v2", STORED, 2, (3, 2), [2, 1], False, None)
    viewed = made("torch._utils._rebuild_tensor", StorageView(STORED, 4), 2, (3,), (1,))

    assert (plain.storage, plain.dtype, plain.offset, plain.shape, plain.stride) == (
        STORED,
        "float32",
        2,
        (3, 2),
        (2, 1),
    )
    assert (viewed.storage, viewed.offset) == (STORED, 6)


def test_a_tensor_of_a_type_has_it_as_its_seventh_argument() -> None:
    half = Global("torch.float16", 0)
    typed = made("torch._utils._rebuild_tensor_v3", STORED, 0, (3,), (1,), False, None, half)

    assert typed.dtype == "float16"
    assert refused("torch._utils._rebuild_tensor_v3", STORED, 0, (3,), (1,), False, None)
    assert refused("torch._utils._rebuild_tensor_v3", STORED, 0, (3,), (1,), False, None, "half") == "expected a dtype"


def test_a_tensor_without_numbers_has_a_shape_only() -> None:
    meta = made("torch._utils._rebuild_meta_tensor_no_storage", Global("torch.int64", 0), (3,), (1,), False)

    assert (meta.storage, meta.dtype, meta.shape, meta.offset) == (None, "int64", (3,), 0)
    assert refused("torch._utils._rebuild_meta_tensor_no_storage", Global("torch.int64", 0), (3,))


def test_a_tensor_that_torch_would_not_write_is_refused() -> None:
    name = "torch._utils._rebuild_tensor_v2"

    assert refused(name, "text", 0, (1,), (1,)) == "expected a storage"
    assert refused(name, STORED, 0, (1,))
    assert refused(name, STORED, 0, (1, 2), (1,)) == "expected as many strides as dimensions, found 1 and 2"
    assert "the offset of a tensor" in refused(name, STORED, -1, (1,), (1,))
    assert "the shape of a tensor" in refused(name, STORED, 0, "ab", (1,))
    assert "the strides of a tensor" in refused(name, STORED, 0, (1,), (-1,))
    many = (1,) * MOST_DIMENSIONS
    assert isinstance(made(name, STORED, 0, many, many), Tensor)
    assert refused(name, STORED, 0, (*many, 1), (*many, 1)).endswith("at most 64 numbers")


def test_parameters_and_subclasses_are_their_tensors() -> None:
    tensor = made("torch._utils._rebuild_tensor_v2", STORED, 0, (3,), (1,))
    function = Global("torch._utils._rebuild_tensor_v2", 0)

    assert made("torch._utils._rebuild_parameter", tensor, True, None) is tensor
    assert refused("torch._utils._rebuild_parameter")
    assert made("torch._tensor._rebuild_from_type_v2", function, None, (STORED, 0, (3,), (1,)), None).shape == (3,)
    unknown = made("torch._tensor._rebuild_from_type_v2", Global("mine.f", 0), None, (1,))
    assert isinstance(unknown, PickledObject)
    assert refused("torch._tensor._rebuild_from_type_v2", function, None)


def test_containers_are_what_they_were_given() -> None:
    pairs = [("a", 1), ["b", 2], ("c",), "no", ("d", 1, 2)]

    assert made("collections.OrderedDict").pairs == []
    assert made("collections.OrderedDict", pairs).pairs == [("a", 1), ("b", 2)]
    assert made("collections.Counter", PickledDict([("a", 3)])).pairs == [("a", 3)]
    assert made("collections.OrderedDict", 5).pairs == []
    assert made("builtins.set", (1, 2)) == made("builtins.frozenset", [1, 2]) == [1, 2]
    assert made("builtins.set") == []
    assert isinstance(made("builtins.set", "text"), PickledObject)
    assert made("torch.Size", (2, 3)) == (2, 3)


def test_bytes_that_an_old_protocol_wrote_as_text_are_bytes() -> None:
    assert made("_codecs.encode", "aé") == made("_codecs.encode", "aé", "latin1") == b"a\xe9"
    assert isinstance(made("_codecs.encode", "a", "rot13"), PickledObject)
    assert isinstance(made("_codecs.encode", 3, "latin1"), PickledObject)
    assert refused("_codecs.encode")


def dtype(code: Any, *state: Any) -> PickledObject:
    return PickledObject(Global("numpy.dtype", 0), (code, False, True), state or None)


def test_a_scalar_of_numpy_is_its_number_in_either_order() -> None:
    scalar = "numpy.core.multiarray.scalar"
    for code in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        for order in ("<", ">"):
            data = np.array([3], order + code).tobytes()
            assert made(scalar, dtype(code, 3, order, None), data) == 3, (code, order)
    little = np.array([3], "<f4").tobytes()
    for kind in (dtype("f4"), dtype("f4", 3), dtype("f4", 3, "|"), dtype("f4", 3, "=")):
        assert made(scalar, kind, little) == 3
    assert made(scalar, dtype("b1"), b"\x01") is True
    assert refused(scalar, dtype("f4"), b"abc") == "expected 4 bytes for a number"
    assert refused(scalar, dtype("f1"), b"a") == "expected 1 bytes for a number"
    for kind, data in ((None, b"a"), (dtype("O8"), bytes(8)), (dtype("f4"), "text"), (dtype(3), bytes(4))):
        assert isinstance(made(scalar, kind, data), PickledObject)
