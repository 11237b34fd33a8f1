"""What follows from the numbers of a checkpoint, in words."""

from __future__ import annotations

import numpy as np

from collectors.evidence.checkpoint import Role, TensorFacts
from collectors.readers.checkpoint.draft import Block, Draft, number_tests
from collectors.readers.checkpoint.tensor_data import NumberTest, Patience
from collectors.readers.checkpoint.tensor_layout import Extent


def extent(name: str, *shape: int, role: Role = "model", offset: int = 0) -> Extent:
    steps = tuple(int(np.prod(shape[at + 1 :], dtype=int)) for at in range(len(shape)))
    return Extent(name, offset, shape, steps, role)


def reported(*parts: tuple[Extent, float | None], dtype: str = "float32") -> Draft:
    """One block for each tensor, filled with one number; None: its numbers were not read."""
    blocks = [Block(str(at), dtype, [one]) for at, (one, _) in enumerate(parts)]
    tests = number_tests(blocks, big_endian=False)
    for block, (one, value) in zip(blocks, parts, strict=True):
        if value is not None and block.key in tests:
            tests[block.key].feed(memoryview(np.full(one.count, value, "<f4").tobytes()))
    draft = Draft("torch-zip", 0)
    draft.report_numbers(blocks, tests)
    return draft


def said(draft: Draft) -> list[str]:
    return [f"{one.severity}: {one.text}" for one in draft.findings.all()]


def emptiness(*tensors: TensorFacts) -> list[str]:
    draft = Draft("torch-zip", 0, tensors=list(tensors))
    draft.report_emptiness()
    return said(draft)


def facts(name: str, *shape: int, role: Role = "model") -> TensorFacts:
    return TensorFacts(name, "float32", shape, 0, role)


def test_a_file_without_a_model_says_what_it_holds_instead() -> None:
    assert emptiness() == ["error: holds no tensors: expected the weights of a model"]
    assert emptiness(facts("m", 2, role="trainer"), facts("v", 2, role="optimizer")) == [
        "error: holds an optimizer's state, but no weights of a model"
    ]
    assert emptiness(facts("m", 2, role="trainer")) == [
        "error: holds the state of a training, but no weights of a model"
    ]
    assert emptiness(facts("w", 0), facts("m", 2, role="trainer")) == ["error: holds tensors, but not one number"]
    assert emptiness(facts("w", 1)) == emptiness(facts("w")) == []


def test_hollow_weights_are_counted_and_the_first_three_named() -> None:
    hollow = [facts(f"{name}.weight", 0) for name in "abcd"]
    (text,) = emptiness(facts("x", 3), *hollow)

    assert text.startswith("error: 4 of 5 tensors are empty (shape [0]): a.weight, b.weight, c.weight and 1 more;")
    (single,) = emptiness(facts("x", 3), hollow[0])
    assert single.startswith("error: 1 of 2 tensors is empty (shape [0]): a.weight;")
    assert emptiness(facts("x", 3), facts("a.weight", 0, 2), facts("a.bias", 0)) == []


def test_all_is_read_only_where_every_tensor_with_numbers_was_fed() -> None:
    w, nothing = extent("w", 4), extent("n", 0)

    assert (reported((w, 1.0)).data_read, reported((w, None)).data_read) == ("all", "part")
    assert (reported((w, 1.0)).finite, reported((w, None)).finite) == (True, None)
    assert reported((w, 1.0), (nothing, None)).data_read == "all"
    both = Block("both", "float32", [nothing, w])
    draft = Draft("torch-zip", 0)
    draft.report_numbers([both], number_tests([both], big_endian=False))
    assert draft.data_read == "part"


def test_a_type_whose_bits_are_not_known_is_read_in_part() -> None:
    draft = reported((extent("w", 4), 1.0), dtype="float4_e2m1fn_x2")

    assert said(draft) == ["note: numbers of type float4_e2m1fn_x2 were not tested: their bits are not known here"]
    assert draft.data_read == "part"
    assert said(reported((extent("w", 4), 1.0), dtype="int32")) == []


def test_only_the_models_weights_decide_whether_all_is_alike() -> None:
    w, v = extent("w", 4, 4), extent("v", 4, 4)
    moments, empty = extent("m", 4, 4, role="optimizer"), extent("e", 0)

    assert reported((w, 0.0), (moments, 1.0)).alike == "zero"
    assert reported((w, 0.0), (empty, None)).alike == "zero"
    assert reported((w, 0.0), (v, None)).alike == ""
    assert reported((w, 1.0), (v, 2.0)).alike == "constant"
    assert reported((extent("b", 16), 1.0)).alike == "", "no matrix"
    assert reported((moments, 0.0)).alike == ""


def test_single_matrices_of_one_number_are_a_warning_with_the_first_five() -> None:
    varied = (extent("v", 4, 4), None)
    same = [(extent(name, 4, 4), 1.0) for name in "abcdef"]

    assert said(reported(same[0], varied)) == ["warning: one number throughout in 1 weight matrix: a"]
    assert said(reported(*same, varied)) == [
        "warning: one number throughout in 6 weight matrices: a, b, c, d, e and 1 more"
    ]
    assert said(reported((extent("a", 3, 5), 1.0), varied)) == [], "fifteen numbers are none"
    assert said(reported((Extent("a", 0, (4, 4), (0, 1)), 1.0), varied)) == [], "one row that is repeated"


def test_bad_numbers_are_an_error_of_the_model_and_a_note_of_all_else() -> None:
    model = reported((extent("w", 4), np.nan))
    beside = reported((extent("m", 4, role="optimizer"), np.nan))

    assert (model.finite, model.nonfinite, model.aside) == (False, ["w"], [])
    assert said(model) == ["error: holds 4 NaN of 4 numbers: expected finite weights"]
    assert (beside.finite, beside.nonfinite, beside.aside) == (True, [], ["m"])
    assert said(beside) == ["note: the optimizer's state holds 4 NaN of 4 numbers"]


def test_a_count_that_was_cut_short_is_told_as_at_least() -> None:
    block = Block("0", "float32", [extent("a.weight", 2), extent("b.weight", 600, offset=2)])
    test = NumberTest("float32", block.extents, big_endian=False, patience=Patience(502 + 599))
    test.feed(memoryview(np.full(602, np.nan, "<f4").tobytes()))
    draft = Draft("torch-zip", 0)

    draft.report_numbers([block], {"0": test})

    assert said(draft) == [
        "error: holds 2 NaN of 2 numbers: expected finite weights",
        "error: holds at least 0 NaN of 600 numbers: expected finite weights",
    ]


def test_huge_numbers_are_kept_of_the_model_only() -> None:
    found = reported((extent("w", 4), 1e20), (extent("m", 4, role="trainer"), 1e21))

    assert list(found.huge) == ["w"]
    assert found.finite
